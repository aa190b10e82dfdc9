//! What tasks take of their batch, besides the item: places of coverage and money of its budget.

use super::model::{Lease, Picked, Reach, TaskRow};
use crate::batches::{self, Batch, BatchId, budgets};
use crate::platform::{
    db::{DbResult, Tx},
    problem::Problem,
};
use crate::quotas;
use crate::wages;

pub use crate::batches::budgets::Reserved;

/// Takes the places of prompts that were picked; false when somebody else was faster.
///
/// # Errors
/// When the database refuses.
pub async fn take_places(
    tx: &mut Tx,
    plan: Option<&quotas::Plan>,
    reach: &Reach,
    leases: &[Lease],
    picked: &[Picked],
) -> Result<bool, Problem> {
    let Some(plan) = plan else { return Ok(true) };
    for (lease, picked) in leases.iter().zip(picked) {
        if !quotas::take(tx, plan, reach.batch, reach.person, &lease.id.to_string(), &picked.phrase).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Reserves the money for new leases: for all of them or for none.
///
/// # Errors
/// When the database refuses.
pub async fn reserve(tx: &mut Tx, batch: &Batch, leases: &[Lease]) -> DbResult<Reserved> {
    if batch.budget_cents.is_none() {
        return Ok(Reserved::All);
    }
    let tasks: Vec<String> = leases.iter().map(|lease| lease.id.to_string()).collect();
    reserve_tasks(tx, batch, &tasks).await
}

async fn reserve_tasks(tx: &mut Tx, batch: &Batch, tasks: &[String]) -> DbResult<Reserved> {
    let reserved = budgets::reserve(tx, batch, tasks).await?;
    if reserved != Reserved::Unplanned {
        return Ok(reserved);
    }
    wages::plan(tx, batch).await?;
    budgets::reserve(tx, batch, tasks).await
}

/// Gives back what tasks took that were skipped or ran out; a task that took nothing is passed over.
///
/// # Errors
/// When the database refuses.
pub async fn give_back(tx: &mut Tx, tasks: &[(BatchId, String)]) -> DbResult<()> {
    quotas::give_back(tx, tasks).await?;
    budgets::release(tx, tasks).await
}

/// Takes again what a task gave back, and tells what it pays; `None` when it is gone. A judgement takes no place of coverage.
///
/// # Errors
/// When the database refuses.
pub async fn take_again(tx: &mut Tx, task: &TaskRow) -> Result<Option<i64>, Problem> {
    let Some(item) = batches::item(tx, task.item_id).await? else { return Ok(None) };
    let id = task.id.to_string();
    if item.clip_id.is_none() && !quotas::take_again(tx, task.batch_id, task.person_id, &id, &item.phrase).await? {
        return Ok(None);
    }
    let Some(batch) = batches::batch(tx, task.batch_id).await? else { return Ok(None) };
    Ok((reserve_tasks(tx, &batch, &[id]).await? == Reserved::All).then_some(batch.pay_cents))
}
