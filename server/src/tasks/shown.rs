//! A task as its person sees it; gold looks like all others.

use super::model::{Lease, TaskRow};
use crate::batches::{self, Batch, Item, Terms};
use crate::exposure;
use crate::platform::{clock::rfc3339, db::Tx, problem::Problem};
use std::sync::Arc;
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
    let item = batches::known_item(tx, task.item_id).await?.ok_or_else(Problem::not_found)?;
    let frame = frame(tx, &batch, task.leased_us).await?;
    Ok(frame.task(&lease, &item, care))
}

/// What tasks of one batch that were lent at one moment have in common.
pub struct Frame<'a> {
    batch: &'a Batch,
    terms: Arc<Terms>,
    policy: Option<audio::Policy>,
}

/// Reads that.
///
/// # Errors
/// When the database does not answer.
pub async fn frame<'a>(tx: &mut Tx, batch: &'a Batch, leased_us: i64) -> Result<Frame<'a>, Problem> {
    let terms = batches::terms(tx, batch.id).await?.ok_or_else(Problem::not_found)?;
    let policy = match batch.kind() {
        Kind::Judge => None,
        Kind::Record => Some(batches::policy_of(tx, batch.project_id, leased_us).await?),
    };
    Ok(Frame { batch, terms, policy })
}

impl Frame<'_> {
    /// One of them.
    pub fn task(&self, lease: &Lease, item: &Item, care: Care) -> Task {
        let kind = self.batch.kind();
        Task {
            id: lease.id.to_string(),
            kind,
            batch: self.batch.id.to_string(),
            project: self.batch.project_id.to_string(),
            phrase: item.phrase.clone(),
            hint: item.hint.clone(),
            language: self.terms.language.clone(),
            pay_cents: self.batch.pay_cents,
            currency: self.terms.currency.clone(),
            sensitivity: u8::try_from(care.sensitivity).unwrap_or(3),
            categories: Category::of(care.categories),
            rest: care.rest,
            expires_at: rfc3339(lease.expires_us),
            audio_url: (kind == Kind::Judge).then(|| format!("/api/v1/tasks/{}/audio", lease.id)),
            policy: self.policy.clone(),
        }
    }
}
