//! Every SQL statement of tasks: the queue of open items, leases, and who was served how much.

use super::model::{Opening, Picked, Slots, TaskId, TaskRow};
use crate::batches::{BatchId, ItemId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

pub async fn insert_queue(tx: &mut Tx, opening: &Opening) -> DbResult<()> {
    tx.exec(
        "insert into queue (item_id, batch_id, lane, rank, sensitivity, speaker_id, clip_id, target, answers, leases, open)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 1)",
        (
            opening.item,
            opening.batch,
            i64::from(opening.gold),
            opening.rank,
            opening.sensitivity,
            opening.speaker,
            opening.clip.as_deref(),
            opening.target,
        ),
    )
    .await
    .map(drop)
}

/// Takes the person's row in the batch, so that they are served one task at a time, and
/// returns how many they were served.
pub async fn lock_enrolment(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "insert into enrolments (person_id, batch_id, served) values ($1, $2, 0)
             on conflict (person_id, batch_id) do update set served = enrolments.served
             returning served",
            (person, batch),
        )
        .await?;
    Ok(row.0)
}

pub async fn count_served(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<()> {
    tx.exec("update enrolments set served = served + 1 where person_id = $1 and batch_id = $2", (person, batch))
        .await
        .map(drop)
}

pub async fn list_live(tx: &mut Tx, person: PersonId, batch: BatchId, now_us: i64) -> DbResult<Vec<TaskRow>> {
    tx.all(
        "select id, item_id, batch_id, person_id, state, leased_us, expires_us from tasks
         where person_id = $1 and batch_id = $2 and state = 'leased' and expires_us > $3 order by id",
        (person, batch, now_us),
    )
    .await
}

/// Picks the next open item that the person was never given and does not speak in, and takes
/// one of its slots. A clip comes to a person once, as work or as gold: one that came again would
/// give the gold away. On PostgreSQL, items that others are picking at this moment are passed by.
pub async fn pick(
    tx: &mut Tx,
    batch: BatchId,
    gold: bool,
    person: PersonId,
    level_max: i64,
) -> DbResult<Option<Picked>> {
    tx.opt(
        "update queue set leases = leases + 1,
           open = case when answers + leases + 1 < target then 1 else 0 end
         where open = 1 and item_id = (
           select q.item_id from queue q
           where q.batch_id = $1 and q.lane = $2 and q.open = 1 and q.sensitivity <= $4
             and (q.speaker_id is null or q.speaker_id <> $3)
             and not exists (select 1 from tasks t where t.person_id = $3 and t.item_id = q.item_id)
             and not exists (select 1 from queue s join tasks t on t.item_id = s.item_id and t.person_id = $3
                             where s.clip_id = q.clip_id)
           order by q.rank, q.item_id limit 1 /*pg: for update of q skip locked*/)
         returning item_id, sensitivity",
        (batch, i64::from(gold), person, level_max),
    )
    .await
}

/// The same, but waits for others instead of passing by: an empty answer is then true.
pub async fn pick_waiting(tx: &mut Tx, batch: BatchId, person: PersonId, level_max: i64) -> DbResult<Option<Picked>> {
    tx.opt(
        "update queue set leases = leases + 1,
           open = case when answers + leases + 1 < target then 1 else 0 end
         where open = 1 and item_id = (
           select q.item_id from queue q
           where q.batch_id = $1 and q.lane = 0 and q.open = 1 and q.sensitivity <= $3
             and (q.speaker_id is null or q.speaker_id <> $2)
             and not exists (select 1 from tasks t where t.person_id = $2 and t.item_id = q.item_id)
             and not exists (select 1 from queue s join tasks t on t.item_id = s.item_id and t.person_id = $2
                             where s.clip_id = q.clip_id)
           order by q.rank, q.item_id limit 1 /*pg: for update of q*/)
         returning item_id, sensitivity",
        (batch, person, level_max),
    )
    .await
}

/// Whether an open item of a higher level waits for the person.
pub async fn waits_above(tx: &mut Tx, batch: BatchId, person: PersonId, level: i64, ceiling: i64) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select count(*) from (select 1 from queue q
               where q.batch_id = $1 and q.lane = 0 and q.open = 1 and q.sensitivity > $3 and q.sensitivity <= $4
                 and (q.speaker_id is null or q.speaker_id <> $2)
                 and not exists (select 1 from tasks t where t.person_id = $2 and t.item_id = q.item_id)
                 and not exists (select 1 from queue s join tasks t on t.item_id = s.item_id and t.person_id = $2
                                 where s.clip_id = q.clip_id)
               limit 1) as waiting",
            (batch, person, level, ceiling),
        )
        .await?;
    Ok(row.0 > 0)
}

pub async fn insert_task(tx: &mut Tx, task: &TaskRow) -> DbResult<()> {
    tx.exec(
        "insert into tasks (id, item_id, batch_id, person_id, state, note, leased_us, expires_us, closed_us)
         values ($1, $2, $3, $4, 'leased', '', $5, $6, 0)",
        (task.id, task.item_id, task.batch_id, task.person_id, task.leased_us, task.expires_us),
    )
    .await
    .map(drop)
}

pub async fn find(tx: &mut Tx, id: TaskId) -> DbResult<Option<TaskRow>> {
    tx.opt("select id, item_id, batch_id, person_id, state, leased_us, expires_us from tasks where id = $1", (id,))
        .await
}

/// Ends a lease that still stands; `late_us` is the oldest end of a lease that is forgiven.
pub async fn close(
    tx: &mut Tx,
    id: TaskId,
    person: PersonId,
    to: &str,
    note: &str,
    now_us: i64,
    late_us: i64,
) -> DbResult<Option<TaskRow>> {
    tx.opt(
        "update tasks set state = $3, note = $4, closed_us = $5
         where id = $1 and person_id = $2 and state = 'leased' and expires_us > $6
         returning id, item_id, batch_id, person_id, state, leased_us, expires_us",
        (id, person, to, note, now_us, late_us),
    )
    .await
}

/// Brings back a lease that had expired; its slot must be taken in the same transaction.
pub async fn revive(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> DbResult<Option<TaskRow>> {
    tx.opt(
        "update tasks set state = 'submitted', closed_us = $3 where id = $1 and person_id = $2 and state = 'expired'
         returning id, item_id, batch_id, person_id, state, leased_us, expires_us",
        (id, person, now_us),
    )
    .await
}

/// Turns a lease into an answer.
pub async fn count_answer(tx: &mut Tx, item: ItemId) -> DbResult<()> {
    tx.exec("update queue set leases = leases - 1, answers = answers + 1 where item_id = $1", (item,)).await.map(drop)
}

/// Takes a free slot for an answer that comes after its lease; false when none is free.
pub async fn count_late_answer(tx: &mut Tx, item: ItemId) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update queue set answers = answers + 1, open = case when answers + leases + 1 < target then open else 0 end
             where item_id = $1 and answers + leases < target",
            (item,),
        )
        .await?;
    Ok(touched == 1)
}

/// Gives a lease's slot back; not that of gold, which one more person has seen.
pub async fn free_lease(tx: &mut Tx, item: ItemId) -> DbResult<()> {
    tx.exec(
        "update queue set leases = leases - 1, target = target - lane,
           open = case when answers + leases - 1 < target - lane then 1 else 0 end where item_id = $1",
        (item,),
    )
    .await
    .map(drop)
}

/// Gives an answer's slot back: its recording could not be used.
pub async fn free_answer(tx: &mut Tx, item: ItemId) -> DbResult<()> {
    tx.exec(
        "update queue set answers = answers - 1,
           open = case when answers - 1 + leases < target then 1 else 0 end where item_id = $1 and answers > 0",
        (item,),
    )
    .await
    .map(drop)
}

/// Takes the item's row for this transaction and tells its slots.
pub async fn lock_item(tx: &mut Tx, item: ItemId) -> DbResult<Option<Slots>> {
    tx.opt("update queue set leases = leases where item_id = $1 returning target, answers, leases", (item,)).await
}

pub async fn set_target(tx: &mut Tx, item: ItemId, target: i64) -> DbResult<()> {
    tx.exec(
        "update queue set target = $2, open = case when answers + leases < $2 then 1 else 0 end where item_id = $1",
        (item, target),
    )
    .await
    .map(drop)
}

/// Wants no more answers about a clip than it has or is getting.
pub async fn retire(tx: &mut Tx, clip: &str) -> DbResult<()> {
    tx.exec("update queue set target = answers + leases, open = 0 where clip_id = $1 and lane = 0", (clip,))
        .await
        .map(drop)
}

pub async fn set_urgency(tx: &mut Tx, item: ItemId, urgency_us: i64) -> DbResult<()> {
    tx.exec(
        "update queue set rank = rank + urgency_us - $2, urgency_us = $2 where item_id = $1 and lane = 0",
        (item, urgency_us),
    )
    .await
    .map(drop)
}

/// Answers and leases of work beyond `wanted` an item.
pub async fn count_extra(tx: &mut Tx, batch: BatchId, wanted: i64) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select cast(coalesce(sum(answers + leases - $2), 0) as bigint) from queue
             where batch_id = $1 and lane = 0 and answers + leases > $2",
            (batch, wanted),
        )
        .await?;
    Ok(row.0)
}

pub async fn list_open_gold(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<ItemId>> {
    let items: Vec<(ItemId,)> = tx
        .all("select item_id from queue where batch_id = $1 and lane = 1 and open = 1 order by item_id", (batch,))
        .await?;
    Ok(items.into_iter().map(|(item,)| item).collect())
}

/// Items that a person answered from one moment to another, behind an item.
pub async fn list_answered(
    tx: &mut Tx,
    person: PersonId,
    (from_us, until_us): (i64, i64),
    after: &str,
) -> DbResult<Vec<ItemId>> {
    let items: Vec<(ItemId,)> = tx
        .all(
            "select item_id from tasks where person_id = $1 and item_id > $4 and state = 'submitted'
               and closed_us >= $2 and closed_us <= $3 order by item_id limit 100",
            (person, from_us, until_us, after),
        )
        .await?;
    Ok(items.into_iter().map(|(item,)| item).collect())
}

/// Ends leases that ran out, some at a time, and returns their items in one order for everybody.
pub async fn expire(tx: &mut Tx, now_us: i64) -> DbResult<Vec<ItemId>> {
    let mut items: Vec<(ItemId,)> = tx
        .all(
            "update tasks set state = 'expired', closed_us = $1 where state = 'leased' and id in (
               select id from tasks where state = 'leased' and expires_us <= $1 order by id limit 500
               /*pg: for update skip locked*/)
             returning item_id",
            (now_us,),
        )
        .await?;
    items.sort();
    Ok(items.into_iter().map(|(item,)| item).collect())
}
