//! The pages of releases.

use super::model::{Release, ReleaseFile};
use crate::platform::{clock::day, page::Layout};
use askama::Template;
use dataset::Card;

/// All releases.
#[derive(Template)]
#[template(path = "exports/list.html")]
pub struct ReleasesPage {
    /// Frame.
    pub layout: Layout,
    /// Name of the project, and the release.
    pub releases: Vec<(String, Release)>,
}

/// One release: its data card and its files.
#[derive(Template)]
#[template(path = "exports/show.html")]
pub struct ReleasePage {
    /// Frame.
    pub layout: Layout,
    /// The release.
    pub release: Release,
    /// Once ready.
    pub card: Option<Card>,
    /// Once ready.
    pub files: Vec<ReleaseFile>,
}

impl ReleasePage {
    /// The files that a reader looks for first: everything but the clips.
    fn documents(&self) -> Vec<&ReleaseFile> {
        self.files.iter().filter(|file| !file.path.starts_with("clips/")).collect()
    }

    /// Size of the whole, for people.
    fn size(&self) -> String {
        size(self.files.iter().map(|file| file.size_bytes).sum())
    }

    /// A few clips to hear.
    fn samples(&self) -> Vec<&ReleaseFile> {
        self.files.iter().filter(|file| file.path.starts_with("clips/")).take(5).collect()
    }
}

/// A size for people.
fn size(bytes: i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let bytes = bytes as f64;
    match bytes {
        b if b < 1e3 => format!("{b:.0} B"),
        b if b < 1e6 => format!("{:.1} kB", b / 1e3),
        b => format!("{:.1} MB", b / 1e6),
    }
}

/// A number with one digit.
fn one(value: &f64) -> String {
    format!("{value:.1}")
}

/// A number with three digits.
fn three(value: &f64) -> String {
    format!("{value:.3}")
}

/// A share in per cent.
fn percent(value: &f64) -> String {
    format!("{:.1} %", value * 100.0)
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

/// What is said in a clip, from the folder that it lies in.
fn said(path: &str) -> String {
    path.split('/').nth(1).unwrap_or_default().replace('_', " ")
}
