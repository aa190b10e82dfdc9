//! Rows to Parquet: zstd, sorted, and the same bytes for the same rows.
//!
//! Nothing in the files depends on when, where or by which call they were made: rows are sorted,
//! `created_by` is fixed, and no times are written. What each column holds is in the file's
//! key/value metadata, under `column.<name>`.

use crate::columns::{ANSWER_COLUMNS, CLIP_COLUMNS, Column, Kind};
use crate::error::DatasetError;
use crate::rows::{AnswerRow, ClipRow};
use crate::split::split_of;
use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int32Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use bytes::Bytes;
use std::sync::Arc;

/// The writer that the files name. Not this crate's version: a new version that writes the same
/// rows should write the same bytes.
const CREATED_BY: &str = "sayso";

/// The table of clips, sorted by `clip_id`; columns as in [`CLIP_COLUMNS`].
///
/// # Errors
///
/// [`DatasetError::DuplicateClip`], [`DatasetError::WrongSplit`] and [`DatasetError::NotFinite`]
/// name the clip; the others do not happen with rows that fit in memory.
pub fn clips(rows: &[ClipRow]) -> Result<Bytes, DatasetError> {
    let mut rows: Vec<&ClipRow> = rows.iter().collect();
    rows.sort_by(|a, b| a.clip_id.cmp(&b.clip_id));
    refuse_duplicates(&rows)?;
    refuse_wrong_splits(&rows)?;
    let values = vec![
        texts(&rows, |row| &row.clip_id),
        texts(&rows, |row| &row.file),
        texts(&rows, |row| &row.sha256),
        texts(&rows, |row| &row.original_sha256),
        texts(&rows, |row| &row.speaker),
        texts(&rows, |row| &row.phrase),
        texts(&rows, |row| &row.language),
        texts(&rows, |row| &row.label),
        numbers(&rows, |row| row.probability),
        integers(&rows, |row| row.answers),
        texts(&rows, |row| &row.method),
        integers(&rows, |row| row.length_ms),
        integers(&rows, |row| row.rate_hz),
        numbers(&rows, |row| row.snr_db),
        numbers(&rows, |row| row.noise_floor_dbfs),
        numbers(&rows, |row| row.speech_level_dbfs),
        numbers(&rows, |row| row.peak_dbfs),
        integers(&rows, |row| row.speech_start_ms),
        integers(&rows, |row| row.speech_end_ms),
        texts(&rows, |row| &row.report_version),
        flags(&rows, |row| row.echo_cancellation),
        flags(&rows, |row| row.noise_suppression),
        flags(&rows, |row| row.auto_gain_control),
        flags(&rows, |row| Some(row.synthetic)),
        texts(&rows, |row| &row.split),
    ];
    write(&CLIP_COLUMNS, values)
}

/// The table of answers, sorted by `clip_id`, then `annotator`; columns as in
/// [`ANSWER_COLUMNS`].
///
/// # Errors
///
/// [`DatasetError::NotFinite`] names the clip; the others do not happen with rows that fit in
/// memory.
pub fn answers(rows: &[AnswerRow]) -> Result<Bytes, DatasetError> {
    let mut rows: Vec<&AnswerRow> = rows.iter().collect();
    // By every column, because two answers of one person to one clip must have an order too.
    rows.sort_by(|a, b| {
        let texts = |row: &AnswerRow| {
            let (clip, annotator) = (row.clip_id.clone(), row.annotator.clone());
            (clip, annotator, row.label.clone(), row.reason.clone())
        };
        texts(a)
            .cmp(&texts(b))
            .then(a.seconds.total_cmp(&b.seconds))
            .then(a.weight.total_cmp(&b.weight))
            .then(a.counted.cmp(&b.counted))
    });
    let values = vec![
        texts(&rows, |row| &row.clip_id),
        texts(&rows, |row| &row.annotator),
        texts(&rows, |row| &row.label),
        optional_texts(&rows, |row| row.reason.as_deref()),
        numbers(&rows, |row| row.seconds),
        numbers(&rows, |row| row.weight),
        flags(&rows, |row| Some(row.counted)),
    ];
    write(&ANSWER_COLUMNS, values)
}

/// `values` has one array per column, in the order of `columns`; the first is `clip_id`.
fn write(columns: &[Column], values: Vec<ArrayRef>) -> Result<Bytes, DatasetError> {
    refuse_not_finite(columns, &values)?;
    let fields: Vec<Field> = columns.iter().map(field).collect();
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), values)?;
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(columns.iter().map(description).collect()))
        .build();
    let options = ArrowWriterOptions::new()
        .with_properties(properties)
        // Plain types need no Arrow schema beside the Parquet one.
        .with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), batch.schema(), options)?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?.into())
}

/// `rows` are sorted by clip.
fn refuse_duplicates(rows: &[&ClipRow]) -> Result<(), DatasetError> {
    let mut pairs = rows.windows(2);
    match pairs.find(|pair| pair[0].clip_id == pair[1].clip_id) {
        None => Ok(()),
        Some(pair) => Err(DatasetError::DuplicateClip { clip_id: pair[0].clip_id.clone() }),
    }
}

fn refuse_wrong_splits(rows: &[&ClipRow]) -> Result<(), DatasetError> {
    for row in rows {
        let expected = split_of(&row.speaker).as_str();
        if row.split != expected {
            return Err(DatasetError::WrongSplit { clip_id: row.clip_id.clone(), split: row.split.clone(), expected });
        }
    }
    Ok(())
}

fn refuse_not_finite(columns: &[Column], values: &[ArrayRef]) -> Result<(), DatasetError> {
    for (column, array) in columns.iter().zip(values) {
        let Some(numbers) = array.as_primitive_opt::<Float64Type>() else {
            continue;
        };
        let bad = numbers.values().iter().position(|value| !value.is_finite());
        if let Some(row) = bad {
            return Err(DatasetError::NotFinite {
                column: column.name,
                clip_id: values[0].as_string::<i32>().value(row).to_owned(),
            });
        }
    }
    Ok(())
}

fn field(column: &Column) -> Field {
    let data_type = match column.kind {
        Kind::Text | Kind::OptionalText => DataType::Utf8,
        Kind::Integer => DataType::Int32,
        Kind::Number => DataType::Float64,
        Kind::Flag | Kind::OptionalFlag => DataType::Boolean,
    };
    Field::new(column.name, data_type, column.kind.is_optional())
}

fn description(column: &Column) -> KeyValue {
    let text = if column.unit.is_empty() {
        column.meaning.to_owned()
    } else {
        format!("{} ({})", column.meaning, column.unit)
    };
    KeyValue::new(format!("column.{}", column.name), text)
}

fn texts<R>(rows: &[&R], value: impl Fn(&R) -> &String) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(|row| value(row))))
}

fn optional_texts<R>(rows: &[&R], value: impl Fn(&R) -> Option<&str>) -> ArrayRef {
    Arc::new(rows.iter().map(|row| value(row)).collect::<StringArray>())
}

fn integers<R>(rows: &[&R], value: impl Fn(&R) -> i32) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| value(row))))
}

fn numbers<R>(rows: &[&R], value: impl Fn(&R) -> f64) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| value(row))))
}

fn flags<R>(rows: &[&R], value: impl Fn(&R) -> Option<bool>) -> ArrayRef {
    Arc::new(rows.iter().map(|row| value(row)).collect::<BooleanArray>())
}
