//! Asking for a task and giving it back.

use super::TaskId;
use crate::platform::{body::MaybeJson, caller::Caller, problem::Problem, site::Site};
use actix_web::{HttpResponse, web};
use wire::{NextTask, ProblemBody, SkipBody, Task};

/// Lease the next task. Asking again without naming it in `held` brings the same task, so a
/// lost reply wastes nothing.
#[utoipa::path(post, path = "/api/v1/tasks/next", tag = "tasks", request_body = NextTask, responses(
    (status = 200, body = Task), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn next(
    site: web::Data<Site>,
    caller: Caller,
    MaybeJson(wish): MaybeJson<NextTask>,
) -> Result<web::Json<Task>, Problem> {
    super::next(&site, caller.person, &wish).await.map(web::Json)
}

/// A task of one's own.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "tasks",
    responses((status = 200, body = Task), (status = 403, body = ProblemBody)))]
pub async fn read(site: web::Data<Site>, caller: Caller, id: web::Path<String>) -> Result<web::Json<Task>, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let task = super::own(&mut tx, id, caller.person).await?;
    super::view(&mut tx, &task).await.map(web::Json)
}

/// Give a task back. It costs nothing, and the same item does not come again.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/skip", tag = "tasks", request_body = SkipBody,
    responses((status = 204), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn skip(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
    MaybeJson(body): MaybeJson<SkipBody>,
) -> Result<HttpResponse, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let reason: String = body.reason.chars().take(500).collect();
    let mut tx = site.db.begin().await?;
    super::skip(&mut tx, id, caller.person, &reason, site.now_us()).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
