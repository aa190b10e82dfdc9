//! A training as its makers see it, and its settings.

use super::{
    grants, lesson,
    model::{ItemView, Next, Settings, Sound, Training, TrainingItem, TrainingView},
    rules, store,
};
use crate::audit;
use crate::batches::{self, Batch, BatchId};
use crate::platform::{db::Tx, ids::PersonId, problem::Problem, site::Site};
use crate::trust;

/// Everything about a batch's training; defaults where nothing was set yet.
///
/// # Errors
/// 404 without the batch.
pub async fn view(tx: &mut Tx, viewer: PersonId, id: BatchId) -> Result<TrainingView, Problem> {
    let batch = batches::batch(tx, id).await?.ok_or_else(Problem::not_found)?;
    let project = batches::project(tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    let training = store::find(tx, id).await?.unwrap_or_default();
    let items = store::list_items(tx, id).await?;
    let sounds = store::list_sounds(tx, id).await?;
    let required = trust::qualification(tx, viewer, id).await?.required;
    let missing = rules::missing(batch.kind(), &training, &items);
    let (finished, passed) = store::count_finished(tx, id).await?;
    let settings = Settings::of(&training, required);
    let views = items.iter().map(|item| item_view(item, &sounds)).collect();
    let floor_cents_per_hour = lesson::floor(tx, &project.currency).await?;
    let course = lesson::Course { batch, project, training, items };
    let terms = lesson::terms(tx, &course, viewer, Next { number: 1, course: 1, teaches: true }).await?;
    Ok(TrainingView {
        settings,
        ready: missing.is_none(),
        missing,
        floor_cents_per_hour,
        pay_cents: terms.training_cents + terms.qualification_cents,
        currency: course.project.currency,
        finished,
        passed,
        items: views,
        sounds,
        stuck: grants::stuck(tx, id).await?,
    })
}

fn item_view(item: &TrainingItem, sounds: &[Sound]) -> ItemView {
    let sent = sounds.iter().find(|sound| Some(sound.id) == item.sound_id).map(|sound| sound.name.clone());
    ItemView {
        id: item.id.to_string(),
        part: item.part(),
        sound: sent.or_else(|| item.clip_id.clone()).unwrap_or_default(),
        audio_url: lesson::item_audio(item.batch_id, item),
        phrase: item.phrase.clone(),
        label: item.label.clone(),
        reason: item.reason.clone(),
        explanation: item.explanation.clone(),
        sensitivity: item.sensitivity,
    }
}

/// Sets what a batch's training teaches, its rules, and whether it must be passed.
///
/// # Errors
/// 404 without the batch, 422 for bad fields, 409 `training_incomplete` when it must be passed but
/// cannot be taken yet.
pub async fn set(site: &Site, actor: PersonId, id: BatchId, new: &Settings) -> Result<(), Problem> {
    let training = rules::training(new)?;
    let mut tx = site.db.begin().await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    store::set(&mut tx, id, &training).await?;
    if new.required {
        complete(&mut tx, &batch, &training).await?;
        trust::require_qualification(&mut tx, id).await?;
    } else {
        trust::waive_qualification(&mut tx, id).await?;
    }
    let detail = serde_json::to_value(Settings::of(&training, new.required)).map_err(Problem::internal)?;
    audit::note(&mut tx, site.now_us(), Some(actor), "batch.set_training", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Refuses a training that people could not take.
///
/// # Errors
/// 409 `training_incomplete`.
pub(super) async fn complete(tx: &mut Tx, batch: &Batch, training: &Training) -> Result<(), Problem> {
    let items = store::list_items(tx, batch.id).await?;
    match rules::missing(batch.kind(), training, &items) {
        None => Ok(()),
        Some(missing) => Err(Problem::conflict(
            "training_incomplete",
            format!("{missing} People could not pass it, so it cannot be required now."),
        )),
    }
}
