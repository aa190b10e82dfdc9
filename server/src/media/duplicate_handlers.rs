//! Takes that may have been sent twice, by page and by API.

use super::{
    ClipId, duplicates,
    model::{Duplicate, DuplicateRuling},
    pages::DuplicatesPage,
};
use crate::platform::{
    caller::Reviewer,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

/// Recordings that are like an earlier one of their speaker and wait for a reviewer.
#[utoipa::path(get, path = "/api/v1/duplicates", tag = "recordings", responses((status = 200, body = Vec<Duplicate>)))]
pub async fn list(site: web::Data<Site>, Reviewer(caller): Reviewer) -> Result<web::Json<Vec<Duplicate>>, Problem> {
    duplicates::waiting(&site, &caller).await.map(web::Json)
}

/// Settle whether a recording is the same take as the earlier one.
#[utoipa::path(post, path = "/api/v1/duplicates/{clip}", tag = "recordings", request_body = DuplicateRuling, responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn settle(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    clip: web::Path<String>,
    ruling: web::Json<DuplicateRuling>,
) -> Result<HttpResponse, Problem> {
    let clip: ClipId = clip.parse().map_err(|_| Problem::not_found())?;
    duplicates::settle(&site, &caller, clip, ruling.same).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /recordings/duplicates`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, Reviewer(caller): Reviewer, layout: Layout) -> Result<HttpResponse, Problem> {
    let pairs = duplicates::waiting(&site, &caller).await?;
    page::show(&DuplicatesPage { layout, pairs })
}

/// The form beside each pair.
#[derive(Deserialize)]
pub struct SettleForm {
    same: bool,
}

/// `POST /recordings/duplicates/{clip}`.
///
/// # Errors
/// As [`settle`].
pub async fn submit(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    clip: web::Path<String>,
    SafeForm(form): SafeForm<SettleForm>,
) -> Result<HttpResponse, Problem> {
    let clip: ClipId = clip.parse().map_err(|_| Problem::not_found())?;
    duplicates::settle(&site, &caller, clip, form.same).await?;
    Ok(go("/recordings/duplicates"))
}
