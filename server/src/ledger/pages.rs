//! The statement page.

use super::model::{Balance, Line, amount};
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
    /// Newest first.
    pub lines: Vec<Line>,
}

/// What a movement means, in words.
fn meaning(kind: &str) -> &'static str {
    match kind {
        "pend" => "Earned, waiting for acceptance",
        "accept" => "Accepted: payable",
        _ => "Not accepted: returned to the project",
    }
}
