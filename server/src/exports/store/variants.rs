//! Statements about augmented variants of released clips.

use crate::exports::model::{ReleaseId, StoredVariant};
use crate::platform::db::{DbResult, Tx};

/// Takes all of a build away, to begin anew.
pub async fn clear(tx: &mut Tx, id: ReleaseId) -> DbResult<()> {
    tx.exec("delete from release_variants where release_id = $1", (id,)).await.map(drop)
}

pub async fn insert(tx: &mut Tx, id: ReleaseId, variant: &StoredVariant) -> DbResult<()> {
    tx.exec(
        "insert into release_variants (release_id, parent_clip_id, number, clip_id, recipe, report, path, sha256, size_bytes)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        (
            id,
            variant.parent_clip_id.as_str(),
            variant.number,
            variant.clip_id.as_str(),
            variant.recipe.as_str(),
            variant.report.as_str(),
            variant.path.as_str(),
            variant.sha256.as_str(),
            variant.size_bytes,
        ),
    )
    .await
    .map(drop)
}

/// Variants of the clips from one to another, both included, in the order of clips and numbers.
pub async fn list(tx: &mut Tx, id: ReleaseId, first: &str, last: &str) -> DbResult<Vec<StoredVariant>> {
    tx.all(
        "select parent_clip_id, number, clip_id, recipe, report, path, sha256, size_bytes from release_variants
         where release_id = $1 and parent_clip_id >= $2 and parent_clip_id <= $3 order by parent_clip_id, number",
        (id, first, last),
    )
    .await
}
