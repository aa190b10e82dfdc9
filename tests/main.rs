//! The tests: one binary, one module per room, and the helpers that they stand on.

#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

mod accounts;
mod batches;
mod bundle;
mod capture;
mod cases;
mod cases_figures;
mod cli;
mod consensus_cli;
mod crash;
mod dashboards;
mod duplicates;
mod exports;
mod group_commit;
mod gold;
mod helpers;
mod journey;
mod journey_faults;
mod ledger_model;
mod media;
mod operations;
mod pages;
mod payouts;
mod quotas;
mod quotas_crowd;
mod recorder;
mod recorder_access;
mod reviews;
mod reviews_journey;
mod simulate;
mod takes;
mod tasks;
mod tasks_leases;
mod tasks_stress;
mod tidy;
mod training;
mod training_journey;
mod trust;
mod trust_gold_blind;
mod trust_pages;
mod verdicts;
mod verdicts_fit;
mod verdicts_models;
mod verdicts_review;
mod wages;
