//! Clips with the sound inside, as Parquet that Hugging Face `datasets` reads as an `Audio` column.
//!
//! The column `audio` is a struct of `bytes` and `path`; the metadata key `huggingface` tells that
//! it is sound (documentation of `datasets`, "Audio": the storage of an `Audio` feature).

use crate::columns::{CLIP_COLUMNS, Column, Kind, SOUND_COLUMN};
use crate::error::DatasetError;
use crate::formats::columnar::Cells;
use crate::formats::table::{Row, TableWriter};
use crate::rows::ClipRow;
use ::parquet::file::metadata::KeyValue;
use bytes::Bytes;
use serde_json::{Map, Value, json};
use std::io::Write;

/// Sample rate of released recordings.
const RATE_HZ: u32 = 16_000;

/// A clip with its recording.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SoundRow {
    /// The clip.
    pub clip: ClipRow,
    /// Its file: 16 kHz mono WAV.
    pub wav: Bytes,
}

/// The table, written row by row: `audio`, then the columns of [`CLIP_COLUMNS`].
pub struct SoundWriter<W: Write + Send + 'static>(TableWriter<W, SoundRow>);

impl<W: Write + Send + 'static> SoundWriter<W> {
    /// Begins the table.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Encoding`] when `out` fails.
    pub fn new(out: W) -> Result<SoundWriter<W>, DatasetError> {
        let features = KeyValue::new("huggingface".to_owned(), hub_features().to_string());
        Ok(SoundWriter(TableWriter::new(out, &[], vec![features])?))
    }

    /// Adds a clip; its id must come after the last one's.
    ///
    /// # Errors
    ///
    /// As [`crate::parquet::ClipWriter::push`].
    pub fn push(&mut self, row: &SoundRow) -> Result<(), DatasetError> {
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

/// The path in the release of the table of one [shard](crate::release::shards::Shard).
pub fn path(shard: &str) -> String {
    format!("audio-parquet/{shard}.parquet")
}

/// The features as `datasets` stores them in a schema.
fn hub_features() -> Value {
    let feature = |column: &Column| match column.kind {
        Kind::Sound => json!({ "_type": "Audio", "sampling_rate": RATE_HZ }),
        Kind::Text | Kind::OptionalText => json!({ "_type": "Value", "dtype": "string" }),
        Kind::Integer => json!({ "_type": "Value", "dtype": "int32" }),
        Kind::Number => json!({ "_type": "Value", "dtype": "float64" }),
        Kind::Flag | Kind::OptionalFlag => json!({ "_type": "Value", "dtype": "bool" }),
        Kind::Floats => json!({ "_type": "List", "feature": { "_type": "Value", "dtype": "float32" } }),
    };
    let columns = SoundRow::columns();
    let features: Map<String, Value> = columns.iter().map(|column| (column.name.to_owned(), feature(column))).collect();
    crate::documents::json::sorted(json!({ "info": { "features": features } }))
}

impl Row for SoundRow {
    fn columns() -> Vec<Column> {
        [SOUND_COLUMN].into_iter().chain(CLIP_COLUMNS).collect()
    }

    fn check(&self, previous: Option<&Self>) -> Result<(), DatasetError> {
        self.clip.check(previous.map(|previous| &previous.clip))
    }

    fn keep(&self, last: &mut Self) {
        self.clip.keep(&mut last.clip);
    }

    fn cells(&self, cells: &mut Cells) {
        cells.sound(&self.wav, &self.clip.file);
        self.clip.cells(cells);
    }

    fn size_bytes(&self) -> usize {
        self.wav.len()
    }
}
