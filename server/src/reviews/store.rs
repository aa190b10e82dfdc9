//! Every SQL statement of appeals.

use super::model::Appeal;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// False when this refusal was appealed before.
pub async fn insert(tx: &mut Tx, appeal: &Appeal) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into refusal_appeals (task_id, person_id, text, state, decided_by, answer, filed_us, due_us, escalated_us, decided_us)
             values ($1, $2, $3, 'open', null, '', $4, $5, 0, 0) on conflict (task_id) do nothing",
            (appeal.task_id.as_str(), appeal.person_id, appeal.text.as_str(), appeal.filed_us, appeal.due_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn find(tx: &mut Tx, task: &str) -> DbResult<Option<Appeal>> {
    tx.opt(
        "select task_id, person_id, text, state, decided_by, answer, filed_us, due_us, escalated_us, decided_us
         from refusal_appeals where task_id = $1",
        (task,),
    )
    .await
}

pub async fn list_of(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Appeal>> {
    tx.all(
        "select task_id, person_id, text, state, decided_by, answer, filed_us, due_us, escalated_us, decided_us
         from refusal_appeals where person_id = $1 order by filed_us desc limit 200",
        (person,),
    )
    .await
}

/// Open appeals, those due first.
pub async fn list_open(tx: &mut Tx) -> DbResult<Vec<Appeal>> {
    tx.all(
        "select task_id, person_id, text, state, decided_by, answer, filed_us, due_us, escalated_us, decided_us
         from refusal_appeals where state = 'open' order by due_us, task_id limit 200",
        (),
    )
    .await
}

/// Decides an open appeal; false when it is not open.
pub async fn decide(tx: &mut Tx, task: &str, state: &str, by: PersonId, answer: &str, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update refusal_appeals set state = $2, decided_by = $3, answer = $4, decided_us = $5
             where task_id = $1 and state = 'open'",
            (task, state, by, answer, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// Marks appeals that wait longer than they may, and returns their tasks.
pub async fn escalate(tx: &mut Tx, now_us: i64) -> DbResult<Vec<(String,)>> {
    tx.all(
        "update refusal_appeals set escalated_us = $1 where state = 'open' and due_us < $1 and escalated_us = 0 returning task_id",
        (now_us,),
    )
    .await
}
