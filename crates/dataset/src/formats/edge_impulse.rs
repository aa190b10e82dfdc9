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

/// Writes the manifest, clip by clip.
///
/// # Errors
///
/// [`DatasetError::Io`] when `out` fails.
pub fn write<'a>(mut out: impl Write, rows: impl IntoIterator<Item = &'a ClipRow>) -> Result<(), DatasetError> {
    out.write_all(b"{\"version\":1,\"files\":[")?;
    let mut before = "\n";
    for row in rows {
        out.write_all(before.as_bytes())?;
        before = ",\n";
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
        serde_json::to_writer(&mut out, &crate::documents::json::sorted(file))?;
    }
    out.write_all(b"\n]}\n")?;
    Ok(())
}
