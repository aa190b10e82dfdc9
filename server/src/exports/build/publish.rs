//! The last step: everything that left is looked at once more, then the release is there for all.

use super::super::model::Release;
use super::super::{store, store::snapshot};
use super::{documents, plan};
use crate::audit;
use crate::platform::{site::Site, worker::JobError};

/// Publishes, unless somebody took a consent back or a clip was refused while the release was
/// built: then it is built anew, of the rows of now. Whether there is more to do. What must be said and
/// is not stops it.
pub async fn publish(site: &Site, release: &Release) -> Result<bool, JobError> {
    let now_us = site.now_us();
    documents::look_again(site, release).await?;
    let mut tx = site.db.begin().await?;
    let withdrawn = plan::not_agreeing(&mut tx, release).await?;
    let spoilt = snapshot::count_spoilt(&mut tx, release.id).await?;
    if !withdrawn.is_empty() || spoilt > 0 {
        super::clear(&mut tx, release.id).await?;
        store::set_planned(&mut tx, release.id).await?;
        let detail = serde_json::json!({ "withdrawn_speakers": withdrawn.len(), "spoilt_clips": spoilt });
        audit::note(&mut tx, now_us, None, "release.restart", &release.id.to_string(), detail).await?;
        tx.commit().await?;
        return Ok(true);
    }
    if store::set_ready(&mut tx, release.id, now_us).await? {
        snapshot::clear_answers(&mut tx, release.id).await?;
        snapshot::clear_evidence(&mut tx, release.id).await?;
        let (files, size_bytes) = store::count_files(&mut tx, release.id).await?;
        let detail = serde_json::json!({ "version": release.version, "files": files, "size_bytes": size_bytes });
        audit::note(&mut tx, now_us, None, "release.ready", &release.id.to_string(), detail).await?;
        tx.commit().await?;
    }
    Ok(false)
}
