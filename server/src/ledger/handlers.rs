//! A person's own statement.

use super::payouts::{self, handlers::PayoutView};
use super::{Balance, Line, days, model::decimal, pages::StatementPage, store, table};
use crate::platform::{
    caller::Caller,
    clock::rfc3339,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, http::header, web};
use serde::{Deserialize, Serialize};

/// Reply of `GET /api/v1/ledger/statement`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Statement {
    /// One balance a currency.
    pub balances: Vec<Balance>,
    /// The latest movements, newest first.
    pub lines: Vec<Line>,
    /// Payouts, newest first.
    pub payouts: Vec<PayoutView>,
    /// Where payouts go; empty until the person has said so.
    pub destination: String,
}

/// The caller's earnings.
#[utoipa::path(get, path = "/api/v1/ledger/statement", tag = "ledger", responses((status = 200, body = Statement)))]
pub async fn statement(site: web::Data<Site>, caller: Caller) -> Result<web::Json<Statement>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(Statement {
        balances: store::list_balances(&mut tx, caller.person).await?,
        lines: store::list_lines(&mut tx, caller.person).await?,
        payouts: payouts::of(&mut tx, caller.person).await?.into_iter().map(PayoutView::from).collect(),
        destination: payouts::destination(&mut tx, caller.person).await?,
    }))
}

/// Every movement of the caller's money as a table, oldest first.
#[utoipa::path(get, path = "/api/v1/ledger/statement.csv", tag = "ledger",
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn statement_table(site: web::Data<Site>, caller: Caller) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let lines = store::list_all_lines(&mut tx, caller.person).await?;
    let row = |line: Line| [rfc3339(line.at_us), line.kind, line.note, decimal(line.amount_cents), line.currency];
    let text = table::csv(&["at", "what", "for", "amount", "currency"], lines.into_iter().map(row))?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"statement.csv\""))
        .body(text))
}

/// `GET /ledger`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, caller: Caller, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let now_us = site.now_us();
    let earned = store::list_days(&mut tx, caller.person, days::first_us(now_us)).await?;
    page::show(&StatementPage {
        layout,
        charts: days::charts(earned, now_us),
        balances: store::list_balances(&mut tx, caller.person).await?,
        lines: store::list_lines(&mut tx, caller.person).await?,
        payouts: payouts::of(&mut tx, caller.person).await?,
        destination: payouts::destination(&mut tx, caller.person).await?,
        least_cents: payouts::LEAST_CENTS,
    })
}

/// The form that says where money goes.
#[derive(Deserialize)]
pub struct DestinationForm {
    destination: String,
}

/// `POST /ledger/destination`.
///
/// # Errors
/// 422 `invalid_destination`.
pub async fn set_destination(
    site: web::Data<Site>,
    caller: Caller,
    SafeForm(form): SafeForm<DestinationForm>,
) -> Result<HttpResponse, Problem> {
    payouts::set_destination(&site, caller.person, &form.destination).await?;
    Ok(go("/ledger"))
}

/// The form that asks for a payout.
#[derive(Deserialize)]
pub struct PayoutForm {
    currency: String,
}

/// `POST /ledger/payouts`.
///
/// # Errors
/// 409 `no_destination`, 409 `too_little`.
pub async fn request_payout(
    site: web::Data<Site>,
    caller: Caller,
    SafeForm(form): SafeForm<PayoutForm>,
) -> Result<HttpResponse, Problem> {
    payouts::request(&site, caller.person, &form.currency).await?;
    Ok(go("/ledger"))
}
