//! What looks like abuse becomes a case for a human, with its evidence. Nothing here refuses pay
//! or pauses anybody by itself; the human may pause, and `trust` does what a pause means.
//!
//! Chores read on where they stopped (`read.rs`), keep what conduct needs in tables of this
//! room, and look at the people with the most that is new (`look.rs`); each run does a bounded
//! amount of work, and nothing is added to the way of an answer.

pub mod handlers;
pub mod jobs;
mod look;
mod model;
pub mod pages;
mod read;
pub mod rules;
mod store;

pub use model::{Action, Case, CaseId, CaseRuling, CaseView, Everybody, Evidence, Kind, Said};

use crate::audit;
use crate::batches::{self, BatchId};
use crate::platform::{
    caller::Caller,
    clock::DAY_US,
    db::{self, DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use crate::trust;
use actix_web::http::StatusCode;
use serde_json::json;

/// Longest note.
const NOTE_MAX: usize = 1_000;
/// How long a person sees what they were warned of.
const WARNED_US: i64 = 14 * DAY_US;

/// Raises a case, once per person and kind until it is decided; false when one is open.
///
/// # Errors
/// When the database refuses.
pub async fn raise(tx: &mut Tx, person: PersonId, kind: Kind, evidence: &Evidence, now_us: i64) -> DbResult<bool> {
    let text = db::json(evidence)?;
    let Some(id) = store::insert(tx, person, kind, &text, now_us).await? else { return Ok(false) };
    let detail = json!({ "kind": kind, "person": person });
    audit::note(tx, now_us, None, "case.raise", &id.to_string(), detail).await?;
    metrics::counter!("sayso_cases_total", "kind" => kind.as_str()).increment(1);
    Ok(true)
}

/// Raises a case for everybody who wants to be paid where somebody else is paid.
///
/// # Errors
/// When the database refuses.
pub async fn raise_shared_handles(tx: &mut Tx, handles: &[(PersonId, String)], now_us: i64) -> DbResult<()> {
    let given: Vec<(String, String)> =
        handles.iter().map(|(person, handle)| (person.to_string(), handle.clone())).collect();
    let found = rules::shared_handles(&given);
    for (person, _) in handles {
        if let Some(evidence) = found.get(&person.to_string()) {
            raise(tx, *person, Kind::SeveralAccounts, evidence, now_us).await?;
        }
    }
    Ok(())
}

/// Open cases, the oldest first; never about the caller.
///
/// # Errors
/// When the database does not answer.
pub async fn open(site: &Site, caller: &Caller) -> Result<Vec<CaseView>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(store::list_open(&mut tx, caller.person).await?.into_iter().map(CaseView::from).collect())
}

/// Every case of a person, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Case>> {
    store::list_of(tx, person).await
}

/// What a person is to read who was warned of late, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn warnings(tx: &mut Tx, person: PersonId, now_us: i64) -> DbResult<Vec<String>> {
    let notes = store::list_warnings(tx, person, now_us - WARNED_US).await?;
    Ok(notes.into_iter().map(|(note,)| note).collect())
}

/// What a human makes of a case; saying the same twice is saying it once.
///
/// # Errors
/// 404; 403 `own_case`; 409 `already_decided` or `no_batch`; 422 `note_required` or, for a pause, `reason_required`.
pub async fn decide(site: &Site, caller: &Caller, id: CaseId, ruling: &CaseRuling) -> Result<(), Problem> {
    let note = ruling.note.trim();
    if note.is_empty() || note.chars().count() > NOTE_MAX {
        return Err(Problem::invalid("note_required", "Say why, in up to 1,000 characters."));
    }
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let case = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if case.person_id == caller.person {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "own_case",
            "This is about your own work. Somebody else must decide.",
        ));
    }
    let state = ruling.action.state();
    if case.state == state && case.note == note {
        return Ok(());
    }
    if !store::decide(&mut tx, id, state, note, caller.person, now_us).await? {
        return Err(Problem::conflict("already_decided", "Somebody has decided on this case already."));
    }
    if ruling.action == Action::Pause {
        pause(&mut tx, caller.person, &case, note, now_us).await?;
    }
    let detail = json!({ "kind": case.kind, "person": case.person_id, "decision": state, "note": note });
    audit::note(&mut tx, now_us, Some(caller.person), "case.decide", &id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// Pauses a case's person in what its batch is about.
async fn pause(tx: &mut Tx, reviewer: PersonId, case: &Case, note: &str, now_us: i64) -> Result<(), Problem> {
    let id: Option<BatchId> = case.evidence().batch.and_then(|id| id.parse().ok());
    let batch = match id {
        Some(id) => batches::batch(tx, id).await?,
        None => None,
    };
    let Some(batch) = batch else {
        return Err(Problem::conflict(
            "no_batch",
            "This case is not about the work in one batch, so there is nothing to pause. Warn the person instead.",
        ));
    };
    trust::pause_by(tx, reviewer, case.person_id, &batch, note, now_us).await
}
