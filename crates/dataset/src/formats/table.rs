//! Rows of any kind to Parquet, as they come and in constant memory.

use crate::columns::{Column, Kind};
use crate::error::DatasetError;
use crate::formats::columnar::Cells;
use crate::formats::groups::{Encoder, Rows};
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::{Compression, Encoding, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use ::parquet::schema::types::ColumnPath;
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema};
use std::io::Write;
use std::sync::Arc;

/// The writer that the files name. Not this crate's version: a new version that writes the same
/// rows should write the same bytes.
const CREATED_BY: &str = "sayso";

/// Rows that are turned into columns at once: few enough to stay in the processor's cache.
const BATCH_ROWS: usize = 1_024;

/// So many such batches are encoded at once: enough to be worth dealing out to threads.
const BATCHES: usize = 16;

/// Bytes of rows that are turned into columns at once and encoded, for rows that hold sound.
const BATCH_BYTES: usize = 8 << 20;

/// Something that a Parquet table has one row for.
pub(crate) trait Row: Default {
    /// The columns, in order; the first is the id or the sound of the clip.
    fn columns() -> Vec<Column>;

    /// Refuses a row that must not leave, or that does not come after `previous`.
    fn check(&self, previous: Option<&Self>) -> Result<(), DatasetError>;

    /// Copies into `last` what [`Row::check`] looks at in a previous row.
    fn keep(&self, last: &mut Self);

    /// Gives one cell for each column of [`Row::columns`].
    fn cells(&self, cells: &mut Cells);

    /// About how much memory the row takes beside its fixed part.
    fn size_bytes(&self) -> usize {
        0
    }
}

/// Writes rows as they come. What each column holds is in the file's key/value metadata, under
/// `column.<name>`; nothing in the file depends on when or where it was made.
pub(crate) struct TableWriter<W: Write + Send + 'static, R: Row> {
    encoder: Encoder<W>,
    cells: Cells,
    waiting: usize,
    waiting_bytes: usize,
    /// Rows that wait to be encoded.
    batches: Vec<Rows>,
    /// The last row, as far as the next one is checked against it.
    last: Option<R>,
}

impl<W: Write + Send + 'static, R: Row> TableWriter<W, R> {
    /// Begins a table in `out` without the columns named in `left_out`, and with more metadata.
    pub(crate) fn new(out: W, left_out: &[&str], more: Vec<KeyValue>) -> Result<Self, DatasetError> {
        let mut columns = R::columns();
        let cells = Cells::of(&columns, left_out, BATCH_ROWS);
        columns.retain(|column| !left_out.contains(&column.name));
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<Field>>()));
        let options = ArrowWriterOptions::new()
            .with_properties(properties(&columns, more))
            // Plain types need no Arrow schema beside the Parquet one.
            .with_skip_arrow_metadata(true);
        let encoder = Encoder::new(out, schema, options)?;
        Ok(TableWriter { encoder, cells, waiting: 0, waiting_bytes: 0, batches: Vec::new(), last: None })
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: &R) -> Result<(), DatasetError> {
        row.check(self.last.as_ref())?;
        row.keep(self.last.get_or_insert_default());
        self.cells.begin_row();
        row.cells(&mut self.cells);
        self.waiting += 1;
        self.waiting_bytes += row.size_bytes();
        if self.waiting_bytes >= BATCH_BYTES {
            self.gather()?;
            return self.encode();
        }
        if self.waiting >= BATCH_ROWS { self.gather() } else { Ok(()) }
    }

    /// Encodes what waits, and ends the file.
    pub(crate) fn finish(mut self) -> Result<W, DatasetError> {
        self.gather()?;
        self.encode()?;
        Ok(self.encoder.finish()?)
    }

    /// Makes columns of the rows that wait.
    fn gather(&mut self) -> Result<(), DatasetError> {
        if self.waiting > 0 {
            self.batches.push(self.cells.take().map_err(ParquetError::from)?);
        }
        (self.waiting, self.waiting_bytes) = (0, 0);
        if self.batches.len() >= BATCHES { self.encode() } else { Ok(()) }
    }

    fn encode(&mut self) -> Result<(), DatasetError> {
        if self.batches.is_empty() {
            return Ok(());
        }
        Ok(self.encoder.write(std::mem::take(&mut self.batches))?)
    }
}

fn properties(columns: &[Column], more: Vec<KeyValue>) -> WriterProperties {
    let metadata: Vec<KeyValue> = columns.iter().map(description).chain(more).collect();
    let builder = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_max_row_group_row_count(None)
        .set_key_value_metadata(Some(metadata));
    columns.iter().fold(builder, tuned).build()
}

/// How a column is stored. Values that hardly repeat, as what was measured to the last bit, have no
/// dictionary; one after another, ids begin alike, and digests and paths are packed without their
/// lengths between them. Smallest and largest
/// values are told where they let a reader skip rows: not of texts in no order, nor of sounds.
fn tuned(builder: WriterPropertiesBuilder, column: &Column) -> WriterPropertiesBuilder {
    let path = |parts: &[&str]| ColumnPath::new(parts.iter().map(|part| (*part).to_owned()).collect());
    let own = path(&[column.name]);
    let bare = EnabledStatistics::None;
    match (column.kind, column.name) {
        (Kind::Sound, name) => {
            let (bytes, paths) = (path(&[name, "bytes"]), path(&[name, "path"]));
            builder
                .set_column_dictionary_enabled(bytes.clone(), false)
                .set_column_statistics_enabled(bytes, bare)
                .set_column_dictionary_enabled(paths.clone(), false)
                .set_column_statistics_enabled(paths, bare)
        }
        (Kind::Floats, name) => builder.set_column_dictionary_enabled(path(&[name, "list", "element"]), false),
        (Kind::Number, "snr_db" | "noise_floor_dbfs" | "speech_level_dbfs" | "rms_dbfs" | "dc_offset") => {
            builder.set_column_dictionary_enabled(own, false)
        }
        (Kind::Text, "clip_id") => builder
            .set_column_dictionary_enabled(own.clone(), false)
            .set_column_encoding(own, Encoding::DELTA_BYTE_ARRAY),
        (Kind::Text | Kind::OptionalText, "file" | "sha256" | "original_file" | "original_sha256") => builder
            .set_column_dictionary_enabled(own.clone(), false)
            .set_column_encoding(own.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
            .set_column_statistics_enabled(own, bare),
        (Kind::Text | Kind::OptionalText, _) => builder.set_column_statistics_enabled(own, bare),
        _ => builder,
    }
}

fn field(column: &Column) -> Field {
    // No sound is missing, but `datasets` takes a column for sound only if it could be.
    let nullable = column.kind.is_optional() || column.kind == Kind::Sound;
    Field::new(column.name, data_type(column.kind), nullable)
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::OptionalText => DataType::Utf8,
        Kind::Integer => DataType::Int32,
        Kind::Number => DataType::Float64,
        Kind::Flag | Kind::OptionalFlag => DataType::Boolean,
        Kind::Floats => DataType::List(list_element()),
        Kind::Sound => DataType::Struct(sound_fields()),
    }
}

/// What a list of numbers consists of.
pub(crate) fn list_element() -> FieldRef {
    Arc::new(Field::new("element", DataType::Float32, false))
}

/// What a column of sound consists of.
pub(crate) fn sound_fields() -> Fields {
    vec![Field::new("bytes", DataType::Binary, true), Field::new("path", DataType::Utf8, true)].into()
}

fn description(column: &Column) -> KeyValue {
    let text = if column.unit.is_empty() {
        column.meaning.to_owned()
    } else {
        format!("{} ({})", column.meaning, column.unit)
    };
    KeyValue::new(format!("column.{}", column.name), text)
}
