//! Once a week everybody is paid out by itself, if the administrators want that.

use super::{LEAST_CENTS, Run, go_through, rules, store};
use crate::audit;
use crate::platform::{
    caller::Admin,
    clock::DAY_US,
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
    worker::JobError,
};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use wire::ProblemBody;

/// Most that the least amount of a run may be, minor units.
const LEAST_MAX_CENTS: i64 = 100_000;

/// When everybody is paid out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutSchedule {
    /// 1 is Monday, 7 is Sunday, in UTC; null is never.
    pub weekday: Option<i64>,
    /// To whom less is payable, minor units, nothing is sent.
    pub least_cents: i64,
}

/// When everybody is paid out by itself: never, until somebody has set it.
///
/// # Errors
/// When the database does not answer.
pub async fn current(tx: &mut Tx) -> DbResult<PayoutSchedule> {
    let found = store::find_schedule(tx).await?;
    Ok(found.map_or(PayoutSchedule { weekday: None, least_cents: LEAST_CENTS }, |(weekday, least_cents, _)| {
        PayoutSchedule { weekday, least_cents }
    }))
}

/// Says when everybody is paid out by itself.
///
/// # Errors
/// 422 `invalid_schedule`.
pub async fn set(site: &Site, actor: PersonId, new: &PayoutSchedule) -> Result<(), Problem> {
    let day = new.weekday.is_none_or(|day| (1..=7).contains(&day));
    if !day || !(1..=LEAST_MAX_CENTS).contains(&new.least_cents) {
        return Err(Problem::invalid(
            "invalid_schedule",
            "Give a weekday from 1 (Monday) to 7 (Sunday) or none, and a least amount of 1 to 100,000 minor units.",
        ));
    }
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    store::put_schedule(&mut tx, new.weekday, new.least_cents, actor, now_us).await?;
    let detail = serde_json::to_value(new).map_err(Problem::internal)?;
    audit::note(&mut tx, now_us, Some(actor), "payout.schedule", "site", detail).await?;
    Ok(tx.commit().await?)
}

/// The chore: goes through the latest weekly run that was due, unless it is complete. Several
/// processes may do it at once, and one that was cut short is gone through again: nobody gets two
/// payouts of one run. What it makes waits for approval like any other payout.
///
/// # Errors
/// When the database refuses.
pub async fn run_weekly(site: Site) -> Result<(), JobError> {
    let now_us = site.now_us();
    let mut tx = site.db.read().await?;
    let Some((Some(weekday), least_cents, set_us)) = store::find_schedule(&mut tx).await? else { return Ok(()) };
    let period = rules::period(now_us, weekday);
    if period < set_us.div_euclid(DAY_US) || store::is_run_done(&mut tx, period).await? {
        return Ok(());
    }
    drop(tx);
    let run = Run { by: None, period: Some(period), least_cents };
    let made = go_through(&site, &run).await.map_err(|problem| JobError::Retry(problem.detail))?;
    let mut tx = site.db.begin().await?;
    store::insert_run(&mut tx, period, now_us).await?;
    tx.commit().await?;
    tracing::info!(made, "the weekly payouts were made");
    Ok(())
}

/// When everybody is paid out by itself.
#[utoipa::path(get, path = "/api/v1/payout-schedule", tag = "ledger", responses((status = 200, body = PayoutSchedule)))]
pub async fn read(site: web::Data<Site>, _admin: Admin) -> Result<web::Json<PayoutSchedule>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(current(&mut tx).await?))
}

/// Say when everybody is paid out by itself.
#[utoipa::path(put, path = "/api/v1/payout-schedule", tag = "ledger", request_body = PayoutSchedule, responses(
    (status = 204), (status = 422, body = ProblemBody)))]
pub async fn change(
    site: web::Data<Site>,
    Admin(admin): Admin,
    body: web::Json<PayoutSchedule>,
) -> Result<HttpResponse, Problem> {
    set(&site, admin.person, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}
