//! The fourth step: the features that were stored when each clip was verified, as one table.

use super::super::model::{Release, Stage};
use super::super::rules::has;
use super::super::store::snapshot::{self, StoredMatrix};
use super::scratch::Scratch;
use super::{aside, unmade};
use crate::platform::{site::Site, worker::JobError};
use bytes::Bytes;
use dataset::formats::features::FeatureWriter;
use dataset::{FeatureRow, Format};
use futures_util::{StreamExt, TryStreamExt, stream};

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
        drop(tx);
        let Some(last) = page.last() else { break };
        after = (last.clip_id.clone(), last.spec.clone());
        let rows: Vec<FeatureRow> = stream::iter(page)
            .map(|matrix| async move {
                let bytes = site.blobs.get(&matrix.blob_sha256).await?;
                Ok::<FeatureRow, JobError>(row(matrix, &bytes))
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        table = aside(move || {
            rows.into_iter().try_for_each(|row| table.push(row))?;
            Ok(table)
        })
        .await?;
    }
    let sink = aside(move || table.finish()).await?;
    let files = scratch.keep(site, vec![sink]).await?;
    super::done(site, release, &files, Stage::Tables).await
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
