//! The page of a batch's quotas.

use super::model::{CellView, DEVICES, Dimension, NOISES, Overview};
use crate::accounts::{AGES, GENDERS};
use crate::batches::{Batch, BatchState, Project};
use crate::platform::{page::Layout, problem::Problem};
use askama::Template;
use serde::Deserialize;

/// The forms' fields, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CellForm {
    /// CSV or JSON lines; absent from the short form.
    #[serde(default)]
    pub rows: Option<String>,
    /// The phrase; empty for any.
    #[serde(default)]
    pub phrase: String,
    /// `dimension:value`.
    #[serde(default)]
    pub group: String,
    /// An accent.
    #[serde(default)]
    pub accent: String,
    /// Recordings wanted.
    #[serde(default)]
    pub target: String,
}

/// The quotas of one batch.
#[derive(Template)]
#[template(path = "quotas/show.html")]
pub struct QuotasPage {
    /// Frame.
    pub layout: Layout,
    /// The batch.
    pub batch: Batch,
    /// Its project.
    pub project: Project,
    /// Its cells.
    pub overview: Overview,
    /// As typed before.
    pub form: CellForm,
    /// What was wrong.
    pub problem: Option<Problem>,
}

/// Most cells of the list of those that lack most.
const LACKING_MAX: usize = 10;

impl QuotasPage {
    /// The cells that lack most for their target; those of too few people to be counted come first.
    fn lacking(&self) -> Vec<&CellView> {
        let cells = self.overview.axes.iter().flat_map(|axis| &axis.cells);
        let mut cells: Vec<&CellView> = cells.filter(|cell| cell.missing != Some(0)).collect();
        #[expect(clippy::cast_precision_loss, reason = "counts of recordings")]
        let share = |cell: &CellView| cell.missing.map_or(2.0, |missing| missing as f64 / cell.target as f64);
        cells.sort_by(|a, b| share(b).total_cmp(&share(a)));
        cells.truncate(LACKING_MAX);
        cells
    }
}

/// The name of a dimension, as a heading.
fn heading(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Accent => "Accent",
        Dimension::Gender => "Gender",
        Dimension::Age => "Age",
        Dimension::Device => "Microphone",
        Dimension::Noise => "Noise",
    }
}

/// The words that a dimension has; none for accents.
fn words(dimension: Dimension) -> &'static [(&'static str, &'static str)] {
    match dimension {
        Dimension::Accent => &[],
        Dimension::Gender => &GENDERS,
        Dimension::Age => &AGES,
        Dimension::Device => &DEVICES,
        Dimension::Noise => &NOISES,
    }
}

/// A value as people read it.
fn reads(dimension: Dimension, value: &str) -> &str {
    words(dimension).iter().find(|(word, _)| *word == value).map_or(value, |(_, text)| text)
}

/// A count, or why there is none.
fn told(count: Option<i64>) -> String {
    count.map_or_else(|| "not shown".to_owned(), |count| count.to_string())
}

/// People that could be invited, in words.
fn invitable(cell: &CellView) -> String {
    match (cell.dimension, cell.people) {
        (Dimension::Device | Dimension::Noise, _) => "not known".to_owned(),
        (_, 0) => "fewer than 5".to_owned(),
        (_, people) => format!("{people} or more"),
    }
}

/// `phrase` as a heading names it.
fn of_phrase(phrase: &str) -> String {
    if phrase.is_empty() { "any phrase".to_owned() } else { format!("“{phrase}”") }
}
