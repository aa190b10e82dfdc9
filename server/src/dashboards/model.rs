//! The numbers that overview pages show.

use crate::batches::{Batch, Project};

/// A batch that a contributor may work on.
pub struct OpenBatch {
    /// The batch.
    pub batch: Batch,
    /// Its project.
    pub project: Project,
    /// Items that still want answers.
    pub open_items: i64,
    /// Whether a task of this batch is reserved for the person.
    pub held: bool,
    /// Tasks of this batch that the person has finished.
    pub done: i64,
    /// Whether the consent must be read first.
    pub needs_consent: bool,
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
