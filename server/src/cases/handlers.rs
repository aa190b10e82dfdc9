//! Cases, by page and by API.

use super::{Action, CaseId, CaseRuling, CaseView, pages::CasesPage};
use crate::platform::{
    caller::Reviewer,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

/// Open cases, the oldest first.
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", responses((status = 200, body = Vec<CaseView>)))]
pub async fn list(site: web::Data<Site>, Reviewer(caller): Reviewer) -> Result<web::Json<Vec<CaseView>>, Problem> {
    super::open(&site, &caller).await.map(web::Json)
}

/// Decide on a case.
#[utoipa::path(post, path = "/api/v1/cases/{id}", tag = "cases", request_body = CaseRuling, responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn decide(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    id: web::Path<String>,
    ruling: web::Json<CaseRuling>,
) -> Result<HttpResponse, Problem> {
    let id: CaseId = id.parse().map_err(|_| Problem::not_found())?;
    super::decide(&site, &caller, id, &ruling).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether a case was decided just now.
#[derive(Deserialize)]
pub struct Shown {
    saved: Option<String>,
}

/// `GET /cases`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    layout: Layout,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, Problem> {
    let cases = super::open(&site, &caller).await?;
    page::show(&CasesPage { layout, saved: shown.saved.is_some(), cases })
}

/// The form beside each case.
#[derive(Deserialize)]
pub struct CaseForm {
    action: Action,
    note: String,
}

/// `POST /cases/{id}`.
///
/// # Errors
/// As [`decide`].
pub async fn submit(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    id: web::Path<String>,
    SafeForm(form): SafeForm<CaseForm>,
) -> Result<HttpResponse, Problem> {
    let id: CaseId = id.parse().map_err(|_| Problem::not_found())?;
    super::decide(&site, &caller, id, &CaseRuling { action: form.action, note: form.note }).await?;
    Ok(go("/cases?saved=yes"))
}
