//! A release as one tar file (POSIX ustar), made while it is downloaded: no second copy is
//! stored, any part of it can be asked for, and memory stays at one piece.

use super::model::ReleaseFile;
use crate::platform::blobs::{BlobError, Blobs};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, future::Either, stream};
use std::ops::Range;

const BLOCK: u64 = 512;

/// The layout of an archive.
pub struct Archive {
    root: String,
    files: Vec<ReleaseFile>,
    length: u64,
}

/// A stretch of the archive.
enum Piece {
    Bytes(Bytes),
    Blob(String, Range<u64>),
}

impl Archive {
    /// Lays out `files` under the folder `root`.
    ///
    /// # Errors
    /// When a path is too long for a tar file.
    pub fn new(root: &str, files: Vec<ReleaseFile>) -> std::io::Result<Self> {
        for file in &files {
            header(root, file)?;
        }
        // Two blocks of zeros end a tar file.
        let length = files.iter().map(room).sum::<u64>() + 2 * BLOCK;
        Ok(Self { root: root.to_owned(), files, length })
    }

    /// Size of the whole.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The bytes of a range, read from the store as they are sent.
    pub fn stream(self, blobs: Blobs, range: Range<u64>) -> impl Stream<Item = Result<Bytes, BlobError>> {
        let Self { root, files, length } = self;
        let mut start = 0;
        let inside = files.into_iter().filter_map({
            let range = range.clone();
            move |file| {
                let end = start + room(&file);
                let here = range.start.max(start)..range.end.min(end);
                let found = (here.start < here.end).then(|| (here.start - start..here.end - start, file));
                start = end;
                found
            }
        });
        let end = range.start.max(length - 2 * BLOCK)..range.end;
        let last = Piece::Bytes(zeros(end.end.saturating_sub(end.start)));
        let pieces = inside.flat_map(move |(part, file)| pieces(&root, &file, &part)).chain([last]);
        stream::iter(pieces).flat_map(move |piece| match piece {
            Piece::Bytes(bytes) => Either::Left(stream::iter([Ok(bytes)])),
            Piece::Blob(sha256, range) => Either::Right(blobs.clone().stream(sha256, range)),
        })
    }
}

/// Bytes that a file takes: header, contents, zeros up to the next block.
fn room(file: &ReleaseFile) -> u64 {
    BLOCK + file.size_bytes.unsigned_abs().next_multiple_of(BLOCK)
}

/// A part of what a file takes.
fn pieces(root: &str, file: &ReleaseFile, part: &Range<u64>) -> Vec<Piece> {
    let size = file.size_bytes.unsigned_abs();
    let within = |start: u64, end: u64| part.start.max(start)..part.end.min(end);
    let (head, body, tail) = (within(0, BLOCK), within(BLOCK, BLOCK + size), within(BLOCK + size, room(file)));
    let mut pieces = Vec::new();
    if head.start < head.end {
        let bytes = header(root, file).unwrap_or_default();
        let place = |at: u64| usize::try_from(at).unwrap_or(0);
        pieces.push(Piece::Bytes(bytes.slice(place(head.start)..place(head.end))));
    }
    if body.start < body.end {
        pieces.push(Piece::Blob(file.sha256.clone(), body.start - BLOCK..body.end - BLOCK));
    }
    if tail.start < tail.end {
        pieces.push(Piece::Bytes(zeros(tail.end - tail.start)));
    }
    pieces
}

fn zeros(count: u64) -> Bytes {
    Bytes::from(vec![0; usize::try_from(count).unwrap_or(0)])
}

fn header(root: &str, file: &ReleaseFile) -> std::io::Result<Bytes> {
    let mut header = tar::Header::new_ustar();
    header.set_path(format!("{root}/{}", file.path))?;
    header.set_size(file.size_bytes.unsigned_abs());
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_cksum();
    Ok(Bytes::copy_from_slice(header.as_bytes()))
}
