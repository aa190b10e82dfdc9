//! Judgements as given, append-only; an answer and all that follows from it commit together.

pub mod handlers;
pub mod jobs;
mod model;
mod rules;
mod store;

pub use model::{AcceptAnswer, Answer, AnswerId, DecideItem};

use crate::batches::{self, ItemId};
use crate::ledger;
use crate::platform::{
    clock::SECOND_US,
    db::{DbResult, Tx},
    ids::{PersonId, sha256_hex},
    problem::Problem,
    queue,
    site::Site,
};
use crate::tasks::{self, TaskId};
use wire::{AnswerBody, AnswerReceipt, Kind};

/// Takes a judgement: closes the task, stores the answer, notes the pay, and asks for a decision.
/// Gold is looked at in that job, so that an answer to it takes as long as any other. Repeating it
/// with the same body brings the same reply.
///
/// # Errors
/// 403 `foreign_task`; 409 `task_skipped`; 410 `lease_expired`; 422 `reason_required`,
/// `wrong_kind` or `idempotency_mismatch`.
pub async fn accept(site: &Site, person: PersonId, id: TaskId, body: &AnswerBody) -> Result<AnswerReceipt, Problem> {
    rules::check(body)?;
    let body_sha256 = sha256_hex(serde_json::to_string(body).map_err(Problem::internal)?.as_bytes());
    let mut tx = site.db.begin().await?;
    let task = tasks::own(&mut tx, id, person).await?;
    let batch = batches::batch(&mut tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
    let project = batches::project(&mut tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    if batch.kind() != Kind::Judge {
        return Err(Problem::invalid("wrong_kind", "This task asks for a recording, not for a judgement."));
    }
    let receipt = AnswerReceipt {
        task: id.to_string(),
        label: body.label,
        pay_cents: batch.pay_cents,
        currency: project.currency.clone(),
    };
    if let Some(before) = store::find(&mut tx, id).await? {
        let same = before.body_sha256 == body_sha256;
        return if same { Ok(receipt) } else { Err(changed()) };
    }
    let now_us = site.now_us();
    let task = tasks::submit(&mut tx, id, person, now_us).await?;
    let answer = Answer {
        id: AnswerId::new(),
        task_id: id,
        item_id: task.item_id,
        person_id: person,
        label: body.label.as_str().to_owned(),
        reason: body.reason.map(|reason| reason.as_str().to_owned()),
        duration_ms: body.duration_ms,
        body_sha256,
        at_us: now_us,
    };
    store::insert(&mut tx, &answer, batch.id).await?;
    let phrase = batches::item(&mut tx, answer.item_id).await?.ok_or_else(Problem::not_found)?.phrase;
    let pay = ledger::Pay {
        task: id.to_string(),
        person,
        project: project.id.to_string(),
        cents: batch.pay_cents,
        currency: project.currency,
    };
    ledger::pend(&mut tx, &pay, &format!("Judgement of “{phrase}”"), now_us).await?;
    queue::enqueue(&mut tx, &DecideItem { item: answer.item_id }, now_us).await?;
    queue::enqueue(&mut tx, &AcceptAnswer { task: id }, now_us + batch.accept_after_s * SECOND_US).await?;
    tx.commit().await?;
    site.wake.notify_one();
    metrics::counter!("sayso_answers_total").increment(1);
    Ok(receipt)
}

fn changed() -> Problem {
    Problem::invalid("idempotency_mismatch", "You have answered this task differently before. The first answer counts.")
}

/// The answers to an item, in the order of their arrival.
///
/// # Errors
/// When the database does not answer.
pub async fn of_item(tx: &mut Tx, item: ItemId) -> DbResult<Vec<Answer>> {
    store::list_of_item(tx, item).await
}
