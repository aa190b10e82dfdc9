//! Cells from CSV, JSON lines or JSON: every bad row named.

use super::model::{Cell, DEVICES, Dimension, NOISES, UNKNOWN};
use super::rules;
use crate::accounts::{AGES, GENDERS};
use crate::batches::import::{self, fault};
use crate::platform::problem::Problem;
use serde::Deserialize;
use std::collections::BTreeSet;
use wire::RowError;

/// Most recordings that a cell may want: a typing error, not a target.
const TARGET_MAX: i64 = 1_000_000;

/// A cell as sent.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CellFields {
    /// The phrase; absent or empty for any.
    #[serde(default)]
    pub phrase: Option<String>,
    /// `accent`, `gender`, `age`, `device` or `noise`.
    pub dimension: String,
    /// The value in this dimension.
    pub value: String,
    /// Recordings wanted, 0 to 1,000,000; 0 takes the cell away.
    pub target: i64,
}

/// Cells from CSV or JSON lines: columns `dimension`, `value`, `target`, and optionally `phrase`.
///
/// # Errors
/// As [`import::prompts`].
pub fn cells(bytes: &[u8], content_type: &str) -> Result<Vec<(u64, Cell)>, Problem> {
    let rows = import::read(bytes, content_type, |line, fields: CellFields| Ok((line, cell(line, fields)?)))?;
    distinct(rows)
}

/// Cells that came as JSON; they are numbered from 1.
///
/// # Errors
/// 422 `import_rows` with every bad one.
pub fn checked(given: Vec<CellFields>) -> Result<Vec<(u64, Cell)>, Problem> {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for (line, fields) in (1..).zip(given) {
        match cell(line, fields) {
            Ok(cell) => good.push((line, cell)),
            Err(row) => bad.push(row),
        }
    }
    if bad.is_empty() { distinct(good) } else { Err(import::refused_rows(bad)) }
}

fn cell(line: u64, fields: CellFields) -> Result<Cell, RowError> {
    let known = Dimension::ALL.map(Dimension::as_str).join(", ");
    let dimension: Dimension =
        fields.dimension.parse().map_err(|()| fault(line, "dimension", format!("Write one of {known}.")))?;
    let value = rules::normal(Some(&fields.value));
    let words: &[(&str, &str)] = match dimension {
        Dimension::Accent => &[],
        Dimension::Gender => &GENDERS,
        Dimension::Age => &AGES,
        Dimension::Device => &DEVICES,
        Dimension::Noise => &NOISES,
    };
    if !words.is_empty() && !words.iter().any(|(word, _)| *word == value) {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        return Err(fault(line, "value", format!("Write one of {}.", words.join(", "))));
    }
    if value == UNKNOWN || value.chars().count() > 100 || value.chars().any(char::is_control) {
        return Err(fault(
            line,
            "value",
            "Write an accent of 1 to 100 characters; people of whom nothing is known are no cell.",
        ));
    }
    if !(0..=TARGET_MAX).contains(&fields.target) {
        return Err(fault(line, "target", "A cell wants 0 (none) to 1,000,000 recordings."));
    }
    let phrase = fields.phrase.unwrap_or_default().trim().to_owned();
    Ok(Cell { phrase, dimension, value, target: fields.target })
}

/// No cell may be named twice: nobody could tell which target is meant.
fn distinct(rows: Vec<(u64, Cell)>) -> Result<Vec<(u64, Cell)>, Problem> {
    let mut seen = BTreeSet::new();
    let twice = rows.iter().filter(|(_, cell)| !seen.insert((&cell.phrase, cell.dimension, &cell.value)));
    let faults: Vec<RowError> =
        twice.map(|(line, _)| fault(*line, "", "This cell stands in an earlier row already.")).collect();
    if faults.is_empty() { Ok(rows) } else { Err(import::refused_rows(faults)) }
}
