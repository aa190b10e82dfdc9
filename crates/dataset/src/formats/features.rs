//! The features of clips as Parquet: one row per clip and definition.

use crate::columns::{Column, FEATURE_COLUMNS};
use crate::error::DatasetError;
use crate::formats::columnar::Cells;
use crate::formats::table::{Row, TableWriter};
use crate::rows::FeatureRow;
use std::io::Write;

/// The table of features, written row by row; columns as in [`FEATURE_COLUMNS`].
pub struct FeatureWriter<W: Write + Send + 'static>(TableWriter<W, FeatureRow>);

impl<W: Write + Send + 'static> FeatureWriter<W> {
    /// Begins the table.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Encoding`] when `out` fails.
    pub fn new(out: W) -> Result<FeatureWriter<W>, DatasetError> {
        Ok(FeatureWriter(TableWriter::new(out, &[], Vec::new())?))
    }

    /// Adds a row; rows come sorted by clip, then by definition.
    ///
    /// # Errors
    ///
    /// [`DatasetError::OutOfOrder`], [`DatasetError::WrongSize`] and [`DatasetError::NotFinite`]
    /// name the clip; [`DatasetError::Encoding`] when the writer below fails.
    pub fn push(&mut self, row: &FeatureRow) -> Result<(), DatasetError> {
        self.0.push(row)
    }

    /// Ends the table, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Encoding`] when the writer below fails.
    pub fn finish(self) -> Result<W, DatasetError> {
        self.0.finish()
    }
}

impl Row for FeatureRow {
    fn columns() -> Vec<Column> {
        FEATURE_COLUMNS.to_vec()
    }

    fn check(&self, previous: Option<&Self>) -> Result<(), DatasetError> {
        let clip_id = || self.clip_id.clone();
        if previous.is_some_and(|before| (&before.clip_id, &before.spec) >= (&self.clip_id, &self.spec)) {
            return Err(DatasetError::OutOfOrder { clip_id: clip_id() });
        }
        if i64::from(self.bands) * i64::from(self.frames) != self.values.len() as i64 {
            return Err(DatasetError::WrongSize { clip_id: clip_id() });
        }
        if self.values.iter().any(|value| !value.is_finite()) {
            return Err(DatasetError::NotFinite { column: "values", clip_id: clip_id() });
        }
        Ok(())
    }

    fn keep(&self, last: &mut Self) {
        last.clip_id.clone_from(&self.clip_id);
        last.spec.clone_from(&self.spec);
    }

    fn cells(&self, cells: &mut Cells) {
        cells.text(&self.clip_id);
        cells.text(&self.spec);
        cells.integer(self.bands);
        cells.integer(self.frames);
        cells.floats(&self.values);
    }

    fn size_bytes(&self) -> usize {
        self.values.len() * size_of::<f32>()
    }
}
