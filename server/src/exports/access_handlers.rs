//! Terms of use and access under contract, by page and by API.

use super::access::{self, TERMS, TERMS_DATED};
use super::model::Grant;
use super::{handlers::find, pages::AccessPage, store};
use crate::batches::{self, ProjectId};
use crate::platform::{
    caller::{Admin, Researcher},
    csrf::SafeForm,
    ids::PersonId,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use wire::ProblemBody;

/// The terms of use.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TermsView {
    /// Their day.
    dated: &'static str,
    /// What one accepts, sentence by sentence.
    terms: [&'static str; 5],
}

/// Body of `POST /api/v1/releases/{id}/terms`, and of the form.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Acceptance {
    /// The day of the terms that were read.
    dated: String,
}

/// Body of `PUT /api/v1/projects/{id}/access/{person}`, and of the form.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct Decision {
    /// `granted` or `refused`.
    state: String,
}

/// The terms of use in force.
#[utoipa::path(get, path = "/api/v1/releases/terms", tag = "releases", responses((status = 200, body = TermsView)))]
pub async fn terms(_researcher: Researcher) -> web::Json<TermsView> {
    web::Json(TermsView { dated: TERMS_DATED, terms: TERMS })
}

/// Accept the terms of use for all releases of this project.
#[utoipa::path(post, path = "/api/v1/releases/{id}/terms", tag = "releases", request_body = Acceptance,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn accept(
    site: web::Data<Site>,
    Researcher(caller): Researcher,
    id: web::Path<String>,
    body: web::Json<Acceptance>,
) -> Result<HttpResponse, Problem> {
    let project = project_of(&site, &id).await?;
    access::accept(&site, project, caller.person, &body.dated).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ask for the releases of this project that are given on request only.
#[utoipa::path(post, path = "/api/v1/releases/{id}/access", tag = "releases",
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub async fn ask(
    site: web::Data<Site>,
    Researcher(caller): Researcher,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    access::ask(&site, project_of(&site, &id).await?, caller.person).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Who asked for this project's releases.
#[utoipa::path(get, path = "/api/v1/projects/{id}/access", tag = "releases",
    responses((status = 200, body = Vec<Grant>), (status = 404, body = ProblemBody)))]
pub async fn list(
    site: web::Data<Site>,
    _admin: Admin,
    id: web::Path<String>,
) -> Result<web::Json<Vec<Grant>>, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    Ok(web::Json(store::access::list_grants(&mut tx, project).await?))
}

/// Let somebody have this project's releases, or not.
#[utoipa::path(put, path = "/api/v1/projects/{id}/access/{person}", tag = "releases", request_body = Decision,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn decide(
    site: web::Data<Site>,
    Admin(admin): Admin,
    parts: web::Path<(String, String)>,
    body: web::Json<Decision>,
) -> Result<HttpResponse, Problem> {
    let (project, person) = ids(&parts)?;
    access::decide(&site, admin.person, project, person, &body.state).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /releases/{id}/terms`.
///
/// # Errors
/// 404 without the release, 409 `terms_changed`.
pub async fn submit_terms(
    site: web::Data<Site>,
    Researcher(caller): Researcher,
    id: web::Path<String>,
    SafeForm(form): SafeForm<Acceptance>,
) -> Result<HttpResponse, Problem> {
    let project = project_of(&site, &id).await?;
    access::accept(&site, project, caller.person, &form.dated).await?;
    Ok(go(format!("/releases/{id}")))
}

/// The form has no fields but the token.
#[derive(Deserialize)]
pub struct Nothing {}

/// `POST /releases/{id}/access`.
///
/// # Errors
/// 404 without the release.
pub async fn submit_ask(
    site: web::Data<Site>,
    Researcher(caller): Researcher,
    id: web::Path<String>,
    SafeForm(_): SafeForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    access::ask(&site, project_of(&site, &id).await?, caller.person).await?;
    Ok(go(format!("/releases/{id}")))
}

/// `GET /projects/{id}/access`.
///
/// # Errors
/// 404 without the project.
pub async fn show(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let grants = store::access::list_grants(&mut tx, id).await?;
    page::show(&AccessPage { layout, project, grants })
}

/// `POST /projects/{id}/access/{person}`.
///
/// # Errors
/// 404 without them, 422 `invalid_state`.
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    parts: web::Path<(String, String)>,
    SafeForm(form): SafeForm<Decision>,
) -> Result<HttpResponse, Problem> {
    let (project, person) = ids(&parts)?;
    access::decide(&site, admin.person, project, person, &form.state).await?;
    Ok(go(format!("/projects/{project}/access")))
}

fn ids((project, person): &(String, String)) -> Result<(ProjectId, PersonId), Problem> {
    let project = project.parse().map_err(|_| Problem::not_found())?;
    Ok((project, person.parse().map_err(|_| Problem::not_found())?))
}

async fn project_of(site: &Site, release: &str) -> Result<ProjectId, Problem> {
    let mut tx = site.db.read().await?;
    Ok(find(&mut tx, release).await?.project_id)
}
