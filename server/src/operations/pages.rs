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
