//! The folders of Speech Commands as a tar file.
//!
//! `<label>/<speaker>_nohash_<n>.wav`, `_background_noise_/`, `_unknown_/` and `_silence_/` by
//! their labels, then `validation_list.txt` and `testing_list.txt` (P. Warden, arXiv:1804.03209).
//! The lists say what the hash of the names says, so a training script may use either.

use crate::error::DatasetError;
use crate::formats::archive::{Archive, basename, folder};
use crate::formats::audio_parquet::SoundRow;
use crate::rows::ClipRow;
use crate::split::{BACKGROUND_NOISE, NOHASH, Split, split_of_file};
use std::io::Write;

/// Paths in an archive of the clips for choosing between models, and for the final measurement.
pub const LISTS: [(&str, Split); 2] = [("validation_list.txt", Split::Dev), ("testing_list.txt", Split::Test)];

/// The path in the release of the archive of part `number`.
pub fn path(number: usize) -> String {
    format!("speech_commands/part-{number:05}.tar")
}

/// Where a clip lies in the archive: the folder of its label, the name of its file.
///
/// # Errors
///
/// [`DatasetError::BadPath`] when the name does not begin with the clip's speaker, so that the
/// hash would put it into another split.
pub fn place(row: &ClipRow) -> Result<String, DatasetError> {
    let name = basename(&row.file);
    if row.label != BACKGROUND_NOISE && name.split_once(NOHASH).is_none_or(|(speaker, _)| speaker != row.speaker) {
        return Err(DatasetError::BadPath { path: row.file.clone() });
    }
    Ok(format!("{}/{name}", folder(&row.label)))
}

/// One archive, written clip by clip. Its lists name its own clips; they grow by the length of a
/// path for each clip of dev and test.
pub struct FolderWriter<W: Write> {
    archive: Archive<W>,
    lists: [Vec<String>; 2],
}

impl<W: Write> FolderWriter<W> {
    /// Begins an archive.
    pub fn new(out: W) -> FolderWriter<W> {
        FolderWriter { archive: Archive::new(out), lists: [Vec::new(), Vec::new()] }
    }

    /// Adds a clip.
    ///
    /// # Errors
    ///
    /// [`DatasetError::BadPath`] when the file's name does not suit, [`DatasetError::Io`] when the
    /// writer below fails.
    pub fn push(&mut self, row: &SoundRow) -> Result<(), DatasetError> {
        let place = place(&row.clip)?;
        self.archive.add(&place, &row.wav)?;
        // Noise belongs to every split: samples of it are cut at random.
        if row.clip.label != BACKGROUND_NOISE {
            let list = LISTS.iter().position(|(_, split)| *split == split_of_file(&place));
            if let Some(list) = list {
                self.lists[list].push(place);
            }
        }
        Ok(())
    }

    /// Adds the lists and the licence's text, ends the archive and gives back what it was written
    /// to. Where a release has several parts, each part's lists are `validation_list.txt` and
    /// `testing_list.txt` under a folder of its own, `lists/<part>/`, so that unpacking one over
    /// another loses none; a single part has them at the top.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn finish(mut self, part: Option<usize>, licence: &str) -> Result<W, DatasetError> {
        for ((name, _), mut list) in LISTS.iter().zip(self.lists) {
            list.sort_unstable();
            let text: String = list.iter().map(|path| format!("{path}\n")).collect();
            let path = part.map_or_else(|| (*name).to_owned(), |part| format!("lists/{part:05}/{name}"));
            self.archive.add(&path, text.as_bytes())?;
        }
        self.archive.add("LICENSE", licence.as_bytes())?;
        self.archive.finish()
    }
}
