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
mod gold;
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
mod trust;
mod trust_gold_blind;
mod trust_pages;
mod verdicts;
mod verdicts_models;
mod verdicts_review;
