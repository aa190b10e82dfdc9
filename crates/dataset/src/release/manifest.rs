//! The manifest: from what a release was made, and what it consists of.

use crate::error::DatasetError;
use crate::release::version::Version;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What a release was made from and what it consists of. Two builds of one snapshot have the same
/// manifest: it holds no time or place of the build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the dataset.
    pub dataset: String,
    /// Version of the release.
    pub version: Version,
    /// The instant whose rows it holds, UTC, as `2026-01-31T12:00:00Z`.
    pub snapshot_at: String,
    /// Version of the code that made it.
    pub code_version: String,
    /// The filter that chose the rows, as it is stored.
    pub filter: String,
    /// The policies in force: name to value, as `k_anonymity` to `11`.
    pub policies: BTreeMap<String, String>,
    /// Rows of each table: name to number.
    pub rows: BTreeMap<String, u64>,
    /// All files but this one and the checksums, sorted by path.
    pub files: Vec<FileEntry>,
}

/// One file of a release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path in the release.
    pub path: String,
    /// SHA-256 of its bytes, in lower-case hex.
    pub sha256: String,
    /// Size of its bytes.
    pub size_bytes: u64,
}

/// How a copy of a release differs from its manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FileFault {
    /// The file is not there.
    Missing {
        /// Its path.
        path: String,
    },
    /// The file is there, but holds other bytes.
    Changed {
        /// Its path.
        path: String,
    },
    /// The file is there, but no part of the release.
    Unknown {
        /// Its path.
        path: String,
    },
}

impl Manifest {
    /// The manifest as it is released: JSON, files sorted by path, a line break at the end.
    ///
    /// # Errors
    ///
    /// None that these types can cause.
    pub fn to_json(&self) -> Result<String, DatasetError> {
        let mut sorted: Vec<&FileEntry> = self.files.iter().collect();
        sorted.sort();
        let mut out = ManifestWriter::new(Vec::new(), self)?;
        sorted.into_iter().try_for_each(|file| out.push(file))?;
        Ok(String::from_utf8_lossy(&out.finish()?).into_owned())
    }

    /// Reads what [`Manifest::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Json`] when it is something else.
    pub fn from_json(text: &str) -> Result<Manifest, DatasetError> {
        Ok(serde_json::from_str(text)?)
    }

    /// How the files `found` differ from those promised, sorted by path.
    pub fn faults(&self, found: &[FileEntry]) -> Vec<FileFault> {
        let promised: BTreeMap<&str, &FileEntry> = self.files.iter().map(|file| (file.path.as_str(), file)).collect();
        let found: BTreeMap<&str, &FileEntry> = found.iter().map(|file| (file.path.as_str(), file)).collect();
        let mut paths: Vec<&str> = promised.keys().chain(found.keys()).copied().collect();
        paths.sort_unstable();
        paths.dedup();
        let fault = |path: &str| match (promised.get(path), found.get(path)) {
            (Some(_), None) => Some(FileFault::Missing { path: path.to_owned() }),
            (None, Some(_)) => Some(FileFault::Unknown { path: path.to_owned() }),
            (Some(promised), Some(found)) if promised != found => Some(FileFault::Changed { path: path.to_owned() }),
            _ => None,
        };
        paths.into_iter().filter_map(fault).collect()
    }
}

/// A manifest written file by file: there may be a file for each of millions of clips.
pub struct ManifestWriter<W: Write> {
    out: W,
    empty: bool,
}

/// What an empty list of files looks like: the last field of a [`Manifest`].
const NO_FILES: &str = "[]\n}";

impl<W: Write> ManifestWriter<W> {
    /// Begins with everything but the files, which are not looked at.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when `out` fails.
    pub fn new(mut out: W, head: &Manifest) -> Result<ManifestWriter<W>, DatasetError> {
        let head = serde_json::to_string_pretty(&Manifest { files: Vec::new(), ..head.clone() })?;
        out.write_all(head.strip_suffix(NO_FILES).unwrap_or(&head).as_bytes())?;
        Ok(ManifestWriter { out, empty: true })
    }

    /// Adds a file; files come sorted by path.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn push(&mut self, file: &FileEntry) -> Result<(), DatasetError> {
        self.out.write_all(if self.empty { b"[\n    " } else { b",\n    " })?;
        self.empty = false;
        let entry = serde_json::to_string_pretty(file)?.replace('\n', "\n    ");
        Ok(self.out.write_all(entry.as_bytes())?)
    }

    /// Ends the manifest, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn finish(mut self) -> Result<W, DatasetError> {
        self.out.write_all(if self.empty { b"[]\n}\n" } else { b"\n  ]\n}\n" })?;
        Ok(self.out)
    }
}

/// A writer that passes everything on and keeps count and digest, for the manifest.
pub struct Digesting<W> {
    out: W,
    digest: Sha256,
    size_bytes: u64,
}

impl<W: Write> Digesting<W> {
    /// Passes on to `out`.
    pub fn new(out: W) -> Digesting<W> {
        Digesting { out, digest: Sha256::new(), size_bytes: 0 }
    }

    /// What was written to, and the manifest's entry for it under `path`.
    pub fn finish(self, path: &str) -> (W, FileEntry) {
        let sha256 = crate::release::checksums::hex(&self.digest.finalize());
        (self.out, FileEntry { path: path.to_owned(), sha256, size_bytes: self.size_bytes })
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.size_bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
