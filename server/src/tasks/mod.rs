//! Choose and lease the next task; skip, expire, close.
//!
//! Three nevers, each kept by one statement of `store.rs` in one transaction: one's own clip
//! (`pick` compares the speaker), the same item twice (a unique key on person and item), more
//! leases and answers than wanted (`pick` counts the slot in the row that it locks).

pub mod handlers;
pub mod import_handlers;
pub mod jobs;
mod model;
mod next;
pub mod page_handlers;
pub mod pages;
mod rules;
mod store;

pub use model::{Opening, Slots, TaskId, TaskRow};
pub use next::{next, view};

use crate::batches::{Batch, BatchId, Item, ItemId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::{PersonId, random_bytes},
    problem::Problem,
};
use crate::trust;
use actix_web::http::StatusCode;

/// Puts an item into the queue.
///
/// # Errors
/// When the database refuses.
pub async fn open(
    tx: &mut Tx,
    batch: &Batch,
    item: &Item,
    wanted: i64,
    speaker: Option<PersonId>,
    now_us: i64,
) -> DbResult<()> {
    let gold = item.gold_label.is_some();
    // Work comes in the order of its arrival; gold in none that two people could compare.
    let rank = if gold { i64::from(u32::from_le_bytes(random_bytes())) } else { now_us };
    // So many people are given gold, and then no more.
    let target = if gold { trust::policy(tx, batch.id).await?.viewers_max } else { wanted };
    let opening = Opening {
        item: item.id,
        batch: batch.id,
        gold,
        rank,
        sensitivity: item.sensitivity,
        speaker,
        clip: item.clip_id.clone(),
        target,
    };
    store::insert_queue(tx, &opening).await
}

/// A task, if it is the person's own.
///
/// # Errors
/// 403 `foreign_task`, the same for tasks that do not exist.
pub async fn own(tx: &mut Tx, id: TaskId, person: PersonId) -> Result<TaskRow, Problem> {
    store::find(tx, id).await?.filter(|task| task.person_id == person).ok_or_else(foreign)
}

fn foreign() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "foreign_task", "This task was not given to you. Ask for a task of your own.")
}

/// Closes a task with an answer.
///
/// # Errors
/// 403 `foreign_task`, 409 `task_done` or `task_skipped`, 410 `lease_expired`.
pub async fn submit(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> Result<TaskRow, Problem> {
    if let Some(task) = store::close(tx, id, person, "submitted", "", now_us, now_us).await? {
        store::count_answer(tx, task.item_id).await?;
        return Ok(task);
    }
    Err(unanswerable(&own(tx, id, person).await?))
}

/// Closes a recording task, also after its lease ended, as long as nobody else has its slot:
/// a take made offline must not be lost to a clock.
///
/// # Errors
/// As [`submit`].
pub async fn submit_late(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> Result<TaskRow, Problem> {
    if let Some(task) = store::close(tx, id, person, "submitted", "", now_us, i64::MIN).await? {
        store::count_answer(tx, task.item_id).await?;
        return Ok(task);
    }
    let before = own(tx, id, person).await?;
    if before.state == "expired"
        && store::count_late_answer(tx, before.item_id).await?
        && let Some(task) = store::revive(tx, id, person, now_us).await?
    {
        return Ok(task);
    }
    Err(unanswerable(&before))
}

fn unanswerable(task: &TaskRow) -> Problem {
    match task.state.as_str() {
        "submitted" => Problem::conflict("task_done", "You have answered this task. Ask for the next one."),
        "skipped" => Problem::conflict("task_skipped", "You have skipped this task. Ask for the next one."),
        _ => Problem::new(
            StatusCode::GONE,
            "lease_expired",
            "The time for this task is over and somebody else has it now. Ask for the next one.",
        ),
    }
}

/// Gives a task back unanswered; doing it twice is doing it once.
///
/// # Errors
/// 403 `foreign_task`, 409 `task_done`.
pub async fn skip(tx: &mut Tx, id: TaskId, person: PersonId, note: &str, now_us: i64) -> Result<(), Problem> {
    if let Some(task) = store::close(tx, id, person, "skipped", note, now_us, i64::MIN).await? {
        store::free_lease(tx, task.item_id).await?;
        return Ok(());
    }
    let task = own(tx, id, person).await?;
    if task.state == "submitted" { Err(unanswerable(&task)) } else { Ok(()) }
}

/// Offers an item again after an answer to it could not be used.
///
/// # Errors
/// When the database refuses.
pub async fn reopen(tx: &mut Tx, item: ItemId) -> DbResult<()> {
    store::free_answer(tx, item).await
}

/// Takes an item for this transaction: nobody else decides on it meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn lock_item(tx: &mut Tx, item: ItemId) -> DbResult<Option<Slots>> {
    store::lock_item(tx, item).await
}

/// Sets how many answers an item may get, those it has and live leases included.
///
/// # Errors
/// When the database refuses.
pub async fn set_target(tx: &mut Tx, item: ItemId, target: i64) -> DbResult<()> {
    store::set_target(tx, item, target).await
}

/// When a task was given out; `None` when there is no such task.
///
/// # Errors
/// When the database does not answer.
pub async fn leased_us(tx: &mut Tx, id: TaskId) -> DbResult<Option<i64>> {
    Ok(store::find(tx, id).await?.map(|task| task.leased_us))
}

/// Takes a clip out of the judges' queue; live leases on it may still be answered.
///
/// # Errors
/// When the database refuses.
pub async fn retire(tx: &mut Tx, clip: &str) -> DbResult<()> {
    store::retire(tx, clip).await
}

/// Lets an item of work come this much earlier than its turn; gold keeps its place.
///
/// # Errors
/// When the database refuses.
pub async fn set_urgency(tx: &mut Tx, item: ItemId, urgency_us: i64) -> DbResult<()> {
    store::set_urgency(tx, item, urgency_us).await
}

/// Gold of a batch that may still be given out.
///
/// # Errors
/// When the database does not answer.
pub async fn open_gold(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<ItemId>> {
    store::list_open_gold(tx, batch).await
}

/// Items that a person answered within a stretch of time, UTC microseconds, some at a time in the
/// order of their ids.
///
/// # Errors
/// When the database does not answer.
pub async fn answered_by(tx: &mut Tx, person: PersonId, within: (i64, i64), after: &str) -> DbResult<Vec<ItemId>> {
    store::list_answered(tx, person, within, after).await
}

/// Answers and live leases of a batch beyond `wanted` an item.
///
/// # Errors
/// When the database does not answer.
pub async fn extra_answers(tx: &mut Tx, batch: BatchId, wanted: i64) -> DbResult<i64> {
    store::count_extra(tx, batch, wanted).await
}
