//! Every SQL statement of clips.

use super::model::{Clip, ClipId, StoredFeatures};
use crate::batches::ProjectId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};
use wire::CaptureSettings;

pub async fn insert(tx: &mut Tx, clip: &Clip, settings: &CaptureSettings, synthetic: bool) -> DbResult<bool> {
    let settings = serde_json::to_string(settings).map_err(|error| sqlx::Error::Encode(error.into()))?;
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

pub async fn find(tx: &mut Tx, id: ClipId) -> DbResult<Option<Clip>> {
    tx.opt(
        "select id, task_id, item_id, batch_id, project_id, speaker_id, phrase, state, sha256, size_bytes, declared,
           client_report, report, reason, created_us from clips where id = $1",
        (id,),
    )
    .await
}

pub async fn list_of(tx: &mut Tx, speaker: PersonId) -> DbResult<Vec<Clip>> {
    tx.all(
        "select id, task_id, item_id, batch_id, project_id, speaker_id, phrase, state, sha256, size_bytes, declared,
           client_report, report, reason, created_us from clips
         where speaker_id = $1 and state <> 'declared' order by id desc limit 200",
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
    tx.exec("update clips set accepted = $2 where id = $1", (id, i64::from(accepted))).await.map(drop)
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
