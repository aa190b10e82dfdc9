//! The two tables as Parquet: zstd, sorted, and the same bytes for the same rows.
//!
//! Nothing in the files depends on when, where or by which call they were made: rows are sorted,
//! `created_by` is fixed, and no times are written. What each column holds is in the file's
//! key/value metadata, under `column.<name>`.
//!
//! [`ClipWriter`] and [`AnswerWriter`] take sorted rows as they come, in constant memory; [`clips`]
//! and [`answers`] sort a few rows themselves.

use crate::columns::{ANSWER_COLUMNS, CLIP_COLUMNS, Column};
use crate::error::DatasetError;
use crate::formats::table::{Row, TableWriter, flags, integers, numbers, optional_texts, texts};
use crate::rows::{AnswerRow, ClipRow};
use crate::split::{Split, split_of};
use arrow_array::ArrayRef;
use bytes::Bytes;
use std::cmp::Ordering;
use std::io::Write;

/// The columns that the path of a [partition] tells, and its file does not hold.
const IN_PATH: [&str; 2] = ["split", "language"];

/// The table of clips, written row by row; columns as in [`CLIP_COLUMNS`].
pub struct ClipWriter<W: Write + Send>(TableWriter<W, ClipRow>);

impl<W: Write + Send> ClipWriter<W> {
    /// Begins the whole table.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Encoding`] when `out` fails.
    pub fn new(out: W) -> Result<ClipWriter<W>, DatasetError> {
        Ok(ClipWriter(TableWriter::new(out, &[], Vec::new())?))
    }

    /// Begins the table of one [partition]: without the columns that its path tells.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Encoding`] when `out` fails.
    pub fn of_partition(out: W) -> Result<ClipWriter<W>, DatasetError> {
        Ok(ClipWriter(TableWriter::new(out, &IN_PATH, Vec::new())?))
    }

    /// Adds a clip; its id must come after the last one's.
    ///
    /// # Errors
    ///
    /// [`DatasetError::DuplicateClip`], [`DatasetError::OutOfOrder`], [`DatasetError::WrongSplit`]
    /// and [`DatasetError::NotFinite`] name the clip; [`DatasetError::Encoding`] when the writer
    /// below fails.
    pub fn push(&mut self, row: ClipRow) -> Result<(), DatasetError> {
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

/// The table of answers, written row by row; columns as in [`ANSWER_COLUMNS`].
pub struct AnswerWriter<W: Write + Send>(TableWriter<W, AnswerRow>);

impl<W: Write + Send> AnswerWriter<W> {
    /// Begins the table.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Encoding`] when `out` fails.
    pub fn new(out: W) -> Result<AnswerWriter<W>, DatasetError> {
        Ok(AnswerWriter(TableWriter::new(out, &[], Vec::new())?))
    }

    /// Adds an answer; [`answer_order`] must not put it before the last one.
    ///
    /// # Errors
    ///
    /// [`DatasetError::OutOfOrder`] and [`DatasetError::NotFinite`] name the clip;
    /// [`DatasetError::Encoding`] when the writer below fails.
    pub fn push(&mut self, row: AnswerRow) -> Result<(), DatasetError> {
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

/// The table of clips, sorted by `clip_id`.
///
/// # Errors
///
/// As [`ClipWriter::push`]; the order of `rows` does not matter.
pub fn clips(rows: &[ClipRow]) -> Result<Bytes, DatasetError> {
    let mut rows: Vec<&ClipRow> = rows.iter().collect();
    rows.sort_by(|a, b| a.clip_id.cmp(&b.clip_id));
    let mut writer = ClipWriter::new(Vec::new())?;
    rows.into_iter().try_for_each(|row| writer.push(row.clone()))?;
    Ok(writer.finish()?.into())
}

/// The table of answers, sorted by [`answer_order`].
///
/// # Errors
///
/// As [`AnswerWriter::push`]; the order of `rows` does not matter.
pub fn answers(rows: &[AnswerRow]) -> Result<Bytes, DatasetError> {
    let mut rows: Vec<&AnswerRow> = rows.iter().collect();
    rows.sort_by(|a, b| answer_order(a, b));
    let mut writer = AnswerWriter::new(Vec::new())?;
    rows.into_iter().try_for_each(|row| writer.push(row.clone()))?;
    Ok(writer.finish()?.into())
}

/// The order of answers in their table: by clip, then annotator, then every other column, because
/// two answers of one person to one clip must have an order too.
pub fn answer_order(a: &AnswerRow, b: &AnswerRow) -> Ordering {
    a.clip_id
        .cmp(&b.clip_id)
        .then_with(|| a.annotator.cmp(&b.annotator))
        .then_with(|| a.label.cmp(&b.label))
        .then_with(|| a.reason.cmp(&b.reason))
        .then_with(|| a.seconds.total_cmp(&b.seconds))
        .then_with(|| a.weight.total_cmp(&b.weight))
        .then_with(|| a.counted.cmp(&b.counted))
}

/// The path in the release of part `number` of the clips of one split and language, in the
/// convention of Hive: `tables/clips/split=train/language=en-GB/part-00000.parquet`.
pub fn partition(split: Split, language: &str, number: usize) -> String {
    // Language tags are letters, digits and hyphens; whatever else came in stays a folder's name.
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let language: String = language.chars().map(plain).collect();
    format!("tables/clips/split={}/language={language}/part-{number:05}.parquet", split.as_str())
}

impl Row for ClipRow {
    fn columns() -> Vec<Column> {
        CLIP_COLUMNS.to_vec()
    }

    fn check(&self, previous: Option<&Self>) -> Result<(), DatasetError> {
        let clip_id = || self.clip_id.clone();
        match previous.map(|previous| previous.clip_id.cmp(&self.clip_id)) {
            Some(Ordering::Equal) => return Err(DatasetError::DuplicateClip { clip_id: clip_id() }),
            Some(Ordering::Greater) => return Err(DatasetError::OutOfOrder { clip_id: clip_id() }),
            Some(Ordering::Less) | None => {}
        }
        let expected = split_of(&self.speaker).as_str();
        if self.split != expected {
            return Err(DatasetError::WrongSplit { clip_id: clip_id(), split: self.split.clone(), expected });
        }
        let numbers = [
            ("probability", self.probability),
            ("snr_db", self.snr_db),
            ("noise_floor_dbfs", self.noise_floor_dbfs),
            ("speech_level_dbfs", self.speech_level_dbfs),
            ("peak_dbfs", self.peak_dbfs),
            ("rms_dbfs", self.rms_dbfs),
            ("dc_offset", self.dc_offset),
            ("clipped_ratio", self.clipped_ratio),
        ];
        refuse_not_finite(&self.clip_id, &numbers)
    }

    fn arrays(rows: &[ClipRow]) -> Result<Vec<ArrayRef>, DatasetError> {
        Ok(vec![
            texts(rows, |row| &row.clip_id),
            texts(rows, |row| &row.file),
            texts(rows, |row| &row.sha256),
            optional_texts(rows, |row| row.original_file.as_deref()),
            texts(rows, |row| &row.original_sha256),
            texts(rows, |row| &row.speaker),
            texts(rows, |row| &row.phrase),
            texts(rows, |row| &row.language),
            texts(rows, |row| &row.label),
            numbers(rows, |row| row.probability),
            integers(rows, |row| row.answers),
            integers(rows, |row| row.yes_answers),
            integers(rows, |row| row.no_answers),
            texts(rows, |row| &row.method),
            integers(rows, |row| row.length_ms),
            integers(rows, |row| row.rate_hz),
            numbers(rows, |row| row.snr_db),
            numbers(rows, |row| row.noise_floor_dbfs),
            numbers(rows, |row| row.speech_level_dbfs),
            numbers(rows, |row| row.peak_dbfs),
            numbers(rows, |row| row.rms_dbfs),
            numbers(rows, |row| row.dc_offset),
            numbers(rows, |row| row.clipped_ratio),
            integers(rows, |row| row.speech_start_ms),
            integers(rows, |row| row.speech_end_ms),
            texts(rows, |row| &row.report_version),
            optional_texts(rows, |row| row.device.as_deref()),
            flags(rows, |row| row.echo_cancellation),
            flags(rows, |row| row.noise_suppression),
            flags(rows, |row| row.auto_gain_control),
            optional_texts(rows, |row| row.age.as_deref()),
            optional_texts(rows, |row| row.gender.as_deref()),
            optional_texts(rows, |row| row.accent.as_deref()),
            flags(rows, |row| Some(row.synthetic)),
            optional_texts(rows, |row| row.parent_clip_id.as_deref()),
            optional_texts(rows, |row| row.augmentation.as_deref()),
            texts(rows, |row| &row.split),
        ])
    }
}

impl Row for AnswerRow {
    fn columns() -> Vec<Column> {
        ANSWER_COLUMNS.to_vec()
    }

    fn check(&self, previous: Option<&Self>) -> Result<(), DatasetError> {
        if previous.is_some_and(|previous| answer_order(previous, self).is_gt()) {
            return Err(DatasetError::OutOfOrder { clip_id: self.clip_id.clone() });
        }
        refuse_not_finite(&self.clip_id, &[("seconds", self.seconds), ("weight", self.weight)])
    }

    fn arrays(rows: &[AnswerRow]) -> Result<Vec<ArrayRef>, DatasetError> {
        Ok(vec![
            texts(rows, |row| &row.clip_id),
            texts(rows, |row| &row.annotator),
            texts(rows, |row| &row.label),
            optional_texts(rows, |row| row.reason.as_deref()),
            numbers(rows, |row| row.seconds),
            numbers(rows, |row| row.weight),
            flags(rows, |row| Some(row.counted)),
        ])
    }
}

fn refuse_not_finite(clip_id: &str, numbers: &[(&'static str, f64)]) -> Result<(), DatasetError> {
    match numbers.iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some((column, _)) => Err(DatasetError::NotFinite { column, clip_id: clip_id.to_owned() }),
    }
}
