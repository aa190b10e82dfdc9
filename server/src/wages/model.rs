//! Time worked, and what an hour of it pays.

use crate::batches::BatchId;
use crate::platform::{ids::PersonId, queue::Job};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// When they finished the one before it.
    pub before_us: Option<i64>,
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

/// How long a task of a new batch may take, from earlier batches of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Forecast {
    /// Batches that were measured.
    pub batches: usize,
    /// Median of their median active times of a task.
    pub median_ms: i64,
}

/// What an hour of a new batch may pay, from earlier batches of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Prospect {
    /// How long a task may take; nothing while no earlier batch was measured.
    pub forecast: Option<Forecast>,
    /// The least hourly pay in minor units, if one is set.
    pub floor_cents_per_hour: Option<i64>,
    /// What an hour may pay, minor units.
    pub hourly_cents: Option<i64>,
    /// What a task must pay at that pace, minor units.
    pub due_cents: Option<i64>,
    /// Whether the pay that was asked about may be too little. Work that pays nothing is not measured.
    pub below_floor: bool,
}

/// The least hourly pay in a currency, of everybody or of those who live in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// ISO 3166-1 alpha-2 or ISO 3166-2; everybody's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// Minor units an hour.
    pub cents_per_hour: i64,
}

/// Every floor in one currency.
#[derive(Clone, Debug, Default)]
pub struct Floors {
    /// Everybody's, minor units an hour.
    pub site: Option<i64>,
    /// Those of regions.
    pub regions: BTreeMap<String, i64>,
}
