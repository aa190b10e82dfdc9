//! A person's own recordings.

use super::model::{Clip, Duplicate};
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
    /// Why each was refused or waits; empty when neither.
    pub sentences: Vec<String>,
}

/// Takes that may have been sent twice.
#[derive(Template)]
#[template(path = "media/duplicates.html")]
pub struct DuplicatesPage {
    /// Frame.
    pub layout: Layout,
    /// The oldest first.
    pub pairs: Vec<Duplicate>,
}

/// How alike two takes are, in words.
fn likeness_words(pair: &Duplicate) -> String {
    match pair.likeness.as_str() {
        "file" => "Both are the very same file.".to_owned(),
        "samples" => "Both hold the very same sound, in different files.".to_owned(),
        _ => format!(
            "They sound alike: {:.0} % of the bits of their fingerprints differ; of two takes usually more than 25 %.",
            pair.bit_error_rate * 100.0
        ),
    }
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

/// The minute of an RFC 3339 time, for people.
fn minute(time: &str) -> String {
    format!("{} UTC", time.get(..16).unwrap_or(time).replace('T', " "))
}

/// A length for people.
fn seconds(length_ms: u32) -> String {
    format!("{:.1} s", f64::from(length_ms) / 1e3)
}

/// A ratio for people.
fn decibels(ratio_db: f64) -> String {
    format!("{ratio_db:.0} dB")
}
