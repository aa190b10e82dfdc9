//! Many files side by side, answered in their order, with a progress bar on a terminal.

use super::{Ended, complain};
use audio::wav::{Clip, Limits, WavError};
use audio::{DecodeError, Policy};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use serde::Serialize;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

/// How many files are in work before the first of them is answered.
const BATCH: usize = 64;

/// Why a file could not be handled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Stable code: the decoder's, or `unreadable`, `not_written`.
    pub code: &'static str,
    /// What is wrong and what to do, without the file's name.
    #[serde(rename = "message")]
    pub sentence: String,
}

impl Refused {
    fn unreadable(sentence: String) -> Refused {
        Refused { code: "unreadable", sentence }
    }
}

impl From<DecodeError> for Refused {
    fn from(error: DecodeError) -> Refused {
        Refused { code: error.code(), sentence: error.to_string() }
    }
}

/// Does `work` for each file on every core, then `answer` in the order of the files. Each file
/// that is refused is named on stderr; the number of them is returned.
///
/// # Errors
/// What `answer` says; no further file is begun then.
pub fn each<T: Send>(
    files: &[PathBuf],
    work: impl Fn(&Path) -> Result<T, Refused> + Sync,
    mut answer: impl FnMut(&Path, &Result<T, Refused>) -> Result<(), Ended>,
) -> Result<usize, Ended> {
    let bar = progress(files.len());
    let mut refused = 0;
    for batch in files.chunks(BATCH) {
        let worked = batch.par_iter().map(|file| {
            let result = work(file);
            bar.inc(1);
            result
        });
        let results: Vec<Result<T, Refused>> = worked.collect();
        for (file, result) in batch.iter().zip(&results) {
            bar.suspend(|| {
                if let Err(reason) = result {
                    refused += 1;
                    complain(&format!("{}: {}", file.display(), reason.sentence));
                }
                answer(file, result)
            })?;
        }
    }
    bar.finish_and_clear();
    Ok(refused)
}

/// Hidden for one file, and where stderr is not a terminal.
fn progress(files: usize) -> ProgressBar {
    if files < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64);
    let style = ProgressStyle::with_template("{bar:40} {pos} of {len} files, {eta} left");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Reads and decodes a recording.
///
/// # Errors
/// When there is no such file, it is a folder, or it is refused by the decoder.
pub fn decode(file: &Path) -> Result<Clip, Refused> {
    let limits = Limits::any();
    let about = fs::metadata(file).map_err(|error| Refused::unreadable(unreadable(&error)))?;
    if about.is_dir() {
        return Err(Refused::unreadable("This is a folder. Name the files in it, such as FOLDER/*.wav.".into()));
    }
    // Before it is read: a disk image must not fill the memory.
    let bytes = usize::try_from(about.len()).unwrap_or(usize::MAX);
    if bytes > limits.max_bytes {
        return Err(DecodeError::from(WavError::TooLarge { bytes, limit: limits.max_bytes }).into());
    }
    let bytes = fs::read(file).map_err(|error| Refused::unreadable(unreadable(&error)))?;
    Ok(audio::decode(&bytes, &limits)?)
}

/// Reads thresholds, and refuses names that no policy has: a threshold with a typing error would
/// silently keep its default.
///
/// # Errors
/// When the file cannot be read, is no JSON object of thresholds, or they make no sense.
pub fn policy(file: &Path) -> Result<Policy, String> {
    let told = |reason: String| format!("{}: {reason}", file.display());
    let text = fs::read_to_string(file).map_err(|error| told(unreadable(&error)))?;
    let not_json = |error: serde_json::Error| told(format!("This is not a policy in JSON: {error}."));
    let given: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).map_err(not_json)?;
    let known = serde_json::to_value(Policy::default()).map_err(not_json)?;
    if let Some(name) = given.keys().find(|name| known.get(name).is_none()) {
        return Err(told(format!("A policy has no field `{name}`. Leave it out or correct its name.")));
    }
    let policy: Policy = serde_json::from_value(given.into()).map_err(not_json)?;
    policy.check().map_err(|error| told(error.to_string()))?;
    Ok(policy)
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "There is no such file. Check its name and folder.".to_owned(),
        io::ErrorKind::PermissionDenied => "You may not read this file. Change its permissions.".to_owned(),
        _ => format!("The file could not be read: {error}."),
    }
}
