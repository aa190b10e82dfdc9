//! The statement page.

use super::model::{Balance, Chart, Line, Payout, amount, state_words};
use crate::platform::page::Layout;
use askama::Template;

/// What one has earned.
#[derive(Template)]
#[template(path = "ledger/statement.html")]
pub struct StatementPage {
    /// Frame.
    pub layout: Layout,
    /// One a currency.
    pub balances: Vec<Balance>,
    /// The latest days, one a currency.
    pub charts: Vec<Chart>,
    /// Newest first.
    pub lines: Vec<Line>,
    /// Payouts, newest first.
    pub payouts: Vec<Payout>,
    /// Where payouts go; empty until the person says so.
    pub destination: String,
    /// Least that is paid out, in minor units.
    pub least_cents: i64,
}

/// What a movement means, in words.
fn meaning(kind: &str) -> &'static str {
    match kind {
        "pend" => "Earned, waiting for acceptance",
        "accept" => "Accepted: payable",
        "void" => "Not accepted: returned to the project",
        "appeal" => "Won by appeal: payable",
        "bonus" => "Bonus: payable",
        "top_up" => "Lifted to the least hourly pay: payable",
        "payout" => "Paid out",
        _ => "Payout failed: payable again",
    }
}

/// A coordinate.
fn at(value: &f64) -> String {
    format!("{value:.1}")
}
