//! Every SQL statement of trust.

use super::GoldResult;
use crate::batches::BatchId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

pub async fn insert(tx: &mut Tx, result: &GoldResult, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into gold_results (task_id, person_id, item_id, batch_id, correct, at_us)
         values ($1, $2, $3, $4, $5, $6) on conflict (task_id) do nothing",
        (
            result.task.as_str(),
            result.person,
            result.item.as_str(),
            result.batch.as_str(),
            i64::from(result.correct),
            now_us,
        ),
    )
    .await
    .map(drop)
}

/// Right and wrong answers of a person.
pub async fn find_counts(tx: &mut Tx, person: PersonId) -> DbResult<(i64, i64)> {
    tx.one(
        "select cast(coalesce(sum(correct), 0) as bigint), cast(coalesce(sum(1 - correct), 0) as bigint)
         from gold_results where person_id = $1",
        (person,),
    )
    .await
}

/// Right and wrong answers of everybody who met gold.
pub async fn list_counts(tx: &mut Tx) -> DbResult<Vec<(PersonId, i64, i64)>> {
    tx.all(
        "select person_id, cast(coalesce(sum(correct), 0) as bigint), cast(coalesce(sum(1 - correct), 0) as bigint)
         from gold_results group by person_id order by person_id",
        (),
    )
    .await
}

/// Whether a batch requires its qualification, and whether a person has passed it: each 0 or 1.
pub async fn find_qualification(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<(i64, i64)> {
    tx.one(
        "select (select count(*) from qualification_batches where batch_id = $2),
           (select count(*) from qualifications where person_id = $1 and batch_id = $2)",
        (person, batch),
    )
    .await
}

pub async fn insert_qualification_batch(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    tx.exec("insert into qualification_batches (batch_id) values ($1) on conflict (batch_id) do nothing", (batch,))
        .await
        .map(drop)
}

pub async fn delete_qualification_batch(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    tx.exec("delete from qualification_batches where batch_id = $1", (batch,)).await.map(drop)
}

pub async fn insert_qualification(tx: &mut Tx, person: PersonId, batch: BatchId, at_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into qualifications (person_id, batch_id, at_us) values ($1, $2, $3)
         on conflict (person_id, batch_id) do nothing",
        (person, batch, at_us),
    )
    .await
    .map(drop)
}
