//! How many recordings one person may make for a project: of each phrase, and of all together, so that no
//! voice dominates.

use super::{
    model::{Choice, Left, SpeakerLimits},
    rules, store,
};
use crate::audit;
use crate::batches::{self, BatchId, ProjectId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use actix_web::http::StatusCode;

/// The project of a batch.
async fn project(tx: &mut Tx, batch: BatchId) -> DbResult<ProjectId> {
    batches::terms(tx, batch).await?.map(|terms| terms.project).ok_or(sqlx::Error::RowNotFound)
}

/// What of a choice is left to somebody who has recorded so much.
///
/// # Errors
/// When the database does not answer.
pub async fn narrow(tx: &mut Tx, batch: BatchId, person: PersonId, choice: Choice) -> DbResult<Choice> {
    let project = project(tx, batch).await?;
    let limits = store::find_speaker_limits(tx, project).await?;
    if limits == SpeakerLimits::default() {
        return Ok(choice);
    }
    let full = store::list_full(tx, project, person, &limits).await?;
    if full.is_empty() {
        return Ok(choice);
    }
    let phrases = store::list_places(tx, batch).await?.into_iter().map(|(phrase, _)| phrase).collect();
    Ok(rules::without(choice, phrases, &full))
}

/// Counts a recording that somebody is about to make; false when it would be one too many.
///
/// # Errors
/// When the database refuses.
pub async fn count(tx: &mut Tx, batch: BatchId, person: PersonId, phrase: &str) -> DbResult<bool> {
    let project = project(tx, batch).await?;
    let limits = store::find_speaker_limits(tx, project).await?;
    let taken = store::add_spoken(tx, project, person, phrase).await?;
    Ok(taken.iter().all(|(phrase, taken)| limits.of(phrase).is_none_or(|most| *taken <= most)))
}

/// Takes back the count of a recording that was not made, or cannot be used.
///
/// # Errors
/// When the database refuses.
pub async fn uncount(tx: &mut Tx, batch: BatchId, person: PersonId, phrase: &str) -> DbResult<()> {
    let project = project(tx, batch).await?;
    store::subtract_spoken(tx, project, person, phrase).await
}

/// How many recordings somebody may still make for a project; `None` without a limit.
///
/// # Errors
/// When the database does not answer.
pub async fn left(tx: &mut Tx, project: ProjectId, person: PersonId) -> DbResult<Option<Left>> {
    let limits = store::find_speaker_limits(tx, project).await?;
    if limits == SpeakerLimits::default() {
        return Ok(None);
    }
    let made = store::count_spoken(tx, project, person).await?;
    let all = (limits.per_project > 0).then(|| (limits.per_project - made).max(0));
    Ok(Some(Left { made, all, per_phrase: (limits.per_phrase > 0).then_some(limits.per_phrase) }))
}

/// A project's limits for each speaker.
///
/// # Errors
/// When the database does not answer.
pub async fn limits(tx: &mut Tx, project: ProjectId) -> DbResult<SpeakerLimits> {
    store::find_speaker_limits(tx, project).await
}

/// Sets them, for prompts that are given out from now on.
///
/// # Errors
/// 404 without the project, 422 `invalid_limit`.
pub async fn set_limits(
    site: &Site,
    actor: PersonId,
    project: ProjectId,
    limits: &SpeakerLimits,
) -> Result<(), Problem> {
    if !(0..=1_000_000).contains(&limits.per_phrase) || !(0..=1_000_000).contains(&limits.per_project) {
        return Err(Problem::invalid("invalid_limit", "A limit is 0 (none) to 1,000,000 recordings."));
    }
    let mut tx = site.db.begin().await?;
    batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    store::put_speaker_limits(&mut tx, project, limits).await?;
    let detail = serde_json::to_value(limits).map_err(Problem::internal)?;
    audit::note(&mut tx, site.now_us(), Some(actor), "project.speaker_limits", &project.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// The refusal of somebody who has made as many recordings as one person may.
pub fn spoken_enough() -> Problem {
    let detail = "You have recorded as much here as one person may, so that no voice dominates, and time \
                  brings no more. Thank you! You can judge recordings, or choose another project.";
    Problem::new(StatusCode::FORBIDDEN, "person_limit", detail).because("person_limit")
}
