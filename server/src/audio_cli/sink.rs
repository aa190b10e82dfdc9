//! Where arrays go: a path for each recording, and nothing half-written.

use super::batch::Refused;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// One file for one recording, or a folder with a file for each.
pub struct Sink {
    out: PathBuf,
    is_folder: bool,
}

impl Sink {
    /// `out` is a folder if there are several recordings, or if it is one already; it is made if
    /// need be.
    ///
    /// # Errors
    /// When two recordings would become the same file, or one would be overwritten.
    pub fn new(files: &[PathBuf], out: &Path) -> Result<Sink, String> {
        let sink = Sink { out: out.into(), is_folder: files.len() > 1 || out.is_dir() };
        if sink.is_folder && out.exists() && !out.is_dir() {
            return Err(format!("{} is a file. For several recordings name a folder with --out.", out.display()));
        }
        let mut owners: BTreeMap<PathBuf, &Path> = BTreeMap::new();
        for file in files {
            let path = sink.path(file);
            if is_same(&path, file) {
                return Err(format!("{} would be overwritten. Name another file with --out.", file.display()));
            }
            if let Some(other) = owners.insert(path.clone(), file) {
                let (other, file, path) = (other.display(), file.display(), path.display());
                return Err(format!("{other} and {file} would both become {path}. Write them to different folders."));
            }
        }
        let folder = if sink.is_folder { out } else { out.parent().unwrap_or(out) };
        fs::create_dir_all(folder).map_err(|error| format!("{}: {}", folder.display(), unwritable(&error)))?;
        Ok(sink)
    }

    /// Where this recording's array goes.
    pub fn path(&self, file: &Path) -> PathBuf {
        if !self.is_folder {
            return self.out.clone();
        }
        self.out.join(file.file_name().unwrap_or(file.as_os_str())).with_extension("npy")
    }

    /// Writes under another name first: a reader sees the whole array or none.
    ///
    /// # Errors
    /// When it cannot be written; nothing is left then.
    pub fn write(&self, file: &Path, bytes: &[u8]) -> Result<(), Refused> {
        let path = self.path(file);
        let mut name = OsString::from(".");
        name.push(path.file_name().unwrap_or_default());
        name.push(format!(".{}.partial", std::process::id()));
        let partial = path.with_file_name(name);
        fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, &path)).map_err(|error| {
            fs::remove_file(&partial).ok();
            Refused { code: "not_written", sentence: format!("{}: {}", path.display(), unwritable(&error)) }
        })
    }
}

fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

fn unwritable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "You may not write here. Name another place with --out.".to_owned(),
        io::ErrorKind::StorageFull => "The disk is full. Make room or name another place with --out.".to_owned(),
        _ => format!("This could not be written: {error}. Name another place with --out."),
    }
}
