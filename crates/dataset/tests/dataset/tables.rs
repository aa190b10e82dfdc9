//! The Parquet tables: what goes in comes out, the same bytes every time, and nothing senseless.

use super::{answer, clip, three_clips};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type};
use bytes::Bytes;
use dataset::columns::{ANSWER_COLUMNS, CLIP_COLUMNS, Column};
use dataset::parquet::{answers, clips};
use dataset::{ClipRow, DatasetError};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::HashMap;

/// The rows of a file, and its key/value metadata.
fn read(file: Bytes) -> (Vec<RecordBatch>, HashMap<String, String>) {
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    let pairs = builder.metadata().file_metadata().key_value_metadata();
    let pairs = pairs.expect("metadata").iter();
    let metadata = pairs.map(|pair| (pair.key.clone(), pair.value.clone().expect("a value"))).collect();
    let batches = builder.build().expect("a reader");
    (batches.map(|batch| batch.expect("rows")).collect(), metadata)
}

fn only_batch(file: Bytes) -> RecordBatch {
    let (mut batches, _) = read(file);
    assert_eq!(batches.len(), 1);
    batches.remove(0)
}

fn texts<'a>(batch: &'a RecordBatch, name: &str) -> Vec<Option<&'a str>> {
    let column = batch.column_by_name(name).expect(name);
    column.as_string::<i32>().iter().collect()
}

fn numbers(batch: &RecordBatch, name: &str) -> Vec<f64> {
    let column = batch.column_by_name(name).expect(name);
    column.as_primitive::<Float64Type>().values().to_vec()
}

fn integers(batch: &RecordBatch, name: &str) -> Vec<i32> {
    let column = batch.column_by_name(name).expect(name);
    column.as_primitive::<Int32Type>().values().to_vec()
}

fn flags(batch: &RecordBatch, name: &str) -> Vec<Option<bool>> {
    let column = batch.column_by_name(name).expect(name);
    column.as_boolean().iter().collect()
}

#[test]
fn clips_read_back_as_written() {
    let rows = three_clips();
    let batch = only_batch(clips(&rows).expect("good rows"));
    let text = |value: fn(&ClipRow) -> &String| -> Vec<Option<&str>> {
        rows.iter().map(|row| Some(value(row).as_str())).collect()
    };
    let number = |value: fn(&ClipRow) -> f64| rows.iter().map(value).collect::<Vec<f64>>();
    let integer = |value: fn(&ClipRow) -> i32| rows.iter().map(value).collect::<Vec<i32>>();
    assert_eq!(texts(&batch, "clip_id"), text(|row| &row.clip_id));
    assert_eq!(texts(&batch, "file"), text(|row| &row.file));
    assert_eq!(texts(&batch, "sha256"), text(|row| &row.sha256));
    let optional = |value: fn(&ClipRow) -> &Option<String>| -> Vec<Option<&str>> {
        rows.iter().map(|row| value(row).as_deref()).collect()
    };
    assert_eq!(texts(&batch, "original_file"), optional(|row| &row.original_file));
    assert_eq!(texts(&batch, "device"), optional(|row| &row.device));
    assert_eq!(texts(&batch, "age"), optional(|row| &row.age));
    assert_eq!(texts(&batch, "gender"), optional(|row| &row.gender));
    assert_eq!(texts(&batch, "accent"), optional(|row| &row.accent));
    assert_eq!(texts(&batch, "parent_clip_id"), optional(|row| &row.parent_clip_id));
    assert_eq!(texts(&batch, "augmentation"), optional(|row| &row.augmentation));
    assert_eq!(integers(&batch, "yes_answers"), integer(|row| row.yes_answers));
    assert_eq!(integers(&batch, "no_answers"), integer(|row| row.no_answers));
    assert_eq!(numbers(&batch, "rms_dbfs"), number(|row| row.rms_dbfs));
    assert_eq!(numbers(&batch, "dc_offset"), number(|row| row.dc_offset));
    assert_eq!(numbers(&batch, "clipped_ratio"), number(|row| row.clipped_ratio));
    assert_eq!(texts(&batch, "original_sha256"), text(|row| &row.original_sha256));
    assert_eq!(texts(&batch, "speaker"), text(|row| &row.speaker));
    assert_eq!(texts(&batch, "phrase"), text(|row| &row.phrase));
    assert_eq!(texts(&batch, "language"), text(|row| &row.language));
    assert_eq!(texts(&batch, "label"), text(|row| &row.label));
    assert_eq!(numbers(&batch, "probability"), number(|row| row.probability));
    assert_eq!(integers(&batch, "answers"), integer(|row| row.answers));
    assert_eq!(texts(&batch, "method"), text(|row| &row.method));
    assert_eq!(integers(&batch, "length_ms"), integer(|row| row.length_ms));
    assert_eq!(integers(&batch, "rate_hz"), integer(|row| row.rate_hz));
    assert_eq!(numbers(&batch, "snr_db"), number(|row| row.snr_db));
    assert_eq!(numbers(&batch, "noise_floor_dbfs"), number(|row| row.noise_floor_dbfs));
    assert_eq!(numbers(&batch, "speech_level_dbfs"), number(|row| row.speech_level_dbfs));
    assert_eq!(numbers(&batch, "peak_dbfs"), number(|row| row.peak_dbfs));
    assert_eq!(integers(&batch, "speech_start_ms"), integer(|row| row.speech_start_ms));
    assert_eq!(integers(&batch, "speech_end_ms"), integer(|row| row.speech_end_ms));
    assert_eq!(texts(&batch, "report_version"), text(|row| &row.report_version));
    assert_eq!(flags(&batch, "echo_cancellation"), [Some(false); 3]);
    assert_eq!(flags(&batch, "noise_suppression"), [None; 3]);
    assert_eq!(flags(&batch, "auto_gain_control"), [Some(true); 3]);
    assert_eq!(flags(&batch, "synthetic"), [Some(false); 3]);
    let splits = [Some("train"), Some("dev"), Some("test")];
    assert_eq!(texts(&batch, "split"), splits);
}

#[test]
fn answers_read_back_as_written() {
    let clip = clip(1, "speaker-1", "stop");
    let rows = [answer(&clip, "ann", "no", Some("cut_off")), answer(&clip, "ben", "unsure", None)];
    let batch = only_batch(answers(&rows).expect("good rows"));
    assert_eq!(texts(&batch, "clip_id"), [Some("clip-0001"); 2]);
    assert_eq!(texts(&batch, "annotator"), [Some("ann"), Some("ben")]);
    assert_eq!(texts(&batch, "label"), [Some("no"), Some("unsure")]);
    assert_eq!(texts(&batch, "reason"), [Some("cut_off"), None]);
    assert_eq!(numbers(&batch, "seconds"), [3.5; 2]);
    assert_eq!(numbers(&batch, "weight"), [1.25; 2]);
    assert_eq!(flags(&batch, "counted"), [Some(true), Some(false)]);
}

fn assert_described(file: Bytes, columns: &[Column]) {
    let (batches, metadata) = read(file);
    let schema = batches[0].schema();
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    let expected: Vec<&str> = columns.iter().map(|column| column.name).collect();
    assert_eq!(names, expected);
    assert_eq!(metadata.len(), columns.len());
    for column in columns {
        let text = &metadata[&format!("column.{}", column.name)];
        assert!(text.starts_with(column.meaning) && text.contains(column.unit));
        let field = schema.field_with_name(column.name).expect("a field");
        assert_eq!(field.is_nullable(), column.kind.is_optional());
    }
}

#[test]
fn files_say_what_their_columns_mean() {
    let rows = three_clips();
    assert_described(clips(&rows).expect("good rows"), &CLIP_COLUMNS);
    let judged = [answer(&rows[0], "ann", "yes", None)];
    assert_described(answers(&judged).expect("good rows"), &ANSWER_COLUMNS);
}

#[test]
fn the_same_rows_in_any_order_give_the_same_bytes() {
    let mut rows = three_clips();
    let mut judged = vec![
        answer(&rows[0], "ann", "yes", None),
        answer(&rows[0], "ben", "no", Some("noise")),
        answer(&rows[0], "ben", "no", None),
        answer(&rows[2], "ann", "yes", None),
    ];
    let first = (clips(&rows).expect("good"), answers(&judged).expect("good"));
    rows.rotate_left(1);
    judged.reverse();
    let again = (clips(&rows).expect("good"), answers(&judged).expect("good"));
    assert_eq!(first, again);
}

#[test]
fn a_release_without_rows_is_still_a_release() {
    let (batches, metadata) = read(clips(&[]).expect("no rows are fine"));
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 0);
    assert_eq!(metadata.len(), CLIP_COLUMNS.len());
    assert!(answers(&[]).is_ok());
}

#[test]
fn a_clip_given_twice_is_refused() {
    let rows = [three_clips(), three_clips()].concat();
    let error = clips(&rows).expect_err("duplicates");
    assert!(matches!(&error, DatasetError::DuplicateClip { clip_id } if clip_id == "clip-0001"));
}

#[test]
fn a_split_that_does_not_follow_from_the_speaker_is_refused() {
    let mut rows = three_clips();
    rows[1].split = "train".to_owned();
    let error = clips(&rows).expect_err("a leak");
    let DatasetError::WrongSplit { clip_id, expected, .. } = error else {
        panic!("{error}");
    };
    assert_eq!((clip_id.as_str(), expected), ("clip-0002", "dev"));
}

#[test]
fn numbers_that_are_none_are_refused_by_name() {
    let mut rows = three_clips();
    rows[2].snr_db = f64::NAN;
    let error = clips(&rows).expect_err("not a number").to_string();
    assert!(error.contains("snr_db") && error.contains("clip-0003"), "{error}");
    let mut judged = answer(&rows[0], "ann", "yes", None);
    judged.weight = f64::INFINITY;
    let error = answers(&[judged]).expect_err("not finite").to_string();
    assert!(error.contains("weight") && error.contains("clip-0001"), "{error}");
}
