//! Tar files that depend on their contents alone (POSIX ustar, times and owners of zero).

use crate::error::DatasetError;
use std::io::Write;
use std::path::{Component, Path};

/// Bytes of a tar block.
pub(crate) const BLOCK: u64 = 512;

/// Bytes that end a tar file.
pub(crate) const END_BYTES: u64 = 2 * BLOCK;

/// A tar file that is written as its contents come.
pub(crate) struct Archive<W: Write>(tar::Builder<W>);

impl<W: Write> Archive<W> {
    pub(crate) fn new(out: W) -> Archive<W> {
        Archive(tar::Builder::new(out))
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), DatasetError> {
        let inside = !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if !inside {
            return Err(DatasetError::BadPath { path: path.to_owned() });
        }
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        Ok(self.0.append_data(&mut header, path, bytes)?)
    }

    pub(crate) fn finish(self) -> Result<W, DatasetError> {
        Ok(self.0.into_inner()?)
    }
}

/// The room that a file of this size takes in a tar file.
pub(crate) fn room_bytes(size_bytes: u64) -> u64 {
    BLOCK + size_bytes.next_multiple_of(BLOCK)
}

/// The folder of a label: letters and digits of any script in lower case, the rest as
/// underscores. The labels of Speech Commands that begin with an underscore stay as they are.
pub(crate) fn folder(label: &str) -> String {
    use crate::split::{BACKGROUND_NOISE, SILENCE, UNKNOWN};
    if [BACKGROUND_NOISE, SILENCE, UNKNOWN].contains(&label) {
        return label.to_owned();
    }
    let text: String = label.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    let text = text.trim_matches('_');
    if text.is_empty() { "unnamed".to_owned() } else { text.to_owned() }
}

/// The last part of a path.
pub(crate) fn basename(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
