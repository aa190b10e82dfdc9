//! A person's own exposure.

use super::{Use, pages::ExposurePage, rules, store};
use crate::platform::{
    caller::Caller,
    clock::{DAY_US, rfc3339},
    page,
    page::Layout,
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// How far one limit is used up.
#[derive(Serialize, utoipa::ToSchema)]
pub struct UseView {
    /// Sensitivity 1 to 3; higher ones count too.
    pub level: i64,
    /// Length of the window in seconds.
    pub window_s: i64,
    /// Items allowed within it.
    pub limit: i64,
    /// Items given within it.
    pub used: i64,
    /// When the next item fits, if it does not now, RFC 3339.
    pub available_at: Option<String>,
}

async fn usage(site: &Site, caller: &Caller) -> Result<Vec<Use>, Problem> {
    let mut tx = site.db.read().await?;
    let now_us = site.now_us();
    let seen = store::list_since(&mut tx, caller.person, now_us - DAY_US).await?;
    Ok(rules::usage(&seen, now_us))
}

/// The caller's exposure.
#[utoipa::path(get, path = "/api/v1/exposure", tag = "exposure", responses((status = 200, body = Vec<UseView>)))]
pub async fn read(site: web::Data<Site>, caller: Caller) -> Result<web::Json<Vec<UseView>>, Problem> {
    let uses = usage(&site, &caller).await?;
    let view = |usage: Use| UseView {
        level: usage.limit.level,
        window_s: usage.limit.window_us / 1_000_000,
        limit: usage.limit.items,
        used: usage.used,
        available_at: usage.free_at_us.map(rfc3339),
    };
    Ok(web::Json(uses.into_iter().map(view).collect()))
}

/// `GET /exposure`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, caller: Caller, layout: Layout) -> Result<HttpResponse, Problem> {
    let uses = usage(&site, &caller).await?;
    page::show(&ExposurePage { layout, uses })
}
