//! The stock of gold and what may be added to it.

use crate::batches::Batch;
use crate::trust::GoldPolicy;
use serde::{Deserialize, Serialize};

/// A settled item that may become gold.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Candidate {
    /// The item.
    pub item: String,
    /// The recording.
    pub clip: String,
    /// What was asked for.
    pub phrase: String,
    /// What everybody said.
    pub label: String,
    /// Why not, as most of them said.
    pub reason: Option<String>,
    /// How sure that is.
    pub probability: f64,
    /// How many said it.
    pub answers: i64,
}

/// The gold of one batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Stock {
    /// The batch.
    pub batch: String,
    /// Its name.
    pub name: String,
    /// Gold in use whose answer is yes.
    pub live_yes: i64,
    /// Gold in use whose answer is no.
    pub live_no: i64,
    /// Gold that enough people have seen.
    pub retired: i64,
    /// Imported ever.
    pub imported: i64,
    /// Promoted ever.
    pub promoted: i64,
    /// Planted ever.
    pub planted: i64,
    /// How the batch uses gold.
    pub policy: GoldPolicy,
    /// Whether the batch uses gold and less is in use than it wants, or it is all of one kind.
    pub low: bool,
}

impl Stock {
    /// From what is stored: source, label, in use, retired.
    pub fn of(batch: &Batch, policy: GoldPolicy, rows: &[(String, String, i64, i64)]) -> Self {
        let live =
            |wanted: &str| rows.iter().filter(|(_, label, ..)| label == wanted).map(|(_, _, live, _)| live).sum();
        let ever = |wanted: &str| {
            rows.iter().filter(|(source, ..)| source == wanted).map(|(.., live, retired)| live + retired).sum()
        };
        let (live_yes, live_no): (i64, i64) = (live("yes"), live("no"));
        Self {
            batch: batch.id.to_string(),
            name: batch.name.clone(),
            live_yes,
            live_no,
            retired: rows.iter().map(|(.., retired)| retired).sum(),
            imported: ever("imported"),
            promoted: ever("promoted"),
            planted: ever("planted"),
            policy,
            low: batch.gold_ppm > 0 && (live_yes + live_no < policy.stock_min || live_yes == 0 || live_no == 0),
        }
    }
}

/// Body of a glance at a candidate.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GlanceBody {
    /// Whether it becomes gold.
    pub promote: bool,
}
