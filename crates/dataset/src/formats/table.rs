//! Rows of any kind to Parquet, as they come and in constant memory.

use crate::columns::{Column, Kind};
use crate::error::DatasetError;
use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use ::parquet::schema::types::ColumnPath;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use std::io::Write;
use std::sync::Arc;

/// The writer that the files name. Not this crate's version: a new version that writes the same
/// rows should write the same bytes.
const CREATED_BY: &str = "sayso";

/// Rows that are turned into columns at once: few enough to stay in the processor's cache.
const BATCH_ROWS: usize = 1_024;

/// Bytes of rows that are turned into columns at once, for rows that hold sound.
const BATCH_BYTES: usize = 8 << 20;

/// Rows of a row group; readers read and skip these as one.
const GROUP_ROWS: usize = 1 << 17;

/// Encoded bytes after which a row group ends, whatever its rows.
const GROUP_BYTES: usize = 48 << 20;

/// Something that a Parquet table has one row for.
pub(crate) trait Row {
    /// The columns, in order; the first is the id or the sound of the clip.
    fn columns() -> Vec<Column>;

    /// Refuses a row that must not leave, or that does not come after `previous`.
    fn check(&self, previous: Option<&Self>) -> Result<(), DatasetError>;

    /// One array per column of [`Row::columns`].
    fn arrays(rows: &[Self]) -> Result<Vec<ArrayRef>, DatasetError>
    where
        Self: Sized;

    /// About how much memory the row takes beside its fixed part.
    fn size_bytes(&self) -> usize {
        0
    }
}

/// Writes rows as they come. What each column holds is in the file's key/value metadata, under
/// `column.<name>`; nothing in the file depends on when or where it was made.
pub(crate) struct TableWriter<W: Write + Send, R: Row> {
    writer: ArrowWriter<W>,
    schema: SchemaRef,
    /// Places in [`Row::columns`] of the columns that are written.
    kept: Vec<usize>,
    waiting: Vec<R>,
    waiting_bytes: usize,
    last: Option<R>,
    group_rows: usize,
}

impl<W: Write + Send, R: Row> TableWriter<W, R> {
    /// Begins a table in `out` without the columns named in `left_out`, and with more metadata.
    pub(crate) fn new(out: W, left_out: &[&str], more: Vec<KeyValue>) -> Result<Self, DatasetError> {
        let all = R::columns();
        let kept: Vec<usize> = (0..all.len()).filter(|place| !left_out.contains(&all[*place].name)).collect();
        let columns: Vec<Column> = kept.iter().map(|place| all[*place]).collect();
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<Field>>()));
        let options = ArrowWriterOptions::new()
            .with_properties(properties(&columns, more))
            // Plain types need no Arrow schema beside the Parquet one.
            .with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(out, Arc::clone(&schema), options)?;
        Ok(TableWriter { writer, schema, kept, waiting: Vec::new(), waiting_bytes: 0, last: None, group_rows: 0 })
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: R) -> Result<(), DatasetError> {
        row.check(self.waiting.last().or(self.last.as_ref()))?;
        self.waiting_bytes += row.size_bytes();
        self.waiting.push(row);
        if self.waiting.len() >= BATCH_ROWS || self.waiting_bytes >= BATCH_BYTES { self.write() } else { Ok(()) }
    }

    /// Writes what waits, and ends the file.
    pub(crate) fn finish(mut self) -> Result<W, DatasetError> {
        self.write()?;
        Ok(self.writer.into_inner()?)
    }

    fn write(&mut self) -> Result<(), DatasetError> {
        let mut arrays: Vec<Option<ArrayRef>> = R::arrays(&self.waiting)?.into_iter().map(Some).collect();
        let kept = self.kept.iter().filter_map(|place| arrays[*place].take()).collect();
        self.writer.write(&RecordBatch::try_new(Arc::clone(&self.schema), kept)?)?;
        self.group_rows += self.waiting.len();
        if self.group_rows >= GROUP_ROWS || self.writer.in_progress_size() >= GROUP_BYTES {
            self.writer.flush()?;
            self.group_rows = 0;
        }
        self.waiting_bytes = 0;
        if let Some(last) = self.waiting.pop() {
            self.last = Some(last);
        }
        self.waiting.clear();
        Ok(())
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

/// No dictionary where nearly every value is another, and no smallest and largest sound.
fn tuned(builder: WriterPropertiesBuilder, column: &Column) -> WriterPropertiesBuilder {
    let differs = ["clip_id", "file", "sha256", "original_file", "original_sha256", "seconds"];
    let plain = |builder: WriterPropertiesBuilder, parts: &[&str]| {
        let path = ColumnPath::new(parts.iter().map(|part| (*part).to_owned()).collect());
        builder.set_column_dictionary_enabled(path, false)
    };
    match column.kind {
        Kind::Sound => {
            let bytes = ColumnPath::new(vec![column.name.to_owned(), "bytes".to_owned()]);
            let builder = builder.set_column_statistics_enabled(bytes, EnabledStatistics::None);
            plain(plain(builder, &[column.name, "bytes"]), &[column.name, "path"])
        }
        Kind::Floats => plain(builder, &[column.name, "list", "element"]),
        Kind::Number => plain(builder, &[column.name]),
        _ if differs.contains(&column.name) => plain(builder, &[column.name]),
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

pub(crate) fn texts<R>(rows: &[R], value: impl Fn(&R) -> &String) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(value)))
}

pub(crate) fn optional_texts<R>(rows: &[R], value: impl Fn(&R) -> Option<&str>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<StringArray>())
}

pub(crate) fn integers<R>(rows: &[R], value: impl Fn(&R) -> i32) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(rows.iter().map(value)))
}

pub(crate) fn numbers<R>(rows: &[R], value: impl Fn(&R) -> f64) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(rows.iter().map(value)))
}

pub(crate) fn flags<R>(rows: &[R], value: impl Fn(&R) -> Option<bool>) -> ArrayRef {
    Arc::new(rows.iter().map(value).collect::<BooleanArray>())
}
