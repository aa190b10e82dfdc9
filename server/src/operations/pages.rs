//! Dead letters: work that failed for good and waits for a person.

use crate::platform::{page::Layout, queue::DeadLetter};
use askama::Template;

/// All dead letters.
#[derive(Template)]
#[template(path = "operations/dead_letters.html")]
pub struct DeadLettersPage {
    /// Frame.
    pub layout: Layout,
    /// Oldest first.
    pub letters: Vec<DeadLetter>,
}

/// What a job is for, in words.
fn job_words(kind: &str) -> &str {
    match kind {
        "verify_clip" => "Check a recording",
        "decide_item" => "Decide from the answers",
        "accept_answer" => "Accept an answer and pay for it",
        "open_judging" => "Give recordings to a judging batch",
        "build_release" => "Build a release",
        other => other,
    }
}
