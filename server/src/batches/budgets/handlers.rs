//! What a batch may spend, by page and by API.

use super::Standing;
use crate::batches::BatchId;
use crate::platform::{caller::Admin, csrf::SafeForm, page::go, problem::Problem, site::Site};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

/// How a batch's budget stands; 404 when it has none.
#[utoipa::path(get, path = "/api/v1/batches/{id}/budget", tag = "batches", responses(
    (status = 200, body = Standing), (status = 404, body = ProblemBody)))]
pub async fn read(site: web::Data<Site>, _admin: Admin, id: web::Path<String>) -> Result<web::Json<Standing>, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::standing(&mut tx, id).await?.ok_or_else(Problem::not_found)?))
}

/// A new amount.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetBody {
    /// All that the batch may spend, minor units.
    pub budget_cents: i64,
}

/// Change what a batch may spend: not below what is reserved or earned.
#[utoipa::path(put, path = "/api/v1/batches/{id}/budget", tag = "batches", request_body = BudgetBody, responses(
    (status = 200, body = Standing), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
pub async fn set(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    body: web::Json<BudgetBody>,
) -> Result<web::Json<Standing>, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    Ok(web::Json(super::set(&site, admin.person, id, body.budget_cents).await?))
}

/// The form on the batch page.
#[derive(Deserialize)]
pub struct BudgetForm {
    budget_cents: i64,
}

/// `POST /batches/{id}/budget`.
///
/// # Errors
/// As [`set`].
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<BudgetForm>,
) -> Result<HttpResponse, Problem> {
    let batch: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    super::set(&site, admin.person, batch, form.budget_cents).await?;
    Ok(go(format!("/batches/{id}")))
}
