//! Trust over HTTP: one's own accuracy, appeals, and reviewers' view of pauses and people.

use super::model::{AppealBody, DecisionBody, MyTrust, PauseId, PauseRow, PersonView};
use super::{pauses, views};
use crate::platform::{
    caller::{Caller, Reviewer},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use wire::ProblemBody;

fn id_of(text: &str) -> Result<PauseId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// How accurate one is, what the next level needs, and one's pauses. Figures are as of the begin of
/// the day.
#[utoipa::path(get, path = "/api/v1/trust", tag = "trust", responses((status = 200, body = MyTrust)))]
pub async fn mine(site: web::Data<Site>, caller: Caller) -> Result<web::Json<MyTrust>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(views::mine(&mut tx, caller.person, site.now_us()).await?))
}

/// Appeal against a pause of one's own. A reviewer who did not cause it decides.
#[utoipa::path(post, path = "/api/v1/trust/pauses/{id}/appeal", tag = "trust", request_body = AppealBody, responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn appeal(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
    body: web::Json<AppealBody>,
) -> Result<HttpResponse, Problem> {
    pauses::appeal(&site, caller.person, id_of(&id)?, &body.text).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Everybody's pauses, waiting appeals first.
#[utoipa::path(get, path = "/api/v1/trust/pauses", tag = "trust", responses((status = 200, body = Vec<PauseRow>)))]
pub async fn list_pauses(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
) -> Result<web::Json<Vec<PauseRow>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(views::everyones_pauses(&mut tx, &caller, site.now_us()).await?))
}

/// Decide on an appeal: won, and the person may work at once; or lost. They read the note.
#[utoipa::path(post, path = "/api/v1/trust/pauses/{id}/decision", tag = "trust", request_body = DecisionBody, responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn decide(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    id: web::Path<String>,
    body: web::Json<DecisionBody>,
) -> Result<HttpResponse, Problem> {
    pauses::decide(&site, &caller, id_of(&id)?, body.won, &body.note).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Everybody's accuracy and level, the highest first.
#[utoipa::path(get, path = "/api/v1/trust/people", tag = "trust", responses((status = 200, body = Vec<PersonView>)))]
pub async fn list_people(site: web::Data<Site>, _reviewer: Reviewer) -> Result<web::Json<Vec<PersonView>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(views::people(&mut tx).await?))
}
