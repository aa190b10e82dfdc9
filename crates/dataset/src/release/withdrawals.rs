//! The withdrawal feed: which released clips their holders must delete.

use crate::error::DatasetError;
use crate::formats::cells::{csv, guard};
use crate::release::manifest::FileEntry;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// Days in which holders of a copy delete what the feed names.
pub const DELETE_WITHIN_DAYS: u32 = 30;

/// A clip that was released and has been withdrawn since. It tells neither who nor why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Id of the clip.
    pub clip_id: String,
    /// SHA-256 of its released file, in lower-case hex.
    pub sha256: String,
    /// Day of the withdrawal, as `2026-01-31`.
    pub withdrawn_on: String,
}

/// The feed of a dataset. The bytes that [`Feed::to_json`] gives are what the publisher signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Name of the dataset.
    pub dataset: String,
    /// When the feed was issued, UTC, as `2026-01-31T12:00:00Z`.
    pub issued_at: String,
    /// Days in which holders delete the clips.
    pub delete_within_days: u32,
    /// The clips, sorted.
    pub withdrawals: Vec<Withdrawal>,
}

impl Feed {
    /// The feed of `dataset`, sorted, each clip's file once.
    pub fn new(dataset: &str, issued_at: &str, mut withdrawals: Vec<Withdrawal>) -> Feed {
        withdrawals.sort();
        withdrawals.dedup_by(|a, b| a.clip_id == b.clip_id && a.sha256 == b.sha256);
        Feed {
            dataset: dataset.to_owned(),
            issued_at: issued_at.to_owned(),
            delete_within_days: DELETE_WITHIN_DAYS,
            withdrawals,
        }
    }

    /// The feed as JSON, a line break at the end.
    ///
    /// # Errors
    ///
    /// None that these types can cause.
    pub fn to_json(&self) -> Result<String, DatasetError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads what [`Feed::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Json`] when it is something else.
    pub fn from_json(text: &str) -> Result<Feed, DatasetError> {
        Ok(serde_json::from_str(text)?)
    }

    /// The feed's rows as CSV with the header `clip_id,sha256,withdrawn_on`.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when `out` fails.
    pub fn write_csv(&self, out: impl Write) -> Result<(), DatasetError> {
        let mut csv = csv(out);
        csv.write_record(["clip_id", "sha256", "withdrawn_on"])?;
        for row in &self.withdrawals {
            csv.write_record([&row.clip_id, &row.sha256, &row.withdrawn_on].map(|cell| guard(cell).into_owned()))?;
        }
        Ok(csv.flush()?)
    }

    /// The withdrawals that a copy of a release still holds: those whose file is among `files`
    /// under any name, or whose clip is among `clip_ids`.
    pub fn held_in<'a>(
        &self,
        files: &[FileEntry],
        clip_ids: impl IntoIterator<Item = &'a str>,
    ) -> Vec<(&Withdrawal, Vec<String>)> {
        let mut paths: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for file in files {
            paths.entry(&file.sha256).or_default().push(file.path.clone());
        }
        let clips: BTreeSet<&str> = clip_ids.into_iter().collect();
        let held =
            |row: &'_ Withdrawal| paths.contains_key(row.sha256.as_str()) || clips.contains(row.clip_id.as_str());
        let rows = self.withdrawals.iter().filter(|row| held(row));
        rows.map(|row| (row, paths.get(row.sha256.as_str()).cloned().unwrap_or_default())).collect()
    }
}
