//! The consent page.

use super::model::Text;
use crate::platform::page::Layout;
use askama::Template;

/// What one agrees to, and the buttons to agree and to withdraw: one click each.
#[derive(Template)]
#[template(path = "consent/show.html")]
pub struct ConsentPage {
    /// Frame.
    pub layout: Layout,
    /// The text in force.
    pub text: Text,
    /// What it covers, in plain words.
    pub covers: [&'static str; 5],
    /// Whether the caller has agreed.
    pub given: bool,
}

impl ConsentPage {
    /// The text's paragraphs.
    fn paragraphs(&self) -> Vec<&str> {
        self.text.body.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).collect()
    }
}
