//! Approving and moving payouts on by hand.

use super::handlers::StateQuery;
use super::model::{PayoutId, PayoutState};
use super::{advance, approve, pages::PayoutsPage, run, schedule, store};
use crate::platform::{
    caller::Admin,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// `GET /payouts?state=…`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    query: web::Query<StateQuery>,
) -> Result<HttpResponse, Problem> {
    let state = query.state.unwrap_or(PayoutState::Requested);
    let mut tx = site.db.read().await?;
    let payouts = store::list_in(&mut tx, state.as_str()).await?;
    let schedule = schedule::current(&mut tx).await?;
    page::show(&PayoutsPage { layout, state, payouts, schedule })
}

/// What one button of the page says.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    Approve,
    Sent,
    Settled,
    Failed,
}

/// The form beside each payout.
#[derive(Deserialize)]
pub struct PayoutForm {
    action: Action,
    #[serde(default)]
    reference: String,
    #[serde(default)]
    despite_hold: bool,
}

/// `POST /payouts/{id}`.
///
/// # Errors
/// As the API's.
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<PayoutForm>,
) -> Result<HttpResponse, Problem> {
    let id: PayoutId = id.parse().map_err(|_| Problem::not_found())?;
    let (to, back) = match form.action {
        Action::Approve => {
            approve(&site, admin.person, id, form.despite_hold).await?;
            return Ok(go("/payouts"));
        }
        Action::Sent => (PayoutState::Sent, "/payouts?state=approved"),
        Action::Settled => (PayoutState::Settled, "/payouts?state=sent"),
        Action::Failed => (PayoutState::Failed, "/payouts?state=failed"),
    };
    advance(&site, Some(admin.person), id, to, &form.reference).await?;
    Ok(go(back))
}

/// `POST /payouts/run`.
///
/// # Errors
/// When the database refuses.
pub async fn start_run(site: web::Data<Site>, Admin(admin): Admin, _: SafeForm<()>) -> Result<HttpResponse, Problem> {
    run(&site, admin.person).await?;
    Ok(go("/payouts"))
}

/// The form that says when everybody is paid out by itself.
#[derive(Deserialize)]
pub struct ScheduleForm {
    /// 0 is never.
    weekday: i64,
    least_cents: i64,
}

/// `POST /payouts/schedule`.
///
/// # Errors
/// 422 `invalid_schedule`.
pub async fn set_schedule(
    site: web::Data<Site>,
    Admin(admin): Admin,
    SafeForm(form): SafeForm<ScheduleForm>,
) -> Result<HttpResponse, Problem> {
    let weekday = Some(form.weekday).filter(|day| *day != 0);
    let new = schedule::PayoutSchedule { weekday, least_cents: form.least_cents };
    schedule::set(&site, admin.person, &new).await?;
    Ok(go("/payouts"))
}
