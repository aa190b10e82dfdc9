//! The tests: one binary, one module per room, and the helpers that they stand on.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod accounts;
mod batches;
mod exports;
mod helpers;
mod media;
mod operations;
mod tasks;
mod tidy;
mod verdicts;
