//! Sounds that administrators send for a training, and who may hear what.

use super::{
    model::{Part, Sound, SoundId, StepId, TrainingItem, TrainingItemId},
    store,
};
use crate::audit;
use crate::batches::{self, BatchId};
use crate::media::{self, ClipId};
use crate::platform::{
    db::Tx,
    ids::{PersonId, sha256_hex},
    problem::Problem,
    site::Site,
};
use actix_web::http::StatusCode;
use bytes::Bytes;

/// Largest file: as for recordings.
pub const SIZE_MAX: usize = 8 * 1024 * 1024;
/// Longest name, in characters.
const NAME_MAX: usize = 100;

/// A file's name as it is shown and referred to: without folders.
fn name_of(text: &str) -> Result<String, Problem> {
    let name = text.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Problem::invalid("invalid_name", "Give the file a name of 1 to 100 characters."));
    }
    Ok(name.to_owned())
}

/// Keeps a WAV or FLAC file for a batch's training; the same file under the same name again
/// changes nothing.
///
/// # Errors
/// 404 without the batch, 413 `too_large`, 422 for a file that cannot be read, 409 `name_taken` by
/// another file.
pub async fn keep(site: &Site, actor: PersonId, id: BatchId, name: &str, bytes: Bytes) -> Result<Sound, Problem> {
    let name = name_of(name)?;
    if bytes.len() > SIZE_MAX {
        let detail = format!("{name} is larger than 8 MiB. Send a shorter one.");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail));
    }
    let length_ms = length_ms(&name, bytes.clone()).await?;
    let sound = Sound {
        id: SoundId::new(),
        name: name.clone(),
        sha256: sha256_hex(&bytes),
        content_type: if bytes.starts_with(b"RIFF") { "audio/wav" } else { "audio/flac" }.to_owned(),
        size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        length_ms,
    };
    let mut tx = site.db.read().await?;
    batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    // The object first: a row promises it.
    site.blobs.put(bytes).await?;
    let mut tx = site.db.begin().await?;
    if !store::insert_sound(&mut tx, id, &sound, site.now_us()).await? {
        let before = store::find_sound_named(&mut tx, id, &name).await?;
        let detail = format!("There is another sound with the name {name}. Give this file another name.");
        return before
            .filter(|before| before.sha256 == sound.sha256)
            .ok_or_else(|| Problem::conflict("name_taken", detail));
    }
    let detail = serde_json::json!({ "name": sound.name, "sha256": sound.sha256 });
    audit::note(&mut tx, site.now_us(), Some(actor), "batch.send_training_sound", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(sound)
}

async fn length_ms(name: &str, bytes: Bytes) -> Result<i64, Problem> {
    let decoded = tokio::task::spawn_blocking(move || audio::decode(&bytes, &audio::wav::Limits::default()))
        .await
        .map_err(Problem::internal)?;
    let clip = decoded.map_err(|error| Problem::invalid("unreadable_sound", format!("{name}: {error}")))?;
    let samples = i64::try_from(clip.samples.len()).unwrap_or(i64::MAX / 1_000);
    Ok(samples * 1_000 / i64::from(clip.rate_hz.max(1)))
}

/// Digest and type of an item's sound: of a recording only while it is verified.
async fn object_of(tx: &mut Tx, item: &TrainingItem) -> Result<(String, String), Problem> {
    if let Some(id) = item.sound_id {
        let sound = store::find_sound(tx, item.batch_id, id).await?.ok_or_else(Problem::not_found)?;
        return Ok((sound.sha256, sound.content_type));
    }
    let id: ClipId = item.clip_id.as_deref().unwrap_or_default().parse().map_err(|_| Problem::not_found())?;
    let clip = media::find(tx, id).await?.filter(|clip| clip.state == "verified").ok_or_else(Problem::not_found)?;
    Ok((clip.sha256, "audio/wav".to_owned()))
}

/// What an item sounds like: examples for everybody, all others for administrators.
///
/// # Errors
/// 404 for what the caller may not hear.
pub async fn of_item(
    site: &Site,
    batch: BatchId,
    item: TrainingItemId,
    admin: bool,
) -> Result<(Bytes, String), Problem> {
    let mut tx = site.db.read().await?;
    let item = store::find_item(&mut tx, item).await?.filter(|item| item.batch_id == batch);
    let item = item.filter(|item| admin || item.part() == Part::Example).ok_or_else(Problem::not_found)?;
    let (sha256, content_type) = object_of(&mut tx, &item).await?;
    drop(tx);
    Ok((site.blobs.get(&sha256).await?, content_type))
}

/// What a person's question sounds like, once it was opened.
///
/// # Errors
/// 404 for a question that is not the person's, or not open yet.
pub async fn of_step(site: &Site, person: PersonId, batch: BatchId, id: StepId) -> Result<(Bytes, String), Problem> {
    let mut tx = site.db.read().await?;
    let attempt = store::find_attempt_of(&mut tx, person, batch, id).await?.ok_or_else(Problem::not_found)?;
    let steps = store::list_steps(&mut tx, attempt).await?;
    let step = steps.iter().find(|step| step.id == id && step.opened_us > 0).ok_or_else(Problem::not_found)?;
    let item = store::find_item(&mut tx, step.item_id).await?.ok_or_else(Problem::not_found)?;
    let (sha256, content_type) = object_of(&mut tx, &item).await?;
    drop(tx);
    Ok((site.blobs.get(&sha256).await?, content_type))
}

/// What a sent sound sounds like, for administrators.
///
/// # Errors
/// 404 without the sound.
pub async fn of_sound(site: &Site, batch: BatchId, id: SoundId) -> Result<(Bytes, String), Problem> {
    let mut tx = site.db.read().await?;
    let sound = store::find_sound(&mut tx, batch, id).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    Ok((site.blobs.get(&sound.sha256).await?, sound.content_type))
}
