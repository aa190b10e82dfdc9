//! The pages of releases.

use super::model::{Gate, Grant, Release, ReleaseFile, Stage};
use crate::batches::Project;
use crate::platform::{clock::day, page::Layout, problem::Problem};
use askama::Template;
use dataset::{About, Card};

/// All releases.
#[derive(Template)]
#[template(path = "exports/list.html")]
pub struct ReleasesPage {
    /// Frame.
    pub layout: Layout,
    /// Name of the project, and the release.
    pub releases: Vec<(String, Release)>,
}

/// One release: how to get it, its data card and its files.
#[derive(Template)]
#[template(path = "exports/show.html")]
pub struct ReleasePage {
    /// Frame.
    pub layout: Layout,
    /// The release.
    pub release: Release,
    /// Name of the project.
    pub name: String,
    /// Once ready.
    pub shown: Option<Shown>,
    /// How people reach the site.
    pub site: String,
    /// The terms of use.
    pub terms: [&'static str; 5],
    /// Their day.
    pub dated: &'static str,
}

/// What a ready release has to show.
pub struct Shown {
    /// What the card says.
    pub card: Card,
    /// The card's sections as HTML, every text in it escaped.
    pub sections: String,
    /// Tables, archives, documents.
    pub bundles: Vec<ReleaseFile>,
    /// What is said in a few recordings to hear.
    pub samples: Vec<String>,
    /// All files.
    pub files: i64,
    /// Their bytes.
    pub size_bytes: i64,
    /// Clips that were taken back since.
    pub withdrawn: i64,
    /// What stands between the reader and the bytes.
    pub gate: Gate,
}

impl ReleasePage {
    /// The step that is under way, in words.
    fn doing(&self) -> &'static str {
        match self.release.stage() {
            Stage::Plan => "Choosing the recordings",
            Stage::Recordings => "Making the recordings at 16 kHz",
            Stage::Archives => "Writing the archives",
            Stage::Features => "Writing the features",
            Stage::Tables => "Writing the tables",
            Stage::Documents => "Writing card, descriptions and checksums",
            Stage::Publish => "Checking consents once more",
        }
    }

    /// Its place among the steps, from 1, and how many there are.
    fn step(&self) -> (usize, usize) {
        let stage = self.release.stage();
        (1 + Stage::ALL.iter().position(|other| *other == stage).unwrap_or(0), Stage::ALL.len())
    }
}

/// What only the people behind a project can tell about its dataset.
#[derive(Template)]
#[template(path = "exports/about.html")]
pub struct AboutPage {
    /// Frame.
    pub layout: Layout,
    /// The project.
    pub project: Project,
    /// What is told so far.
    pub about: About,
    /// The first thing that a release still lacks, and what to do.
    pub missing: Option<(&'static str, &'static str)>,
    /// What was wrong with the form.
    pub problem: Option<Problem>,
}

/// Who asked for a project's releases.
#[derive(Template)]
#[template(path = "exports/access.html")]
pub struct AccessPage {
    /// Frame.
    pub layout: Layout,
    /// The project.
    pub project: Project,
    /// Those who wait come first.
    pub grants: Vec<Grant>,
}

/// A size for people.
fn size(bytes: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let bytes = bytes as f64;
    match bytes {
        b if b < 1e3 => format!("{b:.0} B"),
        b if b < 1e6 => format!("{:.1} kB", b / 1e3),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

/// A length in the unit that leaves a number of a readable size.
fn duration(hours: &f64) -> String {
    match hours * 3600.0 {
        seconds if seconds < 60.0 => format!("{seconds:.1} s"),
        seconds if seconds < 3600.0 => format!("{:.1} min", seconds / 60.0),
        seconds => format!("{:.1} h", seconds / 3600.0),
    }
}

/// A state in words.
fn state_words(state: &str) -> &str {
    match state {
        "ready" => "Ready",
        "failed" => "Failed",
        _ => "Being built",
    }
}

/// What was said about a request, in words.
fn grant_words(state: &str) -> &str {
    match state {
        "granted" => "Granted",
        "refused" => "Refused",
        _ => "Waits for you",
    }
}

/// Sentences one a line, as a form shows them.
fn lines(sentences: &[String]) -> String {
    sentences.join("\n")
}
