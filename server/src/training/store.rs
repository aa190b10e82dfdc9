//! Every SQL statement of training.

use super::model::{Attempt, AttemptId, Sound, SoundId, Step, StepId, Training, TrainingItem, TrainingItemId};
use crate::batches::BatchId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};
use wire::AnswerBody;

pub async fn find(tx: &mut Tx, batch: BatchId) -> DbResult<Option<Training>> {
    tx.opt(
        "select instructions, questions, pass_percent, tries, wait_s, item_s from trainings where batch_id = $1",
        (batch,),
    )
    .await
}

pub async fn set(tx: &mut Tx, batch: BatchId, training: &Training) -> DbResult<()> {
    tx.exec(
        "insert into trainings (batch_id, instructions, questions, pass_percent, tries, wait_s, item_s)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (batch_id) do update set instructions = $2, questions = $3, pass_percent = $4, tries = $5,
           wait_s = $6, item_s = $7",
        (
            batch,
            training.instructions.as_str(),
            training.questions,
            training.pass_percent,
            training.tries,
            training.wait_s,
            training.item_s,
        ),
    )
    .await
    .map(drop)
}

/// Takes a training for this transaction: nobody else changes what it consists of meanwhile.
/// False when there is none.
pub async fn lock(tx: &mut Tx, batch: BatchId) -> DbResult<bool> {
    Ok(tx.exec("update trainings set questions = questions where batch_id = $1", (batch,)).await? == 1)
}

/// Stores a sent sound; false when the batch has one of this name.
pub async fn insert_sound(tx: &mut Tx, batch: BatchId, sound: &Sound, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into training_sounds (id, batch_id, name, sha256, content_type, size_bytes, length_ms, at_us)
             values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (batch_id, name) do nothing",
            (
                sound.id,
                batch,
                sound.name.as_str(),
                sound.sha256.as_str(),
                sound.content_type.as_str(),
                sound.size_bytes,
                sound.length_ms,
                now_us,
            ),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn list_sounds(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<Sound>> {
    tx.all(
        "select id, name, sha256, content_type, size_bytes, length_ms from training_sounds
         where batch_id = $1 order by name",
        (batch,),
    )
    .await
}

pub async fn find_sound(tx: &mut Tx, batch: BatchId, id: SoundId) -> DbResult<Option<Sound>> {
    tx.opt(
        "select id, name, sha256, content_type, size_bytes, length_ms from training_sounds
         where batch_id = $1 and id = $2",
        (batch, id),
    )
    .await
}

pub async fn find_sound_named(tx: &mut Tx, batch: BatchId, name: &str) -> DbResult<Option<Sound>> {
    tx.opt(
        "select id, name, sha256, content_type, size_bytes, length_ms from training_sounds
         where batch_id = $1 and name = $2",
        (batch, name),
    )
    .await
}

/// Every object that a row promises.
pub async fn list_objects(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    tx.all("select id, sha256 from training_sounds order by id", ()).await
}

/// Stores an item; false when its sound is asked about already.
pub async fn insert_item(tx: &mut Tx, item: &TrainingItem, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into training_items (id, batch_id, part, clip_id, sound_id, speaker_id, phrase, label, reason,
               explanation, sensitivity, retired, created_us)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, $12) on conflict do nothing",
            (
                item.id,
                item.batch_id,
                item.part.as_str(),
                item.clip_id.as_deref(),
                item.sound_id,
                item.speaker_id,
                item.phrase.as_str(),
                item.label.as_str(),
                item.reason.as_deref(),
                item.explanation.as_str(),
                item.sensitivity,
                now_us,
            ),
        )
        .await?;
    Ok(touched == 1)
}

/// The items of a batch that are in use, in the order of their import.
pub async fn list_items(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<TrainingItem>> {
    tx.all(
        "select id, batch_id, part, clip_id, sound_id, speaker_id, phrase, label, reason, explanation, sensitivity
         from training_items where batch_id = $1 and retired = 0 order by created_us, id",
        (batch,),
    )
    .await
}

/// An item, retired or not.
pub async fn find_item(tx: &mut Tx, id: TrainingItemId) -> DbResult<Option<TrainingItem>> {
    tx.opt(
        "select id, batch_id, part, clip_id, sound_id, speaker_id, phrase, label, reason, explanation, sensitivity
         from training_items where id = $1",
        (id,),
    )
    .await
}

/// Gives an item to nobody any more; false when it was so before.
pub async fn retire_item(tx: &mut Tx, batch: BatchId, id: TrainingItemId) -> DbResult<bool> {
    let touched = tx
        .exec("update training_items set retired = 1 where id = $1 and batch_id = $2 and retired = 0", (id, batch))
        .await?;
    Ok(touched == 1)
}

/// A person's attempts in a batch, oldest first.
pub async fn list_attempts(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<Vec<Attempt>> {
    tx.all(
        "select id, number, course, state, pass_percent, items, training_cents, qualification_cents, started_us,
           finished_us
         from training_attempts where person_id = $1 and batch_id = $2 order by number",
        (person, batch),
    )
    .await
}

/// Stores an attempt; false when the person has begun the one with this number.
pub async fn insert_attempt(tx: &mut Tx, attempt: &Attempt, person: PersonId, batch: BatchId) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into training_attempts (id, batch_id, person_id, number, course, state, pass_percent, items,
               training_cents, qualification_cents, started_us, finished_us)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             on conflict (person_id, batch_id, number) do nothing",
            (
                attempt.id,
                batch,
                person,
                attempt.number,
                attempt.course,
                attempt.state.as_str(),
                attempt.pass_percent,
                attempt.items,
                attempt.training_cents,
                attempt.qualification_cents,
                attempt.started_us,
                attempt.finished_us,
            ),
        )
        .await?;
    Ok(touched == 1)
}

/// Takes a person's open attempt for this transaction.
pub async fn lock_open(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<Option<Attempt>> {
    tx.opt(
        "update training_attempts set items = items where person_id = $1 and batch_id = $2 and state = 'open'
         returning id, number, course, state, pass_percent, items, training_cents, qualification_cents, started_us,
           finished_us",
        (person, batch),
    )
    .await
}

/// Ends an open attempt; false when it has ended.
pub async fn finish_attempt(tx: &mut Tx, id: AttemptId, state: &str, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update training_attempts set state = $2, finished_us = $3 where id = $1 and state = 'open'",
            (id, state, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// Time an item took in the latest first attempts that were finished.
pub async fn list_measured_ms(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(i64,)>> {
    tx.all(
        "select (finished_us - started_us) / (1000 * items) from training_attempts
         where batch_id = $1 and number = 1 and state <> 'open' and items > 0 order by id desc limit 200",
        (batch,),
    )
    .await
}

/// First attempts that were finished, and those of them that passed.
pub async fn count_finished(tx: &mut Tx, batch: BatchId) -> DbResult<(i64, i64)> {
    tx.one(
        "select count(*), cast(coalesce(sum(case state when 'passed' then 1 else 0 end), 0) as bigint)
         from training_attempts where batch_id = $1 and number = 1 and state <> 'open'",
        (batch,),
    )
    .await
}

pub async fn insert_step(
    tx: &mut Tx,
    attempt: AttemptId,
    ordinal: i64,
    part: &str,
    item: TrainingItemId,
) -> DbResult<()> {
    tx.exec(
        "insert into training_steps (id, attempt_id, ordinal, item_id, part, opened_us, answered_us)
         values ($1, $2, $3, $4, $5, 0, 0)",
        (StepId::new(), attempt, ordinal, item, part),
    )
    .await
    .map(drop)
}

/// The questions of an attempt in their order.
pub async fn list_steps(tx: &mut Tx, attempt: AttemptId) -> DbResult<Vec<Step>> {
    tx.all(
        "select s.id, s.ordinal, s.part, s.item_id, s.opened_us, s.label, s.body_sha256, i.phrase, i.label as known,
           i.reason as known_reason, i.explanation, i.sensitivity
         from training_steps s join training_items i on i.id = s.item_id where s.attempt_id = $1 order by s.ordinal",
        (attempt,),
    )
    .await
}

/// The attempt of a person's question in a batch.
pub async fn find_attempt_of(
    tx: &mut Tx,
    person: PersonId,
    batch: BatchId,
    step: StepId,
) -> DbResult<Option<AttemptId>> {
    let row: Option<(AttemptId,)> = tx
        .opt(
            "select a.id from training_steps s join training_attempts a on a.id = s.attempt_id
             where s.id = $3 and a.person_id = $1 and a.batch_id = $2",
            (person, batch, step),
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Items that a person has been asked about in a batch.
pub async fn list_met(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<Vec<(TrainingItemId,)>> {
    tx.all(
        "select distinct s.item_id from training_steps s join training_attempts a on a.id = s.attempt_id
         where a.person_id = $1 and a.batch_id = $2",
        (person, batch),
    )
    .await
}

pub async fn open_step(tx: &mut Tx, id: StepId, now_us: i64) -> DbResult<()> {
    tx.exec("update training_steps set opened_us = $2 where id = $1 and opened_us = 0", (id, now_us)).await.map(drop)
}

/// Stores an answer; false when there is one.
pub async fn answer_step(tx: &mut Tx, id: StepId, body: &AnswerBody, body_sha256: &str, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update training_steps set label = $2, reason = $3, body_sha256 = $4, answered_us = $5
             where id = $1 and label is null and opened_us > 0",
            (id, body.label.as_str(), body.reason.map(|reason| reason.as_str()), body_sha256, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// People whose last attempt in a batch failed, the newest first.
pub async fn list_failed(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(PersonId,)>> {
    tx.all(
        "select a.person_id from training_attempts a
         where a.batch_id = $1 and a.state = 'failed' and not exists (
           select 1 from training_attempts b
           where b.person_id = a.person_id and b.batch_id = a.batch_id and b.number > a.number)
         order by a.id desc limit 100",
        (batch,),
    )
    .await
}

/// Whether somebody was allowed the attempt of this number.
pub async fn has_grant(tx: &mut Tx, person: PersonId, batch: BatchId, number: i64) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select count(*) from training_grants where person_id = $1 and batch_id = $2 and number = $3",
            (person, batch, number),
        )
        .await?;
    Ok(row.0 > 0)
}

/// False when it was allowed before.
pub async fn insert_grant(
    tx: &mut Tx,
    person: PersonId,
    batch: BatchId,
    number: i64,
    by: PersonId,
    now_us: i64,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into training_grants (person_id, batch_id, number, granted_by, at_us) values ($1, $2, $3, $4, $5)
             on conflict (person_id, batch_id, number) do nothing",
            (person, batch, number, by, now_us),
        )
        .await?;
    Ok(touched == 1)
}
