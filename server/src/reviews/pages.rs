//! What one was refused, and the appeals to decide.

use super::model::{AppealView, RefusalView};
use crate::ledger::amount;
use crate::platform::page::Layout;
use askama::Template;

/// One's own refusals.
#[derive(Template)]
#[template(path = "reviews/refusals.html")]
pub struct RefusalsPage {
    /// Frame.
    pub layout: Layout,
    /// Newest first.
    pub refusals: Vec<RefusalView>,
    /// What one wrote into a form that was not taken: the task, the text, and what is wrong.
    pub draft: Option<(String, String, String)>,
}

/// Open appeals.
#[derive(Template)]
#[template(path = "reviews/appeals.html")]
pub struct AppealsPage {
    /// Frame.
    pub layout: Layout,
    /// Those due first.
    pub appeals: Vec<AppealView>,
    /// As on the page of refusals.
    pub draft: Option<(String, String, String)>,
}

/// The minute of an RFC 3339 time, for people.
fn minute(time: &str) -> String {
    format!("{} UTC", time.get(..16).unwrap_or(time).replace('T', " "))
}

/// The text and fault of a draft, if it belongs to this task.
fn draft_of<'d>(draft: &'d Option<(String, String, String)>, task: &str) -> (&'d str, &'d str) {
    match draft {
        Some((of, text, fault)) if of == task => (text, fault),
        _ => ("", ""),
    }
}
