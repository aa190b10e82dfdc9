//! Verification: fetch, decode under limits, measure again with the browser's own code, decide.

use super::{
    duplicates,
    model::{AcceptTake, Clip, ClipId, Outcome, Print, StoredFeatures, VerifyClip},
    rules, store,
};
use crate::batches::{self, OpenJudging};
use crate::ledger;
use crate::platform::{blobs::Blobs, clock::DAY_US, ids::sha256_hex, site::Site, worker::JobError};
use crate::quotas;
use crate::tasks;
use audio::{
    Report,
    fingerprint::{fingerprint, pcm_sha256},
    mel::Features,
    wav,
};
use bytes::Bytes;
use wire::Declaration;

/// What measuring a clip brought.
enum Measured {
    /// A report, the features of a usable clip, and what it sounds like.
    Report(Box<Report>, Vec<Features>, Print),
    /// Not a WAV that can be read, for the reason with this code.
    Unreadable(String),
}

/// Measures a clip and decides whether it can be used; running it again changes nothing.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn verify(site: Site, job: VerifyClip) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let Some(clip) = tx.ask(store::find(job.clip)).await? else { return Ok(()) };
    if !matches!(clip.state.as_str(), "uploaded" | "dead") {
        return Ok(());
    }
    let project = batches::project(&mut tx, clip.project_id).await?;
    // The thresholds that the speaker was shown, even if the project has changed them since.
    let leased_us = tasks::leased_us(&mut tx, clip.task_id).await?.unwrap_or(clip.created_us);
    let policy = match &project {
        Some(project) => batches::policy(&mut tx, project, leased_us).await?,
        None => audio::Policy::default(),
    };
    drop(tx);
    let bytes = site.blobs.get(&clip.sha256).await?;
    let clip_id = clip.id;
    let measured = tokio::task::spawn_blocking(move || measure(clip_id, &bytes, &policy))
        .await
        .map_err(|error| JobError::Retry(error.to_string()))?;
    match measured {
        Measured::Unreadable(code) => conclude(&site, &clip, None, &Outcome::Refused(code), None).await,
        Measured::Report(report, features, print) => {
            let client: Option<Report> = clip.client_report.as_deref().and_then(|text| serde_json::from_str(text).ok());
            let outcome = rules::decide(&report, client.as_ref());
            let usable = match outcome {
                Outcome::Verified => Some((keep(&site.blobs, &features).await?, print)),
                Outcome::Refused(_) => None,
            };
            conclude(&site, &clip, Some(&report), &outcome, usable).await
        }
    }
}

fn measure(id: ClipId, bytes: &[u8], policy: &audio::Policy) -> Measured {
    let limits = wav::Limits::default();
    match wav::decode(bytes, &limits) {
        Err(error) => Measured::Unreadable(error.code().to_owned()),
        Ok(clip) => {
            let report = audio::measure(&clip, policy);
            let samples = audio::resample::to_16k(&clip.samples, clip.rate_hz);
            let descriptors = audio::descriptors::descriptors(&samples).features;
            let features = vec![audio::mel::log_mel(&samples), audio::mel::mfcc(&samples), descriptors];
            let print = Print {
                clip_id: id,
                sha256: sha256_hex(bytes),
                pcm_sha256: pcm_sha256(&clip),
                fingerprint: fingerprint(&samples).to_string(),
            };
            Measured::Report(Box::new(report), features, print)
        }
    }
}

async fn keep(blobs: &Blobs, features: &[Features]) -> Result<Vec<StoredFeatures>, JobError> {
    let mut stored = Vec::with_capacity(features.len());
    for matrix in features {
        let bytes: Vec<u8> = matrix.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        stored.push(StoredFeatures {
            spec: matrix.spec.to_string(),
            coefficients: i64::try_from(matrix.rows).unwrap_or(i64::MAX),
            frames: i64::try_from(matrix.frames).unwrap_or(i64::MAX),
            sha256: blobs.put(Bytes::from(bytes)).await?,
        });
    }
    Ok(stored)
}

async fn conclude(
    site: &Site,
    clip: &Clip,
    measured: Option<&Report>,
    outcome: &Outcome,
    usable: Option<(Vec<StoredFeatures>, Print)>,
) -> Result<(), JobError> {
    let report = measured.map(serde_json::to_string).transpose()?;
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let (state, reason) = match outcome {
        Outcome::Verified => ("verified", None),
        Outcome::Refused(code) => ("refused", Some(code.as_str())),
    };
    if !store::set_outcome(&mut tx, clip.id, state, report.as_deref(), reason, now_us).await? {
        return Ok(());
    }
    match outcome {
        Outcome::Verified => {
            if let Some((features, print)) = &usable {
                for matrix in features {
                    store::insert_features(&mut tx, clip.id, matrix).await?;
                }
                duplicates::note(&mut tx, clip, print, now_us).await?;
            }
            if let (Some(report), Ok(declared)) = (measured, serde_json::from_str::<Declaration>(&clip.declared)) {
                quotas::note_capture(&mut tx, clip.speaker_id, &declared.settings, report.snr_db).await?;
            }
            if let Some(batch) = batches::judging_batch(&mut tx, clip.project_id).await? {
                super::open_judging(&mut tx, &batch, clip, now_us).await?;
            }
        }
        Outcome::Refused(code) => {
            ledger::refuse(&mut tx, &super::refusal(clip, code, None), now_us).await?;
            tasks::reopen(&mut tx, clip.task_id).await?;
        }
    }
    tx.commit().await?;
    metrics::counter!("sayso_clips_verified_total", "state" => state).increment(1);
    Ok(())
}

/// Accepts the pay of recordings on which nobody has decided for a week, whatever is found out later; what
/// was accepted or refused before stays as it is.
///
/// # Errors
/// When the database refuses.
pub async fn accept_takes(site: Site, jobs: Vec<AcceptTake>) -> Result<(), JobError> {
    let tasks: Vec<String> = jobs.iter().map(|job| job.task.to_string()).collect();
    let mut tx = site.db.begin().await?;
    ledger::accept_all(&mut tx, &tasks, site.now_us()).await?;
    Ok(tx.commit().await?)
}

/// Verification of a clip has become a dead letter: its speaker sees that it waits for us.
///
/// # Errors
/// When the database refuses.
pub async fn buried(site: Site, job: VerifyClip) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    store::set_dead(&mut tx, job.clip).await?;
    Ok(tx.commit().await?)
}

/// Gives every verified clip of a project its judging item: when a judging batch opens after
/// the recordings were made.
///
/// # Errors
/// When the database refuses.
pub async fn open_judging(site: Site, job: OpenJudging) -> Result<(), JobError> {
    let mut after = None;
    loop {
        let mut tx = site.db.begin().await?;
        let clips = store::list_verified(&mut tx, job.project, after).await?;
        let Some(batch) = batches::judging_batch(&mut tx, job.project).await? else { return Ok(()) };
        for clip in &clips {
            super::open_judging(&mut tx, &batch, clip, site.now_us()).await?;
        }
        tx.commit().await?;
        match clips.last() {
            Some(last) => after = Some(last.id),
            None => return Ok(()),
        }
    }
}

/// How long an announced take may be on its way: a browser that was offline longer announces
/// it again, under the same id.
const ANNOUNCED_US: i64 = 7 * DAY_US;

/// The chore: forgets announcements that nothing followed, and what was uploaded for them.
///
/// # Errors
/// When the database or the store does not answer.
pub async fn sweep_uploads(site: Site) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let stale = store::delete_stale(&mut tx, site.now_us() - ANNOUNCED_US).await?;
    tx.commit().await?;
    for (id,) in stale {
        site.blobs.unstage(&id.to_string()).await?;
    }
    Ok(())
}
