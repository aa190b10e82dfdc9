//! The exposure page.

use super::model::Use;
use crate::platform::page::Layout;
use askama::Template;

/// How much sensitive material one was given, beside the limits.
#[derive(Template)]
#[template(path = "exposure/show.html")]
pub struct ExposurePage {
    /// Frame.
    pub layout: Layout,
    /// One a limit.
    pub uses: Vec<Use>,
}

/// A level in words.
fn level_words(level: i64) -> &'static str {
    match level {
        1 => "Mild or stronger (swearing, quarrel)",
        2 => "Distressing or stronger (screams, hate, crying)",
        _ => "Severe",
    }
}
