//! Edge Impulse: `info.labels`, which its uploader reads beside the files.
//!
//! `edge-impulse-uploader --info-file info.labels` sends each file to `/api/training/files` or
//! `/api/testing/files` with its label. Edge Impulse knows two parts: dev goes to training, and
//! `metadata.split` still tells it apart.

use crate::error::DatasetError;
use crate::rows::ClipRow;
use crate::split::Split;
use serde_json::json;
use std::io::Write;

/// The path in the release of the manifest; the paths in it start at the release's top, so it
/// stands there.
pub const INFO_FILE: &str = "info.labels";

/// The manifest, written clip by clip.
pub struct InfoWriter<W: Write> {
    out: W,
    before: &'static str,
}

impl<W: Write> InfoWriter<W> {
    /// Begins the file.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when `out` fails.
    pub fn new(mut out: W) -> Result<InfoWriter<W>, DatasetError> {
        out.write_all(b"{\"version\":1,\"files\":[")?;
        Ok(InfoWriter { out, before: "\n" })
    }

    /// Adds a clip.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn push(&mut self, row: &ClipRow) -> Result<(), DatasetError> {
        self.out.write_all(self.before.as_bytes())?;
        self.before = ",\n";
        let category = if row.split == Split::Test.as_str() { "testing" } else { "training" };
        let file = json!({
            "path": row.file,
            "name": row.clip_id,
            "category": category,
            "label": { "type": "label", "label": row.label },
            "metadata": {
                "clip_id": row.clip_id,
                "language": row.language,
                "sha256": row.sha256,
                "speaker": row.speaker,
                "split": row.split,
            },
        });
        Ok(serde_json::to_writer(&mut self.out, &crate::documents::json::sorted(file))?)
    }

    /// Ends the file, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn finish(mut self) -> Result<W, DatasetError> {
        self.out.write_all(b"\n]}\n")?;
        Ok(self.out)
    }
}

/// Writes the manifest.
///
/// # Errors
///
/// [`DatasetError::Io`] when `out` fails.
pub fn write<'a>(out: impl Write, rows: impl IntoIterator<Item = &'a ClipRow>) -> Result<(), DatasetError> {
    let mut out = InfoWriter::new(out)?;
    rows.into_iter().try_for_each(|row| out.push(row))?;
    out.finish().map(drop)
}
