//! Every SQL statement of the sources of gold.

use crate::batches::{BatchId, ItemId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// False when the item was looked at before.
pub async fn insert_glance(
    tx: &mut Tx,
    item: ItemId,
    batch: BatchId,
    outcome: &str,
    by: Option<PersonId>,
    now_us: i64,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into gold_glances (item_id, batch_id, outcome, person_id, at_us) values ($1, $2, $3, $4, $5)
             on conflict (item_id) do nothing",
            (item, batch, outcome, by, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// What became of an item that was looked at.
pub async fn find_glance(tx: &mut Tx, item: ItemId) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx.opt("select outcome from gold_glances where item_id = $1", (item,)).await?;
    Ok(row.map(|(outcome,)| outcome))
}

pub async fn is_glanced(tx: &mut Tx, item: ItemId) -> DbResult<bool> {
    Ok(find_glance(tx, item).await?.is_some())
}

/// The newest item of a batch that was planted; empty when none was.
pub async fn last_planted(tx: &mut Tx, batch: BatchId) -> DbResult<String> {
    let row: (String,) = tx
        .one(
            "select coalesce(max(item_id), '') from gold_glances where batch_id = $1 and outcome = 'planted'",
            (batch,),
        )
        .await?;
    Ok(row.0)
}
