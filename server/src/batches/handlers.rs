//! Projects and batches over the API.

use super::{Batch, BatchId, BatchState, BatchView, NewBatch, NewProject, ProjectId, ProjectView};
use crate::platform::{
    caller::{Admin, Caller, Role},
    once::Keyed,
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

/// Make a project.
#[utoipa::path(post, path = "/api/v1/projects", tag = "batches", request_body = NewProject,
    responses((status = 201, body = ProjectView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create_project(
    site: web::Data<Site>,
    Admin(admin): Admin,
    new: Keyed<NewProject>,
) -> Result<HttpResponse, Problem> {
    let project = super::create_project(&site, admin.person, &new.body, &new.once).await?;
    Ok(HttpResponse::Created().json(ProjectView::from(&project)))
}

/// All projects.
#[utoipa::path(get, path = "/api/v1/projects", tag = "batches", responses((status = 200, body = Vec<ProjectView>)))]
pub async fn list_projects(site: web::Data<Site>, _caller: Caller) -> Result<web::Json<Vec<ProjectView>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::projects(&mut tx).await?.iter().map(ProjectView::from).collect()))
}

/// A project.
#[utoipa::path(get, path = "/api/v1/projects/{id}", tag = "batches",
    responses((status = 200, body = ProjectView), (status = 404, body = ProblemBody)))]
pub async fn read_project(
    site: web::Data<Site>,
    _caller: Caller,
    id: web::Path<String>,
) -> Result<web::Json<ProjectView>, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = super::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(ProjectView::from(&project)))
}

/// Make a batch, in draft.
#[utoipa::path(post, path = "/api/v1/projects/{id}/batches", tag = "batches", request_body = NewBatch,
    responses((status = 201, body = BatchView), (status = 422, body = ProblemBody)))]
pub async fn create_batch(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    new: Keyed<NewBatch>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let batch = super::create_batch(&site, admin.person, project, &new.body, &new.once).await?;
    Ok(HttpResponse::Created().json(BatchView::of(&batch, true)))
}

/// The open batches.
#[utoipa::path(get, path = "/api/v1/batches", tag = "batches", responses((status = 200, body = Vec<BatchView>)))]
pub async fn list_batches(site: web::Data<Site>, caller: Caller) -> Result<web::Json<Vec<BatchView>>, Problem> {
    let mut tx = site.db.read().await?;
    let admin = caller.role == Role::Admin;
    let open: Vec<Batch> = super::open_batches(&mut tx).await?;
    Ok(web::Json(open.iter().map(|batch| BatchView::of(batch, admin)).collect()))
}

/// A batch.
#[utoipa::path(get, path = "/api/v1/batches/{id}", tag = "batches",
    responses((status = 200, body = BatchView), (status = 404, body = ProblemBody)))]
pub async fn read_batch(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<web::Json<BatchView>, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let batch = super::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(BatchView::of(&batch, caller.role == Role::Admin)))
}

/// Body of `POST /api/v1/batches/{id}/state`.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct StateBody {
    /// `open`, `paused` or `closed`.
    pub state: BatchState,
}

/// Open, pause or close a batch.
#[utoipa::path(post, path = "/api/v1/batches/{id}/state", tag = "batches", request_body = StateBody,
    responses((status = 200, body = BatchView), (status = 409, body = ProblemBody)))]
pub async fn set_state(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    body: web::Json<StateBody>,
) -> Result<web::Json<BatchView>, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let batch = super::set_state(&site, admin.person, id, body.state).await?;
    Ok(web::Json(BatchView::of(&batch, true)))
}

/// Body of `POST /api/v1/batches/{id}/pay`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayBody {
    /// Minor units a task, at least what it pays now.
    pub pay_cents: i64,
}

/// Raise what a task pays, from now on.
#[utoipa::path(post, path = "/api/v1/batches/{id}/pay", tag = "batches", request_body = PayBody, responses(
    (status = 200, body = BatchView), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn raise_pay(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    body: web::Json<PayBody>,
) -> Result<web::Json<BatchView>, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let batch = super::raise_pay(&site, admin.person, id, body.pay_cents).await?;
    Ok(web::Json(BatchView::of(&batch, true)))
}
