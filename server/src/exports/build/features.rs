//! The fourth step: the features that were stored when each clip was verified, as one table; those of
//! variants are calculated here.

use super::super::model::{Release, Stage};
use super::super::rules::has;
use super::super::store::snapshot::{self, StoredMatrix};
use super::super::store::variants;
use super::scratch::Scratch;
use super::{aside, unmade};
use crate::exports::model::StoredVariant;
use crate::platform::{site::Site, worker::JobError};
use audio::{mel, wav};
use bytes::Bytes;
use dataset::augment::{self, Recipe};
use dataset::formats::features::FeatureWriter;
use dataset::{DatasetError, FeatureRow, Format};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::HashMap;

/// The later one of the two definitions, in the order of the table.
const LAST_SPEC: &str = "mfcc-v1";
/// Matrices that are fetched at the same time.
const AT_ONCE: usize = 8;

/// Writes the table, if it is wanted.
pub async fn write(site: &Site, release: &Release) -> Result<(), JobError> {
    if !has(&release.options(), Format::Features) {
        return super::done(site, release, &[], Stage::Tables).await;
    }
    let mut scratch = Scratch::empty(site, release)?;
    let mut table = FeatureWriter::new(scratch.sink(dataset::FEATURES_FILE).map_err(unmade)?).map_err(unmade)?;
    let mut after = (String::new(), String::new());
    loop {
        let mut tx = site.db.read().await?;
        let page = snapshot::list_features(&mut tx, release.id, (&after.0, &after.1)).await?;
        let Some((first, last)) = page.first().zip(page.last()) else { break };
        let made = variants::list(&mut tx, release.id, &first.clip_id, &last.clip_id).await?;
        drop(tx);
        after = (last.clip_id.clone(), last.spec.clone());
        let mut variants: HashMap<String, Vec<(StoredVariant, Bytes)>> = HashMap::new();
        for variant in made {
            let wav = site.blobs.get(&variant.sha256).await?;
            variants.entry(variant.parent_clip_id.clone()).or_default().push((variant, wav));
        }
        let rows: Vec<FeatureRow> = stream::iter(page)
            .map(|matrix| async move {
                let bytes = site.blobs.get(&matrix.blob_sha256).await?;
                Ok::<FeatureRow, JobError>(row(matrix, &bytes))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        table = aside(move || {
            for row in rows {
                // The last of its clip: then come those of its variants.
                let variants = if row.spec == LAST_SPEC { variants.remove(&row.clip_id) } else { None };
                table.push(&row)?;
                for (variant, wav) in variants.unwrap_or_default() {
                    calculated(&variant, &wav)?.into_iter().try_for_each(|row| table.push(&row))?;
                }
            }
            Ok(table)
        })
        .await?;
    }
    let sink = aside(move || table.finish()).await?;
    let files = scratch.keep(site, vec![sink]).await?;
    super::done(site, release, &files, Stage::Tables).await
}

/// The features of a variant: masks lie over its log-mel spectrogram, and the cepstral coefficients
/// are those of its sound.
fn calculated(variant: &StoredVariant, wav: &[u8]) -> Result<[FeatureRow; 2], DatasetError> {
    let broken = |error: wav::WavError| DatasetError::Io(std::io::Error::other(error.to_string()));
    let clip = wav::decode(wav, &wav::Limits::default()).map_err(broken)?;
    let [mut log_mel, mfcc] = [mel::log_mel(&clip.samples), mel::mfcc(&clip.samples)].map(|matrix| FeatureRow {
        clip_id: variant.clip_id.clone(),
        spec: matrix.spec.to_string(),
        bands: i32::try_from(matrix.rows).unwrap_or(i32::MAX),
        frames: i32::try_from(matrix.frames).unwrap_or(i32::MAX),
        values: matrix.values,
    });
    let recipe: Recipe = serde_json::from_str(&variant.recipe)?;
    if let Some(masks) = recipe.masks {
        augment::mask(&mut log_mel, masks, recipe.seed);
    }
    Ok([log_mel, mfcc])
}

fn row(matrix: StoredMatrix, bytes: &Bytes) -> FeatureRow {
    FeatureRow {
        clip_id: matrix.clip_id,
        spec: matrix.spec,
        bands: i32::try_from(matrix.coefficients).unwrap_or(i32::MAX),
        frames: i32::try_from(matrix.frames).unwrap_or(i32::MAX),
        values: bytes.as_chunks::<4>().0.iter().map(|value| f32::from_le_bytes(*value)).collect(),
    }
}
