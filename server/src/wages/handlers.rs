//! The least hourly pay, and how batches compare with it, by API.

use super::{Floor, Pace, Prospect, due_cents, hourly_cents};
use crate::batches::{self, BatchId, ProjectId};
use crate::platform::{
    caller::{Admin, Caller},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use wire::{Kind, ProblemBody};

/// How a batch pays by the hour.
#[derive(Serialize, utoipa::ToSchema)]
pub struct WageView {
    /// Minor units a task.
    pub pay_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// The least hourly pay in minor units; nothing when none is set for this currency.
    pub floor_cents_per_hour: Option<i64>,
    /// The pace of the latest tasks; nothing before the tenth.
    pub pace: Option<Pace>,
    /// What an hour pays at that pace.
    pub hourly_cents: Option<i64>,
    /// What a task must pay at that pace.
    pub due_cents: Option<i64>,
}

/// How a batch pays by the hour, measured on its latest tasks.
#[utoipa::path(get, path = "/api/v1/batches/{id}/wage", tag = "wages", responses(
    (status = 200, body = WageView), (status = 404, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    _caller: Caller,
    id: web::Path<String>,
) -> Result<web::Json<WageView>, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let project = batches::project(&mut tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    let floor = super::floor(&mut tx, &project.currency).await?;
    let pace = super::pace(&mut tx, id).await?;
    Ok(web::Json(WageView {
        pay_cents: batch.pay_cents,
        currency: project.currency,
        floor_cents_per_hour: floor,
        pace,
        hourly_cents: pace.map(|pace| hourly_cents(batch.pay_cents, pace.median_ms)),
        due_cents: pace.zip(floor).map(|(pace, floor)| due_cents(pace.median_ms, floor)),
    }))
}

/// Which new batch.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ForecastQuery {
    /// `record` or `judge`.
    #[param(value_type = String)]
    pub kind: Kind,
    /// Minor units a task.
    pub pay_cents: i64,
}

/// What an hour of a new batch may pay, from the pace of earlier batches of its kind.
#[utoipa::path(get, path = "/api/v1/projects/{id}/forecast", tag = "wages", params(ForecastQuery), responses(
    (status = 200, body = Prospect), (status = 404, body = ProblemBody)))]
pub async fn forecast(
    site: web::Data<Site>,
    _admin: Admin,
    id: web::Path<String>,
    query: web::Query<ForecastQuery>,
) -> Result<web::Json<Prospect>, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = batches::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(super::prospect(&mut tx, &project.currency, query.kind, query.pay_cents).await?))
}

/// The least hourly pay, by currency.
#[utoipa::path(get, path = "/api/v1/wage-floors", tag = "wages", responses((status = 200, body = Vec<Floor>)))]
pub async fn list(site: web::Data<Site>, _caller: Caller) -> Result<web::Json<Vec<Floor>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::floors(&mut tx).await?))
}

/// Set the least hourly pay in a currency.
#[utoipa::path(put, path = "/api/v1/wage-floors", tag = "wages", request_body = Floor, responses(
    (status = 204), (status = 422, body = ProblemBody)))]
pub async fn set(site: web::Data<Site>, Admin(admin): Admin, body: web::Json<Floor>) -> Result<HttpResponse, Problem> {
    super::set_floor(&site, admin.person, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}
