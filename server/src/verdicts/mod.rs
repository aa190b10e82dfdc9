//! Consensus over answers; contested items; a reviewer's ruling.
//!
//! One rule, `rules::yes`, makes a label on the site and in a release. Live verdicts follow
//! answer by answer ([`METHOD`]) and decide whether to ask on, what is paid and what a reviewer
//! sees. A release is made of the batch fit ([`fit()`], [`FIT`]): the same model, with everybody
//! measured on all of the project's answers. A recording that the site has accepted is left out of
//! a release, and counted there, when the fit contradicts the verdict or is less certain than the
//! batch's threshold and no reviewer's ruling agrees; nobody's pay depends on it, and the next
//! release looks anew. On average the two differ by at most [`TOLERANCE`].

mod agreement;
mod calibrate;
mod decide;
mod findings;
mod fit;
pub mod handlers;
pub mod jobs;
mod know;
mod measured;
mod missed;
mod model;
pub mod pages;
pub mod predictions;
pub mod reask;
pub mod settings_handlers;
mod review;
mod rules;
pub mod seniors;
mod store;

pub use calibrate::reliability;
pub use fit::fit;
pub use missed::{Missed, missed};
pub use model::{
    ApplyPredictions, Calibration, Cells, Contested, Counted, Entry, Evidence, FIT, Lesson, METHOD, ModelView, Opinion,
    Ruling, Settings, Source, Verdict, VerdictView,
};
pub use review::{Replayed, contested, rule, verify, view};
pub use rules::{
    fit::{Fit, Fitted, TOLERANCE},
    weight,
};

use crate::audit;
use crate::batches::{self, BatchId, ItemId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use wire::Kind;

/// The verdict on an item as it stands.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, item: ItemId) -> DbResult<Option<Verdict>> {
    store::find(tx, item).await
}

/// Items of a batch that answers have settled with at least this probability, some at a time in
/// the order of their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn sure(tx: &mut Tx, batch: BatchId, probability: f64, after: &str) -> DbResult<Vec<Verdict>> {
    store::list_sure(tx, batch, probability, after).await
}

/// How a batch settles its items: its own settings, or the defaults.
///
/// # Errors
/// When the database does not answer.
pub async fn settings(tx: &mut Tx, batch: BatchId) -> DbResult<Settings> {
    Ok(tx.ask(store::find_settings(batch)).await?.unwrap_or_default())
}

/// Changes how a batch settles its items from now on.
///
/// # Errors
/// 404 without the judging batch, 422 `invalid_settings`.
pub async fn set_settings(site: &Site, actor: PersonId, id: BatchId, settings: Settings) -> Result<(), Problem> {
    let share = 0..=1_000_000;
    if !share.contains(&settings.audit_ppm) || !share.contains(&settings.recheck_ppm) {
        return Err(Problem::invalid("invalid_settings", "A share is 0 to 1,000,000 millionths."));
    }
    if settings.recheck_after_s < 0 || settings.budget_cents < 0 {
        return Err(Problem::invalid("invalid_settings", "Times and budgets are 0 or more."));
    }
    let mut tx = site.db.begin().await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if batch.kind() != Kind::Judge {
        return Err(Problem::not_found());
    }
    store::put_settings(&mut tx, id, settings).await?;
    let detail = serde_json::to_value(settings).map_err(Problem::internal)?;
    audit::note(&mut tx, site.now_us(), Some(actor), "batch.consensus", &id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// What is known about a worker's answers, by gold and by settled items: the newest of each.
///
/// # Errors
/// When the database does not answer.
pub async fn lessons_of(tx: &mut Tx, worker: &str, limit: i64) -> DbResult<Vec<Lesson>> {
    store::list_lessons_of(tx, worker, limit).await
}

/// What is known about the answers to one item.
///
/// # Errors
/// When the database does not answer.
pub async fn lessons_about(tx: &mut Tx, item: ItemId, limit: i64) -> DbResult<Vec<Lesson>> {
    store::list_lessons_about(tx, item, limit).await
}

/// How often a worker is wrong, by gold and by settled items, drawn towards what is believed of everybody.
///
/// # Errors
/// When the database does not answer.
pub async fn error_rate(tx: &mut Tx, worker: &str) -> DbResult<f64> {
    Ok(1.0 - rules::accuracy(Source::Person, store::sum_cells(tx, worker).await?))
}
