//! Appeals that wait too long are escalated; batches with too many refusals are paused.

use super::{rules, store};
use crate::audit;
use crate::batches::{self, Batch, Hold, budgets};
use crate::ledger;
use crate::platform::{site::Site, worker::JobError};
use crate::wages;

/// The chore: notes every appeal that nobody decided in time; administrators see it first. What was
/// refused and can no longer be won back is free again in its batch's budget.
///
/// # Errors
/// When the database refuses.
pub async fn escalate(site: Site) -> Result<(), JobError> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    for (task,) in store::escalate(&mut tx, now_us).await? {
        tracing::warn!(task, "an appeal is overdue");
        audit::note(&mut tx, now_us, None, "appeal.escalate", &task, serde_json::json!({})).await?;
    }
    budgets::free_forgone(&mut tx, now_us).await?;
    Ok(tx.commit().await?)
}

/// The chore: pauses open batches in which people refused too much lately.
///
/// # Errors
/// When the database refuses.
pub async fn stop_refusals(site: Site) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let open = batches::open_batches(&mut tx).await?;
    drop(tx);
    for batch in open {
        check(&site, &batch).await?;
    }
    Ok(())
}

async fn check(site: &Site, batch: &Batch) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let since_us = wages::lately_us(&mut tx, batch.id).await?.max(batches::released_us(&mut tx, batch.id).await?);
    let (refused, by_person) = ledger::refusals_since(&mut tx, batch.id, since_us).await?;
    let tasks = wages::count_since(&mut tx, batch.id, since_us).await?;
    if !rules::too_many(refused, tasks) {
        return Ok(());
    }
    let hold = Hold {
        cause: "refusals".to_owned(),
        detail: format!("{refused} of the latest {tasks} tasks were refused by reviewers: more than one in ten."),
        by_person,
    };
    batches::hold(&mut tx, batch.id, &hold, site.now_us()).await?;
    Ok(tx.commit().await?)
}
