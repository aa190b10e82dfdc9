//! The data card: the page that says what a release is, how it was made and what it is not.
//!
//! Its 15 sections are those of the extended template of M. Pushkarna, A. Zaldivar and
//! O. Kjartansson, "Data Cards: Purposeful and Transparent Dataset Documentation for Responsible
//! AI", FAccT 2022, in their order.

use crate::anonymity::Access;
use crate::counts::Counts;
use crate::documents::front_matter::front_matter;
use crate::documents::{html as page_html, markdown as page_markdown, sections};
use crate::escape::markdown as plain;
use crate::formats::Format;
use crate::rows::ClipRow;
use serde::{Deserialize, Serialize};

/// What the data card says. Texts may hold anything; they are shown as plain text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// Name of the project.
    pub project: String,
    /// Version of the release.
    pub version: String,
    /// Licence, best as an SPDX identifier.
    pub licence: String,
    /// Language of the phrases, as a BCP 47 tag.
    pub language: String,
    /// Date of the release, as `2026-01-31`.
    pub released_on: String,
    /// When the clips were recorded; `None` if there are none.
    pub collected: Option<Period>,
    /// Versions of the consent text to which speakers agreed.
    pub consent_versions: Vec<String>,
    /// How labels were decided.
    pub method: String,
    /// Version of the code that made the release.
    pub code_version: String,
    /// Share of the judged clips that were accepted, 0 to 1; `None` if none was judged.
    pub accepted_share: Option<f64>,
    /// Krippendorff's α of the answers; `None` where undefined.
    pub agreement_alpha: Option<f64>,
    /// What users must know, one sentence each.
    pub known_limits: Vec<String>,
    /// What the rows add up to.
    pub counts: Counts,
    /// What only the people behind the project can tell.
    #[serde(default)]
    pub about: About,
    /// Who may have the release, and so how many people share what it tells about each.
    #[serde(default)]
    pub access: Access,
    /// Probabilities against gold, by ascending probability; empty without gold.
    #[serde(default)]
    pub calibration: Vec<CalibrationBin>,
    /// Wrong labels among those compared with gold; `None` without gold.
    #[serde(default)]
    pub label_noise: Option<LabelNoise>,
    /// What the release includes beside its two tables.
    #[serde(default)]
    pub formats: Vec<Format>,
    /// A few rows, shown as examples.
    #[serde(default)]
    pub examples: Vec<ClipRow>,
}

/// What only the people behind a project can tell. What is empty is not claimed, and the
/// [gate](crate::documents::gate) asks for what must be said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// What the dataset is, in a sentence or two.
    pub description: String,
    /// Who publishes it.
    pub creator: String,
    /// Where it is published: an `https` address.
    pub url: String,
    /// Where questions go.
    pub contact: String,
    /// Why it was made.
    pub motivation: String,
    /// What it is fit for, one sentence each.
    pub suitable_uses: Vec<String>,
    /// What it is not fit for, one sentence each.
    pub unsuitable_uses: Vec<String>,
    /// Where it is known to be used, one sentence each.
    pub known_applications: Vec<String>,
    /// Who the annotators are, as a group.
    pub annotator_demographics: String,
    /// Who is over- or underrepresented and why, one sentence each.
    pub biases: Vec<String>,
    /// Who looks after the dataset, and for how long.
    pub maintenance: String,
    /// The licence's text, if it is not a known one.
    pub licence_text: String,
}

/// Two dates, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub first: String,
    /// Last day.
    pub last: String,
}

/// Clips of about one probability, compared with gold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationBin {
    /// Mean of the probabilities that the method gave.
    pub mean_probability: f64,
    /// Share of them whose label was right.
    pub right_share: f64,
    /// The clips.
    pub clips: usize,
}

/// How many labels were wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelNoise {
    /// Labels that gold contradicts.
    pub wrong: usize,
    /// Labels that were compared.
    pub compared: usize,
}

/// The card as Markdown, with front matter for dataset hubs.
pub fn markdown(card: &Card) -> String {
    let heading = format!("# {} {}\n", plain(&card.project), plain(&card.version));
    [front_matter(card), heading, page_markdown::render(&sections::all(card))].join("\n")
}

/// The card's 15 sections as HTML to stand in a page: no styles, no scripts, headings from `h2` on.
pub fn html_sections(card: &Card) -> String {
    page_html::body(&sections::all(card))
}

/// The card as one HTML file with charts, for the screen and for print.
pub fn html(card: &Card) -> String {
    page_html::render(&format!("{} {}", card.project, card.version), &sections::all(card))
}
