//! Leases: made from what was picked, kept with all that follows, and given back.

use super::{
    afford, leaving,
    model::{Enrolment, Lease, Live, Picked, TaskId, TaskRow},
    rules,
    shown::{self, Care},
    store,
};
use crate::batches::{self, Batch, BatchId, Item, ItemId};
use crate::exposure::{self, Open, Standing};
use crate::platform::{db::Tx, ids::PersonId, memo::Memo, problem::Problem};
use std::{collections::HashMap, sync::Arc};
use wire::Task;

/// Which batches the tasks are of that were lent here lately: the batch can then be asked for together with
/// the task, and is read anew where that guess was wrong.
static BATCHES: Memo<TaskId, BatchId> = Memo::new(1_024);

/// The batch that a task was probably lent from.
pub fn likely_batch(task: TaskId) -> Option<BatchId> {
    BATCHES.get(task).map(|batch| *batch)
}

/// Leases of what was picked; sensitive ones are short, and never longer than a limit leaves.
pub fn leases(batch: &Batch, at: &Enrolment, picked: &[Picked], care: &Standing, now_us: i64) -> Vec<Lease> {
    let span_us = rules::span_us(batch.lease_s, at.median_ms);
    let lease = |one: &Picked| {
        let most_us = if one.sensitivity > 0 { exposure::SPAN_US } else { i64::MAX };
        let span_us = span_us.min(most_us).min(care.allowance.left_us(one.sensitivity));
        Lease { id: TaskId::new(), item: one.item_id, leased_us: now_us, expires_us: now_us + span_us }
    };
    picked.iter().map(lease).collect()
}

/// Stores leases and all that follows from them; `None` when a limit was reached meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn keep(
    mut tx: Tx,
    person: PersonId,
    batch: &Batch,
    leases: &[Lease],
    picked: &[Picked],
    care: &Standing,
) -> Result<Option<Vec<Task>>, Problem> {
    let now_us = leases[0].leased_us;
    store::insert_tasks(&mut tx, batch.id, person, leases).await?;
    let lent = leases.iter().zip(picked).map(|(lease, one)| Open {
        key: lease.id.to_string(),
        level: one.sensitivity,
        categories: one.categories,
        from_us: now_us,
        until_us: lease.expires_us,
    });
    if !exposure::issue(&mut tx, person, care, &lent.collect::<Vec<_>>(), now_us).await? {
        return Ok(None);
    }
    let frame = shown::frame(&mut tx, batch, now_us).await?;
    let remembered = |lease: &Lease| batches::remembered_item(lease.item).map(|item| (lease.item, item));
    let mut items: HashMap<ItemId, Arc<Item>> = leases.iter().filter_map(remembered).collect();
    let others = leases.iter().map(|lease| lease.item).filter(|item| !items.contains_key(item));
    let asked = others.map(batches::asked_item).collect::<Vec<_>>();
    for item in tx.commit_asking(asked).await?.into_iter().flatten() {
        items.insert(item.id, batches::keep_item(item));
    }
    let rest = care.is_rest_due(now_us);
    let mut tasks = Vec::new();
    for (lease, one) in leases.iter().zip(picked) {
        let care = Care { sensitivity: one.sensitivity, categories: one.categories, rest };
        let item = items.get(&lease.item).ok_or_else(Problem::not_found)?;
        tasks.push(frame.task(lease, item, care));
    }
    for lease in leases {
        BATCHES.put(lease.id, batch.id);
    }
    metrics::counter!("sayso_tasks_issued_total").increment(leases.len() as u64);
    Ok(Some(tasks))
}

/// Ends the lease of a task that the person left to work on another batch.
///
/// # Errors
/// When the database refuses.
pub async fn give_back(tx: &mut Tx, task: &TaskRow, now_us: i64) -> Result<(), Problem> {
    if let Some(ended) = tx.ask(store::close(task.id, task.person_id, "expired", now_us, i64::MIN)).await? {
        store::free_lease(tx, task.item_id).await?;
        afford::give_back(tx, &[(task.batch_id, task.id.to_string())]).await?;
        if ended.sensitivity > 0 {
            exposure::close(tx, task.person_id, &task.id.to_string(), now_us).await?;
        }
    }
    Ok(())
}

/// Takes back what a person has open but may not be shown any more, and pays its time; the rest stays.
///
/// # Errors
/// When the database refuses.
pub async fn take_away(
    tx: &mut Tx,
    live: Vec<Live>,
    care: &Standing,
    now_us: i64,
) -> Result<(Vec<Live>, bool), Problem> {
    let (kept, gone): (Vec<Live>, Vec<Live>) =
        live.into_iter().partition(|live| care.may_keep(&live.task.id.to_string(), live.sensitivity));
    for live in &gone {
        leaving::take_back(tx, live.task.id, live.task.person_id, now_us).await?;
    }
    Ok((kept, !gone.is_empty()))
}
