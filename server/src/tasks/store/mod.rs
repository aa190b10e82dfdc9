//! Every SQL statement of tasks: leases here, the queue of items and people's places in it beside.

mod enrolments;
mod queue;
mod wanted;

pub use enrolments::*;
pub use queue::*;
pub use wanted::*;

use super::model::{Ended, Lease, Live, TaskId, TaskRow};
use crate::batches::{BatchId, ItemId};
use crate::platform::{
    db::{self, Ask, DbResult, Tx},
    ids::PersonId,
};

/// Live leases of a person in all batches.
pub fn list_live(person: PersonId, now_us: i64) -> Ask<Vec<Live>> {
    db::all(
        "select t.id, t.item_id, t.batch_id, t.person_id, t.state, t.leased_us, t.expires_us, q.sensitivity, q.categories
         from tasks t join queue q on q.item_id = t.item_id
         where t.person_id = $1 and t.state = 'leased' and t.expires_us > $2 order by t.id",
        (person, now_us),
    )
}

/// Stores new leases of one person in one batch, all from the same moment.
pub async fn insert_tasks(tx: &mut Tx, batch: BatchId, person: PersonId, leases: &[Lease]) -> DbResult<()> {
    let Some(first) = leases.first() else { return Ok(()) };
    let pairs = db::json(leases)?;
    tx.push(
        "insert into tasks (id, item_id, batch_id, person_id, state, note, leased_us, expires_us, closed_us, span_us)
         select n.id, n.item, $2, $3, 'leased', '', $4, n.expires_us, 0, n.expires_us - $4
         from /*pg: jsonb_to_recordset($1::jsonb) as n (id text, item text, expires_us bigint)*/
           /*lite: (select value ->> 'id' as id, value ->> 'item' as item, value ->> 'expires_us' as expires_us
             from json_each($1)) as n*/",
        (pairs, batch, person, first.leased_us),
    )
    .await
}

pub async fn find(tx: &mut Tx, id: TaskId) -> DbResult<Option<TaskRow>> {
    tx.opt("select id, item_id, batch_id, person_id, state, leased_us, expires_us from tasks where id = $1", (id,))
        .await
}

/// Ends a lease that still stands; `late_us` is the oldest end of a lease that is forgiven. It tells how
/// sensitive the item is.
pub fn close(id: TaskId, person: PersonId, to: &str, now_us: i64, late_us: i64) -> Ask<Option<Ended>> {
    db::opt(
        "update tasks set state = $3, closed_us = $4
         where id = $1 and person_id = $2 and state = 'leased' and expires_us > $5
         returning id, item_id, batch_id, person_id, state, leased_us, expires_us,
           (select q.sensitivity from queue q where q.item_id = tasks.item_id) as sensitivity",
        (id, person, to, now_us, late_us),
    )
}

/// Notes why a task was given back.
pub async fn set_reason(tx: &mut Tx, id: TaskId, code: Option<&str>, note: &str) -> DbResult<()> {
    tx.exec("update tasks set skip_code = $2, note = $3 where id = $1", (id, code, note)).await.map(drop)
}

/// Makes a standing lease last its span from now on, and returns its new end, how often that was done,
/// and how sensitive its item is.
pub async fn renew(
    tx: &mut Tx,
    id: TaskId,
    person: PersonId,
    most: i64,
    now_us: i64,
) -> DbResult<Option<(i64, i64, i64)>> {
    tx.opt(
        "update tasks set expires_us = $4 + span_us, renewals = renewals + 1
         where id = $1 and person_id = $2 and state = 'leased' and expires_us > $4 and renewals < $3
         returning expires_us, renewals, (select q.sensitivity from queue q where q.item_id = tasks.item_id)",
        (id, person, most, now_us),
    )
    .await
}

/// Ends a standing lease at a moment.
pub async fn set_end(tx: &mut Tx, id: TaskId, expires_us: i64) -> DbResult<()> {
    tx.exec("update tasks set expires_us = $2 where id = $1", (id, expires_us)).await.map(drop)
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

/// Most leases that one sweep ends.
const SWEEP: i64 = 500;

/// Ends leases that ran out, some at a time, and returns them in one order of items for everybody.
pub async fn expire(tx: &mut Tx, now_us: i64) -> DbResult<Vec<(ItemId, BatchId, TaskId)>> {
    let mut ended: Vec<(ItemId, BatchId, TaskId)> = tx
        .all(
            "update tasks set state = 'expired', closed_us = $1
             where state = 'leased' and id /*pg: = any(array(*//*lite: in (*/
                 select id from tasks where state = 'leased' and expires_us >= 0 and expires_us <= $1 order by expires_us limit $2
                 /*pg: for update skip locked*/
               /*pg: )*/)
             returning item_id, batch_id, id",
            (now_us, SWEEP),
        )
        .await?;
    ended.sort();
    Ok(ended)
}

/// Tasks after the one with this id, in the order of their ids.
pub async fn list_after(tx: &mut Tx, id: &str, limit: i64) -> DbResult<Vec<TaskRow>> {
    tx.all(
        "select id, item_id, batch_id, person_id, state, leased_us, expires_us from tasks
         where id > $1 order by id limit $2",
        (id, limit),
    )
    .await
}

/// When the first lease of a batch ends, among those that end first.
pub async fn first_end(tx: &mut Tx, batch: BatchId) -> DbResult<Option<i64>> {
    let row: (Option<i64>,) = tx
        .one(
            "select min(t.expires_us) from (
               select batch_id, expires_us from tasks where state = 'leased' and expires_us >= 0 order by expires_us limit 1000) as t
             where t.batch_id = $1",
            (batch,),
        )
        .await?;
    Ok(row.0)
}

/// When the next lease of somebody else ends on an item of the batch that the person was not given
/// yet, among those that end first.
pub async fn next_end(tx: &mut Tx, batch: BatchId, person: PersonId) -> DbResult<Option<i64>> {
    let row: (Option<i64>,) = tx
        .one(
            "select min(t.expires_us) from (
               select item_id, batch_id, person_id, expires_us from tasks where state = 'leased' and expires_us >= 0
               order by expires_us limit 1000) as t
             join queue q on q.item_id = t.item_id
             where t.batch_id = $1 and t.person_id <> $2 and q.lane = 0
               and (q.speaker_id is null or q.speaker_id <> $2)
               and not exists (select 1 from tasks o where o.person_id = $2 and o.item_id = t.item_id /*pg: offset 0*/)",
            (batch, person),
        )
        .await?;
    Ok(row.0)
}
