//! Common Voice: one TSV file per list, and the clips beside them.
//!
//! Columns in the order documented since version 17.0; files unquoted. A release holds accepted
//! clips, so `validated.tsv` lists all and `invalidated.tsv` and `other.tsv` are empty. Clips are
//! `.wav`, not `.mp3`: they are not made worse.

use crate::error::DatasetError;
use crate::formats::archive::Archive;
use crate::formats::audio_parquet::SoundRow;
use crate::formats::cells::tsv_line;
use crate::release::checksums::sha256_hex;
use crate::rows::ClipRow;
use crate::split::Split;
use std::io::Write;

/// The columns of a list.
pub const COLUMNS: [&str; 13] = [
    "client_id",
    "path",
    "sentence",
    "sentence_id",
    "sentence_domain",
    "up_votes",
    "down_votes",
    "age",
    "gender",
    "accents",
    "variant",
    "locale",
    "segment",
];

/// A list of clips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// The clips of a split: `train.tsv`, `dev.tsv`, `test.tsv`.
    Split(Split),
    /// All that were accepted.
    Validated,
    /// None: what was refused does not leave.
    Invalidated,
    /// None: what is not decided does not leave.
    Other,
}

impl List {
    /// All lists, in the order in which they are written.
    pub const ALL: [List; 6] = [
        List::Split(Split::Train),
        List::Split(Split::Dev),
        List::Split(Split::Test),
        List::Validated,
        List::Invalidated,
        List::Other,
    ];

    /// The list's file.
    pub fn file(self) -> String {
        let name = match self {
            List::Split(split) => split.as_str(),
            List::Validated => "validated",
            List::Invalidated => "invalidated",
            List::Other => "other",
        };
        format!("{name}.tsv")
    }

    fn has(self, row: &ClipRow) -> bool {
        match self {
            List::Split(split) => row.split == split.as_str(),
            List::Validated => true,
            List::Invalidated | List::Other => false,
        }
    }
}

/// The folder of a language in the release: `common_voice/cv-corpus-<version>-<day>/<language>`.
pub fn folder(version: &str, day: &str, language: &str) -> String {
    format!("common_voice/cv-corpus-{version}-{day}/{language}")
}

/// The name of a clip in `clips/`.
pub fn clip_name(row: &ClipRow) -> String {
    format!("common_voice_{}_{}.wav", row.language, row.clip_id)
}

/// A list, written clip by clip.
pub struct ListWriter<W: Write> {
    out: W,
    list: List,
}

impl<W: Write> ListWriter<W> {
    /// Begins a list with its header.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when `out` fails.
    pub fn new(mut out: W, list: List) -> Result<ListWriter<W>, DatasetError> {
        tsv_line(&mut out, &COLUMNS)?;
        Ok(ListWriter { out, list })
    }

    /// Adds a clip, if it belongs to the list.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn push(&mut self, row: &ClipRow) -> Result<(), DatasetError> {
        if !self.list.has(row) {
            return Ok(());
        }
        let (up, down) = (row.yes_answers.to_string(), row.no_answers.to_string());
        fn text(value: &Option<String>) -> &str {
            value.as_deref().unwrap_or_default()
        }
        let (path, sentence_id) = (clip_name(row), sha256_hex(row.phrase.as_bytes()));
        let cells = [
            &row.speaker,
            &path,
            &row.phrase,
            &sentence_id,
            "",
            &up,
            &down,
            text(&row.age),
            text(&row.gender),
            text(&row.accent),
            "",
            &row.language,
            "",
        ];
        Ok(tsv_line(&mut self.out, &cells)?)
    }

    /// Gives back what the list was written to.
    pub fn finish(self) -> W {
        self.out
    }
}

/// Writes a list of those `rows` that belong to it.
///
/// # Errors
///
/// [`DatasetError::Io`] when `out` fails.
pub fn write_list<'a>(
    out: impl Write,
    list: List,
    rows: impl IntoIterator<Item = &'a ClipRow>,
) -> Result<(), DatasetError> {
    let mut list = ListWriter::new(out, list)?;
    rows.into_iter().try_for_each(|row| list.push(row))
}

/// `clip_durations.tsv`, written clip by clip: name and length of each.
pub struct DurationsWriter<W: Write>(W);

impl<W: Write> DurationsWriter<W> {
    /// Begins the file with its header.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when `out` fails.
    pub fn new(mut out: W) -> Result<DurationsWriter<W>, DatasetError> {
        tsv_line(&mut out, &["clip", "duration[ms]"])?;
        Ok(DurationsWriter(out))
    }

    /// Adds a clip.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn push(&mut self, row: &ClipRow) -> Result<(), DatasetError> {
        Ok(tsv_line(&mut self.0, &[&clip_name(row), &row.length_ms.to_string()])?)
    }

    /// Gives back what the file was written to.
    pub fn finish(self) -> W {
        self.0
    }
}

/// Writes `clip_durations.tsv`.
///
/// # Errors
///
/// [`DatasetError::Io`] when `out` fails.
pub fn write_durations<'a>(out: impl Write, rows: impl IntoIterator<Item = &'a ClipRow>) -> Result<(), DatasetError> {
    let mut durations = DurationsWriter::new(out)?;
    rows.into_iter().try_for_each(|row| durations.push(row))
}

/// `clips/` of a language as a tar file, written clip by clip.
pub struct ClipsWriter<W: Write>(Archive<W>);

impl<W: Write> ClipsWriter<W> {
    /// Begins an archive.
    pub fn new(out: W) -> ClipsWriter<W> {
        ClipsWriter(Archive::new(out))
    }

    /// Adds a clip.
    ///
    /// # Errors
    ///
    /// [`DatasetError::BadPath`] when its id cannot be a name, [`DatasetError::Io`] when the writer
    /// below fails.
    pub fn push(&mut self, row: &SoundRow) -> Result<(), DatasetError> {
        self.0.add(&format!("clips/{}", clip_name(&row.clip)), &row.wav)
    }

    /// Ends the archive, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn finish(self) -> Result<W, DatasetError> {
        self.0.finish()
    }
}
