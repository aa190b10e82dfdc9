//! The feature store: matrices that were calculated once, when a clip was verified, with the label
//! and the report as they stood at a moment.

use super::access;
use super::model::{Gate, ReleaseId};
use super::{names, store};
use crate::consent;
use crate::platform::{
    caller::{Researcher, Role},
    memo::Memo,
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use wire::ProblemBody;

/// Matrices that were asked for lately, by the digest of their bytes: some tens of megabytes. Whether
/// they may be given is looked up each time.
static MATRICES: Memo<[u8; 32], Bytes> = Memo::new(1_024);

/// The definitions by which features are stored.
const SPECS: [&str; 3] = ["logmel-v1", "mfcc-v1", "descriptors-v1"];

/// What is asked for.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `logmel-v1`, `mfcc-v1` or `descriptors-v1`.
    #[serde(default = "logmel")]
    spec: String,
    /// A moment, RFC 3339; now if absent.
    as_of: Option<String>,
}

fn logmel() -> String {
    "logmel-v1".to_owned()
}

/// The features of a clip, with what was known of it at that moment.
#[derive(Serialize, utoipa::ToSchema)]
pub struct FeaturesView {
    /// The clip.
    clip_id: String,
    /// Definition of the features.
    spec: String,
    /// Rows of the matrix.
    bands: i64,
    /// Columns of the matrix, one every 10 ms.
    frames: i64,
    /// The label then: the phrase, or `null` when it was not decided or was decided otherwise.
    label: Option<String>,
    /// Probability of that label then.
    probability: Option<f64>,
    /// What the server measured.
    #[schema(value_type = Object)]
    report: serde_json::Value,
    /// `bands × frames` values, row by row.
    values: Vec<f32>,
}

/// Features of one clip. Researchers get those of released clips, administrators those of all;
/// nobody gets those of clips that were taken back.
#[utoipa::path(get, path = "/api/v1/features/{clip}", tag = "releases", params(Wanted),
    responses((status = 200, body = FeaturesView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    Researcher(caller): Researcher,
    clip: web::Path<String>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    if !SPECS.contains(&wanted.spec.as_str()) {
        let detail = format!("There are no features by that definition. Choose one of {}.", SPECS.join(", "));
        return Err(Problem::invalid("invalid_spec", detail));
    }
    let as_of_us = moment(wanted.as_of.as_deref(), site.now_us())?;
    let mut tx = site.db.read().await?;
    let found = store::features::find(&mut tx, &clip, &wanted.spec).await?;
    let found = found.filter(|stored| stored.verified_us <= as_of_us).ok_or_else(Problem::not_found)?;
    let ids = (found.speaker_id.parse(), found.project_id.parse());
    let (Ok(speaker), Ok(project)) = ids else { return Err(Problem::not_found()) };
    if !consent::may_release(&mut tx, speaker, project).await? {
        return Err(Problem::not_found());
    }
    if !caller.role.includes(Role::Admin) {
        let (id,) = store::features::find_release(&mut tx, &clip).await?.ok_or_else(Problem::not_found)?;
        let id: ReleaseId = id.parse().map_err(Problem::internal)?;
        let release = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
        if access::gate(&mut tx, &release, caller.person, false).await? != Gate::Open {
            return Err(Problem::forbidden());
        }
    }
    let then = store::features::find_verdict(&mut tx, &clip, as_of_us).await?;
    drop(tx);
    let then = then.filter(|(state, label, _)| label == "yes" && matches!(state.as_str(), "settled" | "decided"));
    let bytes = matrix(&site, &found.blob_sha256).await?;
    Ok(HttpResponse::Ok().json(FeaturesView {
        clip_id: clip.into_inner(),
        spec: wanted.into_inner().spec,
        bands: found.coefficients,
        frames: found.frames,
        label: then.is_some().then_some(found.phrase),
        probability: then.map(|(_, _, probability)| probability),
        report: serde_json::from_str(&found.report.unwrap_or_default()).unwrap_or_default(),
        values: bytes.as_chunks::<4>().0.iter().map(|value| f32::from_le_bytes(*value)).collect(),
    }))
}

/// The bytes of a matrix, from memory or from the store.
async fn matrix(site: &Site, sha256: &str) -> Result<Arc<Bytes>, Problem> {
    let digest = names::key_bytes(sha256).ok_or_else(Problem::not_found)?;
    match MATRICES.get(digest) {
        Some(bytes) => Ok(bytes),
        None => Ok(MATRICES.put(digest, site.blobs.get(sha256).await?)),
    }
}

fn moment(text: Option<&str>, now_us: i64) -> Result<i64, Problem> {
    let Some(text) = text else { return Ok(now_us) };
    let wrong = |_| Problem::invalid("invalid_moment", "Give a moment such as 2026-01-31T12:00:00Z.");
    let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(wrong)?;
    Ok(i64::try_from(moment.unix_timestamp_nanos() / 1_000).unwrap_or(now_us))
}
