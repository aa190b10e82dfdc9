//! Where gold comes from: settled items that an administrator has glanced at, and good recordings
//! planted under another phrase; it is refilled when it runs low.

pub mod handlers;
pub mod jobs;
mod model;
pub mod page_handlers;
pub mod pages;
mod plant;
mod rules;
mod store;

pub use model::{Candidate, Stock};
pub use plant::refill;

use crate::audit;
use crate::batches::{self, Batch, BatchId, ItemId};
use crate::media::{self, ClipId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use crate::trust::{self, GoldSource};
use crate::verdicts::{self, Verdict};
use wire::Kind;

/// How many candidates are offered at once.
const OFFERED: usize = 10;
/// How many verdicts are looked through for them at most.
const LOOKED_AT: usize = 2_000;

async fn judging(tx: &mut Tx, id: BatchId) -> Result<Batch, Problem> {
    let batch = batches::batch(tx, id).await?.filter(|batch| batch.kind() == Kind::Judge);
    batch.ok_or_else(Problem::not_found)
}

/// What makes a verdict a candidate: everybody said the same, and the reason most of them gave.
async fn agreed(tx: &mut Tx, verdict: &Verdict) -> DbResult<Option<Option<String>>> {
    let answers = tx.ask(crate::answers::of_items(&[verdict.item_id])?).await?;
    let said: Vec<(&str, Option<&str>)> =
        answers.iter().map(|answer| (answer.label.as_str(), answer.reason.as_deref())).collect();
    Ok(rules::unanimous(&verdict.label, &said).map(|reason| reason.map(str::to_owned)))
}

/// Settled items that may become gold of a batch, some at a time: sure, unanimous, not looked at.
///
/// # Errors
/// 404 without the judging batch.
pub async fn candidates(tx: &mut Tx, id: BatchId) -> Result<Vec<Candidate>, Problem> {
    judging(tx, id).await?;
    let (mut found, mut after, mut looked) = (Vec::new(), String::new(), 0);
    while found.len() < OFFERED && looked < LOOKED_AT {
        let page = verdicts::sure(tx, id, rules::SURE, &after).await?;
        let Some(last) = page.last() else { break };
        after = last.item_id.to_string();
        looked += page.len();
        for verdict in page {
            if found.len() == OFFERED || store::is_glanced(tx, verdict.item_id).await? {
                continue;
            }
            let Some(reason) = agreed(tx, &verdict).await? else { continue };
            let Some(item) = batches::item(tx, verdict.item_id).await? else { continue };
            found.push(Candidate {
                item: verdict.item_id.to_string(),
                clip: verdict.clip_id,
                phrase: item.phrase,
                label: verdict.label,
                reason,
                probability: verdict.probability,
                answers: verdict.answers,
            });
        }
    }
    Ok(found)
}

/// An administrator has listened to a candidate: it becomes gold, or it does not. Saying the same
/// twice is saying it once.
///
/// # Errors
/// 404 for what is no candidate of the batch, 409 `glanced`.
pub async fn glance(site: &Site, actor: PersonId, id: BatchId, item: ItemId, promote: bool) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    let batch = judging(&mut tx, id).await?;
    let verdict = verdicts::find(&mut tx, item)
        .await?
        .filter(|verdict| verdict.batch_id == id && verdict.state == "settled" && verdict.probability >= rules::SURE);
    let verdict = verdict.ok_or_else(Problem::not_found)?;
    let reason = agreed(&mut tx, &verdict).await?.ok_or_else(Problem::not_found)?;
    let asked = batches::item(&mut tx, item).await?.ok_or_else(Problem::not_found)?;
    let outcome = if promote { "promoted" } else { "declined" };
    let now_us = site.now_us();
    if !store::insert_glance(&mut tx, item, id, outcome, Some(actor), now_us).await? {
        let before = store::find_glance(&mut tx, item).await?;
        let same = before.as_deref() == Some(outcome);
        return if same { Ok(()) } else { Err(Problem::conflict("glanced", "Somebody has decided on this already.")) };
    }
    if promote {
        let clip: ClipId = verdict.clip_id.parse().map_err(Problem::internal)?;
        let clip = media::find(&mut tx, clip).await?.filter(|clip| clip.state == "verified");
        let clip = clip.ok_or_else(Problem::not_found)?;
        let gold = (asked.phrase, (verdict.label, reason));
        media::gold::add(&mut tx, &batch, &clip, gold, (GoldSource::Promoted, Some(actor)), now_us).await?;
    }
    let detail = serde_json::json!({ "item": item, "outcome": outcome });
    audit::note(&mut tx, now_us, Some(actor), "gold.glance", &id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// The gold of a batch.
///
/// # Errors
/// When the database does not answer.
pub async fn stock(tx: &mut Tx, batch: &Batch) -> DbResult<Stock> {
    let policy = trust::policy(tx, batch.id).await?;
    let rows = trust::stock_of(tx, batch.id).await?;
    Ok(Stock::of(batch, policy, &rows))
}

/// The gold of every judging batch that is not closed.
///
/// # Errors
/// When the database does not answer.
pub async fn stocks(tx: &mut Tx) -> DbResult<Vec<Stock>> {
    let mut stocks = Vec::new();
    for project in batches::projects(tx).await? {
        for batch in batches::batches_of(tx, project.id).await? {
            if batch.kind() == Kind::Judge && batch.state() != batches::BatchState::Closed {
                stocks.push(stock(tx, &batch).await?);
            }
        }
    }
    Ok(stocks)
}
