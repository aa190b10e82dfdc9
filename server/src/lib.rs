//! Sayso: crowdsourced wake-word audio, from a browser's microphone to a consensus release.
//!
//! This file is the architecture. The rooms below stand in reading order, which is also the
//! order of imports: a room uses only rooms above it. Inside a room: `model ← rules ← store ←
//! mod ← handlers, jobs`; `pages` uses only `model`; other rooms see what `mod.rs` exports.
//! Three tables of contents answer most questions: this file (which rooms), [`routes`] (which
//! URL), [`schedule`] (what runs by itself).
//!
//! One recording's way: [`tasks`] leases a prompt → the browser records and measures
//! (`web-wasm`, with the crate `audio`) → [`media`] takes the upload and verifies it with the
//! same crate → [`tasks`] leases the clip to listeners → [`answers`] takes their judgements →
//! [`verdicts`] decides (crate `consensus`) → [`ledger`] makes the pay payable → [`exports`]
//! releases it (crate `dataset`).
//!
//! Functions that write take the caller's [`platform::db::Tx`], so that an action and all that
//! follows from it commit together or not at all.

pub mod platform;
pub mod audit;
pub mod accounts;
pub mod consent;
pub mod batches;
pub mod exposure;
pub mod trust;
pub mod quotas;
pub mod ledger;
pub mod wages;
pub mod tasks;
pub mod media;
pub mod answers;
pub mod training;
pub mod verdicts;
pub mod gold;
pub mod reviews;
pub mod cases;
pub mod exports;
pub mod dashboards;
pub mod operations;
pub mod config;
pub mod openapi;
mod routes_money;
pub mod routes;
pub mod schedule;
pub mod app;
pub mod demo_training;
pub mod simulate;
pub mod demo;
pub mod audio_cli;
pub mod consensus_cli;
pub mod bench_cli;
pub mod release_cli;
