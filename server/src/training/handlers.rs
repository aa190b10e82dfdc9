//! A person's training over the API. Every request may be repeated.

use super::{
    model::{BeginBody, Lesson, Question, StepId, StepReceipt, TrainingItemId},
    sounds,
};
use crate::batches::BatchId;
use crate::platform::{
    caller::{Caller, Role},
    problem::Problem,
    ranges,
    site::Site,
};
use actix_web::{HttpRequest, HttpResponse, web};
use wire::{AnswerBody, ProblemBody};

/// A batch named in an address.
pub(super) fn batch_of(text: &str) -> Result<BatchId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// The training of a batch: what it teaches, what it pays, and where one stands.
#[utoipa::path(get, path = "/api/v1/training/{batch}", tag = "training",
    responses((status = 200, body = Lesson), (status = 404, body = ProblemBody)))]
pub async fn read(site: web::Data<Site>, caller: Caller, id: web::Path<String>) -> Result<web::Json<Lesson>, Problem> {
    let mut tx = site.db.read().await?;
    super::lesson(&mut tx, &site, caller.person, batch_of(&id)?).await.map(web::Json)
}

/// Begin the attempt that `next_number` names, at the pay that was shown. In a recording batch,
/// this says that one has read the instructions.
#[utoipa::path(post, path = "/api/v1/training/{batch}/attempts/{number}", tag = "training", request_body = BeginBody,
    responses((status = 200, body = Lesson), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn begin(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, i64)>,
    body: web::Json<BeginBody>,
) -> Result<web::Json<Lesson>, Problem> {
    super::begin(&site, caller.person, batch_of(&path.0)?, path.1, &body).await.map(web::Json)
}

/// Open the next question, or get the open one again.
#[utoipa::path(post, path = "/api/v1/training/{batch}/next", tag = "training", responses(
    (status = 200, body = Question), (status = 403, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn next(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<web::Json<Question>, Problem> {
    super::next(&site, caller.person, batch_of(&id)?).await.map(web::Json)
}

/// Answer a question that is open. In the training, the reply explains.
#[utoipa::path(post, path = "/api/v1/training/{batch}/steps/{question}/answer", tag = "training",
    request_body = AnswerBody, responses((status = 200, body = StepReceipt), (status = 404, body = ProblemBody),
        (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn answer(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, String)>,
    body: web::Json<AnswerBody>,
) -> Result<web::Json<StepReceipt>, Problem> {
    let step: StepId = path.1.parse().map_err(|_| Problem::not_found())?;
    super::answer(&site, caller.person, batch_of(&path.0)?, step, &body).await.map(web::Json)
}

/// The sound of a question of one's own, once it is open.
#[utoipa::path(get, path = "/api/v1/training/{batch}/steps/{question}/audio", tag = "training",
    responses((status = 200, content_type = "audio/wav"), (status = 404, body = ProblemBody)))]
pub async fn hear_step(
    request: HttpRequest,
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let step: StepId = path.1.parse().map_err(|_| Problem::not_found())?;
    let (bytes, kind) = sounds::of_step(&site, caller.person, batch_of(&path.0)?, step).await?;
    Ok(ranges::reply(&request, bytes, &kind))
}

/// The sound of an example; administrators hear every item.
#[utoipa::path(get, path = "/api/v1/training/{batch}/items/{item}/audio", tag = "training",
    responses((status = 200, content_type = "audio/wav"), (status = 404, body = ProblemBody)))]
pub async fn hear_item(
    request: HttpRequest,
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let item: TrainingItemId = path.1.parse().map_err(|_| Problem::not_found())?;
    let admin = caller.role.includes(Role::Admin);
    let (bytes, kind) = sounds::of_item(&site, batch_of(&path.0)?, item, admin).await?;
    Ok(ranges::reply(&request, bytes, &kind))
}
