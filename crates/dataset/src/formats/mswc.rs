//! MSWC (Multilingual Spoken Words Corpus): `<language>_splits.csv` and one CSV per split.
//!
//! `LINK` is `word/file`; here the file is a WAV whose name begins with its speaker.

use crate::error::DatasetError;
use crate::formats::archive::{basename, folder};
use crate::formats::cells::{csv, guard};
use crate::rows::ClipRow;
use crate::split::Split;
use std::io::Write;

/// The columns of the file of all splits; the file of one split lacks the first.
pub const COLUMNS: [&str; 6] = ["SET", "LINK", "WORD", "VALID", "SPEAKER", "GENDER"];

/// The path in the release of the CSV of all splits of a language, or of one.
pub fn path(language: &str, split: Option<Split>) -> String {
    format!("mswc/{language}_{}.csv", split.map_or("splits", Split::as_str))
}

/// The CSV of all splits, or of one without `SET`, written clip by clip.
pub struct CsvWriter<W: Write> {
    out: csv::Writer<W>,
    split: Option<Split>,
}

impl<W: Write> CsvWriter<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Csv`] when `out` fails.
    pub fn new(out: W, split: Option<Split>) -> Result<CsvWriter<W>, DatasetError> {
        let mut out = csv(out);
        out.write_record(&COLUMNS[usize::from(split.is_some())..])?;
        Ok(CsvWriter { out, split })
    }

    /// Adds a clip, if it belongs to the split.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Csv`] when the writer below fails.
    pub fn push(&mut self, row: &ClipRow) -> Result<(), DatasetError> {
        if self.split.is_some_and(|split| split.as_str() != row.split) {
            return Ok(());
        }
        let link = format!("{}/{}", folder(&row.label), basename(&row.file));
        let set = row.split.to_ascii_uppercase();
        let cells = [&set, &link, &row.phrase, "True", &row.speaker, gender(row.gender.as_deref())];
        let first = usize::from(self.split.is_some());
        Ok(self.out.write_record(cells[first..].iter().map(|cell| guard(cell).into_owned()))?)
    }

    /// Ends the file, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn finish(self) -> Result<W, DatasetError> {
        Ok(self.out.into_inner().map_err(csv::IntoInnerError::into_error)?)
    }
}

/// Writes the rows of all splits, or those of one, without `SET`.
///
/// # Errors
///
/// [`DatasetError::Csv`] and [`DatasetError::Io`] when `out` fails.
pub fn write<'a>(
    out: impl Write,
    split: Option<Split>,
    rows: impl IntoIterator<Item = &'a ClipRow>,
) -> Result<(), DatasetError> {
    let mut out = CsvWriter::new(out, split)?;
    rows.into_iter().try_for_each(|row| out.push(row))?;
    out.finish().map(drop)
}

/// MSWC's words for Common Voice's.
fn gender(gender: Option<&str>) -> &'static str {
    match gender {
        None | Some("do_not_wish_to_say") => "NAN",
        Some("male_masculine" | "male") => "MALE",
        Some("female_feminine" | "female") => "FEMALE",
        Some(_) => "OTHER",
    }
}
