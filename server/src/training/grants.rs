//! One more try for somebody who has none left, because an administrator says so.

use super::{
    model::{Attempt, Stage, Stuck},
    rules, store,
};
use crate::accounts;
use crate::audit;
use crate::batches::BatchId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use serde_json::json;

/// Whether the attempt after a failed last one was allowed.
pub(super) async fn is_granted(tx: &mut Tx, person: PersonId, batch: BatchId, attempts: &[Attempt]) -> DbResult<bool> {
    match attempts.last().filter(|last| last.state == "failed") {
        Some(last) => store::has_grant(tx, person, batch, last.number + 1).await,
        None => Ok(false),
    }
}

/// People who have no try left.
pub(super) async fn stuck(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<Stuck>> {
    let Some(training) = store::find(tx, batch).await? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (person,) in store::list_failed(tx, batch).await? {
        let attempts = store::list_attempts(tx, person, batch).await?;
        let granted = is_granted(tx, person, batch, &attempts).await?;
        // A pause changes nothing for somebody whose last try failed; nor does time when no try is left.
        if rules::stage(&training, &attempts, granted, false, i64::MAX).0 == Stage::Exhausted {
            let name = accounts::name(tx, person).await?.unwrap_or_default();
            found.push(Stuck { person: person.to_string(), name, tries: i64::try_from(attempts.len()).unwrap_or(0) });
        }
    }
    Ok(found)
}

/// Allows somebody who has no try left one more, at once; allowing it twice is allowing it once.
///
/// # Errors
/// 404 without a training or for somebody who never tried it, 409 `tries_left` for somebody who can go on alone.
pub async fn grant(site: &Site, actor: PersonId, batch: BatchId, person: PersonId) -> Result<(), Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let training = store::find(&mut tx, batch).await?.ok_or_else(Problem::not_found)?;
    let attempts = store::list_attempts(&mut tx, person, batch).await?;
    let last = attempts.last().ok_or_else(Problem::not_found)?;
    if is_granted(&mut tx, person, batch, &attempts).await? {
        return Ok(());
    }
    if rules::stage(&training, &attempts, false, false, now_us).0 != Stage::Exhausted {
        return Err(Problem::conflict("tries_left", "This person can go on without your help. Reload the page."));
    }
    if store::insert_grant(&mut tx, person, batch, last.number + 1, actor, now_us).await? {
        let detail = json!({ "batch": batch, "number": last.number + 1 });
        audit::note(&mut tx, now_us, Some(actor), "training.grant", &person.to_string(), detail).await?;
    }
    Ok(tx.commit().await?)
}
