//! Gold over HTTP, for administrators: stock, candidates, policy.

use super::model::{Candidate, GlanceBody, Stock};
use crate::batches::{BatchId, ItemId};
use crate::platform::{caller::Admin, problem::Problem, site::Site};
use crate::trust::{self, GoldPolicy};
use actix_web::{HttpResponse, web};
use wire::ProblemBody;

fn id_of(text: &str) -> Result<BatchId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// How much gold every judging batch has, and whether it runs low.
#[utoipa::path(get, path = "/api/v1/gold", tag = "gold", responses((status = 200, body = Vec<Stock>)))]
pub async fn list(site: web::Data<Site>, _admin: Admin) -> Result<web::Json<Vec<Stock>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::stocks(&mut tx).await?))
}

/// Settled items that may become gold: sure and unanimous.
#[utoipa::path(get, path = "/api/v1/batches/{id}/gold/candidates", tag = "gold", responses(
    (status = 200, body = Vec<Candidate>), (status = 404, body = ProblemBody)))]
pub async fn candidates(
    site: web::Data<Site>,
    _admin: Admin,
    id: web::Path<String>,
) -> Result<web::Json<Vec<Candidate>>, Problem> {
    let mut tx = site.db.read().await?;
    super::candidates(&mut tx, id_of(&id)?).await.map(web::Json)
}

/// Make a candidate gold, or set it aside, after listening to it.
#[utoipa::path(post, path = "/api/v1/batches/{id}/gold/candidates/{item}", tag = "gold", request_body = GlanceBody,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn glance(
    site: web::Data<Site>,
    Admin(admin): Admin,
    path: web::Path<(String, String)>,
    body: web::Json<GlanceBody>,
) -> Result<HttpResponse, Problem> {
    let (id, item) = path.into_inner();
    let item: ItemId = item.parse().map_err(|_| Problem::not_found())?;
    super::glance(&site, admin.person, id_of(&id)?, item, body.promote).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How a batch uses gold.
#[utoipa::path(get, path = "/api/v1/batches/{id}/gold/policy", tag = "gold", responses((status = 200, body = GoldPolicy)))]
pub async fn policy(
    site: web::Data<Site>,
    _admin: Admin,
    id: web::Path<String>,
) -> Result<web::Json<GoldPolicy>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(trust::policy(&mut tx, id_of(&id)?).await?))
}

/// Change how many people see a gold item that is made from now on, and how much a batch wants.
#[utoipa::path(put, path = "/api/v1/batches/{id}/gold/policy", tag = "gold", request_body = GoldPolicy, responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set_policy(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    policy: web::Json<GoldPolicy>,
) -> Result<HttpResponse, Problem> {
    trust::set_policy(&site, admin.person, id_of(&id)?, *policy).await?;
    Ok(HttpResponse::NoContent().finish())
}
