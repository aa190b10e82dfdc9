//! WebDataset: tar shards in which the files of one clip stand together.
//!
//! As `webdataset` reads them: the part of a name before its first dot is the key of a sample, the
//! part after it names the field. Each clip gives `<clip_id>.json` (its row) and `<clip_id>.wav`.

use crate::error::DatasetError;
use crate::formats::archive::{Archive, room_bytes};
use crate::formats::audio_parquet::SoundRow;
use std::io::Write;

/// Room for the row of a clip in a shard, more than any row takes.
const ROW_BYTES: u64 = 8 * 1024;

/// The bytes that a clip with a recording of this size takes in a shard, for
/// [`plan`](crate::release::shards::plan).
pub fn size_bytes(wav_bytes: u64) -> u64 {
    room_bytes(wav_bytes) + room_bytes(ROW_BYTES)
}

/// The path in the release of the archive of one [shard](crate::release::shards::Shard).
pub fn path(shard: &str) -> String {
    format!("webdataset/{shard}.tar")
}

/// One shard, written clip by clip.
pub struct ShardWriter<W: Write>(Archive<W>);

impl<W: Write> ShardWriter<W> {
    /// Begins a shard.
    pub fn new(out: W) -> ShardWriter<W> {
        ShardWriter(Archive::new(out))
    }

    /// Adds a clip.
    ///
    /// # Errors
    ///
    /// [`DatasetError::BadPath`] when the id cannot name a sample, [`DatasetError::Io`] when the
    /// writer below fails.
    pub fn push(&mut self, row: &SoundRow) -> Result<(), DatasetError> {
        let key = &row.clip.clip_id;
        if key.contains(['.', '/']) {
            return Err(DatasetError::BadPath { path: key.clone() });
        }
        self.0.add(&format!("{key}.json"), &serde_json::to_vec(&row.clip)?)?;
        self.0.add(&format!("{key}.wav"), &row.wav)
    }

    /// Ends the shard, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn finish(self) -> Result<W, DatasetError> {
        self.0.finish()
    }
}
