//! A person's own exposure, by API.

use super::{Limits, Own, Standing, Use, Why, rules};
use crate::platform::{
    caller::Caller,
    clock::{SECOND_US, rfc3339},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use wire::{Category, ProblemBody};

/// How far one limit is used up.
#[derive(Serialize, utoipa::ToSchema)]
pub struct UseView {
    /// What is limited, in words.
    pub what: &'static str,
    /// Sensitivity that it is about, 1 or 2; higher ones count too.
    pub level: i64,
    /// Length of the window in hours; 0 for time in a row.
    pub window_h: i64,
    /// Seconds allowed within it.
    pub limit_s: i64,
    /// Seconds used, those of a task that is open not among them.
    pub used_s: i64,
    /// When there is room again, if there is none now, RFC 3339.
    pub available_at: Option<String>,
}

/// A category of distressing material.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CategoryView {
    /// Its name.
    pub category: Category,
    /// In plain words.
    pub words: &'static str,
    /// Until when you agree to hear it, RFC 3339; nothing when you do not.
    pub until: Option<String>,
}

/// What you may be given, and what you were.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ExposureView {
    /// Highest sensitivity that you may be given now.
    pub level: i64,
    /// Which limit keeps it down, if one does.
    pub reason: Option<Why>,
    /// When that limit gives room again, RFC 3339.
    pub available_at: Option<String>,
    /// How far each limit is used up.
    pub uses: Vec<UseView>,
    /// Distressing material, and what you agree to.
    pub categories: Vec<CategoryView>,
    /// What you lowered.
    pub own: Own,
    /// The limits that hold for you.
    pub limits: Limits,
    /// IANA name of your time zone; empty before you chose one.
    pub time_zone: String,
    /// The one that replaces it, and from when, RFC 3339.
    pub next_time_zone: Option<(String, String)>,
    /// Nothing sensitive before this, because something upset you, RFC 3339.
    pub calm_until: Option<String>,
}

fn use_view(usage: Use) -> UseView {
    UseView {
        what: usage.what,
        level: usage.level,
        window_h: usage.window_h,
        limit_s: usage.limit_us / SECOND_US,
        used_s: usage.used_us / SECOND_US,
        available_at: usage.free_at_us.map(rfc3339),
    }
}

/// Each category, and until when somebody agrees to it.
pub fn categories(at: &Standing) -> Vec<(Category, Option<i64>)> {
    let seen_us = at.account.seen_us;
    let until = |category| {
        let mut known = at.account.opt_ins.iter().filter(|known| known.category == category);
        known.find(|known| known.until_us > seen_us).map(|known| known.until_us)
    };
    Category::ALL.into_iter().map(|category| (category, until(category))).collect()
}

/// Your exposure: what you were given, beside the limits, and what you agree to.
#[utoipa::path(get, path = "/api/v1/exposure", tag = "exposure", responses((status = 200, body = ExposureView)))]
pub async fn read(site: web::Data<Site>, caller: Caller) -> Result<web::Json<ExposureView>, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.read().await?;
    let at = super::standing(&mut tx, caller.person, now_us).await?;
    let known = categories(&at).into_iter();
    let next = at.account.next_zone.clone().filter(|(_, from_us)| *from_us > at.account.seen_us);
    let zone = rules::zones(&at.account)[0].to_owned();
    Ok(web::Json(ExposureView {
        level: at.allowance.level,
        reason: at.allowance.why,
        available_at: at.allowance.more_at_us.map(rfc3339),
        uses: rules::uses(&at.account, &at.limits, now_us).into_iter().map(use_view).collect(),
        categories: known
            .map(|(category, until)| CategoryView { category, words: category.words(), until: until.map(rfc3339) })
            .collect(),
        own: at.account.own,
        limits: at.limits,
        time_zone: zone,
        next_time_zone: next.map(|(zone, from_us)| (zone, rfc3339(from_us))),
        calm_until: (at.account.calm_us > at.account.seen_us).then(|| rfc3339(at.account.calm_us)),
    }))
}

/// Body of `PUT /api/v1/exposure/time-zone`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneBody {
    /// IANA name, such as `Europe/Zurich`.
    pub time_zone: String,
}

/// Say where you live: nights are kept free there. After the first time, the zone before counts beside
/// the new one for a day.
#[utoipa::path(put, path = "/api/v1/exposure/time-zone", tag = "exposure", request_body = ZoneBody, responses(
    (status = 204), (status = 422, body = ProblemBody)))]
pub async fn set_zone(
    site: web::Data<Site>,
    caller: Caller,
    body: web::Json<ZoneBody>,
) -> Result<HttpResponse, Problem> {
    super::set_zone(&site, caller.person, &body.time_zone).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lower limits for yourself; what is left out is as the site says.
#[utoipa::path(put, path = "/api/v1/exposure/limits", tag = "exposure", request_body = Own, responses(
    (status = 204), (status = 422, body = ProblemBody)))]
pub async fn set_own(site: web::Data<Site>, caller: Caller, body: web::Json<Own>) -> Result<HttpResponse, Problem> {
    super::set_own(&site, caller.person, body.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Body of `POST /api/v1/exposure/opt-ins`.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptInBody {
    /// What you agree to hear.
    pub category: Category,
    /// That you are 18 or older.
    #[serde(default)]
    pub adult: bool,
}

/// Agree to hear one category of distressing material (level 2), for 30 days.
#[utoipa::path(post, path = "/api/v1/exposure/opt-ins", tag = "exposure", request_body = OptInBody, responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn agree(site: web::Data<Site>, caller: Caller, body: web::Json<OptInBody>) -> Result<HttpResponse, Problem> {
    super::agree(&site, caller.person, body.category, body.adult).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Take that back, at once.
#[utoipa::path(delete, path = "/api/v1/exposure/opt-ins/{category}", tag = "exposure", responses(
    (status = 204), (status = 404, body = ProblemBody)))]
pub async fn withdraw(
    site: web::Data<Site>,
    caller: Caller,
    category: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let category: Category = category.parse().map_err(|()| Problem::not_found())?;
    super::withdraw(&site, caller.person, category).await?;
    Ok(HttpResponse::NoContent().finish())
}
