//! How a batch settles its items, by page and by API.

use super::model::{Settings, SettingsForm};
use super::pages::SettingsPage;
use crate::batches::{self, Batch, BatchId};
use crate::platform::{
    caller::Admin,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use wire::{Kind, ProblemBody};

/// How a batch settles its items.
#[utoipa::path(get, path = "/api/v1/batches/{id}/consensus", tag = "verdicts", responses((status = 200, body = Settings)))]
pub async fn read(site: web::Data<Site>, _admin: Admin, id: web::Path<String>) -> Result<web::Json<Settings>, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::settings(&mut tx, id).await?))
}

/// Change how a batch settles its items: how many are audited or asked again, and what it may
/// pay for answers beyond the minimum.
#[utoipa::path(put, path = "/api/v1/batches/{id}/consensus", tag = "verdicts", request_body = Settings, responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    settings: web::Json<Settings>,
) -> Result<HttpResponse, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    super::set_settings(&site, admin.person, id, *settings).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The judging batch of an address, and its project's currency.
async fn judging(site: &Site, id: &str) -> Result<(Batch, String, Settings), Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let batch = batches::batch(&mut tx, id).await?.filter(|batch| batch.kind() == Kind::Judge);
    let batch = batch.ok_or_else(Problem::not_found)?;
    let project = batches::project(&mut tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    let settings = super::settings(&mut tx, id).await?;
    Ok((batch, project.currency, settings))
}

/// `GET /batches/{id}/consensus`.
///
/// # Errors
/// 404 when there is no such judging batch.
pub async fn show(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let (batch, currency, settings) = judging(&site, &id).await?;
    page::show(&SettingsPage { layout, batch, currency, form: SettingsForm::of(settings), problem: None })
}

/// `POST /batches/{id}/consensus`.
///
/// # Errors
/// 404 when there is no such judging batch; wrong values come back with the form.
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    id: web::Path<String>,
    SafeForm(form): SafeForm<SettingsForm>,
) -> Result<HttpResponse, Problem> {
    let (batch, currency, _) = judging(&site, &id).await?;
    let set = match form.parse() {
        Ok(settings) => super::set_settings(&site, admin.person, batch.id, settings).await,
        Err(problem) => Err(problem),
    };
    match set {
        Ok(()) => Ok(go(format!("/batches/{id}/quality#settled"))),
        Err(problem) if problem.status.is_client_error() => {
            let status = problem.status;
            page::show_with(status, &SettingsPage { layout, batch, currency, form, problem: Some(problem) })
        }
        Err(problem) => Err(problem),
    }
}
