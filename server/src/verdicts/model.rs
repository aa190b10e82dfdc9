//! The consensus on an item.

use crate::batches::{BatchId, ItemId};
use serde::{Deserialize, Serialize};
use wire::{Label, Reason};

/// How verdicts are made, by name and version; stored with each.
pub const METHOD: &str = "one-coin-v1";

/// A verdict as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Verdict {
    /// The item.
    pub item_id: ItemId,
    /// Its batch.
    pub batch_id: BatchId,
    /// The clip that it is about.
    pub clip_id: String,
    /// `settled` by answers, `contested`, or `decided` by a reviewer.
    pub state: String,
    /// `yes` or `no`.
    pub label: String,
    /// Probability of the label.
    pub probability: f64,
    /// Answers that it rests on.
    pub answers: i64,
    /// See [`METHOD`].
    pub method: String,
    /// Reviewer, if one decided.
    pub decided_by: Option<String>,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// An answer as a reviewer sees it: what was said, not who said it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Opinion {
    /// `yes`, `no` or `unsure`.
    pub label: String,
    /// Why, if given.
    pub reason: Option<String>,
    /// Measured accuracy of whoever answered.
    pub accuracy: f64,
}

/// A contested item as a reviewer sees it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Contested {
    /// The item.
    pub item: String,
    /// The phrase that was asked about.
    pub phrase: String,
    /// The clip; heard at `/api/v1/recordings/{clip}/audio`.
    pub clip: String,
    /// The likelier label.
    pub label: String,
    /// Its probability.
    pub probability: f64,
    /// What people said.
    pub opinions: Vec<Opinion>,
}

/// Body of `POST /api/v1/verdicts/{item}`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct Ruling {
    /// `yes` or `no`.
    pub label: Label,
    /// Required with `no`.
    #[serde(default)]
    pub reason: Option<Reason>,
}
