//! Versioned consents: what each covers, who gave it, and its withdrawal.

pub mod handlers;
mod model;
pub mod pages;
mod rules;
mod store;

pub use model::{ConsentBody, ConsentView, Event, ProjectId, Text};

use crate::platform::{
    db::{DbResult, Tx},
    ids::{PersonId, sha256_hex},
    problem::Problem,
};
use std::collections::HashSet;

/// Longest consent text, in bytes: some pages.
const TEXT_MAX: usize = 20_000;

/// Puts a text in force for a project; the same text again changes nothing.
///
/// # Errors
/// 422 `invalid_consent_text`.
pub async fn publish(tx: &mut Tx, project: ProjectId, title: &str, body: &str, now_us: i64) -> Result<i64, Problem> {
    let body = body.trim();
    if body.len() < 40 || body.len() > TEXT_MAX {
        return Err(Problem::invalid(
            "invalid_consent_text",
            "Write a consent text of 40 to 20,000 characters: who collects, what for, under which licence, whom to ask.",
        ));
    }
    let before = store::find_text(tx, project).await?;
    let sha256 = sha256_hex(body.as_bytes());
    if let Some(text) = before.as_ref().filter(|text| text.sha256 == sha256) {
        return Ok(text.version);
    }
    let version = before.map_or(0, |text| text.version) + 1;
    let text = Text { project_id: project, version, title: title.to_owned(), body: body.to_owned(), sha256 };
    store::insert_text(tx, &text, now_us).await?;
    Ok(version)
}

/// The text in force.
///
/// # Errors
/// When the database does not answer.
pub async fn text(tx: &mut Tx, project: ProjectId) -> DbResult<Option<Text>> {
    store::find_text(tx, project).await
}

/// Whether a person may record for a project now.
///
/// # Errors
/// When the database does not answer.
pub async fn may_record(tx: &mut Tx, person: PersonId, project: ProjectId) -> DbResult<bool> {
    let Some(text) = store::find_text(tx, project).await? else { return Ok(false) };
    let latest = store::latest(tx, person, project).await?;
    Ok(rules::covers_recording(latest.as_ref(), text.version))
}

/// Whether a release of a project may contain a person's recordings.
///
/// # Errors
/// When the database does not answer.
pub async fn may_release(tx: &mut Tx, person: PersonId, project: ProjectId) -> DbResult<bool> {
    Ok(rules::covers_release(store::latest(tx, person, project).await?.as_ref()))
}

/// Everybody whose recordings a release of the project may contain.
///
/// # Errors
/// When the database does not answer.
pub async fn releasable(tx: &mut Tx, project: ProjectId) -> DbResult<HashSet<PersonId>> {
    let events = store::list_latest(tx, project).await?;
    Ok(events.iter().filter(|event| rules::covers_release(Some(event))).map(|event| event.person_id).collect())
}

/// Notes that a person agrees to the text in force.
///
/// # Errors
/// 404 without a text, 409 `consent_changed` when another version was read.
pub async fn give(tx: &mut Tx, person: PersonId, project: ProjectId, version: i64, now_us: i64) -> Result<(), Problem> {
    let text = store::find_text(tx, project).await?.ok_or_else(Problem::not_found)?;
    if text.version != version {
        return Err(Problem::conflict(
            "consent_changed",
            "The text has changed since you opened it. Read the new one and agree again.",
        ));
    }
    let latest = store::latest(tx, person, project).await?;
    if !rules::covers_recording(latest.as_ref(), version) {
        store::insert(tx, project, &Event { person_id: person, version, given: 1, at_us: now_us }).await?;
    }
    Ok(())
}

/// Notes that a person withdraws; nothing happens when nothing was given.
///
/// # Errors
/// When the database does not answer.
pub async fn withdraw(tx: &mut Tx, person: PersonId, project: ProjectId, now_us: i64) -> DbResult<()> {
    if let Some(latest) = store::latest(tx, person, project).await?.filter(|event| event.given == 1) {
        let event = Event { person_id: person, version: latest.version, given: 0, at_us: now_us };
        store::insert(tx, project, &event).await?;
    }
    Ok(())
}
