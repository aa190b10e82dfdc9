//! The two pages where the work is done; their life comes from `web-wasm`.

use crate::batches::Item;
use crate::exposure::Reported;
use crate::platform::page::Layout;
use crate::quotas::Left;
use askama::Template;
use wire::Category;

/// The recorder.
#[derive(Template)]
#[template(path = "tasks/record.html")]
pub struct RecordPage {
    /// Frame.
    pub layout: Layout,
    /// The batch to work on, or empty.
    pub batch: String,
    /// Whose takes wait in this browser.
    pub person: String,
    /// What they may still record for the project, where that is limited.
    pub left: Option<Left>,
}

/// The judging page.
#[derive(Template)]
#[template(path = "tasks/judge.html")]
pub struct JudgePage {
    /// Frame.
    pub layout: Layout,
    /// Whether the batch has a training that must be passed.
    pub teaches: bool,
    /// The batch to work on, or empty.
    pub batch: String,
    /// Whose takes wait in this browser.
    pub person: String,
}

/// What was reported as more upsetting than it says.
#[derive(Template)]
#[template(path = "tasks/reports.html")]
pub struct ReportsPage {
    /// Frame.
    pub layout: Layout,
    /// The reports, the item, and how it is given now: sensitivity and categories.
    pub rows: Vec<(Reported, Item, (i64, i64))>,
}

/// A level in words.
fn level_words(level: impl std::borrow::Borrow<i64>) -> &'static str {
    match level.borrow() {
        0 => "not upsetting",
        1 => "mild",
        2 => "distressing",
        _ => "severe",
    }
}

/// Whether a category is among those reported, or those known.
fn is_about(category: &Category, reported: &i64, known: &i64) -> bool {
    category.bit() & (reported | known) != 0
}
