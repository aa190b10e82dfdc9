//! A task as its person sees it; gold looks like all others.

use super::model::{Lease, TaskRow};
use crate::batches::{self, Batch};
use crate::exposure;
use crate::platform::{clock::rfc3339, db::Tx, problem::Problem};
use wire::{Category, Kind, Task};

/// How sensitive a task's item is now, and whether its person should rest.
#[derive(Clone, Copy, Debug)]
pub struct Care {
    /// 0 to 3.
    pub sensitivity: i64,
    /// What it is about: a set of categories.
    pub categories: i64,
    /// Whether a rest is due.
    pub rest: bool,
}

/// A task that somebody has.
///
/// # Errors
/// When the database does not answer.
pub async fn view(tx: &mut Tx, task: &TaskRow, now_us: i64) -> Result<Task, Problem> {
    let (sensitivity, categories) = super::sensitivity(tx, task.item_id).await?;
    let rest = exposure::standing(tx, task.person_id, now_us).await?.is_rest_due(now_us);
    again(tx, task, Care { sensitivity, categories, rest }).await
}

/// The same where it is known how sensitive it is.
///
/// # Errors
/// When the database does not answer.
pub async fn again(tx: &mut Tx, task: &TaskRow, care: Care) -> Result<Task, Problem> {
    let batch = batches::batch(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
    let lease = Lease { id: task.id, item: task.item_id, leased_us: task.leased_us, expires_us: task.expires_us };
    describe(tx, &batch, &lease, care).await
}

/// A task that was just lent.
///
/// # Errors
/// When the database does not answer.
pub async fn describe(tx: &mut Tx, batch: &Batch, lease: &Lease, care: Care) -> Result<Task, Problem> {
    let item = batches::known_item(tx, lease.item).await?.ok_or_else(Problem::not_found)?;
    let terms = batches::terms(tx, batch.id).await?.ok_or_else(Problem::not_found)?;
    let judge = batch.kind() == Kind::Judge;
    let policy = if judge { None } else { Some(batches::policy_of(tx, batch.project_id, lease.leased_us).await?) };
    Ok(Task {
        id: lease.id.to_string(),
        kind: batch.kind(),
        batch: batch.id.to_string(),
        project: batch.project_id.to_string(),
        phrase: item.phrase.clone(),
        hint: item.hint.clone(),
        language: terms.language.clone(),
        pay_cents: batch.pay_cents,
        currency: terms.currency.clone(),
        sensitivity: u8::try_from(care.sensitivity).unwrap_or(3),
        categories: Category::of(care.categories),
        rest: care.rest,
        expires_at: rfc3339(lease.expires_us),
        audio_url: judge.then(|| format!("/api/v1/tasks/{}/audio", lease.id)),
        policy,
    })
}
