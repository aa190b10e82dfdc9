//! Statements of the feature store: what was calculated, and what was known at a moment.

use crate::platform::db::{DbResult, Tx};

/// A stored matrix and the clip that it belongs to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Stored {
    pub speaker_id: String,
    pub project_id: String,
    pub phrase: String,
    pub report: Option<String>,
    pub verified_us: i64,
    pub coefficients: i64,
    pub frames: i64,
    pub blob_sha256: String,
}

pub async fn find(tx: &mut Tx, clip: &str, spec: &str) -> DbResult<Option<Stored>> {
    tx.opt(
        "select c.speaker_id, c.project_id, c.phrase, c.report, c.verified_us, f.coefficients, f.frames, f.blob_sha256
         from clips c join clip_features f on f.clip_id = c.id
         where c.id = $1 and f.spec = $2 and c.state = 'verified'",
        (clip, spec),
    )
    .await
}

/// The newest published release that holds a clip.
pub async fn find_release(tx: &mut Tx, clip: &str) -> DbResult<Option<(String,)>> {
    tx.opt(
        "select r.release_id from release_clips r join releases l on l.id = r.release_id
         where r.clip_id = $1 and l.state = 'ready' order by l.ready_us desc limit 1",
        (clip,),
    )
    .await
}

/// What was believed of a clip at a moment: state, label, probability.
pub async fn find_verdict(tx: &mut Tx, clip: &str, at_us: i64) -> DbResult<Option<(String, String, f64)>> {
    tx.opt(
        "select h.state, h.label, h.probability from verdict_history h join items i on i.id = h.item_id
         where i.clip_id = $1 and i.gold_label is null and h.at_us <= $2 order by h.id desc limit 1",
        (clip, at_us),
    )
    .await
}
