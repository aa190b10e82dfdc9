//! The tests: one binary, one module per room, and the helpers that they stand on.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod accounts;
mod batches;
mod bundle;
mod capture;
mod cli;
mod crash;
mod duplicates;
mod exports;
mod exports_access;
mod exports_builds;
mod exports_card;
mod exports_formats;
mod helpers;
mod journey;
mod journey_faults;
mod media;
mod operations;
mod pages;
mod recorder;
mod recorder_access;
mod takes;
mod tasks;
mod tidy;
mod verdicts;
mod verdicts_models;
mod verdicts_review;
