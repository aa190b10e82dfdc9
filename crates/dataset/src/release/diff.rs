//! How the clips of one release differ from those of another.

use crate::error::DatasetError;
use crate::release::version::Step;
use crate::rows::ClipRow;
use serde::Serialize;
use std::cmp::Ordering;
use std::iter::Peekable;

/// What of a clip is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// Id of the clip.
    pub clip_id: String,
    /// Its label.
    pub label: String,
}

impl From<&ClipRow> for Labelled {
    fn from(row: &ClipRow) -> Labelled {
        Labelled { clip_id: row.clip_id.clone(), label: row.label.clone() }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// The clip is only in the newer release.
    Added {
        /// Id of the clip.
        clip_id: String,
        /// Its label.
        label: String,
    },
    /// The clip is only in the older release.
    Removed {
        /// Id of the clip.
        clip_id: String,
        /// The label that it had.
        label: String,
    },
    /// The clip is in both, under different labels.
    Relabelled {
        /// Id of the clip.
        clip_id: String,
        /// The label in the older release.
        from: String,
        /// The label in the newer release.
        to: String,
    },
}

/// How many clips changed, and how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Clips only in the newer release.
    pub added: u64,
    /// Clips only in the older release.
    pub removed: u64,
    /// Clips in both, under different labels.
    pub relabelled: u64,
    /// Clips in both, under the same label.
    pub kept: u64,
}

impl Changes {
    /// The part of the version that must rise.
    pub fn step(&self) -> Step {
        Step::of(self.added, self.removed, self.relabelled)
    }
}

/// Compares two releases in one pass: both sorted by `clip_id`, each id once. Each difference is
/// handed to `found` in the order of the ids; memory does not grow with the number of clips.
///
/// # Errors
///
/// [`DatasetError::OutOfOrder`] names the clip that does not come after the one before it.
pub fn compare(
    older: impl IntoIterator<Item = Labelled>,
    newer: impl IntoIterator<Item = Labelled>,
    mut found: impl FnMut(Change),
) -> Result<Changes, DatasetError> {
    let mut changes = Changes::default();
    let mut older = Sorted { rows: older.into_iter().peekable(), last: None };
    let mut newer = Sorted { rows: newer.into_iter().peekable(), last: None };
    loop {
        let order = match (older.rows.peek(), newer.rows.peek()) {
            (None, None) => return Ok(changes),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.clip_id.cmp(&new.clip_id),
        };
        let old = if order.is_le() { older.next()? } else { None };
        let new = if order.is_ge() { newer.next()? } else { None };
        match (old, new) {
            (Some(old), Some(new)) if old.label == new.label => changes.kept += 1,
            (Some(old), Some(new)) => {
                changes.relabelled += 1;
                found(Change::Relabelled { clip_id: old.clip_id, from: old.label, to: new.label });
            }
            (Some(old), None) => {
                changes.removed += 1;
                found(Change::Removed { clip_id: old.clip_id, label: old.label });
            }
            (None, Some(new)) => {
                changes.added += 1;
                found(Change::Added { clip_id: new.clip_id, label: new.label });
            }
            (None, None) => return Ok(changes),
        }
    }
}

/// Rows that must be sorted.
struct Sorted<I: Iterator<Item = Labelled>> {
    rows: Peekable<I>,
    last: Option<String>,
}

impl<I: Iterator<Item = Labelled>> Sorted<I> {
    fn next(&mut self) -> Result<Option<Labelled>, DatasetError> {
        let Some(row) = self.rows.next() else { return Ok(None) };
        if self.last.as_ref().is_some_and(|last| *last >= row.clip_id) {
            return Err(DatasetError::OutOfOrder { clip_id: row.clip_id });
        }
        self.last = Some(row.clip_id.clone());
        Ok(Some(row))
    }
}
