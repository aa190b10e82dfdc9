//! SQL of people's places in the queues, and of how long a batch's tasks take.

use super::super::model::Enrolment;
use crate::batches::BatchId;
use crate::platform::{
    db::{self, Ask, DbResult, Only, Tx},
    ids::PersonId,
};

/// Counts tasks about to be given to a person and returns where they stand, `served` included.
///
/// It also holds the person until the end of the transaction, in all batches: so nobody passes a
/// limit by asking twice at a time. SQLite has only one writer; PostgreSQL gets an advisory lock.
pub fn enrol(person: PersonId, batch: BatchId, count: i64) -> Ask<Only<Enrolment>> {
    db::one(
        "insert into enrolments (person_id, batch_id, served) values ($1, $2, $3)
         on conflict (person_id, batch_id) do update set served = enrolments.served + $3
         returning served, cursor_rank, cursor_item, cursor_returned, rest_us,
           coalesce((select p.median_ms from paces p where p.batch_id = $2), 0) as median_ms
           /*pg: , pg_advisory_xact_lock(hashtextextended($1, 4021)) */",
        (person, batch, count),
    )
}

/// Takes tasks back from the count that were not given after all.
pub async fn uncount(tx: &mut Tx, person: PersonId, batch: BatchId, count: i64) -> DbResult<()> {
    tx.push("update enrolments set served = served - $3 where person_id = $1 and batch_id = $2", (person, batch, count))
        .await
}

/// Saves how far a person has come.
pub async fn set_cursor(tx: &mut Tx, person: PersonId, batch: BatchId, at: &Enrolment) -> DbResult<()> {
    tx.exec(
        "update enrolments set cursor_rank = $3, cursor_item = $4, cursor_returned = $5, rest_us = $6
         where person_id = $1 and batch_id = $2",
        (person, batch, at.cursor_rank, at.cursor_item.as_str(), at.cursor_returned.as_str(), at.rest_us),
    )
    .await
    .map(drop)
}

/// Moves the estimate of a batch's median time a twentieth towards one task's time: the estimate
/// settles where as many are above as below (Ma, Muthukrishnan, Sandler: *Frugal Streaming for
/// Estimating Quantiles*, 2013, with a step in proportion).
pub async fn move_pace(tx: &mut Tx, batch: BatchId, took_ms: i64) -> DbResult<()> {
    tx.push(
        "insert into paces (batch_id, median_ms) values ($1, $2)
         on conflict (batch_id) do update set median_ms = case
           when $2 > paces.median_ms then paces.median_ms + paces.median_ms / 20 + 1
           when $2 < paces.median_ms then paces.median_ms - paces.median_ms / 20
           else paces.median_ms end",
        (batch, took_ms),
    )
    .await
}
