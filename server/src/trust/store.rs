//! Every SQL statement of trust.

use super::GoldResult;
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
