//! The withdrawal feed of a dataset: which released clips everybody who holds a copy must delete.
//!
//! It needs no account, tells neither who nor why, and is signed (Ed25519, RFC 8032) over the very
//! bytes that are sent, so that a copy of it can be trusted wherever it came from.

use super::store::access as store;
use crate::batches::{self, ProjectId};
use crate::consent;
use crate::platform::{
    clock::{day, rfc3339},
    db::{DbResult, Tx},
    ids::{PersonId, hex},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use dataset::release::withdrawals::{Feed, Withdrawal};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::collections::HashSet;

/// The header with the signature, 128 hexadecimal digits.
pub const SIGNATURE_HEADER: &str = "x-signature-ed25519";

/// What changed since the withdrawals were last noted.
struct News {
    withdrawn: Vec<(String, i64)>,
    agreed: Vec<String>,
    erased: bool,
}

/// Notes whose released clips were taken back.
///
/// # Errors
/// When the database refuses.
pub async fn note(site: &Site, project: ProjectId) -> DbResult<()> {
    let now_us = site.now_us();
    let mut tx = site.db.read().await?;
    let news = news(&mut tx, project, now_us).await?;
    drop(tx);
    if news.withdrawn.is_empty() && news.agreed.is_empty() && !news.erased {
        return Ok(());
    }
    let mut tx = site.db.begin().await?;
    for (speaker, at_us) in news.withdrawn {
        store::note_withdrawn(&mut tx, project, &speaker, at_us).await?;
    }
    for speaker in news.agreed {
        store::forget_withdrawn(&mut tx, project, &speaker).await?;
    }
    if news.erased {
        store::note_erased(&mut tx, project, now_us).await?;
    }
    tx.commit().await
}

async fn news(tx: &mut Tx, project: ProjectId, now_us: i64) -> DbResult<News> {
    let allowed: HashSet<String> = consent::releasable(tx, project).await?.iter().map(PersonId::to_string).collect();
    let noted = store::list_withdrawn_speakers(tx, project).await?;
    let noted: HashSet<String> = noted.into_iter().map(|(speaker,)| speaker).collect();
    let speakers = store::list_released_speakers(tx, project).await?;
    let withdrawn = speakers.into_iter().filter(|(speaker, _)| !allowed.contains(speaker));
    Ok(News {
        withdrawn: withdrawn.map(|(speaker, at_us)| (speaker, at_us.unwrap_or(now_us))).collect(),
        agreed: noted.into_iter().filter(|speaker| allowed.contains(speaker)).collect(),
        erased: store::count_erased(tx, project).await? > 0,
    })
}

/// The feed of a project's dataset, as of now.
///
/// # Errors
/// 404 without the project.
pub async fn feed(site: &Site, project: ProjectId) -> Result<Feed, Problem> {
    note(site, project).await?;
    let mut tx = site.db.read().await?;
    let name = batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?.name;
    let rows = store::list_withdrawn(&mut tx, project).await?.into_iter().map(|row| Withdrawal {
        clip_id: row.clip_id,
        sha256: row.sha256,
        withdrawn_on: day(row.withdrawn_us),
    });
    Ok(Feed::new(&name, &rfc3339(site.now_us()), rows.collect()))
}

fn signer(site: &Site) -> Result<Ed25519KeyPair, Problem> {
    Ed25519KeyPair::from_seed_unchecked(&site.secrets.key("withdrawal feed")).map_err(Problem::internal)
}

fn signed(site: &Site, bytes: Vec<u8>, content_type: &str) -> Result<HttpResponse, Problem> {
    let signature = hex(signer(site)?.sign(&bytes).as_ref());
    Ok(HttpResponse::Ok().insert_header((SIGNATURE_HEADER, signature)).content_type(content_type).body(bytes))
}

/// The withdrawal feed as JSON; the header `x-signature-ed25519` signs the body.
#[utoipa::path(get, path = "/api/v1/projects/{id}/withdrawals.json", tag = "releases",
    responses((status = 200, body = Object), (status = 404, body = wire::ProblemBody)))]
pub async fn json(site: web::Data<Site>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let text = feed(&site, project).await?.to_json().map_err(Problem::internal)?;
    signed(&site, text.into_bytes(), "application/json")
}

/// The withdrawal feed as CSV; the header `x-signature-ed25519` signs the body.
#[utoipa::path(get, path = "/api/v1/projects/{id}/withdrawals.csv", tag = "releases",
    responses((status = 200, content_type = "text/csv"), (status = 404, body = wire::ProblemBody)))]
pub async fn csv(site: web::Data<Site>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut text = Vec::new();
    feed(&site, project).await?.write_csv(&mut text).map_err(Problem::internal)?;
    signed(&site, text, "text/csv; charset=utf-8")
}

/// The public key of the feed's signatures, 64 hexadecimal digits.
#[utoipa::path(get, path = "/api/v1/withdrawals/key", tag = "releases",
    responses((status = 200, content_type = "text/plain")))]
pub async fn key(site: web::Data<Site>) -> Result<HttpResponse, Problem> {
    let key = hex(signer(&site)?.public_key().as_ref());
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(key + "\n"))
}
