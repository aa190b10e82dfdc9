//! The folders of Speech Commands as a tar file.
//!
//! `<label>/<speaker>_nohash_<n>.wav`, `_unknown_/` for phrases that nobody listens for,
//! `_background_noise_/`, then `validation_list.txt` and `testing_list.txt` (P. Warden,
//! arXiv:1804.03209). The lists say what the hash of the names says, so a training script may use
//! either. There is no folder `_silence_`: as there, silence is cut from the background noise.

use crate::error::DatasetError;
use crate::formats::archive::{Archive, BLOCK, END_BYTES, basename, folder, room_bytes};
use crate::formats::audio_parquet::SoundRow;
use crate::formats::background::Background;
use crate::rows::ClipRow;
use crate::split::{BACKGROUND_NOISE, NOHASH, SILENCE, Split, UNKNOWN, keyword_label, split_of_file};
use std::io::Write;

/// Paths in an archive of the clips for choosing between models, and for the final measurement.
pub const LISTS: [(&str, Split); 2] = [("validation_list.txt", Split::Dev), ("testing_list.txt", Split::Test)];

/// Most bytes of background noise in an archive: a minute.
const NOISE_MAX_BYTES: u64 = 60 * 32_000;

/// What precedes the samples of a WAV file.
const NOISE_WAV_BYTES: u64 = 44;

/// Room for the name of a clip: in a member of its own where it is long, and on a line of a list. More
/// than any name takes.
const NAME_BYTES: u64 = 4 * 1024;

/// Longest text in an archive that tells its terms.
const LICENCE_MAX_BYTES: u64 = 1024;

/// What stands beside the noise, as in the original.
const NOISE_README: &str = "\
The pauses before and after the words of this archive's recordings of the split train, one after
another, each faded in and out over 5 ms. No pause is nearer than 100 ms to the speech that was found.
Cut stretches of a second from it to lay under words, and, with the label _silence_, to teach a model
what is no speech. When a recording of train is taken back, its pauses are among what must be deleted:
delete this file too, or take the next release.
";

/// The path in the release of the archive of part `number`.
pub fn path(number: usize) -> String {
    format!("speech_commands/part-{number:05}.tar")
}

/// Most bytes of background noise in an archive of at most so many bytes.
pub fn noise_max_bytes(shard_max_bytes: u64) -> u64 {
    NOISE_MAX_BYTES.min(shard_max_bytes / 8)
}

/// The bytes that a clip with a recording of this size takes in an archive, its line in a list among
/// them, for [`plan`](crate::release::shards::plan).
pub fn size_bytes(wav_bytes: u64) -> u64 {
    room_bytes(wav_bytes) + NAME_BYTES
}

/// The bytes of an archive of at most so many that are no clip's: background noise, the heads of the
/// lists, the licence's text, the end. To be kept free by [`plan`](crate::release::shards::plan).
pub fn beside_clips_bytes(shard_max_bytes: u64) -> u64 {
    let noise = room_bytes(NOISE_WAV_BYTES + noise_max_bytes(shard_max_bytes)) + room_bytes(NOISE_README.len() as u64);
    // A list's lines are counted with its clips, but not what fills up its last block.
    let lists = LISTS.len() as u64 * room_bytes(BLOCK);
    noise + lists + room_bytes(LICENCE_MAX_BYTES) + END_BYTES
}

/// Where a clip lies in the archive: the folder of its label, or of `_unknown_` when it is none of the
/// `keywords`, if there are any; the name of its file.
///
/// # Errors
///
/// [`DatasetError::BadPath`] when the name does not begin with the clip's speaker, so that the
/// hash would put it into another split.
pub fn place(row: &ClipRow, keywords: &[String]) -> Result<String, DatasetError> {
    let name = basename(&row.file);
    if row.label != BACKGROUND_NOISE && name.split_once(NOHASH).is_none_or(|(speaker, _)| speaker != row.speaker) {
        return Err(DatasetError::BadPath { path: row.file.clone() });
    }
    let own = keywords.is_empty() || [BACKGROUND_NOISE, SILENCE, UNKNOWN].contains(&row.label.as_str());
    let label = if own { &row.label } else { keyword_label(&row.label, keywords) };
    Ok(format!("{}/{name}", folder(label)))
}

/// One archive, written clip by clip. Its lists name its own clips; they grow by the length of a
/// path for each clip of dev and test.
pub struct FolderWriter<W: Write> {
    archive: Archive<W>,
    lists: [Vec<String>; 2],
    keywords: Vec<String>,
    background: Background,
}

impl<W: Write> FolderWriter<W> {
    /// Begins an archive: `keywords` as in [`place`], at most so many bytes of background noise.
    pub fn new(out: W, keywords: Vec<String>, noise_max_bytes: u64) -> FolderWriter<W> {
        let background = Background::new(noise_max_bytes);
        FolderWriter { archive: Archive::new(out), lists: [Vec::new(), Vec::new()], keywords, background }
    }

    /// Adds a clip.
    ///
    /// # Errors
    ///
    /// [`DatasetError::BadPath`] when the file's name does not suit, [`DatasetError::Io`] when the
    /// recording cannot be read or the writer below fails.
    pub fn push(&mut self, row: &SoundRow) -> Result<(), DatasetError> {
        let place = place(&row.clip, &self.keywords)?;
        self.archive.add(&place, &row.wav)?;
        // Noise belongs to every split: samples of it are cut at random.
        if row.clip.label != BACKGROUND_NOISE {
            let list = LISTS.iter().position(|(_, split)| *split == split_of_file(&place));
            if let Some(list) = list {
                self.lists[list].push(place);
            }
        }
        self.background.listen(row)
    }

    /// Adds the background noise, the lists and the licence's text, ends the archive and gives back
    /// what it was written to. Where a release has several parts, each part's noise has its number in
    /// its name, and its lists are `validation_list.txt` and `testing_list.txt` under a folder of its
    /// own, `lists/<part>/`, so that unpacking one over another loses none; a single part has them at
    /// the top.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn finish(mut self, part: Option<usize>, licence: &str) -> Result<W, DatasetError> {
        if let Some(wav) = self.background.wav() {
            let name = part.map_or_else(|| "pauses.wav".to_owned(), |part| format!("pauses_{part:05}.wav"));
            self.archive.add(&format!("{BACKGROUND_NOISE}/{name}"), &wav)?;
            self.archive.add(&format!("{BACKGROUND_NOISE}/README.md"), NOISE_README.as_bytes())?;
        }
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
