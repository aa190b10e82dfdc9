//! Choose and lease the next task; skip, expire, close.
//!
//! Three nevers, each kept by one statement of `store.rs` in one transaction: one's own clip
//! (`pick` compares the speaker), the same item twice (a unique key on person and item), more
//! leases and answers than wanted (`pick` counts the slot in the row that it locks).
//!
//! No statement grows with the number of items, answers or tasks: the queue is read through partial
//! indexes from where the person has come to (`Enrolment`), what comes back out of turn (a lease that
//! ended, a skip, one more answer wanted) has an order of its own, and what is counted is counted as
//! it happens.

mod afford;
mod care;
pub mod care_handlers;
mod choose;
pub mod handlers;
pub mod import_handlers;
pub mod jobs;
mod leaving;
mod lend;
mod model;
mod next;
mod nothing;
pub mod page_handlers;
pub mod pages;
mod rules;
mod shown;
mod store;

pub use model::{Opening, Progress, Slots, Submitted, TaskId, TaskRow};
pub use next::{next, next_few};
pub use shown::view;

use model::Ended;

use crate::batches::{self, Batch, BatchId, Item, ItemId};
use crate::exposure;
use crate::platform::{
    clock::rfc3339,
    db::{Ask, DbResult, Tx},
    ids::{PersonId, random_bytes},
    problem::Problem,
};
use crate::quotas;
use crate::trust::{self, Level};
use crate::wages;
use actix_web::http::StatusCode;
use wire::{Renewal, SkipBody};

/// Longest reason for a skip in a person's own words, in characters.
const NOTE_MAX: usize = 500;

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
        categories: item.categories,
        speaker,
        clip: item.clip_id.clone(),
        phrase: item.clip_id.is_none().then(|| item.phrase.clone()),
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

/// Closes a task with an answer, which the caller then counts ([`count`]) once they have read what they
/// need: others wait for the item from then on. One that comes up to a minute after its lease is taken
/// as well, as long as nobody else has its place: the work was done.
///
/// # Errors
/// 403 `foreign_task`, 409 `task_done` or `task_skipped`, 410 `lease_expired`.
pub async fn submit(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> Result<Submitted, Problem> {
    close(tx, id, person, now_us, now_us.saturating_sub(rules::LATE_US)).await
}

/// Counts an answer with its item.
///
/// # Errors
/// When the database refuses.
pub async fn count(tx: &mut Tx, submitted: &Submitted) -> DbResult<()> {
    if submitted.counted { Ok(()) } else { store::count_answer(tx, submitted.task.item_id).await }
}

/// Closes a recording task, however late, as long as nobody else has its place or is to have it: a take
/// made offline must not be lost to a clock.
///
/// # Errors
/// As [`submit`]; the transaction must then be forgotten.
pub async fn submit_late(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> Result<Submitted, Problem> {
    let submitted = close(tx, id, person, now_us, i64::MIN).await?;
    count(tx, &submitted).await?;
    Ok(submitted)
}

/// `late_us` is the oldest end of a lease that is forgiven.
async fn close(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64, late_us: i64) -> Result<Submitted, Problem> {
    let closing = store::close(id, person, "submitted", now_us, late_us);
    let (closed, before, batch) = match lend::likely_batch(id) {
        Some(batch) => tx.ask((closing, wages::last_us(person), batches::asked(batch))).await?,
        None => {
            let (closed, before) = tx.ask((closing, wages::last_us(person))).await?;
            (closed, before, None)
        }
    };
    let before_us = before.map(|(at_us,)| at_us);
    if let Some(Ended { task, sensitivity }) = closed {
        let batch = match batch {
            Some(batch) if batch.id == task.batch_id => batch,
            _ => batches::batch(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?,
        };
        if sensitivity > 0 {
            exposure::close(tx, person, &id.to_string(), now_us).await?;
        }
        if rules::is_sample(id.0.as_u128()) {
            store::move_pace(tx, task.batch_id, (now_us - task.leased_us) / 1_000).await?;
        }
        let late = task.expires_us <= now_us;
        return Ok(Submitted { task, pay_cents: batch.pay_cents, before_us, late, counted: false });
    }
    let before = own(tx, id, person).await?;
    if before.state == "expired"
        && before.expires_us > late_us
        && store::count_late_answer(tx, before.item_id).await?
        && let Some(task) = store::revive(tx, id, person, now_us).await?
        && let Some(pay_cents) = afford::take_again(tx, &task).await?
    {
        return Ok(Submitted { task, pay_cents, before_us, late: true, counted: true });
    }
    Err(unanswerable(&before))
}

/// What became of asking to hold a task longer.
#[derive(Clone, Debug)]
pub enum Held {
    /// It is held.
    Longer(Renewal),
    /// A limit of exposure forbids it: the task is taken back and its time paid. 403 `exposure_limit`.
    TakenBack(Problem),
}

/// Lets a lease last its span from now on, and tells its new end.
///
/// # Errors
/// 403 `foreign_task`, 409 `task_done`, `task_skipped` or `renewals_used_up`, 410 `lease_expired`; the
/// transaction must then be forgotten.
pub async fn renew(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> Result<Held, Problem> {
    if let Some((wanted_us, renewals, level)) = store::renew(tx, id, person, rules::RENEWALS_MAX, now_us).await? {
        let mut expires_us = wanted_us;
        if level > 0 {
            match exposure::extend(tx, person, &id.to_string(), wanted_us, now_us).await? {
                Ok(until_us) => expires_us = until_us,
                Err(limit) => {
                    leaving::take_back(tx, id, person, now_us).await?;
                    let detail = format!("{} This task is taken back, and its time is paid.", limit.detail);
                    return Ok(Held::TakenBack(Problem { detail, ..limit }));
                }
            }
            store::set_end(tx, id, expires_us).await?;
        }
        let left = u32::try_from(rules::RENEWALS_MAX - renewals).unwrap_or(0);
        return Ok(Held::Longer(Renewal { expires_at: rfc3339(expires_us), renewals_left: left }));
    }
    let task = own(tx, id, person).await?;
    if task.state == "leased" && task.expires_us > now_us {
        return Err(Problem::conflict(
            "renewals_used_up",
            "This task cannot be held any longer. Answer it while its time lasts, or skip it.",
        ));
    }
    Err(unanswerable(&task))
}

fn unanswerable(task: &TaskRow) -> Problem {
    match task.state.as_str() {
        "submitted" => Problem::conflict("task_done", "You have answered this task. Ask for the next one."),
        "skipped" => Problem::conflict("task_skipped", "This task was skipped or taken back. Ask for the next one."),
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
pub async fn skip(tx: &mut Tx, id: TaskId, person: PersonId, why: &SkipBody, now_us: i64) -> Result<(), Problem> {
    let note: String = why.reason.chars().take(NOTE_MAX).collect();
    if let Some(left) = leaving::give_back(tx, id, person, (why.code, &note), now_us).await? {
        if left.sensitivity > 0 {
            leaving::pay(tx, &left.task, now_us).await?;
        }
        return Ok(());
    }
    let task = own(tx, id, person).await?;
    if task.state == "submitted" { Err(unanswerable(&task)) } else { Ok(()) }
}

/// Offers a task's item again after the answer to it could not be used.
///
/// # Errors
/// When the database refuses.
pub async fn reopen(tx: &mut Tx, id: TaskId) -> DbResult<()> {
    let Some(task) = store::find(tx, id).await? else { return Ok(()) };
    store::free_answer(tx, task.item_id).await?;
    quotas::give_back(tx, &[(task.batch_id, id.to_string())]).await
}

/// Asks for an item for this transaction: nobody else decides on it meanwhile.
pub fn lock_item(item: ItemId) -> Ask<Option<Slots>> {
    store::lock_item(item)
}

/// The same for those of some items that nobody else holds.
///
/// # Errors
/// Never for ids: what cannot be written as JSON.
pub fn lock_free_items(items: &[ItemId]) -> DbResult<Ask<Vec<Slots>>> {
    store::lock_free_items(items)
}

/// How sensitive an item is now, and what it is about: a set of categories.
///
/// # Errors
/// When the database does not answer.
pub async fn sensitivity(tx: &mut Tx, item: ItemId) -> DbResult<(i64, i64)> {
    if let Some(now) = store::find_sensitivity(tx, item).await? {
        return Ok(now);
    }
    // Never given out: as it was made.
    let item = batches::item(tx, item).await?;
    Ok(item.map_or((0, 0), |item| (item.sensitivity, item.categories)))
}

/// How far some items are: which are gold, and which of the others have all the answers they want for now.
///
/// # Errors
/// When the database does not answer.
pub async fn progress(tx: &mut Tx, items: &[ItemId]) -> DbResult<Vec<(ItemId, Progress)>> {
    let progress = |(item, gold, full)| match (gold, full) {
        (1, _) => (item, Progress::Gold),
        (_, 1) => (item, Progress::Full),
        _ => (item, Progress::Waiting),
    };
    Ok(store::list_progress(tx, items).await?.into_iter().map(progress).collect())
}

/// Sets how many answers an item may get, those it has and live leases included.
///
/// # Errors
/// When the database refuses.
pub async fn set_target(tx: &mut Tx, item: ItemId, target: i64) -> DbResult<()> {
    store::set_target(tx, item, target).await
}

/// A task, whoever has it.
///
/// # Errors
/// When the database does not answer.
pub async fn task(tx: &mut Tx, id: TaskId) -> DbResult<Option<TaskRow>> {
    store::find(tx, id).await
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

/// Tasks of all batches after the one with this id, in the order of their ids, some at a time.
///
/// # Errors
/// When the database does not answer.
pub async fn after(tx: &mut Tx, id: &str, limit: i64) -> DbResult<Vec<TaskRow>> {
    store::list_after(tx, id, limit).await
}

/// Gives an item only to people of this level or above, from now on; gold goes to everybody.
///
/// # Errors
/// When the database refuses.
pub async fn set_level(tx: &mut Tx, item: ItemId, level: Level, now_us: i64) -> DbResult<()> {
    store::set_level(tx, item, rules::level(level), now_us).await
}

/// Items that wait for people of a level since before a moment, some of them.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting_for_level(tx: &mut Tx, before_us: i64) -> DbResult<Vec<(ItemId, Level)>> {
    let waiting = store::list_waiting_for_level(tx, before_us).await?;
    Ok(waiting.into_iter().map(|(item, level)| (item, rules::level_of(level))).collect())
}
