//! SQL of qualifications: which batches require one, and who has passed.

use crate::batches::BatchId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

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
