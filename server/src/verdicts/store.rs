//! Every SQL statement of verdicts.

use super::model::Verdict;
use crate::batches::ItemId;
use crate::platform::db::{DbResult, Tx};

pub async fn find(tx: &mut Tx, item: ItemId) -> DbResult<Option<Verdict>> {
    tx.opt(
        "select item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, at_us
         from verdicts where item_id = $1",
        (item,),
    )
    .await
}

pub async fn list_contested(tx: &mut Tx) -> DbResult<Vec<Verdict>> {
    tx.all(
        "select item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, at_us
         from verdicts where state = 'contested' order by probability, item_id limit 100",
        (),
    )
    .await
}

/// Stores a verdict; one that a reviewer made is not replaced by a count of answers.
pub async fn put(tx: &mut Tx, verdict: &Verdict) -> DbResult<()> {
    tx.exec(
        "insert into verdicts (item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (item_id) do update set state = $4, label = $5, probability = $6, answers = $7, method = $8,
           decided_by = $9, at_us = $10
         where verdicts.state <> 'decided'",
        (
            verdict.item_id,
            verdict.batch_id,
            verdict.clip_id.as_str(),
            verdict.state.as_str(),
            verdict.label.as_str(),
            verdict.probability,
            verdict.answers,
            verdict.method.as_str(),
            verdict.decided_by.as_deref(),
            verdict.at_us,
        ),
    )
    .await
    .map(drop)
}
