//! The second step, page by page: 16 kHz masters with their variants, and the originals without their
//! tags.

use super::super::model::{Frozen, Release, ReleaseFile, Stage, StoredVariant, Variants};
use super::super::names::Names;
use super::super::{rules, store, store::snapshot, store::variants};
use super::{facts, names_of};
use crate::platform::{site::Site, worker::JobError};
use audio::{Policy, measure, resample, wav};
use bytes::Bytes;
use dataset::augment::{Recipe, applies_to, augment};
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
    variants: Vec<StoredVariant>,
}

/// What is derived from an original: the master, and each variant with what was measured on it.
struct Derived {
    master: Bytes,
    variants: Vec<(Bytes, String)>,
}

/// Makes some recordings; the next step begins when none is left.
pub async fn make(site: &Site, release: &Release) -> Result<(), JobError> {
    let names = names_of(release, &facts(release)?)?;
    let mut tx = site.db.read().await?;
    let page = snapshot::list_unmade(&mut tx, release.id, PAGE).await?;
    drop(tx);
    if page.is_empty() {
        return super::done(site, release, &[], Stage::Archives).await;
    }
    let options = release.options();
    let one = |clip| one(site, clip, &names, options.originals, &options.variants);
    let made: Vec<Made> = stream::iter(page).map(one).buffered(AT_ONCE).try_collect().await?;
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
        for variant in &clip.variants {
            variants::insert(&mut tx, release.id, variant).await?;
            let (path, sha256) = (variant.path.clone(), variant.sha256.clone());
            let file = ReleaseFile { path, sha256, size_bytes: variant.size_bytes };
            store::insert_file(&mut tx, release.id, &file).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn one(site: &Site, clip: Frozen, names: &Names, originals: bool, variants: &Variants) -> Result<Made, JobError> {
    let bytes = site.blobs.get(&clip.original_sha256).await?;
    let speaker = names.speaker(&clip.speaker_id);
    let wanted = applies_to(split_of(&speaker), variants.all_splits);
    let recipes = if wanted { rules::recipes(&variants.recipes, &clip.clip_id) } else { Vec::new() };
    let to_make = recipes.clone();
    let made = tokio::task::spawn_blocking(move || (derive(&bytes, &to_make), originals.then(|| tags::strip(&bytes))));
    let (derived, original) = made.await.map_err(|error| JobError::Retry(error.to_string()))?;
    let broken = |what: &dyn std::fmt::Display| JobError::Final(format!("Clip {}: {what}.", clip.clip_id));
    let Derived { master, variants } = derived.map_err(|error| broken(&error))?;
    let original = original.transpose().map_err(|error| broken(&error))?;
    let path = rules::path(&clip.phrase, &speaker, clip.take);
    let mut kept = Vec::new();
    for ((number, recipe), (wav, report)) in (0..).zip(&recipes).zip(variants) {
        let (id, path) = rules::variant_name(&clip.clip_id, &path, number, recipe).map_err(super::unmade)?;
        let file = keep(site, path, wav).await?;
        kept.push(StoredVariant {
            parent_clip_id: clip.clip_id.clone(),
            number: i64::from(number),
            clip_id: id,
            recipe: serde_json::to_string(recipe)?,
            report,
            path: file.path,
            sha256: file.sha256,
            size_bytes: file.size_bytes,
        });
    }
    Ok(Made {
        master: keep(site, path, master).await?,
        original: match original {
            Some(bytes) => Some(keep(site, format!("originals/{}.wav", clip.clip_id), Bytes::from(bytes)).await?),
            None => None,
        },
        clip_id: clip.clip_id,
        speaker,
        variants: kept,
    })
}

async fn keep(site: &Site, path: String, bytes: Bytes) -> Result<ReleaseFile, JobError> {
    let size_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    Ok(ReleaseFile { path, sha256: site.blobs.put(bytes).await?, size_bytes })
}

/// 16 kHz mono PCM16, derived from the untouched original.
fn derive(original: &[u8], recipes: &[Recipe]) -> Result<Derived, wav::WavError> {
    let clip = wav::decode(original, &wav::Limits::default())?;
    let samples = resample::to_16k(&clip.samples, clip.rate_hz);
    let encoded = |samples: &[f32]| Bytes::from(wav::encode_pcm16(samples, resample::RATE_HZ));
    let variant = |recipe: &Recipe| {
        let wav = encoded(&augment(&samples, None, recipe));
        let report = measure(&wav::decode(&wav, &wav::Limits::default())?, &Policy::default());
        // A report is plain numbers and words.
        Ok((wav, serde_json::to_string(&report).unwrap_or_default()))
    };
    Ok(Derived { master: encoded(&samples), variants: recipes.iter().map(variant).collect::<Result<_, _>>()? })
}
