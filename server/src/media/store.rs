//! Every SQL statement of clips.

use super::model::{Alike, Clip, ClipId, DuplicateRow, Print, StoredFeatures};
use crate::batches::ProjectId;
use crate::platform::{
    db::{self, Ask, DbResult, Tx},
    ids::PersonId,
};
use wire::CaptureSettings;

pub async fn insert(tx: &mut Tx, clip: &Clip, settings: &CaptureSettings, synthetic: bool) -> DbResult<bool> {
    let settings = db::json(settings)?;
    let touched = tx
        .exec(
            "insert into clips (id, task_id, item_id, batch_id, project_id, speaker_id, phrase, state, accepted, sha256,
               size_bytes, content_type, declared, client_report, settings, report, reason, synthetic, created_us,
               uploaded_us, verified_us)
             values ($1, $2, $3, $4, $5, $6, $7, 'declared', 0, $8, $9, 'audio/wav', $10, $11, $12, null, null, $13, $14, 0, 0)
             on conflict (id) do nothing",
            (
                clip.id,
                clip.task_id,
                clip.item_id,
                clip.batch_id,
                clip.project_id,
                clip.speaker_id,
                clip.phrase.as_str(),
                clip.sha256.as_str(),
                clip.size_bytes,
                clip.declared.as_str(),
                clip.client_report.as_deref(),
                settings,
                i64::from(synthetic),
                clip.created_us,
            ),
        )
        .await?;
    Ok(touched == 1)
}

pub fn find(id: ClipId) -> Ask<Option<Clip>> {
    db::opt(
        "select id, task_id, item_id, batch_id, project_id, speaker_id, phrase, state, sha256, size_bytes, declared,
           client_report, report, reason, created_us from clips where id = $1",
        (id,),
    )
}

pub fn find_some(ids: &[&str]) -> DbResult<Ask<Vec<Clip>>> {
    Ok(db::all(
        "select id, task_id, item_id, batch_id, project_id, speaker_id, phrase, state, sha256, size_bytes, declared,
           client_report, report, reason, created_us from clips where id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (db::json(ids)?,),
    ))
}

/// The reports of some clips, of those that are verified.
pub async fn list_reports(tx: &mut Tx, clips: &[&str]) -> DbResult<Vec<(String, String)>> {
    let clips = db::json(clips)?;
    tx.all(
        "select id, report from clips where report is not null and id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (clips,),
    )
    .await
}

pub async fn find_of_task(tx: &mut Tx, task: &str) -> DbResult<Option<String>> {
    let row: Option<(String,)> =
        tx.opt("select id from clips where task_id = $1 and state <> 'declared'", (task,)).await?;
    Ok(row.map(|(id,)| id))
}

pub async fn list_of(tx: &mut Tx, speaker: PersonId) -> DbResult<Vec<Clip>> {
    tx.all(
        "select id, task_id, item_id, batch_id, project_id, speaker_id, phrase, state, sha256, size_bytes, declared,
           client_report, report, reason, created_us from clips
         where speaker_id = $1 and state <> 'declared' order by created_us desc, id limit 200",
        (speaker,),
    )
    .await
}

/// From declared to uploaded; false when somebody was faster.
pub async fn set_uploaded(tx: &mut Tx, id: ClipId, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update clips set state = 'uploaded', uploaded_us = $2 where id = $1 and state = 'declared'",
            (id, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// From uploaded (or dead) to a result; false when there is one already.
pub async fn set_outcome(
    tx: &mut Tx,
    id: ClipId,
    state: &str,
    report: Option<&str>,
    reason: Option<&str>,
    now_us: i64,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update clips set state = $2, report = $3, reason = $4, verified_us = $5
             where id = $1 and state in ('uploaded', 'dead')",
            (id, state, report, reason, now_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn set_dead(tx: &mut Tx, id: ClipId) -> DbResult<()> {
    tx.exec("update clips set state = 'dead' where id = $1 and state = 'uploaded'", (id,)).await.map(drop)
}

pub async fn set_accepted(tx: &mut Tx, id: ClipId, accepted: bool) -> DbResult<()> {
    tx.exec("update clips set accepted = $2 where id = $1 and state = 'verified'", (id, i64::from(accepted)))
        .await
        .map(drop)
}

/// Verified clips of a project that may still lack a judging item.
pub async fn list_verified(tx: &mut Tx, project: ProjectId, after: Option<ClipId>) -> DbResult<Vec<Clip>> {
    tx.all(
        "select id, task_id, item_id, batch_id, project_id, speaker_id, phrase, state, sha256, size_bytes, declared,
           client_report, report, reason, created_us from clips
         where project_id = $1 and state = 'verified' and id > $2 order by id limit 500",
        (project, after.map(|id| id.to_string()).unwrap_or_default()),
    )
    .await
}

pub async fn insert_features(tx: &mut Tx, id: ClipId, features: &StoredFeatures) -> DbResult<()> {
    tx.exec(
        "insert into clip_features (clip_id, spec, coefficients, frames, blob_sha256) values ($1, $2, $3, $4, $5)
         on conflict (clip_id, spec) do nothing",
        (id, features.spec.as_str(), features.coefficients, features.frames, features.sha256.as_str()),
    )
    .await
    .map(drop)
}

/// Every object that a row promises.
pub async fn list_objects(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    tx.all(
        "select id, sha256 from clips where state <> 'declared'
         union all select clip_id, blob_sha256 from clip_features",
        (),
    )
    .await
}

/// Takes away announcements that nothing followed, some at a time, and returns their ids.
pub async fn delete_stale(tx: &mut Tx, before_us: i64) -> DbResult<Vec<(ClipId,)>> {
    tx.all(
        "delete from clips where id in (
           select id from clips where state = 'declared' and created_us < $1 order by id limit 200)
         returning id",
        (before_us,),
    )
    .await
}

/// Takes a speaker's takes of one phrase for this transaction.
pub async fn lock_takes(tx: &mut Tx, clip: &Clip) -> DbResult<()> {
    tx.exec(
        "update clips set accepted = accepted where id = (
           select min(id) from clips where project_id = $1 and speaker_id = $2 and phrase = $3)",
        (clip.project_id, clip.speaker_id, clip.phrase.as_str()),
    )
    .await
    .map(drop)
}

/// What the speaker's other takes of the same phrase sound like, the newest first.
pub async fn list_prints(tx: &mut Tx, clip: &Clip) -> DbResult<Vec<Print>> {
    tx.all(
        "select p.clip_id, c.sha256, p.pcm_sha256, p.fingerprint
         from clips c join clip_prints p on p.clip_id = c.id
         where c.project_id = $1 and c.speaker_id = $2 and c.phrase = $3 and c.id <> $4 order by c.created_us desc, c.id limit 1000",
        (clip.project_id, clip.speaker_id, clip.phrase.as_str(), clip.id),
    )
    .await
}

pub async fn insert_print(tx: &mut Tx, print: &Print) -> DbResult<()> {
    tx.exec(
        "insert into clip_prints (clip_id, pcm_sha256, fingerprint) values ($1, $2, $3)
         on conflict (clip_id) do nothing",
        (print.clip_id, print.pcm_sha256.as_str(), print.fingerprint.as_str()),
    )
    .await
    .map(drop)
}

pub async fn find_print(tx: &mut Tx, clip: ClipId) -> DbResult<Option<Print>> {
    tx.opt(
        "select p.clip_id, c.sha256, p.pcm_sha256, p.fingerprint
         from clip_prints p join clips c on c.id = p.clip_id where p.clip_id = $1",
        (clip,),
    )
    .await
}

/// A print's parts, and whose it is.
type PrintOf = (ClipId, String, String, String, PersonId);

/// Other people's clips with the same bytes or samples, of any phrase and project.
pub async fn list_same_prints(tx: &mut Tx, print: &Print, speaker: PersonId) -> DbResult<Vec<PrintOf>> {
    tx.all(
        "select p.clip_id, c.sha256, p.pcm_sha256, p.fingerprint, c.speaker_id
         from clip_prints p join clips c on c.id = p.clip_id
         where c.speaker_id <> $3 and (c.sha256 = $1 or p.pcm_sha256 = $2) order by p.clip_id limit 10",
        (print.sha256.as_str(), print.pcm_sha256.as_str(), speaker),
    )
    .await
}

/// Other people's newest takes of a clip's phrase in its project.
pub async fn list_prints_of_others(tx: &mut Tx, clip: &Clip) -> DbResult<Vec<PrintOf>> {
    tx.all(
        "select p.clip_id, c.sha256, p.pcm_sha256, p.fingerprint, c.speaker_id
         from clips c join clip_prints p on p.clip_id = c.id
         where c.project_id = $1 and c.state = 'verified' and c.phrase = $2 and c.speaker_id <> $3
         order by c.id desc limit 500",
        (clip.project_id, clip.phrase.as_str(), clip.speaker_id),
    )
    .await
}

pub async fn insert_duplicate(tx: &mut Tx, clip: ClipId, alike: &Alike, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into duplicates (clip_id, earlier_id, likeness, bit_error_rate, state, decided_by, noted_us, decided_us)
         values ($1, $2, $3, $4, 'waiting', null, $5, 0) on conflict (clip_id) do nothing",
        (clip, alike.earlier, alike.likeness.as_str(), alike.bit_error_rate, now_us),
    )
    .await
    .map(drop)
}

/// Pairs that wait for a reviewer who speaks in neither.
pub async fn list_duplicates(tx: &mut Tx, reviewer: PersonId) -> DbResult<Vec<DuplicateRow>> {
    tx.all(
        "select d.clip_id, d.earlier_id, c.phrase, d.likeness, d.bit_error_rate, c.created_us, e.created_us as earlier_us
         from duplicates d join clips c on c.id = d.clip_id join clips e on e.id = d.earlier_id
         where d.state = 'waiting' and c.speaker_id <> $1 order by d.noted_us, d.clip_id limit 100",
        (reviewer,),
    )
    .await
}

/// Of a speaker's clips, those that wait for a reviewer.
pub async fn list_held(tx: &mut Tx, speaker: PersonId) -> DbResult<Vec<(ClipId,)>> {
    tx.all(
        "select d.clip_id from duplicates d join clips c on c.id = d.clip_id
         where d.state = 'waiting' and c.speaker_id = $1",
        (speaker,),
    )
    .await
}

/// Whether the listeners have accepted a clip.
pub async fn is_accepted(tx: &mut Tx, clip: ClipId) -> DbResult<bool> {
    let row: (i64,) = tx.one("select count(*) from clips where id = $1 and accepted = 1", (clip,)).await?;
    Ok(row.0 > 0)
}

/// A reviewer's word on a waiting pair; false when it does not wait.
pub async fn settle_duplicate(
    tx: &mut Tx,
    clip: ClipId,
    state: &str,
    reviewer: PersonId,
    now_us: i64,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update duplicates set state = $2, decided_by = $3, decided_us = $4 where clip_id = $1 and state = 'waiting'",
            (clip, state, reviewer, now_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn duplicate_state(tx: &mut Tx, clip: ClipId) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx.opt("select state from duplicates where clip_id = $1", (clip,)).await?;
    Ok(row.map(|(state,)| state))
}

/// Takes a verified clip back: a reviewer heard that it was sent twice.
pub async fn refuse_duplicate(tx: &mut Tx, clip: ClipId, now_us: i64) -> DbResult<()> {
    tx.exec(
        "update clips set state = 'refused', reason = 'duplicate', verified_us = $2 where id = $1 and state = 'verified'",
        (clip, now_us),
    )
    .await
    .map(drop)
}
