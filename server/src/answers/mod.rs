//! Judgements as given, append-only; an answer and all that follows from it commit together.

pub mod handlers;
pub mod jobs;
mod model;
mod rules;
mod store;

pub use model::{AcceptAnswer, Answer, AnswerId, DecideItem, Given};
pub use rules::check;

use crate::batches::{self, BatchId, ItemId, Terms, budgets};
use crate::ledger;
use crate::platform::{
    clock::SECOND_US,
    db::{Ask, DbResult, Tx},
    ids::{PersonId, sha256_hex},
    problem::{self, Problem},
    queue::{self, New},
    site::Site,
};
use crate::tasks::{self, TaskId};
use crate::wages;
use std::sync::Arc;
use wire::{AnswerBody, AnswerReceipt, Kind};

/// Takes a judgement: closes the task, stores the answer, notes the pay, and asks for a decision.
/// Gold is looked at in that job, so that an answer to it takes as long as any other. Repeating it
/// with the same body brings the same reply. An answer that comes up to a minute after its lease
/// counts and is paid while its place is free; the receipt says `late`.
///
/// # Errors
/// 403 `foreign_task`; 409 `task_skipped`; 410 `lease_expired`; 422 `reason_required`,
/// `wrong_kind` or `idempotency_mismatch`.
pub async fn accept(site: &Site, person: PersonId, id: TaskId, body: &AnswerBody) -> Result<AnswerReceipt, Problem> {
    rules::check(body)?;
    for _ in 0..problem::TRIES {
        match try_accept(site, person, id, body).await {
            Err(problem) if problem.again => {}
            other => return other,
        }
    }
    try_accept(site, person, id, body).await
}

async fn try_accept(site: &Site, person: PersonId, id: TaskId, body: &AnswerBody) -> Result<AnswerReceipt, Problem> {
    let body_sha256 = sha256_hex(serde_json::to_string(body).map_err(Problem::internal)?.as_bytes());
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let submitted = match tasks::submit(&mut tx, id, person, now_us).await {
        Ok(submitted) => submitted,
        Err(problem) => return before(&mut tx, person, id, body, &body_sha256, problem).await,
    };
    let task = &submitted.task;
    let terms = judging(&mut tx, task.batch_id).await?;
    let pay_cents = submitted.pay_cents;
    let phrase = batches::known_item(&mut tx, task.item_id).await?.ok_or_else(Problem::not_found)?.phrase.clone();
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
    tasks::count(&mut tx, &submitted).await?;
    store::insert(&mut tx, &answer, task.batch_id).await?;
    let pay = ledger::Pay {
        task: id.to_string(),
        person,
        project: terms.project.to_string(),
        cents: pay_cents,
        currency: terms.currency.clone(),
    };
    budgets::spend(&mut tx, task.batch_id, &pay.task, pay_cents).await?;
    ledger::pend(&mut tx, &pay, &format!("Judgement of “{phrase}”"), now_us).await?;
    let work = wages::Work {
        task: pay.task,
        batch: task.batch_id,
        person,
        leased_us: task.leased_us,
        before_us: submitted.before_us,
        client_ms: Some(body.duration_ms),
        pay_cents,
    };
    wages::note(&mut tx, &work, now_us).await?;
    let mut jobs = vec![New::at(&DecideItem { item: answer.item_id, anyway: false }, now_us)?];
    if pay_cents > 0 {
        jobs.push(New::at(&AcceptAnswer { task: id }, now_us + terms.accept_after_s * SECOND_US)?);
    }
    queue::enqueue_all(&mut tx, &jobs).await?;
    tx.commit().await?;
    site.wake.notify_one();
    metrics::counter!("sayso_answers_total").increment(1);
    Ok(receipt(id, body, pay_cents, &terms, submitted.late))
}

/// What a batch of judgements is.
async fn judging(tx: &mut Tx, id: BatchId) -> Result<Arc<Terms>, Problem> {
    let terms = batches::terms(tx, id).await?.ok_or_else(Problem::not_found)?;
    if terms.kind == Kind::Judge {
        return Ok(terms);
    }
    Err(Problem::invalid("wrong_kind", "This task asks for a recording, not for a judgement."))
}

/// The reply to an answer that could not be taken: it may have been taken before.
async fn before(
    tx: &mut Tx,
    person: PersonId,
    id: TaskId,
    body: &AnswerBody,
    body_sha256: &str,
    problem: Problem,
) -> Result<AnswerReceipt, Problem> {
    let task = tasks::own(tx, id, person).await?;
    let terms = judging(tx, task.batch_id).await?;
    let pay_cents = batches::batch(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?.pay_cents;
    match store::find(tx, id).await? {
        Some(before) if before.body_sha256 == body_sha256 => Ok(receipt(id, body, pay_cents, &terms, false)),
        Some(_) => Err(changed()),
        None => Err(problem),
    }
}

fn receipt(id: TaskId, body: &AnswerBody, pay_cents: i64, terms: &Terms, late: bool) -> AnswerReceipt {
    AnswerReceipt { task: id.to_string(), label: body.label, pay_cents, currency: terms.currency.clone(), late }
}

fn changed() -> Problem {
    Problem::invalid("idempotency_mismatch", "You have answered this task differently before. The first answer counts.")
}

/// Asks for the answers to some items, each item's in the order of their arrival.
///
/// # Errors
/// Never for ids: what cannot be written as JSON.
pub fn of_items(items: &[ItemId]) -> DbResult<Ask<Vec<Answer>>> {
    store::list_of_items(items)
}

/// The answers of a batch that say yes or no, gold among them: whose, about what.
///
/// # Errors
/// When the database does not answer.
pub async fn votes_of(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(AnswerId, ItemId, PersonId, String)>> {
    store::list_votes(tx, batch).await
}

/// Answers of all batches after the one with this id, in the order of their ids, some at a time.
///
/// # Errors
/// When the database does not answer.
pub async fn after(tx: &mut Tx, id: &str, limit: i64) -> DbResult<Vec<Given>> {
    store::list_after(tx, id, limit).await
}
