//! Every clip: its bytes, its measurement, its features, and what became of it.

pub mod duplicate_handlers;
mod duplicates;
pub mod gold;
pub mod handlers;
pub mod jobs;
mod model;
pub mod pages;
mod rules;
mod store;
pub mod synthetic;
mod upload;

pub use model::{Clip, ClipId, CompareAccounts, Print, StoredFeatures, VerifyClip};
pub use upload::{complete, declare, own, receive, view_of};

use crate::batches::{self, Batch, JudgeItem, ProjectId};
use crate::ledger;
use crate::platform::{
    db::{Ask, DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use crate::tasks;
use std::collections::HashMap;
use wire::{Declaration, RecordingState, RecordingView};

/// Announces a clip that a machine made; it is marked synthetic in every release.
///
/// # Errors
/// As [`declare`].
pub async fn declare_synthetic(site: &Site, person: PersonId, body: Declaration) -> Result<RecordingView, Problem> {
    upload::declare_as(site, person, body, true).await
}

/// A clip.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, id: ClipId) -> DbResult<Option<Clip>> {
    tx.ask(asked(id)).await
}

/// Asks for a clip.
pub fn asked(id: ClipId) -> Ask<Option<Clip>> {
    store::find(id)
}

/// The same for some clips.
///
/// # Errors
/// Never for ids: what cannot be written as JSON.
pub fn asked_some(ids: &[&str]) -> DbResult<Ask<Vec<Clip>>> {
    store::find_some(ids)
}

/// How long those of some clips are that are verified, in milliseconds.
///
/// # Errors
/// When the database does not answer.
pub async fn lengths_ms(tx: &mut Tx, clips: &[&str]) -> DbResult<HashMap<String, i64>> {
    let reports = store::list_reports(tx, clips).await?.into_iter();
    let length_ms = |text: &str| serde_json::from_str::<audio::Report>(text).ok().map(|report| report.length_ms.into());
    Ok(reports.filter_map(|(clip, text)| Some((clip, length_ms(&text)?))).collect())
}

/// The clip that was recorded for a task, if one was.
///
/// # Errors
/// When the database does not answer.
pub async fn of_task(tx: &mut Tx, task: &str) -> DbResult<Option<String>> {
    store::find_of_task(tx, task).await
}

/// Puts a verified clip before judges, once; its project's judging batch takes it.
///
/// # Errors
/// When the database refuses.
pub async fn open_judging(tx: &mut Tx, batch: &Batch, clip: &Clip, now_us: i64) -> DbResult<()> {
    let (sensitivity, categories) = tasks::sensitivity(tx, clip.item_id).await?;
    let new = JudgeItem {
        clip: clip.id.to_string(),
        speaker: clip.speaker_id,
        phrase: clip.phrase.clone(),
        sensitivity,
        categories,
        gold: None,
    };
    let about = batches::items_about(tx, batch.id, &new.clip).await?;
    if about.iter().any(|item| item.gold_label.is_some() && item.phrase == new.phrase) {
        // What is known is not asked.
        return Ok(());
    }
    if let Some(item) = batches::add_judging(tx, batch, &new, now_us).await? {
        tasks::open(tx, batch, &item, batch.answers_wanted, Some(clip.speaker_id), now_us).await?;
    }
    Ok(())
}

/// Verified clips of a project, some at a time.
///
/// # Errors
/// When the database does not answer.
pub async fn verified_after(tx: &mut Tx, project: ProjectId, after: Option<ClipId>) -> DbResult<Vec<Clip>> {
    store::list_verified(tx, project, after).await
}

/// The listeners' verdict reached a clip: its recording is accepted and paid, or not.
///
/// # Errors
/// When the database refuses.
pub async fn judged(tx: &mut Tx, clip: &Clip, good: bool, now_us: i64) -> DbResult<()> {
    let id = clip.id;
    if clip.state() == RecordingState::Refused {
        return Ok(());
    }
    store::set_accepted(tx, id, good).await?;
    let task = clip.task_id.to_string();
    if good {
        // A take that may have been sent twice is paid when a reviewer has listened to both.
        let waits = store::duplicate_state(tx, id).await?.is_some_and(|state| state == "waiting");
        if waits { Ok(()) } else { ledger::accept(tx, &task, now_us).await }
    } else {
        ledger::refuse(tx, &refusal(clip, "not_accepted", None), now_us).await.map(drop)
    }
}

/// Why a recording is not paid, by a rule or by somebody.
fn refusal(clip: &Clip, code: &str, by: Option<PersonId>) -> ledger::Refusal {
    ledger::Refusal {
        task: clip.task_id.to_string(),
        batch: clip.batch_id,
        item: clip.item_id,
        code: code.to_owned(),
        text: rules::sentence(code),
        by,
    }
}

/// A clip whose verification failed for good is given up: the person is paid, because the
/// fault was ours, and the prompt is offered again.
///
/// # Errors
/// When the database refuses.
pub async fn give_up(tx: &mut Tx, id: ClipId, now_us: i64) -> DbResult<()> {
    let Some(clip) = tx.ask(store::find(id)).await? else { return Ok(()) };
    if store::set_outcome(tx, id, "refused", None, Some("not_verifiable"), now_us).await? {
        ledger::accept(tx, &clip.task_id.to_string(), now_us).await?;
        tasks::reopen(tx, clip.task_id).await?;
    }
    Ok(())
}

/// Every object that a row promises: owner and digest.
///
/// # Errors
/// When the database does not answer.
pub async fn objects(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    store::list_objects(tx).await
}

/// What a clip sounds like, and what other people's newest takes of its phrase in its project do,
/// those with the same bytes or samples first; `None` for a clip without a print.
///
/// # Errors
/// When the database does not answer.
pub async fn prints_of_others(tx: &mut Tx, clip: &Clip) -> DbResult<Option<(Print, Vec<(Print, PersonId)>)>> {
    let Some(print) = store::find_print(tx, clip.id).await? else { return Ok(None) };
    let mut others = store::list_same_prints(tx, &print, clip.speaker_id).await?;
    others.extend(store::list_prints_of_others(tx, clip).await?);
    let others = others.into_iter().map(|(clip_id, sha256, pcm_sha256, fingerprint, speaker)| {
        (Print { clip_id, sha256, pcm_sha256, fingerprint }, speaker)
    });
    Ok(Some((print, others.collect())))
}
