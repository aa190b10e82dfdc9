//! SQL of how a batch settles its items, and of what it asks again.

use super::super::model::{Settings, Verdict};
use crate::batches::{BatchId, ItemId};
use crate::platform::db::{self, Ask, DbResult, Tx};

pub fn find_settings(batch: BatchId) -> Ask<Option<Settings>> {
    db::opt(
        "select audit_ppm, recheck_ppm, recheck_after_s, budget_cents from verdict_settings where batch_id = $1",
        (batch,),
    )
}

pub async fn put_settings(tx: &mut Tx, batch: BatchId, settings: Settings) -> DbResult<()> {
    tx.exec(
        "insert into verdict_settings (batch_id, audit_ppm, recheck_ppm, recheck_after_s, budget_cents)
         values ($1, $2, $3, $4, $5)
         on conflict (batch_id) do update set audit_ppm = $2, recheck_ppm = $3, recheck_after_s = $4, budget_cents = $5",
        (batch, settings.audit_ppm, settings.recheck_ppm, settings.recheck_after_s, settings.budget_cents),
    )
    .await
    .map(drop)
}

/// Up to which verdict a batch has been looked through for items to ask again.
pub async fn find_cursor(tx: &mut Tx, batch: BatchId) -> DbResult<Option<(i64, String)>> {
    tx.opt("select at_us, item_id from recheck_cursors where batch_id = $1", (batch,)).await
}

pub async fn put_cursor(tx: &mut Tx, batch: BatchId, at_us: i64, item: ItemId) -> DbResult<()> {
    tx.exec(
        "insert into recheck_cursors (batch_id, at_us, item_id) values ($1, $2, $3)
         on conflict (batch_id) do update set at_us = $2, item_id = $3",
        (batch, at_us, item),
    )
    .await
    .map(drop)
}

/// Some settled items behind the cursor that are old enough, the oldest first.
pub async fn list_ripe(tx: &mut Tx, batch: BatchId, after: &(i64, String), until_us: i64) -> DbResult<Vec<Verdict>> {
    tx.all(
        "select item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, evidence, at_us
         from verdicts where batch_id = $1 and state = 'settled' and at_us <= $4
           and (at_us > $2 or (at_us = $2 and item_id > $3))
         order by at_us, item_id limit 200",
        (batch, after.0, after.1.as_str(), until_us),
    )
    .await
}

/// False when the item was asked again before.
pub async fn insert_recheck(tx: &mut Tx, verdict: &Verdict, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into rechecks (item_id, batch_id, label, probability, at_us) values ($1, $2, $3, $4, $5)
             on conflict (item_id) do nothing",
            (verdict.item_id, verdict.batch_id, verdict.label.as_str(), verdict.probability, now_us),
        )
        .await?;
    Ok(touched == 1)
}
