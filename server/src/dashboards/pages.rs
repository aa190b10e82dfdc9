//! Overview pages.

use super::model::{ClipCounts, ItemCounts, OpenBatch, Worker};
use crate::batches::{Batch, BatchState, Project};
use crate::ledger::{Balance, amount};
use crate::platform::page::Layout;
use askama::Template;
use wire::Kind;

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

/// What people do in a batch, in words.
fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Record => "Recording",
        Kind::Judge => "Judging",
    }
}

/// A state in words.
fn state_words(state: BatchState) -> &'static str {
    match state {
        BatchState::Draft => "Draft",
        BatchState::Open => "Open",
        BatchState::Paused => "Paused",
        BatchState::Closed => "Closed",
    }
}

/// A time span in the largest unit that leaves a whole number.
fn span(seconds: i64) -> String {
    match seconds {
        0 => "at once".to_owned(),
        s if s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}
