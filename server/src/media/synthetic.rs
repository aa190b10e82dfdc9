//! Recordings that a machine made, for simulations: measured once, used by many clips.

use super::{
    ClipId,
    model::{CONTENT_TYPE, Clip, Outcome},
    rules, store,
};
use crate::batches::{Batch, Item};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use crate::tasks::TaskId;
use audio::wav;
use bytes::Bytes;
use wire::CaptureSettings;

/// A recording whose object is stored and that was measured and found good.
#[derive(Clone, Debug)]
pub struct Take {
    sha256: String,
    size_bytes: i64,
    report: String,
    /// Its length.
    pub length_ms: u32,
}

/// Stores and measures samples, as an upload would be.
///
/// # Errors
/// 422 `unusable` for sound that would be refused; 503 when the store does not answer.
pub async fn prepare(site: &Site, samples: &[f32], rate_hz: u32) -> Result<Take, Problem> {
    let bytes = wav::encode_pcm16(samples, rate_hz);
    let clip =
        wav::decode(&bytes, &wav::Limits::default()).map_err(|error| Problem::invalid("unusable", error.code()))?;
    let report = audio::measure(&clip, &audio::Policy::default());
    if let Outcome::Refused(code) = rules::decide(&report, None) {
        return Err(Problem::invalid("unusable", format!("This sound would be refused: {code}.")));
    }
    let size_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    Ok(Take {
        sha256: site.blobs.put(Bytes::from(bytes)).await?,
        size_bytes,
        length_ms: report.length_ms,
        report: serde_json::to_string(&report).map_err(Problem::internal)?,
    })
}

/// Puts a verified clip of `speaker` into a project, marked synthetic for ever, as the recording
/// of a prompt. Several clips may share one take: that they sound the same is not noted.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    tx: &mut Tx,
    take: &Take,
    batch: &Batch,
    prompt: &Item,
    speaker: PersonId,
    now_us: i64,
) -> DbResult<Clip> {
    let mut clip = Clip {
        id: ClipId::new(),
        task_id: TaskId::new(),
        item_id: prompt.id,
        batch_id: batch.id,
        project_id: batch.project_id,
        speaker_id: speaker,
        phrase: prompt.phrase.clone(),
        state: "declared".to_owned(),
        sha256: take.sha256.clone(),
        size_bytes: take.size_bytes,
        declared: CONTENT_TYPE.to_owned(),
        client_report: None,
        report: None,
        reason: None,
        created_us: now_us,
    };
    store::insert(tx, &clip, &CaptureSettings::default(), true).await?;
    store::set_uploaded(tx, clip.id, now_us).await?;
    store::set_outcome(tx, clip.id, "verified", Some(&take.report), None, now_us).await?;
    clip.state = "verified".to_owned();
    clip.report = Some(take.report.clone());
    Ok(clip)
}
