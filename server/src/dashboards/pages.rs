//! Overview pages.

use crate::{
    batches::{Batch, BatchState, Project},
    ledger::{Balance, amount},
    platform::page::Layout,
};
use askama::Template;
use wire::Kind;

/// A batch that a contributor may work on.
pub struct OpenBatch {
    /// The batch.
    pub batch: Batch,
    /// Its project.
    pub project: Project,
    /// Items that still want answers.
    pub open_items: i64,
    /// Tasks of this batch that the person has finished.
    pub done: i64,
    /// Whether the consent must be read first.
    pub needs_consent: bool,
}

/// What a contributor can do now.
#[derive(Template)]
#[template(path = "dashboards/tasks.html")]
pub struct TasksPage {
    /// Frame.
    pub layout: Layout,
    /// Open batches.
    pub batches: Vec<OpenBatch>,
    /// What they have earned.
    pub balances: Vec<Balance>,
}

/// All projects.
#[derive(Template)]
#[template(path = "dashboards/projects.html")]
pub struct ProjectsPage {
    /// Frame.
    pub layout: Layout,
    /// Oldest first.
    pub projects: Vec<Project>,
}

/// How the recordings of a project stand.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct ClipCounts {
    /// Stored, not measured yet.
    pub uploaded: i64,
    /// Measured and good.
    pub verified: i64,
    /// Not usable.
    pub refused: i64,
    /// Waiting for us.
    pub dead: i64,
    /// Verified, and the listeners said yes.
    pub accepted: i64,
    /// People who recorded.
    pub speakers: i64,
}

/// One project.
#[derive(Template)]
#[template(path = "dashboards/project.html")]
pub struct ProjectPage {
    /// Frame.
    pub layout: Layout,
    /// The project.
    pub project: Project,
    /// Its batches, with items that are open and done.
    pub batches: Vec<(Batch, i64, i64)>,
    /// Its recordings.
    pub clips: ClipCounts,
    /// Pending and payable minor units.
    pub money: (i64, i64),
    /// A version for the next release.
    pub next_version: String,
}

/// How the items of a batch stand.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct ItemCounts {
    /// Items of work.
    pub items: i64,
    /// Items of gold.
    pub gold: i64,
    /// Items that still want answers.
    pub open: i64,
    /// Answers so far.
    pub answers: i64,
    /// Live leases.
    pub leases: i64,
    /// Settled or decided.
    pub settled: i64,
    /// Waiting for a reviewer.
    pub contested: i64,
}

/// One person's work in a batch.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Shown name.
    pub name: String,
    /// Finished tasks.
    pub done: i64,
    /// Gold answered right and wrong.
    pub gold: (u32, u32),
    /// Measured accuracy.
    pub accuracy: f64,
}

/// One batch.
#[derive(Template)]
#[template(path = "dashboards/batch.html")]
pub struct BatchPage {
    /// Frame.
    pub layout: Layout,
    /// The batch.
    pub batch: Batch,
    /// Its project.
    pub project: Project,
    /// Its items.
    pub items: ItemCounts,
    /// Who worked on it, busiest first.
    pub workers: Vec<Worker>,
    /// Buttons: the states that may come next.
    pub next_states: Vec<BatchState>,
}

/// A share in per cent.
fn percent(value: &f64) -> String {
    format!("{:.0} %", value * 100.0)
}

/// Millionths as per cent.
fn ppm_percent(ppm: &i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "at most a million")]
    let share = *ppm as f64 / 1e4;
    format!("{share} %")
}

/// What to expect of a batch with sensitive material.
fn warning(level: i64) -> &'static str {
    match level {
        1 => "May be mildly unpleasant: swearing, quarrel.",
        2 => "May be distressing: screams, hate, crying.",
        _ => "Severe material.",
    }
}
