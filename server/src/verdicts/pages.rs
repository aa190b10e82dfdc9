//! The reviewers' page.

use super::model::Contested;
use crate::platform::page::Layout;
use askama::Template;

/// What people could not agree on.
#[derive(Template)]
#[template(path = "verdicts/contested.html")]
pub struct ContestedPage {
    /// Frame.
    pub layout: Layout,
    /// The most doubtful first.
    pub items: Vec<Contested>,
}

/// A probability in per cent.
fn percent(probability: &f64) -> String {
    format!("{:.0} %", probability * 100.0)
}

/// A label or reason for people.
fn words(code: &str) -> String {
    code.replace('_', " ")
}
