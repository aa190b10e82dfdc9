//! Refusals and appeals by API.

use super::{AppealView, Decision, NewAppeal, NewRefusal, RefusalView};
use crate::platform::{
    caller::{Caller, Reviewer},
    problem::Problem,
    site::Site,
};
use crate::tasks::TaskId;
use actix_web::{HttpResponse, web};
use wire::ProblemBody;

/// Refuse the pay of somebody's task, with a reason and at least 20 characters.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/refusal", tag = "reviews", request_body = NewRefusal, responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn refuse(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    id: web::Path<String>,
    body: web::Json<NewRefusal>,
) -> Result<HttpResponse, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    super::refuse(&site, caller.person, id, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Accept the pay of somebody's task at once.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/acceptance", tag = "reviews", responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn accept(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    super::accept(&site, caller.person, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What you were refused, newest first, with your appeals.
#[utoipa::path(get, path = "/api/v1/refusals", tag = "reviews", responses((status = 200, body = Vec<RefusalView>)))]
pub async fn list(site: web::Data<Site>, caller: Caller) -> Result<web::Json<Vec<RefusalView>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::refusals(&mut tx, caller.person, site.now_us()).await?))
}

/// Appeal against a refusal, within 14 days. Sending it twice is sending it once.
#[utoipa::path(post, path = "/api/v1/refusals/{task}/appeal", tag = "reviews", request_body = NewAppeal, responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 410, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn appeal(
    site: web::Data<Site>,
    caller: Caller,
    task: web::Path<String>,
    body: web::Json<NewAppeal>,
) -> Result<HttpResponse, Problem> {
    super::appeal(&site, caller.person, &task, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Open appeals that you may decide, those due first.
#[utoipa::path(get, path = "/api/v1/appeals", tag = "reviews", responses((status = 200, body = Vec<AppealView>)))]
pub async fn queue(site: web::Data<Site>, Reviewer(caller): Reviewer) -> Result<web::Json<Vec<AppealView>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::queue(&mut tx, caller.person, site.now_us()).await?))
}

/// Decide an appeal; winning pays at once.
#[utoipa::path(post, path = "/api/v1/appeals/{task}", tag = "reviews", request_body = Decision, responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn decide(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    task: web::Path<String>,
    body: web::Json<Decision>,
) -> Result<HttpResponse, Problem> {
    super::decide(&site, caller.person, &task, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}
