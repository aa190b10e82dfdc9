//! The site's limits, and how much everybody together was exposed: totals only, nobody by name.

use super::pages::TotalsPage;
use super::{Limits, Totals, rules, store};
use crate::platform::{
    caller::Admin,
    clock::DAY_US,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use wire::ProblemBody;

/// Groups of fewer people are not told.
const FEW: usize = 5;

async fn totals(site: &Site) -> Result<(Totals, Limits), Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.read().await?;
    let limits = super::limits(&mut tx).await?;
    let accounts = store::list_used(&mut tx, now_us - 7 * DAY_US).await?;
    let mut totals = Totals::default();
    let mut people = 0;
    for (account,) in &accounts {
        let account = super::read(account);
        let uses = rules::uses(&account, &limits, now_us);
        let used = |at: usize| uses[at].used_us;
        people += usize::from(uses.iter().any(|usage| usage.used_us > 0));
        totals.strong_day_min += used(1) / 60_000_000;
        totals.strong_week_min += used(2) / 60_000_000;
        totals.mild_day_min += used(3) / 60_000_000;
        totals.at_limit += usize::from(uses[1..3].iter().any(|usage| usage.free_at_us.is_some()));
        totals.breaches += usize::from(uses.iter().any(|usage| usage.used_us > usage.limit_us));
    }
    totals.people = (people >= FEW || people == 0).then_some(people);
    totals.consents = store::count_consents(&mut tx, now_us - 30 * DAY_US).await?;
    Ok((totals, limits))
}

/// How much everybody together was exposed.
#[utoipa::path(get, path = "/api/v1/exposure/totals", tag = "exposure", responses((status = 200, body = Totals)))]
pub async fn read_totals(site: web::Data<Site>, _admin: Admin) -> Result<web::Json<Totals>, Problem> {
    Ok(web::Json(totals(&site).await?.0))
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
    let (totals, limits) = totals(&site).await?;
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
