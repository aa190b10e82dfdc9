//! Files on their way into the object store: written on disk, because the store wants their digest
//! first and memory is for many people.

use super::super::model::{Release, ReleaseFile};
use crate::platform::{site::Site, worker::JobError};
use dataset::DatasetError;
use dataset::release::manifest::Digesting;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

/// A folder of one build.
pub struct Scratch {
    folder: PathBuf,
    files: usize,
}

/// A file that is being written.
pub struct Sink {
    path: String,
    place: PathBuf,
    out: Digesting<BufWriter<File>>,
}

impl Scratch {
    /// An empty folder: what a killed build left is of no use.
    pub fn empty(site: &Site, release: &Release) -> Result<Self, JobError> {
        let folder = site.scratch.join(format!("{}-{}", release.id, crate::platform::ids::new_uuid()));
        std::fs::create_dir_all(&folder).map_err(lost)?;
        Ok(Self { folder, files: 0 })
    }

    /// Begins the file that the release has under `path`.
    pub fn sink(&mut self, path: &str) -> Result<Sink, DatasetError> {
        let place = self.folder.join(self.files.to_string());
        self.files += 1;
        let out = Digesting::new(BufWriter::new(File::create(&place)?));
        Ok(Sink { path: path.to_owned(), place, out })
    }

    /// Moves finished files into the store.
    pub async fn keep(self, site: &Site, sinks: Vec<Sink>) -> Result<Vec<ReleaseFile>, JobError> {
        let mut files = Vec::with_capacity(sinks.len());
        for sink in sinks {
            let (mut out, entry) = sink.out.finish(&sink.path);
            out.flush().map_err(lost)?;
            site.blobs.put_file(&sink.place, &entry.sha256).await?;
            let size_bytes = i64::try_from(entry.size_bytes).unwrap_or(i64::MAX);
            files.push(ReleaseFile { path: entry.path, sha256: entry.sha256, size_bytes });
        }
        Ok(files)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!(folder = %self.folder.display(), error = %error, "scratch folder stays");
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn lost(error: io::Error) -> JobError {
    JobError::Retry(format!("the folder for files that are being made cannot be used: {error}"))
}
