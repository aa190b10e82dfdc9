//! Reading, giving and withdrawing consent, by page and by API.

use super::{ConsentBody, ConsentView, ProjectId, Text, pages::ConsentPage, rules::COVERS, store};
use crate::platform::{
    caller::Caller,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

async fn view(site: &Site, caller: &Caller, id: &str) -> Result<(Text, bool), Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let text = store::find_text(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    let given = super::may_record(&mut tx, caller.person, project).await?;
    Ok((text, given))
}

async fn give_now(site: &Site, caller: &Caller, id: &str, version: i64) -> Result<(), Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.begin().await?;
    super::give(&mut tx, caller.person, project, version, site.now_us()).await?;
    Ok(tx.commit().await?)
}

async fn withdraw_now(site: &Site, caller: &Caller, id: &str) -> Result<(), Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.begin().await?;
    super::withdraw(&mut tx, caller.person, project, site.now_us()).await?;
    Ok(tx.commit().await?)
}

/// The consent text in force, and whether the caller has agreed to it.
#[utoipa::path(get, path = "/api/v1/projects/{id}/consent", tag = "consent",
    responses((status = 200, body = ConsentView), (status = 404, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<web::Json<ConsentView>, Problem> {
    let (text, given) = view(&site, &caller, &id).await?;
    Ok(web::Json(ConsentView { version: text.version, text: text.body, sha256: text.sha256, given }))
}

/// Agree to the text in force.
#[utoipa::path(post, path = "/api/v1/projects/{id}/consent", tag = "consent", request_body = ConsentBody,
    responses((status = 201), (status = 409, body = ProblemBody)))]
pub async fn give(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
    body: web::Json<ConsentBody>,
) -> Result<HttpResponse, Problem> {
    give_now(&site, &caller, &id, body.version).await?;
    Ok(HttpResponse::Created().finish())
}

/// Withdraw. Later releases leave the caller's recordings out.
#[utoipa::path(delete, path = "/api/v1/projects/{id}/consent", tag = "consent", responses((status = 204)))]
pub async fn withdraw(site: web::Data<Site>, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    withdraw_now(&site, &caller, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /consent/{project}`.
///
/// # Errors
/// 404 when there is no such project.
pub async fn show(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let (text, given) = view(&site, &caller, &id).await?;
    page::show(&ConsentPage { layout, text, covers: COVERS, given })
}

/// The form on the consent page.
#[derive(Deserialize)]
pub struct ConsentForm {
    version: i64,
    /// `give` or `withdraw`.
    action: String,
}

/// `POST /consent/{project}`.
///
/// # Errors
/// 409 `consent_changed`.
pub async fn submit(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
    SafeForm(form): SafeForm<ConsentForm>,
) -> Result<HttpResponse, Problem> {
    if form.action == "withdraw" {
        withdraw_now(&site, &caller, &id).await?;
        return Ok(go(format!("/consent/{id}")));
    }
    give_now(&site, &caller, &id, form.version).await?;
    Ok(go("/tasks"))
}
