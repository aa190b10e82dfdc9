//! Examples and items of a training: from CSV, JSON lines or the form, all or none; and taken out again.

use super::{
    describe,
    model::{ItemForm, ItemRow, Part, SoundId, TrainingItem, TrainingItemId},
    rules, store,
};
use crate::audit;
use crate::batches::{self, Batch, BatchId, import};
use crate::media;
use crate::platform::{db::Tx, ids::PersonId, once::Once, problem::Problem, site::Site};
use crate::tasks;
use crate::trust;
use serde::Deserialize;
use wire::{Kind, RowError};

/// Most items of one training: it is learnt from, not worked through.
const ITEMS_MAX: usize = 500;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    part: String,
    sound: String,
    #[serde(default)]
    phrase: Option<String>,
    label: String,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    explanation: Option<String>,
    #[serde(default)]
    sensitivity: Option<i64>,
}

fn fault(line: u64, field: &str, message: impl Into<String>) -> RowError {
    RowError { line, field: field.to_owned(), message: message.into() }
}

fn checked(line: u64, fields: Fields) -> Result<ItemRow, RowError> {
    let text = |text: Option<String>| text.unwrap_or_default().trim().to_owned();
    let part =
        fields.part.parse().map_err(|()| fault(line, "part", "A part is example, training or qualification."))?;
    let row = ItemRow {
        line,
        part,
        sound: fields.sound.trim().to_owned(),
        phrase: text(fields.phrase),
        label: fields.label,
        reason: Some(text(fields.reason)).filter(|reason| !reason.is_empty()),
        explanation: text(fields.explanation),
        sensitivity: fields.sensitivity,
    };
    rules::row(&row).map_err(|(field, message)| fault(line, field, message))?;
    Ok(row)
}

/// Items: columns `part`, `sound` (id of a verified recording, or name of a sent file), `label`
/// (yes or no), and `phrase`, `reason`, `explanation`, `sensitivity` where they are needed.
///
/// # Errors
/// 422 `import_rows` with every bad row, `import_empty`, `import_too_long`, `import_encoding`.
pub fn rows(bytes: &[u8], content_type: &str) -> Result<Vec<ItemRow>, Problem> {
    import::table(bytes, content_type, checked)
}

/// One item from the form.
///
/// # Errors
/// 422 `import_rows`.
pub fn row_of(form: ItemForm) -> Result<ItemRow, Problem> {
    let (label, reason) = match form.answer.as_str() {
        "yes" => ("yes", None),
        reason => ("no", Some(reason.to_owned())),
    };
    let fields = Fields {
        part: form.part,
        sound: form.sound,
        phrase: Some(form.phrase),
        label: label.to_owned(),
        reason,
        explanation: Some(form.explanation),
        sensitivity: form.sensitivity.parse().ok(),
    };
    checked(1, fields).map_err(|row| import::refused_rows(vec![row]))
}

/// Puts items into a batch's training, all or none.
///
/// # Errors
/// 404 without the batch, 409 `batch_state` for a recording batch or `training_missing` before its
/// settings, 422 `import_rows`.
pub async fn import_now(
    site: &Site,
    actor: PersonId,
    id: BatchId,
    rows: &[ItemRow],
    once: &Once,
) -> Result<usize, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    if let Some(made) = once.before(&mut tx, actor, now_us).await? {
        return made.parse().map_err(Problem::internal);
    }
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if !store::lock(&mut tx, id).await? {
        return Err(Problem::conflict(
            "training_missing",
            "Save the instructions and the rules first, then add items.",
        ));
    }
    let mut faults = Vec::new();
    for row in rows {
        match item_of(&mut tx, &batch, row).await? {
            Err(fault) => faults.push(fault),
            Ok(item) => {
                if !store::insert_item(&mut tx, &item, now_us).await? {
                    let message = "This sound is already asked about with this phrase: whoever heard it there knows \
                                   the answer. Choose another one.";
                    faults.push(fault(row.line, "sound", message));
                }
            }
        }
    }
    if !faults.is_empty() {
        return Err(import::refused_rows(faults));
    }
    if store::list_items(&mut tx, id).await?.len() > ITEMS_MAX {
        return Err(Problem::invalid("import_too_long", "A training has at most 500 items. Remove some first."));
    }
    let detail = serde_json::json!({ "rows": rows.len() });
    audit::note(&mut tx, now_us, Some(actor), "batch.import_training", &id.to_string(), detail).await?;
    once.after(&mut tx, actor, &rows.len().to_string()).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// What a row's sound is.
struct Source {
    clip: Option<String>,
    sound: Option<SoundId>,
    speaker: Option<PersonId>,
    phrase: String,
    sensitivity: i64,
}

/// The item that a row describes, or what is wrong with it.
async fn item_of(tx: &mut Tx, batch: &Batch, row: &ItemRow) -> Result<Result<TrainingItem, RowError>, Problem> {
    if batch.kind() == Kind::Record && row.part != Part::Example {
        let message = "A recording batch has examples only: people read, listen and agree.";
        return Ok(Err(fault(row.line, "part", message)));
    }
    let source = match source(tx, batch, row).await? {
        Ok(source) => source,
        Err(message) => return Ok(Err(fault(row.line, "sound", message))),
    };
    let phrase = if row.phrase.is_empty() { source.phrase } else { row.phrase.clone() };
    if let Err(message) = import::phrase(&phrase) {
        return Ok(Err(fault(row.line, "phrase", message)));
    }
    let sensitivity = row.sensitivity.unwrap_or(batch.sensitivity).max(source.sensitivity);
    if row.part == Part::Example && sensitivity > 0 {
        let message = "An example lies open on the page: choose one that is not sensitive.";
        return Ok(Err(fault(row.line, "sensitivity", message)));
    }
    if sensitivity > 2 {
        let message = "Sounds of level 3 are given to nobody here. Choose another one.";
        return Ok(Err(fault(row.line, "sensitivity", message)));
    }
    Ok(Ok(TrainingItem {
        id: TrainingItemId::new(),
        batch_id: batch.id,
        part: row.part.as_str().to_owned(),
        clip_id: source.clip,
        sound_id: source.sound,
        speaker_id: source.speaker,
        phrase,
        label: row.label.clone(),
        reason: row.reason.clone(),
        explanation: row.explanation.clone(),
        sensitivity,
    }))
}

/// The recording or the sent sound of a row, or what is wrong with it.
async fn source(tx: &mut Tx, batch: &Batch, row: &ItemRow) -> Result<Result<Source, &'static str>, Problem> {
    let Ok(id) = row.sound.parse::<media::ClipId>() else {
        let Some(sound) = store::find_sound_named(tx, batch.id, &row.sound).await? else {
            return Ok(Err("This is neither the id of a recording nor the name of a file that you sent."));
        };
        let phrase = String::new();
        return Ok(Ok(Source { clip: None, sound: Some(sound.id), speaker: None, phrase, sensitivity: 0 }));
    };
    let Some(clip) = media::find(tx, id).await?.filter(|clip| clip.project_id == batch.project_id) else {
        return Ok(Err("This project has no such recording."));
    };
    if clip.state != "verified" {
        return Ok(Err("Only verified recordings can be used."));
    }
    let (sensitivity, _) = tasks::sensitivity(tx, clip.item_id).await?;
    let (clip, speaker, phrase) = (Some(clip.id.to_string()), Some(clip.speaker_id), clip.phrase);
    Ok(Ok(Source { clip, sound: None, speaker, phrase, sensitivity }))
}

/// Takes an item out: who has begun keeps it, nobody else meets it. Twice is once.
///
/// # Errors
/// 404 without the item, 409 `training_incomplete` when a training that must be passed would not be
/// complete any more.
pub async fn retire(site: &Site, actor: PersonId, id: BatchId, item: TrainingItemId) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let known = store::find_item(&mut tx, item).await?.filter(|item| item.batch_id == id);
    known.ok_or_else(Problem::not_found)?;
    store::lock(&mut tx, id).await?;
    if store::retire_item(&mut tx, id, item).await? {
        if trust::qualification(&mut tx, actor, id).await?.required {
            let training = store::find(&mut tx, id).await?.unwrap_or_default();
            describe::complete(&mut tx, &batch, &training).await?;
        }
        let detail = serde_json::json!({ "item": item.to_string() });
        audit::note(&mut tx, site.now_us(), Some(actor), "batch.retire_training", &id.to_string(), detail).await?;
        tx.commit().await?;
    }
    Ok(())
}
