//! The audit log's page.

use super::model::Entry;
use crate::platform::{clock::rfc3339, page::Layout};
use askama::Template;

/// The latest entries.
#[derive(Template)]
#[template(path = "audit/list.html")]
pub struct AuditPage {
    /// Frame.
    pub layout: Layout,
    /// Newest first.
    pub entries: Vec<Entry>,
}

/// The first digits of a hash: enough to compare by eye.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
