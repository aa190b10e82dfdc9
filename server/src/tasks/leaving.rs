//! Leaving what upsets: it is paid for its time, and costs nothing.

use super::model::TaskRow;
use crate::batches;
use crate::exposure;
use crate::ledger::{self, Pay};
use crate::platform::{db::Tx, problem::Problem};
use crate::wages;

/// What an hour pays where no floor is set for the currency, minor units.
const HOUR_CENTS: i64 = 1_200;

/// Pays the time of a sensitive task that is given back, at the least hourly pay and at most what the
/// task would have paid: that much was kept for it.
///
/// # Errors
/// When the database refuses.
pub async fn pay(tx: &mut Tx, task: &TaskRow, now_us: i64) -> Result<(), Problem> {
    let id = task.id.to_string();
    let Some(open_us) = exposure::close(tx, task.person_id, &id, now_us).await? else { return Ok(()) };
    let batch = batches::batch(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
    let terms = batches::terms(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
    let floor = wages::floor(tx, &terms.currency).await?.unwrap_or(HOUR_CENTS);
    let cents = wages::due_cents(open_us / 1_000, floor).min(batch.pay_cents);
    let pay = Pay {
        task: format!("left:{id}"),
        person: task.person_id,
        project: terms.project.to_string(),
        cents,
        currency: terms.currency.clone(),
    };
    ledger::pend(tx, &pay, "Time with a task that you left", now_us).await?;
    Ok(ledger::accept(tx, &pay.task, now_us).await?)
}
