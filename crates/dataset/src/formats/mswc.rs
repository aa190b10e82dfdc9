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
    let mut out = csv(out);
    let first = usize::from(split.is_some());
    out.write_record(&COLUMNS[first..])?;
    for row in rows.into_iter().filter(|row| split.is_none_or(|split| split.as_str() == row.split)) {
        let link = format!("{}/{}", folder(&row.label), basename(&row.file));
        let set = row.split.to_ascii_uppercase();
        let cells = [&set, &link, &row.phrase, "True", &row.speaker, gender(row.gender.as_deref())];
        out.write_record(cells[first..].iter().map(|cell| guard(cell).into_owned()))?;
    }
    Ok(out.flush()?)
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
