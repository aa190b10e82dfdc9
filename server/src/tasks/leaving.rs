//! Giving a task back: it costs nothing, and what upsets is paid for its time.

use super::{
    afford,
    model::{Ended, TaskId, TaskRow},
    store,
};
use crate::batches::{self, budgets};
use crate::exposure;
use crate::ledger::{self, Pay};
use crate::platform::{db::Tx, ids::PersonId, problem::Problem};
use crate::wages;
use wire::SkipCode;

/// What an hour pays where no floor is set for the currency, minor units.
const HOUR_CENTS: i64 = 1_200;

/// Gives a task back unanswered, with a reason where there is one; `None` when it was closed before.
///
/// # Errors
/// When the database refuses.
pub async fn give_back(
    tx: &mut Tx,
    id: TaskId,
    person: PersonId,
    (code, note): (Option<SkipCode>, &str),
    now_us: i64,
) -> Result<Option<Ended>, Problem> {
    let closed = tx.ask(store::close(id, person, "skipped", now_us, i64::MIN)).await?;
    let Some(left) = closed else { return Ok(None) };
    if code.is_some() || !note.is_empty() {
        store::set_reason(tx, id, code.map(SkipCode::as_str), note).await?;
    }
    store::free_lease(tx, left.task.item_id).await?;
    afford::give_back(tx, &[(left.task.batch_id, id.to_string())]).await?;
    Ok(Some(left))
}

/// Gives a task back that its person may not hold any longer, and pays its time.
///
/// # Errors
/// When the database refuses.
pub async fn take_back(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> Result<(), Problem> {
    match give_back(tx, id, person, (None, ""), now_us).await? {
        Some(left) => pay(tx, &left.task, now_us).await,
        None => Ok(()),
    }
}

/// Pays the time of a task that was given back, at the least hourly pay and at most what the task would
/// have paid: that much was kept for it.
///
/// # Errors
/// When the database refuses.
pub async fn pay(tx: &mut Tx, task: &TaskRow, now_us: i64) -> Result<(), Problem> {
    let id = task.id.to_string();
    exposure::close(tx, task.person_id, &id, now_us).await?;
    let open_ms = (now_us.min(task.expires_us) - task.leased_us).max(0) / 1_000;
    let batch = batches::batch(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
    let terms = batches::terms(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
    let floor = wages::floor(tx, &terms.currency).await?.unwrap_or(HOUR_CENTS);
    let cents = wages::due_cents(open_ms, floor).min(batch.pay_cents);
    let pay = Pay {
        task: format!("left:{id}"),
        person: task.person_id,
        project: terms.project.to_string(),
        cents,
        currency: terms.currency.clone(),
    };
    ledger::pend(tx, &pay, "Time with a task that was given back", now_us).await?;
    ledger::accept(tx, &pay.task, now_us).await?;
    budgets::spend(tx, task.batch_id, &pay.task, cents).await?;
    Ok(exposure::worked(tx, task.person_id, open_ms, cents, now_us).await?)
}
