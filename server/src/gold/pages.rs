//! The pages of gold.

use super::model::{Candidate, Stock};
use crate::platform::page::Layout;
use askama::Template;

/// The stock of all batches.
#[derive(Template)]
#[template(path = "gold/stock.html")]
pub struct StockPage {
    /// Frame.
    pub layout: Layout,
    /// One a batch.
    pub stocks: Vec<Stock>,
}

/// Candidates of one batch, one at a time.
#[derive(Template)]
#[template(path = "gold/candidates.html")]
pub struct CandidatesPage {
    /// Frame.
    pub layout: Layout,
    /// The batch's gold.
    pub stock: Stock,
    /// The candidate to listen to.
    pub first: Option<Candidate>,
    /// How many are at hand, this one included.
    pub waiting: usize,
    /// Whether something was saved just now.
    pub saved: bool,
}

/// A probability in per cent.
fn percent(probability: &f64) -> String {
    format!("{:.1} %", probability * 100.0)
}

/// A label or reason for people.
fn words(code: &str) -> String {
    code.replace('_', " ")
}
