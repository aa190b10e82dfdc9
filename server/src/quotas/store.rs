//! Every SQL statement of quotas. Who needs several rows takes them by dimension, then phrase, any
//! phrase last, and each axis after its cells in the order of their values: so nobody waits in a circle.

use super::model::{Axis, Capture, CellRow, Held, Slot, SpeakerLimits, Standing, Values};
use crate::batches::{BatchId, ProjectId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

pub async fn find_capture(tx: &mut Tx, person: PersonId) -> DbResult<Option<Capture>> {
    tx.opt("select device, snr_db, clips from quota_captures where person_id = $1", (person,)).await
}

pub async fn put_capture(tx: &mut Tx, person: PersonId, capture: &Capture) -> DbResult<()> {
    tx.exec(
        "insert into quota_captures (person_id, device, snr_db, clips) values ($1, $2, $3, $4)
         on conflict (person_id) do update set device = $2, snr_db = $3, clips = $4",
        (person, capture.device.as_str(), capture.snr_db, capture.clips),
    )
    .await
    .map(drop)
}

/// How every axis of a batch stands for somebody with these values.
pub async fn list_standings(tx: &mut Tx, batch: BatchId, values: &Values) -> DbResult<Vec<Standing>> {
    tx.all(
        "select a.phrase, a.dimension, a.free, coalesce(c.kept, 0) as kept, coalesce(c.taken, 0) as taken
         from quota_axes a left join quota_cells c
           on c.batch_id = a.batch_id and c.phrase = a.phrase and c.dimension = a.dimension
           and c.value = case a.dimension when 'accent' then $2 when 'gender' then $3 when 'age' then $4
             when 'device' then $5 else $6 end
         where a.batch_id = $1 order by a.dimension, a.phrase desc",
        (
            batch,
            values.accent.as_str(),
            values.gender.as_str(),
            values.age.as_str(),
            values.device.as_str(),
            values.noise.as_str(),
        ),
    )
    .await
}

pub async fn list_axes(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<Axis>> {
    tx.all("select phrase, dimension from quota_axes where batch_id = $1 order by dimension, phrase desc", (batch,))
        .await
}

pub async fn list_cells(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<CellRow>> {
    tx.all(
        "select phrase, dimension, value, target, kept, taken from quota_cells where batch_id = $1
         order by phrase, dimension, value",
        (batch,),
    )
    .await
}

pub async fn list_places(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(String, i64)>> {
    tx.all("select phrase, places from quota_places where batch_id = $1 order by phrase", (batch,)).await
}

pub async fn add_places(tx: &mut Tx, batch: BatchId, phrase: &str, places: i64) -> DbResult<()> {
    tx.exec(
        "insert into quota_places (batch_id, phrase, places) values ($1, $2, $3)
         on conflict (batch_id, phrase) do update set places = quota_places.places + $3",
        (batch, phrase, places),
    )
    .await
    .map(drop)
}

/// Places taken, by person, phrase and values.
pub async fn list_held(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<Held>> {
    tx.all(
        "select person_id, phrase, accent, gender, age, device, noise, count(*) as held from quota_slots
         where batch_id = $1 group by person_id, phrase, accent, gender, age, device, noise",
        (batch,),
    )
    .await
}

/// Takes a place in a cell; what is kept for it and what is then taken, or nothing when there is no such cell.
pub async fn take_cell(tx: &mut Tx, batch: BatchId, axis: &Axis, value: &str) -> DbResult<Option<(i64, i64)>> {
    tx.opt(
        "update quota_cells set taken = taken + 1 where batch_id = $1 and phrase = $2 and dimension = $3 and value = $4
         returning kept, taken",
        (batch, axis.phrase.as_str(), axis.dimension.as_str(), value),
    )
    .await
}

/// Takes a place that no cell waits for; false when there is none.
pub async fn take_free(tx: &mut Tx, batch: BatchId, axis: &Axis) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update quota_axes set free = free - 1 where batch_id = $1 and phrase = $2 and dimension = $3 and free > 0",
            (batch, axis.phrase.as_str(), axis.dimension.as_str()),
        )
        .await?;
    Ok(touched == 1)
}

/// Gives places of a cell back; what is kept for it and what is then taken, or nothing when there is no such cell.
pub async fn return_cell(
    tx: &mut Tx,
    batch: BatchId,
    axis: &Axis,
    value: &str,
    places: i64,
) -> DbResult<Option<(i64, i64)>> {
    tx.opt(
        "update quota_cells set taken = taken - $5
         where batch_id = $1 and phrase = $2 and dimension = $3 and value = $4 returning kept, taken",
        (batch, axis.phrase.as_str(), axis.dimension.as_str(), value, places),
    )
    .await
}

/// Adds places that no cell waits for.
pub async fn return_free(tx: &mut Tx, batch: BatchId, axis: &Axis, places: i64) -> DbResult<()> {
    tx.exec(
        "update quota_axes set free = free + $4 where batch_id = $1 and phrase = $2 and dimension = $3",
        (batch, axis.phrase.as_str(), axis.dimension.as_str(), places),
    )
    .await
    .map(drop)
}

pub async fn insert_slot(
    tx: &mut Tx,
    task: &str,
    batch: BatchId,
    person: PersonId,
    phrase: &str,
    values: &Values,
) -> DbResult<()> {
    tx.exec(
        "insert into quota_slots (task_id, batch_id, person_id, phrase, accent, gender, age, device, noise)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        (
            task,
            batch,
            person,
            phrase,
            values.accent.as_str(),
            values.gender.as_str(),
            values.age.as_str(),
            values.device.as_str(),
            values.noise.as_str(),
        ),
    )
    .await
    .map(drop)
}

/// Gives a place back; nothing when it was given back before, or never taken.
pub async fn delete_slot(tx: &mut Tx, task: &str) -> DbResult<Option<Slot>> {
    tx.opt(
        "delete from quota_slots where task_id = $1 returning person_id, phrase, accent, gender, age, device, noise",
        (task,),
    )
    .await
}

/// Batches with cells in which a person holds places.
pub async fn list_batches_of(tx: &mut Tx, person: PersonId) -> DbResult<Vec<(BatchId,)>> {
    tx.all(
        "select distinct s.batch_id from quota_slots s join quota_axes a on a.batch_id = s.batch_id
         where s.person_id = $1 order by s.batch_id",
        (person,),
    )
    .await
}

/// Everybody who holds places in a batch.
pub async fn list_people(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(PersonId,)>> {
    tx.all("select distinct person_id from quota_slots where batch_id = $1 order by person_id", (batch,)).await
}

/// Whether a batch has cells.
pub async fn has_axes(tx: &mut Tx, batch: BatchId) -> DbResult<bool> {
    let row: Option<(i64,)> =
        tx.opt("select cast(1 as bigint) from quota_axes where batch_id = $1 limit 1", (batch,)).await?;
    Ok(row.is_some())
}

/// Forgets what people say about themselves in the places of a batch.
pub async fn forget_said(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    tx.exec(
        "update quota_slots set accent = 'unknown', gender = 'unknown', age = 'unknown' where batch_id = $1",
        (batch,),
    )
    .await
    .map(drop)
}

/// What a person says about themselves, in the places that they hold in a batch.
pub async fn set_said(tx: &mut Tx, person: PersonId, batch: BatchId, values: &Values) -> DbResult<()> {
    tx.exec(
        "update quota_slots set accent = $3, gender = $4, age = $5 where person_id = $1 and batch_id = $2",
        (person, batch, values.accent.as_str(), values.gender.as_str(), values.age.as_str()),
    )
    .await
    .map(drop)
}

pub async fn delete_axes(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    tx.exec("delete from quota_axes where batch_id = $1", (batch,)).await.map(drop)
}

pub async fn delete_cells(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    tx.exec("delete from quota_cells where batch_id = $1", (batch,)).await.map(drop)
}

pub async fn insert_axis(tx: &mut Tx, batch: BatchId, axis: &Axis, free: i64) -> DbResult<()> {
    tx.exec(
        "insert into quota_axes (batch_id, phrase, dimension, free) values ($1, $2, $3, $4)",
        (batch, axis.phrase.as_str(), axis.dimension.as_str(), free),
    )
    .await
    .map(drop)
}

pub async fn insert_cell(tx: &mut Tx, batch: BatchId, cell: &CellRow) -> DbResult<()> {
    tx.exec(
        "insert into quota_cells (batch_id, phrase, dimension, value, target, kept, taken)
         values ($1, $2, $3, $4, $5, $6, $7)",
        (batch, cell.phrase.as_str(), cell.dimension.as_str(), cell.value.as_str(), cell.target, cell.kept, cell.taken),
    )
    .await
    .map(drop)
}

/// A project's limits for each speaker; none where nobody has set any.
pub async fn find_speaker_limits(tx: &mut Tx, project: ProjectId) -> DbResult<SpeakerLimits> {
    let sql = "select per_phrase, per_project from quota_speaker_limits where project_id = $1";
    Ok(tx.opt(sql, (project,)).await?.unwrap_or_default())
}

pub async fn put_speaker_limits(tx: &mut Tx, project: ProjectId, limits: &SpeakerLimits) -> DbResult<()> {
    tx.exec(
        "insert into quota_speaker_limits (project_id, per_phrase, per_project) values ($1, $2, $3)
         on conflict (project_id) do update set per_phrase = $2, per_project = $3",
        (project, limits.per_phrase, limits.per_project),
    )
    .await
    .map(drop)
}

/// Phrases of which a person has made as many recordings as they may; an empty one stands for all.
pub async fn list_full(
    tx: &mut Tx,
    project: ProjectId,
    person: PersonId,
    limits: &SpeakerLimits,
) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "select phrase from quota_spoken where project_id = $1 and person_id = $2
               and taken >= case when phrase = '' then $3 else $4 end
               and case when phrase = '' then $3 else $4 end > 0",
            (project, person, limits.per_project, limits.per_phrase),
        )
        .await?;
    Ok(rows.into_iter().map(|(phrase,)| phrase).collect())
}

/// Counts one recording of a phrase, and tells both counts.
pub async fn add_spoken(
    tx: &mut Tx,
    project: ProjectId,
    person: PersonId,
    phrase: &str,
) -> DbResult<Vec<(String, i64)>> {
    tx.all(
        "insert into quota_spoken (project_id, person_id, phrase, taken) values ($1, $2, '', 1), ($1, $2, $3, 1)
         on conflict (project_id, person_id, phrase) do update set taken = quota_spoken.taken + 1
         returning phrase, taken",
        (project, person, phrase),
    )
    .await
}

pub async fn subtract_spoken(tx: &mut Tx, project: ProjectId, person: PersonId, phrase: &str) -> DbResult<()> {
    tx.exec(
        "update quota_spoken set taken = taken - 1
         where project_id = $1 and person_id = $2 and phrase in ('', $3) and taken > 0",
        (project, person, phrase),
    )
    .await
    .map(drop)
}

/// Recordings that a person made or is making for a project.
pub async fn count_spoken(tx: &mut Tx, project: ProjectId, person: PersonId) -> DbResult<i64> {
    let row: Option<(i64,)> = tx
        .opt(
            "select taken from quota_spoken where project_id = $1 and person_id = $2 and phrase = ''",
            (project, person),
        )
        .await?;
    Ok(row.map_or(0, |(taken,)| taken))
}
