//! Time worked, and what an hour of it pays.

use crate::batches::BatchId;
use crate::platform::{ids::PersonId, queue::Job};
use serde::{Deserialize, Serialize};

/// A task that somebody has finished.
#[derive(Clone, Debug)]
pub struct Work {
    /// The task.
    pub task: String,
    /// Its batch.
    pub batch: BatchId,
    /// Who did it.
    pub person: PersonId,
    /// When it was given out, UTC microseconds.
    pub leased_us: i64,
    /// How long the browser says it was at hand, if it says so.
    pub client_ms: Option<i64>,
    /// What it pays.
    pub pay_cents: i64,
}

/// A batch that was found to pay less than the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Round {
    /// Counts from 1.
    pub round: i64,
    /// Tasks up to here are lifted, UTC microseconds.
    pub until_us: i64,
    /// Median active time of a task.
    pub median_ms: i64,
    /// What a task must pay.
    pub due_cents: i64,
}

/// Lifts everybody's pay of one round.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TopUp {
    /// The batch.
    pub batch: BatchId,
    /// The round.
    pub round: i64,
}

impl Job for TopUp {
    const KIND: &'static str = "top_up";
}

/// How a batch pays by the hour, measured on its latest tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Pace {
    /// Tasks measured.
    pub tasks: usize,
    /// Median active time of a task.
    pub median_ms: i64,
    /// Its 95 % interval: the least.
    pub low_ms: i64,
    /// And the most.
    pub high_ms: i64,
}

/// The least hourly pay in a currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// ISO 4217 code.
    pub currency: String,
    /// Minor units an hour.
    pub cents_per_hour: i64,
}
