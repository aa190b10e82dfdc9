//! Statements about gold: what was answered to it, what there is of it, how it is used.

use super::super::model::{GoldPolicy, GoldResult, GoldSource};
use crate::batches::{BatchId, ItemId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// False when the task was counted before.
pub async fn insert_result(
    tx: &mut Tx,
    result: &GoldResult,
    batch: BatchId,
    language: &str,
    now_us: i64,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into gold_results (task_id, person_id, item_id, batch_id, correct, at_us, known, known_reason, said, language)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (task_id) do nothing",
            (
                result.task.as_str(),
                result.person,
                result.item.as_str(),
                batch,
                i64::from(result.known == result.said),
                now_us,
                result.known.as_str(),
                result.known_reason.as_str(),
                result.said.as_str(),
                language,
            ),
        )
        .await?;
    Ok(touched == 1)
}

/// Tasks whose answers about a gold item were counted.
pub async fn list_scored(tx: &mut Tx, item: ItemId) -> DbResult<Vec<(String,)>> {
    tx.all("select task_id from gold_results where item_id = $1", (item,)).await
}

/// Right and wrong answers to gold, in all languages and since ever.
pub async fn find_counts(tx: &mut Tx, person: PersonId) -> DbResult<(i64, i64)> {
    tx.one(
        "select cast(coalesce(sum(correct), 0) as bigint), cast(coalesce(sum(1 - correct), 0) as bigint)
         from gold_results where person_id = $1 and said <> 'unsure'",
        (person,),
    )
    .await
}

/// Mistakes about gold that is not used any more: task, item, what is true, why, and what was said.
pub async fn list_examples(tx: &mut Tx, person: PersonId) -> DbResult<Vec<(String, ItemId, String, String, String)>> {
    tx.all(
        "select r.task_id, r.item_id, r.known, r.known_reason, r.said
         from gold_results r join gold_stock s on s.item_id = r.item_id and s.retired_us > 0
         where r.person_id = $1 and r.correct = 0 and r.said <> 'unsure' order by r.at_us desc, r.task_id limit 10",
        (person,),
    )
    .await
}

pub async fn insert_gold(
    tx: &mut Tx,
    (item, batch): (ItemId, BatchId),
    label: &str,
    source: GoldSource,
    by: Option<PersonId>,
    now_us: i64,
) -> DbResult<()> {
    tx.exec(
        "insert into gold_stock (item_id, batch_id, label, source, made_by, made_us, retired_us)
         values ($1, $2, $3, $4, $5, $6, 0) on conflict (item_id) do nothing",
        (item, batch, label, source.as_str(), by, now_us),
    )
    .await
    .map(drop)
}

/// False when it was retired before.
pub async fn retire_gold(tx: &mut Tx, item: ItemId, now_us: i64) -> DbResult<bool> {
    let touched =
        tx.exec("update gold_stock set retired_us = $2 where item_id = $1 and retired_us = 0", (item, now_us)).await?;
    Ok(touched == 1)
}

/// Gold of a batch: source, label, how much is in use, how much is retired.
pub async fn list_stock(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(String, String, i64, i64)>> {
    tx.all(
        "select source, label, cast(sum(case when retired_us = 0 then 1 else 0 end) as bigint),
           cast(sum(case when retired_us = 0 then 0 else 1 end) as bigint)
         from gold_stock where batch_id = $1 group by source, label order by source, label desc",
        (batch,),
    )
    .await
}

/// Gold of a batch in use, each with its answer.
pub async fn list_live(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(ItemId, String)>> {
    tx.all("select item_id, label from gold_stock where batch_id = $1 and retired_us = 0 order by item_id", (batch,))
        .await
}

pub async fn find_policy(tx: &mut Tx, batch: BatchId) -> DbResult<Option<GoldPolicy>> {
    tx.opt("select viewers_max, stock_min from gold_policies where batch_id = $1", (batch,)).await
}

pub async fn put_policy(tx: &mut Tx, batch: BatchId, policy: GoldPolicy) -> DbResult<()> {
    tx.exec(
        "insert into gold_policies (batch_id, viewers_max, stock_min) values ($1, $2, $3)
         on conflict (batch_id) do update set viewers_max = $2, stock_min = $3",
        (batch, policy.viewers_max, policy.stock_min),
    )
    .await
    .map(drop)
}
