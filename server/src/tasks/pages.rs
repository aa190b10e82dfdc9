//! The two pages where the work is done; their life comes from `web-wasm`.

use crate::platform::page::Layout;
use askama::Template;

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
