//! Takes that were sent twice: found when a clip is verified, settled by a reviewer.

use super::{
    ClipId,
    model::{Clip, CompareAccounts, Duplicate, DuplicateRow, Print},
    rules, store,
};
use crate::audit;
use crate::ledger;
use crate::platform::{
    caller::Caller,
    clock::rfc3339,
    db::{DbResult, Tx},
    problem::Problem,
    queue,
    site::Site,
};
use crate::tasks;
use actix_web::http::StatusCode;

/// Keeps what a verified clip sounds like and compares it with its speaker's earlier takes of
/// the same phrase in the same project. If it is like one of them, its pay and its release wait
/// for a reviewer; judging goes on meanwhile, so that a busy reviewer holds nobody up.
pub(super) async fn note(tx: &mut Tx, clip: &Clip, print: &Print, now_us: i64) -> DbResult<()> {
    // Two takes that are verified at the same moment see each other.
    store::lock_takes(tx, clip).await?;
    let earlier = store::list_prints(tx, clip).await?;
    store::insert_print(tx, print).await?;
    queue::enqueue(tx, &CompareAccounts { clip: clip.id }, now_us).await?;
    let Some(alike) = rules::most_alike(print, &earlier) else { return Ok(()) };
    store::insert_duplicate(tx, clip.id, &alike, now_us).await?;
    metrics::counter!("sayso_duplicates_total", "likeness" => alike.likeness.as_str()).increment(1);
    Ok(())
}

/// Clips that wait for a reviewer, the oldest first; never the caller's own.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(site: &Site, caller: &Caller) -> Result<Vec<Duplicate>, Problem> {
    let mut tx = site.db.read().await?;
    let rows = store::list_duplicates(&mut tx, caller.person).await?;
    Ok(rows.into_iter().map(shown).collect())
}

fn shown(row: DuplicateRow) -> Duplicate {
    Duplicate {
        clip: row.clip_id.to_string(),
        earlier: row.earlier_id.to_string(),
        phrase: row.phrase,
        likeness: row.likeness,
        bit_error_rate: row.bit_error_rate,
        recorded_at: rfc3339(row.created_us),
        earlier_recorded_at: rfc3339(row.earlier_us),
    }
}

/// A reviewer has listened to both: another take counts as any; the same one is refused, leaves
/// the judges' queue, and its prompt is offered again.
///
/// # Errors
/// 404; 403 `own_clip`; 409 `already_decided` when somebody decided otherwise.
pub async fn settle(site: &Site, caller: &Caller, id: ClipId, same: bool) -> Result<(), Problem> {
    let state = if same { "same" } else { "different" };
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let clip = tx.ask(store::find(id)).await?.ok_or_else(Problem::not_found)?;
    if clip.speaker_id == caller.person {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "own_clip",
            "This is your own recording. Somebody else must decide.",
        ));
    }
    if !store::settle_duplicate(&mut tx, id, state, caller.person, now_us).await? {
        return match store::duplicate_state(&mut tx, id).await? {
            None => Err(Problem::not_found()),
            Some(before) if before == state => Ok(()),
            Some(_) => Err(Problem::conflict("already_decided", "Somebody has decided on this recording already.")),
        };
    }
    if same {
        store::refuse_duplicate(&mut tx, id, now_us).await?;
        ledger::refuse(&mut tx, &super::refusal(&clip, "duplicate", Some(caller.person)), now_us).await?;
        tasks::reopen(&mut tx, clip.task_id).await?;
        tasks::retire(&mut tx, &id.to_string()).await?;
    } else if store::is_accepted(&mut tx, id).await? {
        ledger::accept(&mut tx, &clip.task_id.to_string(), now_us).await?;
    }
    let detail = serde_json::json!({ "decision": state });
    audit::note(&mut tx, now_us, Some(caller.person), "duplicate.decide", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}
