//! Budgets: a batch gives out no task that it could not pay.
//!
//! Each task that is given out *reserves* the most that it may cost: its pay, and what lifting it to
//! the least hourly pay is expected to take. Finished work has *earned* its pay; what was reserved
//! beyond that stays until enough tasks have shown that nobody need be lifted, or the batch closes.
//! A task that is skipped or runs out gives its reservation back. What refused work would have
//! earned stays reserved as long as it may be won back.
//!
//! What is left is spread over some rows, of which each transaction takes one that nobody else is
//! holding: no row is hot, and the sum is exact. Everything here costs a batch without a budget no
//! statement.

pub mod handlers;
mod rules;
mod store;

use super::{Batch, BatchId, known, store as batches};
use crate::audit;
use crate::platform::{
    db::{DbResult, Tx},
    ids::{PersonId, random_bytes},
    locks,
    problem::Problem,
    site::Site,
};
use std::collections::BTreeMap;

/// Most that a budget may be, minor units: ten million of most currencies.
pub(super) const BUDGET_MAX_CENTS: i64 = 1_000_000_000;
const LEASED: &str = "leased";
const DONE: &str = "done";
const REFUSED: &str = "refused";
const LIFTED: &str = "lifted";

/// How a budget stands, in minor units of the project's currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Standing {
    /// All that the batch may spend.
    pub budget_cents: i64,
    /// Neither reserved nor earned; below zero where people were lifted beyond the budget.
    pub left_cents: i64,
    /// For tasks that are out, for lifts to the least hourly pay, and for refusals that may be won back.
    pub reserved_cents: i64,
    /// Earned by finished tasks.
    pub spent_cents: i64,
}

/// A budget whose parts do not come to its amount.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Recount {
    id: BatchId,
    budget_cents: i64,
    held: i64,
}

/// What became of asking for reservations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserved {
    /// All were made.
    All,
    /// Nothing was taken: there is money for only so many tasks.
    Only(i64),
    /// Nothing was taken: nobody has worked out yet what a task may cost. [`plan`] does.
    Unplanned,
}

/// Gives a new batch its budget.
pub(super) async fn create(tx: &mut Tx, batch: &Batch) -> DbResult<()> {
    let Some(cents) = batch.budget_cents else { return Ok(()) };
    store::insert(tx, batch.id).await?;
    for (shard, part) in (0..).zip(rules::spread(cents, batch.pay_cents)) {
        store::insert_shard(tx, batch.id, shard, part).await?;
    }
    Ok(())
}

async fn is_limited(tx: &mut Tx, batch: BatchId) -> DbResult<bool> {
    Ok(known::terms(tx, batch).await?.is_some_and(|terms| terms.limited))
}

/// Reserves the money for tasks that are given out in this transaction: for all of them or for none.
///
/// # Errors
/// When the database refuses.
pub async fn reserve(tx: &mut Tx, batch: &Batch, tasks: &[String]) -> DbResult<Reserved> {
    if batch.budget_cents.is_none() {
        return Ok(Reserved::All);
    }
    locks::shared(tx, "budget", batch.id).await?;
    let Some(unit) = store::find_unit(tx, batch.id).await? else { return Ok(Reserved::Unplanned) };
    // The pay may have been raised since.
    let unit = unit.max(batch.pay_cents);
    let wanted = i64::try_from(tasks.len()).unwrap_or(i64::MAX);
    let cents = unit.saturating_mul(wanted);
    if cents > 0 && !store::take(tx, batch.id, cents, i64::from(random_bytes::<1>()[0])).await? {
        let left = store::lock_shards(tx, batch.id).await?;
        let affordable = rules::affordable(&left, unit, wanted);
        if affordable < wanted {
            return Ok(Reserved::Only(affordable));
        }
        draw(tx, batch.id, &left, cents).await?;
    }
    store::insert_uses(tx, batch.id, tasks, unit).await?;
    Ok(Reserved::All)
}

/// Takes an amount from all rows, which are locked, whether they hold as much or not.
async fn draw(tx: &mut Tx, batch: BatchId, left: &[i64], cents: i64) -> DbResult<()> {
    for (shard, taken) in (0..).zip(rules::draw(left, cents)) {
        if taken != 0 {
            store::add(tx, batch, shard, -taken).await?;
        }
    }
    Ok(())
}

async fn put_back(tx: &mut Tx, batch: BatchId, cents: i64) -> DbResult<()> {
    if cents == 0 {
        return Ok(());
    }
    let shard = usize::from(random_bytes::<1>()[0]) % rules::SHARDS;
    store::add(tx, batch, i64::try_from(shard).unwrap_or(0), cents).await
}

/// Gives reservations back: of tasks that were skipped or ran out.
///
/// # Errors
/// When the database refuses.
pub async fn release(tx: &mut Tx, tasks: &[(BatchId, String)]) -> DbResult<()> {
    let mut by_batch: BTreeMap<BatchId, Vec<String>> = BTreeMap::new();
    for (batch, task) in tasks {
        if is_limited(tx, *batch).await? {
            by_batch.entry(*batch).or_default().push(task.clone());
        }
    }
    for (batch, tasks) in by_batch {
        locks::shared(tx, "budget", batch).await?;
        let freed = store::delete(tx, &tasks, LEASED).await?;
        put_back(tx, batch, freed.iter().map(|(_, kept)| kept).sum()).await?;
    }
    Ok(())
}

/// A task was finished and earns this. What it earns it gets, whatever was reserved.
///
/// # Errors
/// When the database refuses.
pub async fn spend(tx: &mut Tx, batch: BatchId, task: &str, paid_cents: i64) -> DbResult<()> {
    if !is_limited(tx, batch).await? {
        return Ok(());
    }
    locks::shared(tx, "budget", batch).await?;
    let kept = match store::find_kept(tx, task, LEASED).await? {
        Some(kept) => {
            store::set_use(tx, task, DONE, (kept - paid_cents).max(0), paid_cents).await?;
            kept
        }
        None if store::insert_paid(tx, batch, task, DONE, paid_cents).await? => 0,
        // It was noted before.
        None => return Ok(()),
    };
    if paid_cents > kept {
        let left = store::lock_shards(tx, batch).await?;
        draw(tx, batch, &left, paid_cents - kept).await?;
    }
    Ok(())
}

/// A task's pay was refused: it stays reserved until this moment, in case it is won back.
///
/// # Errors
/// When the database refuses.
pub async fn refuse(tx: &mut Tx, batch: BatchId, task: &str, until_us: i64) -> DbResult<()> {
    if is_limited(tx, batch).await? { store::set_refused(tx, task, until_us).await } else { Ok(()) }
}

/// Somebody appealed against a refusal: its pay stays reserved until that is decided.
///
/// # Errors
/// When the database refuses.
pub async fn appeal(tx: &mut Tx, batch: BatchId, task: &str) -> DbResult<()> {
    if is_limited(tx, batch).await? { store::set_appealed(tx, task).await } else { Ok(()) }
}

/// An appeal was decided: what was refused is earned after all, or is free again.
///
/// # Errors
/// When the database refuses.
pub async fn decide(tx: &mut Tx, batch: BatchId, task: &str, won_cents: Option<i64>) -> DbResult<()> {
    if !is_limited(tx, batch).await? {
        return Ok(());
    }
    let Some(won) = won_cents else { return free_refused(tx, &[task.to_owned()]).await };
    let Some(kept) = store::find_kept(tx, task, REFUSED).await? else { return Ok(()) };
    store::set_use(tx, task, DONE, (kept - won).max(0), won).await
}

async fn free_refused(tx: &mut Tx, tasks: &[String]) -> DbResult<()> {
    let mut freed: BTreeMap<BatchId, i64> = BTreeMap::new();
    for (batch, kept) in store::delete(tx, tasks, REFUSED).await? {
        *freed.entry(batch).or_default() += kept;
    }
    for (batch, cents) in freed {
        put_back(tx, batch, cents).await?;
    }
    Ok(())
}

/// Frees what refused work would have earned against whose refusal nobody appealed in time.
///
/// # Errors
/// When the database refuses.
pub async fn free_forgone(tx: &mut Tx, now_us: i64) -> DbResult<()> {
    let over = store::list_over(tx, now_us).await?;
    if over.is_empty() { Ok(()) } else { free_refused(tx, &over).await }
}

/// When the first refusal of a batch against which nobody appealed is final: what it kept is free then.
///
/// # Errors
/// When the database does not answer.
pub async fn next_free(tx: &mut Tx, batch: BatchId) -> DbResult<Option<i64>> {
    store::next_free(tx, batch).await
}

/// Says what a task may cost at most. Where that is no more than its pay, what was kept of finished
/// tasks for lifting them is free again.
///
/// # Errors
/// When the database refuses.
pub async fn plan(tx: &mut Tx, batch: &Batch, unit_cents: i64) -> DbResult<()> {
    if batch.budget_cents.is_none() {
        return Ok(());
    }
    store::set_unit(tx, batch.id, unit_cents).await?;
    if unit_cents <= batch.pay_cents { free_spare(tx, batch.id).await } else { Ok(()) }
}

pub(super) async fn free_spare(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    let spare = store::list_spare(tx, batch).await?;
    if spare.is_empty() {
        return Ok(());
    }
    let cents = spare.iter().map(|(_, kept)| kept).sum();
    let causes: Vec<String> = spare.into_iter().map(|(cause, _)| cause).collect();
    store::free_spare(tx, &causes).await?;
    put_back(tx, batch, cents).await
}

/// People were lifted to the least hourly pay: first from what was kept for that, then from what is
/// left. They are paid whatever that is, so the budget may be overdrawn.
///
/// # Errors
/// When the database refuses.
pub async fn lift(tx: &mut Tx, batch: &Batch, round: i64, cents: i64) -> DbResult<()> {
    if batch.budget_cents.is_none() || cents == 0 {
        return Ok(());
    }
    free_spare(tx, batch.id).await?;
    if store::insert_paid(tx, batch.id, &format!("{}:{round}", batch.id), LIFTED, cents).await? {
        let left = store::lock_shards(tx, batch.id).await?;
        draw(tx, batch.id, &left, cents).await?;
    }
    Ok(())
}

/// Reserves more for tasks that are out, because the pay is raised.
///
/// # Errors
/// 409 `budget_exhausted` when there is not enough for that.
pub(super) async fn raise(tx: &mut Tx, batch: &Batch, pay_cents: i64) -> Result<(), Problem> {
    if batch.budget_cents.is_none() {
        return Ok(());
    }
    locks::alone(tx, "budget", batch.id).await?;
    let missing = store::missing(tx, batch.id, pay_cents).await?;
    let left = store::lock_shards(tx, batch.id).await?;
    if missing > left.iter().sum::<i64>().max(0) {
        return Err(Problem::conflict(
            "budget_exhausted",
            "The budget does not pay for the tasks that are out at this price. Raise the budget first.",
        ));
    }
    draw(tx, batch.id, &left, missing).await?;
    store::raise_kept(tx, batch.id, pay_cents).await?;
    let unit = store::find_unit(tx, batch.id).await?.map_or(pay_cents, |unit| unit.max(pay_cents));
    Ok(store::set_unit(tx, batch.id, unit).await?)
}

/// Changes the amount of a budget.
///
/// # Errors
/// 404 without the batch; 409 `no_budget` when it was made without one, `budget_promised` when more
/// than that is reserved or earned; 422 `invalid_budget`.
pub async fn set(site: &Site, actor: PersonId, id: BatchId, cents: i64) -> Result<Standing, Problem> {
    super::rules::budget(cents)?;
    let mut tx = site.db.begin().await?;
    locks::alone(&mut tx, "budget", id).await?;
    let batch = tx.ask(batches::find_batch(id)).await?.ok_or_else(Problem::not_found)?;
    let before = batch.budget_cents.ok_or_else(|| {
        Problem::conflict(
            "no_budget",
            "This batch was made without a budget. Make another batch if its cost shall be limited.",
        )
    })?;
    let left = store::lock_shards(&mut tx, id).await?;
    let more = cents - before;
    if more < 0 && left.iter().sum::<i64>() + more < 0 {
        return Err(Problem::conflict(
            "budget_promised",
            "More than that is promised to people or earned by them already. Choose a higher amount.",
        ));
    }
    if more < 0 {
        draw(&mut tx, id, &left, -more).await?;
    } else {
        for (shard, part) in (0..).zip(rules::spread(more, batch.pay_cents)) {
            store::add(&mut tx, id, shard, part).await?;
        }
    }
    store::set_amount(&mut tx, id, cents).await?;
    let detail = serde_json::json!({ "from_cents": before, "to_cents": cents });
    audit::note(&mut tx, site.now_us(), Some(actor), "batch.budget", &id.to_string(), detail).await?;
    let standing = store::find_standing(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(standing)
}

/// How a batch's budget stands; nothing when it has none.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(tx: &mut Tx, id: BatchId) -> DbResult<Option<Standing>> {
    store::find_standing(tx, id).await
}

/// Sentences about budgets whose parts do not come to their amount.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(tx: &mut Tx) -> DbResult<Vec<String>> {
    let unbalanced = store::list_unbalanced(tx).await?;
    let sentence = |one: Recount| {
        let Recount { id, budget_cents, held } = one;
        format!("batch {id}: left, reserved and earned come to {held}, and its budget is {budget_cents}")
    };
    Ok(unbalanced.into_iter().map(sentence).collect())
}

/// What tasks and lifts have earned of budgets, by cause, some at a time.
///
/// # Errors
/// When the database does not answer.
pub async fn paid_after(tx: &mut Tx, cause: &str, limit: i64) -> DbResult<Vec<(String, i64)>> {
    store::list_paid(tx, cause, limit).await
}
