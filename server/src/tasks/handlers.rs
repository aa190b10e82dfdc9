//! Asking for a task and giving it back.

use super::{Held, TaskId};
use crate::platform::{
    body::MaybeJson,
    caller::Caller,
    problem::{self, Problem},
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Serialize;
use wire::{NextTask, ProblemBody, Renewal, SkipBody, Task, Tasks};

/// Lease the next task, or with a `count` above 1 a list of tasks. Asking again without naming them in
/// `held` brings the same ones, so a lost reply wastes nothing.
///
/// When there is nothing: 404 `no_task`, whose `reason` says why (`finished`, `all_out_on_lease`,
/// `nothing_left_for_you`, `budget_exhausted`, `paused`, `not_open`, `closed`, `no_batch`), or 403 with the
/// limit (`exposure_limit`, `opt_in_required`, `daily_cap`, `person_limit`, `qualification_required`,
/// `consent_required`, …). `available_at` says when to come back; where no time is known, `detail` says so,
/// or what has to happen first.
#[utoipa::path(post, path = "/api/v1/tasks/next", tag = "tasks", request_body = NextTask, responses(
    (status = 200, body = Next), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn next(
    site: web::Data<Site>,
    caller: Caller,
    MaybeJson(wish): MaybeJson<NextTask>,
) -> Result<web::Json<Next>, Problem> {
    if wish.count.is_none_or(|count| count == 1) {
        return super::next(&site, caller.person, &wish).await.map(|task| web::Json(Next::One(Box::new(task))));
    }
    let tasks = super::next_few(&site, caller.person, &wish).await?;
    Ok(web::Json(Next::Few(Tasks { tasks })))
}

/// Reply to [`next`].
#[derive(Serialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum Next {
    /// Without a `count`, or with 1.
    One(Box<Task>),
    /// With a `count` above 1.
    Few(Tasks),
}

/// Hold a task longer: its lease lasts its whole length from now on. Possible twenty times; do it
/// while the person is at it. Where a limit of exposure forbids it (403 `exposure_limit`), the task is
/// taken back and its time paid.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/renew", tag = "tasks", responses(
    (status = 200, body = Renewal), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 410, body = ProblemBody)))]
pub async fn renew(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<web::Json<Renewal>, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tries = 0;
    loop {
        let mut tx = site.db.begin().await?;
        match super::renew(&mut tx, id, caller.person, site.now_us()).await {
            Err(problem) if problem.again && tries < problem::TRIES => tries += 1,
            Err(problem) => return Err(problem),
            Ok(held) => {
                tx.commit().await?;
                return match held {
                    Held::Longer(renewal) => Ok(web::Json(renewal)),
                    Held::TakenBack(limit) => Err(limit),
                };
            }
        }
    }
}

/// A task of one's own.
#[utoipa::path(get, path = "/api/v1/tasks/{id}", tag = "tasks",
    responses((status = 200, body = Task), (status = 403, body = ProblemBody)))]
pub async fn read(site: web::Data<Site>, caller: Caller, id: web::Path<String>) -> Result<web::Json<Task>, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let task = super::own(&mut tx, id, caller.person).await?;
    super::view(&mut tx, &task, site.now_us()).await.map(web::Json)
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
    let mut tx = site.db.begin().await?;
    super::skip(&mut tx, id, caller.person, &body, site.now_us()).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
