//! A release as one tar file (POSIX ustar), made while it is downloaded: no second copy is
//! stored, any part of it can be asked for, and memory stays at one file.

use super::model::ReleaseFile;
use crate::platform::blobs::{BlobError, Blobs};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use std::ops::Range;

const BLOCK: u64 = 512;

/// One stretch of the archive.
#[derive(Clone, Debug)]
enum Part {
    Header(Bytes),
    Blob(String, u64),
    Zeros(u64),
}

impl Part {
    fn length(&self) -> u64 {
        match self {
            Part::Header(bytes) => bytes.len() as u64,
            Part::Blob(_, length) | Part::Zeros(length) => *length,
        }
    }
}

/// The layout of an archive.
pub struct Archive {
    parts: Vec<Part>,
    length: u64,
}

impl Archive {
    /// Lays out `files` under the folder `root`.
    pub fn new(root: &str, files: &[ReleaseFile]) -> std::io::Result<Self> {
        let mut parts = Vec::with_capacity(files.len() * 3 + 1);
        for file in files {
            let size = file.size_bytes.unsigned_abs();
            let mut header = tar::Header::new_ustar();
            header.set_path(format!("{root}/{}", file.path))?;
            header.set_size(size);
            header.set_mode(0o644);
            header.set_mtime(0);
            header.set_cksum();
            parts.push(Part::Header(Bytes::copy_from_slice(header.as_bytes())));
            parts.push(Part::Blob(file.sha256.clone(), size));
            parts.push(Part::Zeros(size.next_multiple_of(BLOCK) - size));
        }
        // Two blocks of zeros end a tar file.
        parts.push(Part::Zeros(2 * BLOCK));
        let length = parts.iter().map(Part::length).sum();
        Ok(Self { parts, length })
    }

    /// Size of the whole.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes of a range, read from the store as they are sent.
    pub fn stream(self, blobs: Blobs, range: Range<u64>) -> impl Stream<Item = Result<Bytes, BlobError>> {
        let mut at = 0;
        let wanted: Vec<(Part, Range<u64>)> = self
            .parts
            .into_iter()
            .filter_map(|part| {
                let (start, end) = (at, at + part.length());
                at = end;
                let (from, to) = (range.start.max(start), range.end.min(end));
                (from < to).then(|| (part, from - start..to - start))
            })
            .collect();
        stream::iter(wanted).then(move |(part, range)| {
            let blobs = blobs.clone();
            async move { read(&blobs, part, range).await }
        })
    }
}

async fn read(blobs: &Blobs, part: Part, range: Range<u64>) -> Result<Bytes, BlobError> {
    let within = |bytes: &Bytes| {
        let part = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        part.map(|(start, end)| bytes.slice(start..end)).unwrap_or_default()
    };
    match part {
        Part::Header(bytes) => Ok(within(&bytes)),
        Part::Zeros(_) => Ok(Bytes::from(vec![0; usize::try_from(range.end - range.start).unwrap_or(0)])),
        Part::Blob(sha256, _) => blobs.get_range(&sha256, range).await,
    }
}
