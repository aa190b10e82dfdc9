//! Submitting a judgement.

use crate::platform::{caller::Caller, problem::Problem, site::Site};
use crate::tasks::TaskId;
use actix_web::web;
use wire::{AnswerBody, AnswerReceipt, ProblemBody};

/// Answer a judging task. Repeating the same answer changes nothing.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/answer", tag = "tasks", request_body = AnswerBody, responses(
    (status = 200, body = AnswerReceipt), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 410, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn submit(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
    body: web::Json<AnswerBody>,
) -> Result<web::Json<AnswerReceipt>, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    super::accept(&site, caller.person, id, &body).await.map(web::Json)
}
