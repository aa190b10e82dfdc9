//! A person's own recordings.

use super::model::Clip;
use crate::platform::page::Layout;
use askama::Template;

/// What became of each recording.
#[derive(Template)]
#[template(path = "media/mine.html")]
pub struct RecordingsPage {
    /// Frame.
    pub layout: Layout,
    /// Newest first.
    pub clips: Vec<Clip>,
    /// Why each was refused; empty when it was not.
    pub sentences: Vec<String>,
}

/// A state in words.
fn state_words(state: &str) -> &'static str {
    match state {
        "uploaded" => "Received, being checked",
        "verified" => "Checked, good",
        "refused" => "Not usable",
        "dead" => "Waiting for us: our check failed",
        _ => "Not sent yet",
    }
}

/// A length for people.
fn seconds(length_ms: u32) -> String {
    format!("{:.1} s", f64::from(length_ms) / 1e3)
}

/// A ratio for people.
fn decibels(ratio_db: f64) -> String {
    format!("{ratio_db:.0} dB")
}
