//! Batches that the site pauses by itself, and what may be changed about a batch before it goes on.

use super::{Batch, BatchId, BatchState, budgets, rules, store};
use crate::audit;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};

/// Why the site has paused a batch.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Hold {
    /// Stable, for programs: `refusals`, `wage_floor`.
    pub cause: String,
    /// A sentence for administrators.
    pub detail: String,
    /// Who caused it, and may not open the batch again.
    pub by_person: Option<PersonId>,
}

/// Pauses an open batch until an administrator has looked: `by` is who caused it, and not the one
/// who may open it again. False when it was not open.
///
/// # Errors
/// When the database refuses.
pub async fn hold(tx: &mut Tx, id: BatchId, hold: &Hold, now_us: i64) -> DbResult<bool> {
    let (open, paused) = (BatchState::Open.as_str(), BatchState::Paused.as_str());
    if !store::set_state(tx, id, open, paused).await? {
        return Ok(false);
    }
    store::put_hold(tx, id, hold, now_us).await?;
    let detail = serde_json::json!({ "cause": hold.cause, "detail": hold.detail });
    audit::note(tx, now_us, hold.by_person, "batch.hold", &id.to_string(), detail).await?;
    Ok(true)
}

/// Why the site has paused a batch, if it has.
///
/// # Errors
/// When the database does not answer.
pub async fn hold_of(tx: &mut Tx, id: BatchId) -> DbResult<Option<Hold>> {
    store::find_hold(tx, id).await
}

/// When a batch was last opened again after a hold, UTC microseconds; 0 when it never was.
///
/// # Errors
/// When the database does not answer.
pub async fn released_us(tx: &mut Tx, id: BatchId) -> DbResult<i64> {
    store::released_us(tx, id).await
}

/// Raises what a task of a batch pays, from now on; those handed out already are paid the new
/// price as well.
///
/// # Errors
/// 404 without the batch; 409 `pay_lowered`, or `budget_exhausted` when its budget does not pay for
/// those handed out; 422 `invalid_pay`.
pub async fn raise_pay(site: &Site, actor: PersonId, id: BatchId, pay_cents: i64) -> Result<Batch, Problem> {
    let mut tx = site.db.begin().await?;
    let mut batch = tx.ask(store::find_batch(id)).await?.ok_or_else(Problem::not_found)?;
    rules::pay(pay_cents)?;
    if pay_cents < batch.pay_cents {
        return Err(Problem::conflict(
            "pay_lowered",
            "What people were promised is not lowered. Close this batch and open one with another price.",
        ));
    }
    if pay_cents > batch.pay_cents {
        budgets::raise(&mut tx, &batch, pay_cents).await?;
        store::set_pay(&mut tx, id, pay_cents).await?;
        let detail = serde_json::json!({ "from_cents": batch.pay_cents, "to_cents": pay_cents });
        audit::note(&mut tx, site.now_us(), Some(actor), "batch.raise_pay", &id.to_string(), detail).await?;
        batch.pay_cents = pay_cents;
    }
    tx.commit().await?;
    Ok(batch)
}
