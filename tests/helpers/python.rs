//! The tools of researchers: Python with pandas, DuckDB and pyarrow, as `tests/run` installs them.

use std::{path::Path, process::Command};

use serde_json::Value;

use super::source::top;

/// What `read_release.py` saw in a release's folder: `clips`, `answers`, `labels`.
///
/// # Panics
/// When the readers disagree, or when `tests/run` has not made the environment yet.
pub fn read_release(folder: &Path) -> Value {
    let python = top().join("target/venv/bin/python");
    assert!(python.exists(), "{} is missing: run tests/run once", python.display());
    let output = Command::new(python).arg(top().join("tests/python/read_release.py")).arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
