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
use crate::formats::columnar::Cells;
use crate::formats::table::{Row, TableWriter};
use crate::rows::{AnswerRow, ClipRow};
use crate::split::{Split, split_of};
use bytes::Bytes;
use std::cmp::Ordering;
use std::io::Write;

/// The columns that the path of a [partition] tells, and its file does not hold.
const IN_PATH: [&str; 2] = ["split", "language"];

/// The table of clips, written row by row; columns as in [`CLIP_COLUMNS`].
pub struct ClipWriter<W: Write + Send + 'static>(TableWriter<W, ClipRow>);

impl<W: Write + Send + 'static> ClipWriter<W> {
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
    pub fn push(&mut self, row: &ClipRow) -> Result<(), DatasetError> {
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
pub struct AnswerWriter<W: Write + Send + 'static>(TableWriter<W, AnswerRow>);

impl<W: Write + Send + 'static> AnswerWriter<W> {
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
    pub fn push(&mut self, row: &AnswerRow) -> Result<(), DatasetError> {
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
    rows.into_iter().try_for_each(|row| writer.push(row))?;
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
    rows.into_iter().try_for_each(|row| writer.push(row))?;
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

    fn keep(&self, last: &mut Self) {
        last.clip_id.clone_from(&self.clip_id);
    }

    fn cells(&self, cells: &mut Cells) {
        cells.text(&self.clip_id);
        cells.text(&self.file);
        cells.text(&self.sha256);
        cells.optional_text(self.original_file.as_deref());
        cells.text(&self.original_sha256);
        cells.text(&self.speaker);
        cells.text(&self.phrase);
        cells.text(&self.language);
        cells.text(&self.label);
        cells.number(self.probability);
        cells.integer(self.answers);
        cells.integer(self.yes_answers);
        cells.integer(self.no_answers);
        cells.text(&self.method);
        cells.integer(self.length_ms);
        cells.integer(self.rate_hz);
        cells.number(self.snr_db);
        cells.number(self.noise_floor_dbfs);
        cells.number(self.speech_level_dbfs);
        cells.number(self.peak_dbfs);
        cells.number(self.rms_dbfs);
        cells.number(self.dc_offset);
        cells.number(self.clipped_ratio);
        cells.integer(self.speech_start_ms);
        cells.integer(self.speech_end_ms);
        cells.text(&self.report_version);
        cells.optional_text(self.device.as_deref());
        cells.flag(self.echo_cancellation);
        cells.flag(self.noise_suppression);
        cells.flag(self.auto_gain_control);
        cells.optional_text(self.age.as_deref());
        cells.optional_text(self.gender.as_deref());
        cells.optional_text(self.accent.as_deref());
        cells.flag(Some(self.synthetic));
        cells.optional_text(self.parent_clip_id.as_deref());
        cells.optional_text(self.augmentation.as_deref());
        cells.text(&self.split);
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

    fn keep(&self, last: &mut Self) {
        last.clip_id.clone_from(&self.clip_id);
        last.annotator.clone_from(&self.annotator);
        last.label.clone_from(&self.label);
        last.reason.clone_from(&self.reason);
        (last.seconds, last.weight, last.counted) = (self.seconds, self.weight, self.counted);
    }

    fn cells(&self, cells: &mut Cells) {
        cells.text(&self.clip_id);
        cells.text(&self.annotator);
        cells.text(&self.label);
        cells.optional_text(self.reason.as_deref());
        cells.number(self.seconds);
        cells.number(self.weight);
        cells.flag(Some(self.counted));
    }
}

fn refuse_not_finite(clip_id: &str, numbers: &[(&'static str, f64)]) -> Result<(), DatasetError> {
    match numbers.iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some((column, _)) => Err(DatasetError::NotFinite { column, clip_id: clip_id.to_owned() }),
    }
}
