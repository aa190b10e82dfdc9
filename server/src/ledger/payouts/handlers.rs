//! Payouts by API: one's own, and everybody's for administrators.

use super::model::{Payout, PayoutId, PayoutState};
use super::{advance, approve as approve_payout, request as request_payout, run, set_destination, store};
use crate::platform::{
    caller::{Admin, Caller},
    clock::rfc3339,
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};
use wire::ProblemBody;

/// A payout as its payee and administrators see it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PayoutView {
    /// Its id.
    pub id: String,
    /// Who gets it.
    pub person: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Minor units.
    pub amount_cents: i64,
    /// Where it goes.
    pub destination: String,
    /// Where it stands.
    pub state: PayoutState,
    /// Why it needs a second look; empty when it does not.
    pub held: String,
    /// What the provider calls it, or why it failed.
    pub reference: String,
    /// RFC 3339.
    pub requested_at: String,
}

impl From<Payout> for PayoutView {
    fn from(payout: Payout) -> Self {
        Self {
            id: payout.id.to_string(),
            person: payout.person_id.to_string(),
            amount_cents: payout.amount_cents,
            state: payout.state(),
            requested_at: rfc3339(payout.requested_us),
            currency: payout.currency,
            destination: payout.destination,
            held: payout.held,
            reference: payout.reference,
        }
    }
}

/// Where money goes.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDestination {
    /// An account of a payment provider, such as an IBAN or an e-mail address.
    pub destination: String,
}

/// Say where your money goes.
#[utoipa::path(put, path = "/api/v1/ledger/destination", tag = "ledger", request_body = NewDestination, responses(
    (status = 204), (status = 422, body = ProblemBody)))]
pub async fn set(
    site: web::Data<Site>,
    caller: Caller,
    body: web::Json<NewDestination>,
) -> Result<HttpResponse, Problem> {
    set_destination(&site, caller.person, &body.destination).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What to pay out.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayout {
    /// ISO 4217 code: all that is payable in it.
    pub currency: String,
}

/// Ask for all that is payable to you in one currency. While a payout is under way, asking again
/// brings that one.
#[utoipa::path(post, path = "/api/v1/payouts", tag = "ledger", request_body = NewPayout, responses(
    (status = 200, body = PayoutView), (status = 409, body = ProblemBody)))]
pub async fn request(
    site: web::Data<Site>,
    caller: Caller,
    body: web::Json<NewPayout>,
) -> Result<web::Json<PayoutView>, Problem> {
    let payout = request_payout(&site, caller.person, &body.currency).await?;
    Ok(web::Json(payout.into()))
}

/// Query of the list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StateQuery {
    /// Only payouts in this state; `requested` without it.
    #[param(value_type = Option<String>)]
    pub state: Option<PayoutState>,
}

impl StateQuery {
    fn state(&self) -> PayoutState {
        self.state.unwrap_or(PayoutState::Requested)
    }
}

/// Payouts in a state, oldest first.
#[utoipa::path(get, path = "/api/v1/payouts", tag = "ledger", params(StateQuery), responses((status = 200, body = Vec<PayoutView>)))]
pub async fn list(
    site: web::Data<Site>,
    _admin: Admin,
    query: web::Query<StateQuery>,
) -> Result<web::Json<Vec<PayoutView>>, Problem> {
    let mut tx = site.db.read().await?;
    let payouts = store::list_in(&mut tx, query.state().as_str()).await?;
    Ok(web::Json(payouts.into_iter().map(PayoutView::from).collect()))
}

/// Payouts in a state as a table for a payment provider.
#[utoipa::path(get, path = "/api/v1/payouts.csv", tag = "ledger", params(StateQuery),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn table(
    site: web::Data<Site>,
    _admin: Admin,
    query: web::Query<StateQuery>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let payouts = store::list_in(&mut tx, query.state().as_str()).await?;
    let head = ["payout", "person", "destination", "amount", "currency", "requested_at"];
    let rows = payouts.iter().map(|payout| {
        [
            payout.id.to_string(),
            payout.person_id.to_string(),
            payout.destination.clone(),
            super::super::model::decimal(payout.amount_cents),
            payout.currency.clone(),
            rfc3339(payout.requested_us),
        ]
    });
    let text = super::super::table::csv(&head, rows)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"payouts.csv\""))
        .body(text))
}

/// An approval.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Says that whoever approves has seen why the payout is held.
    #[serde(default)]
    pub despite_hold: bool,
}

/// Approve a payout; large ones need two administrators. Doing it twice is doing it once.
#[utoipa::path(post, path = "/api/v1/payouts/{id}/approve", tag = "ledger", request_body = Approval, responses(
    (status = 200, body = PayoutView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody)))]
pub async fn approve(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    body: web::Json<Approval>,
) -> Result<web::Json<PayoutView>, Problem> {
    let id: PayoutId = id.parse().map_err(|_| Problem::not_found())?;
    let payout = approve_payout(&site, admin.person, id, body.despite_hold).await?;
    Ok(web::Json(payout.into()))
}

/// Where a payout stands now.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Advance {
    /// `sent`, `settled` or `failed`.
    pub state: PayoutState,
    /// What the provider calls it, or why it failed.
    #[serde(default)]
    pub reference: String,
}

/// Say that a payout was sent, has arrived or has failed.
#[utoipa::path(post, path = "/api/v1/payouts/{id}/state", tag = "ledger", request_body = Advance, responses(
    (status = 200, body = PayoutView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
    (status = 409, body = ProblemBody)))]
pub async fn set_state(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    body: web::Json<Advance>,
) -> Result<web::Json<PayoutView>, Problem> {
    let id: PayoutId = id.parse().map_err(|_| Problem::not_found())?;
    let payout = advance(&site, Some(admin.person), id, body.state, &body.reference).await?;
    Ok(web::Json(payout.into()))
}

/// Reply to a run.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Ran {
    /// Payouts made.
    pub made: usize,
}

/// Make a payout for everybody to whom enough is payable and who said where it goes.
#[utoipa::path(post, path = "/api/v1/payout-runs", tag = "ledger", responses((status = 200, body = Ran)))]
pub async fn start_run(site: web::Data<Site>, Admin(admin): Admin) -> Result<web::Json<Ran>, Problem> {
    Ok(web::Json(Ran { made: run(&site, admin.person).await? }))
}
