//! Every SQL statement of answers: append and read.

use super::model::{Answer, AnswerId, Given};
use crate::batches::{BatchId, ItemId};
use crate::platform::{
    db::{self, Ask, DbResult, Tx},
    ids::PersonId,
};
use crate::tasks::TaskId;

pub async fn insert(tx: &mut Tx, answer: &Answer, batch: BatchId) -> DbResult<()> {
    tx.push(
        "insert into answers (id, task_id, item_id, batch_id, person_id, label, reason, duration_ms, body_sha256, at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        (
            answer.id,
            answer.task_id,
            answer.item_id,
            batch,
            answer.person_id,
            answer.label.as_str(),
            answer.reason.as_deref(),
            answer.duration_ms,
            answer.body_sha256.as_str(),
            answer.at_us,
        ),
    )
    .await
}

pub async fn find(tx: &mut Tx, task: TaskId) -> DbResult<Option<Answer>> {
    tx.opt(
        "select id, task_id, item_id, person_id, label, reason, duration_ms, body_sha256, at_us from answers where task_id = $1",
        (task,),
    )
    .await
}

pub fn list_of_items(items: &[ItemId]) -> DbResult<Ask<Vec<Answer>>> {
    Ok(db::all(
        "select id, task_id, item_id, person_id, label, reason, duration_ms, body_sha256, at_us from answers
         where item_id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)
         order by item_id, id",
        (db::json(items)?,),
    ))
}

/// Answers of a batch that say yes or no, oldest first.
pub async fn list_votes(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(AnswerId, ItemId, PersonId, String)>> {
    tx.all(
        "select id, item_id, person_id, label from answers where batch_id = $1 and label <> 'unsure' order by id",
        (batch,),
    )
    .await
}

pub async fn list_after(tx: &mut Tx, id: &str, limit: i64) -> DbResult<Vec<Given>> {
    tx.all(
        "select id, item_id, batch_id, person_id, label, duration_ms, at_us from answers
         where id > $1 order by id limit $2",
        (id, limit),
    )
    .await
}
