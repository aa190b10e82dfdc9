//! The site's limits, and how much everybody together was exposed: totals only, nobody by name.

use super::pages::TotalsPage;
use super::{Limits, Totals};
use crate::platform::{
    caller::Admin,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use wire::ProblemBody;

/// How much everybody together was exposed.
#[utoipa::path(get, path = "/api/v1/exposure/totals", tag = "exposure", responses((status = 200, body = Totals)))]
pub async fn read_totals(site: web::Data<Site>, _admin: Admin) -> Result<web::Json<Totals>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::totals(&mut tx, site.now_us()).await?))
}

/// The site's limits.
#[utoipa::path(get, path = "/api/v1/exposure/settings", tag = "exposure", responses((status = 200, body = Limits)))]
pub async fn read(site: web::Data<Site>, _admin: Admin) -> Result<web::Json<Limits>, Problem> {
    Ok(web::Json(super::limits(&mut site.db.read().await?).await?))
}

/// Set the site's limits, within bounds that protect people; what is left out is the default.
#[utoipa::path(put, path = "/api/v1/exposure/settings", tag = "exposure", request_body = Limits, responses(
    (status = 204), (status = 422, body = ProblemBody)))]
pub async fn set(site: web::Data<Site>, Admin(admin): Admin, body: web::Json<Limits>) -> Result<HttpResponse, Problem> {
    super::set_limits(&site, admin.person, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /exposure/totals`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, _admin: Admin, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let totals = super::totals(&mut tx, site.now_us()).await?;
    let limits = super::limits(&mut tx).await?;
    page::show(&TotalsPage { layout, totals, limits })
}

/// `POST /exposure/totals`: the form of the limits.
///
/// # Errors
/// 422 `invalid_limit`.
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    SafeForm(limits): SafeForm<Limits>,
) -> Result<HttpResponse, Problem> {
    super::set_limits(&site, admin.person, &limits).await?;
    Ok(go("/exposure/totals"))
}
