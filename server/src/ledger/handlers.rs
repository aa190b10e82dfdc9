//! A person's own statement.

use super::{Balance, Line, pages::StatementPage, store};
use crate::platform::{caller::Caller, page, page::Layout, problem::Problem, site::Site};
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// Reply of `GET /api/v1/ledger/statement`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Statement {
    /// One balance a currency.
    pub balances: Vec<Balance>,
    /// The latest movements, newest first.
    pub lines: Vec<Line>,
}

/// The caller's earnings.
#[utoipa::path(get, path = "/api/v1/ledger/statement", tag = "ledger", responses((status = 200, body = Statement)))]
pub async fn statement(site: web::Data<Site>, caller: Caller) -> Result<web::Json<Statement>, Problem> {
    let mut tx = site.db.read().await?;
    let balances = store::list_balances(&mut tx, caller.person).await?;
    Ok(web::Json(Statement { balances, lines: store::list_lines(&mut tx, caller.person).await? }))
}

/// `GET /ledger`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, caller: Caller, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let balances = store::list_balances(&mut tx, caller.person).await?;
    let lines = store::list_lines(&mut tx, caller.person).await?;
    page::show(&StatementPage { layout, balances, lines })
}
