//! The second step, page by page: 16 kHz masters, and the originals without their tags.

use super::super::model::{Frozen, Release, ReleaseFile, Stage};
use super::super::{rules, store, store::snapshot};
use super::key;
use crate::platform::{site::Site, worker::JobError};
use audio::wav;
use bytes::Bytes;
use dataset::{formats::tags, split_of};
use futures_util::{StreamExt, TryStreamExt, stream};

/// Recordings of one step.
const PAGE: i64 = 64;
/// Recordings that are fetched and made at the same time.
const AT_ONCE: usize = 4;

/// A clip's files, and where they go.
struct Made {
    clip_id: String,
    speaker: String,
    master: ReleaseFile,
    original: Option<ReleaseFile>,
}

/// Makes some recordings; the next step begins when none is left.
pub async fn make(site: &Site, release: &Release) -> Result<(), JobError> {
    let key = key(release)?;
    let mut tx = site.db.read().await?;
    let page = snapshot::list_unmade(&mut tx, release.id, PAGE).await?;
    drop(tx);
    if page.is_empty() {
        return super::done(site, release, &[], Stage::Archives).await;
    }
    let originals = release.options().originals;
    let made: Vec<Made> =
        stream::iter(page).map(|clip| one(site, clip, &key, originals)).buffered(AT_ONCE).try_collect().await?;
    let mut tx = site.db.begin().await?;
    let done = release.done + i64::try_from(made.len()).unwrap_or(0);
    if !store::set_progress(&mut tx, release.id, Stage::Recordings, release.done, done, release.total).await? {
        return Ok(());
    }
    for clip in &made {
        let row = snapshot::Made {
            clip_id: &clip.clip_id,
            speaker: &clip.speaker,
            split: split_of(&clip.speaker).as_str(),
            path: &clip.master.path,
            sha256: &clip.master.sha256,
            size_bytes: clip.master.size_bytes,
            original_path: clip.original.as_ref().map(|file| file.path.as_str()),
        };
        snapshot::set_made(&mut tx, release.id, &row).await?;
        for file in [Some(&clip.master), clip.original.as_ref()].into_iter().flatten() {
            store::insert_file(&mut tx, release.id, file).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn one(site: &Site, clip: Frozen, key: &[u8; 32], originals: bool) -> Result<Made, JobError> {
    let bytes = site.blobs.get(&clip.original_sha256).await?;
    let made = tokio::task::spawn_blocking(move || (master(&bytes), originals.then(|| tags::strip(&bytes))));
    let (master, original) = made.await.map_err(|error| JobError::Retry(error.to_string()))?;
    let broken = |what: &dyn std::fmt::Display| JobError::Final(format!("Clip {}: {what}.", clip.clip_id));
    let master = master.map_err(|error| broken(&error))?;
    let original = original.transpose().map_err(|error| broken(&error))?;
    let speaker = rules::speaker(key, &clip.speaker_id);
    let path = rules::path(&clip.phrase, &speaker, clip.take);
    Ok(Made {
        master: keep(site, path, master).await?,
        original: match original {
            Some(bytes) => Some(keep(site, format!("originals/{}.wav", clip.clip_id), Bytes::from(bytes)).await?),
            None => None,
        },
        clip_id: clip.clip_id,
        speaker,
    })
}

async fn keep(site: &Site, path: String, bytes: Bytes) -> Result<ReleaseFile, JobError> {
    let size_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    Ok(ReleaseFile { path, sha256: site.blobs.put(bytes).await?, size_bytes })
}

/// 16 kHz mono PCM16, derived from the untouched original.
fn master(original: &[u8]) -> Result<Bytes, wav::WavError> {
    let clip = wav::decode(original, &wav::Limits::default())?;
    let samples = audio::resample::to_16k(&clip.samples, clip.rate_hz);
    Ok(Bytes::from(wav::encode_pcm16(&samples, audio::resample::RATE_HZ)))
}
