//! The tools of researchers, as `tests/run` installs them: pandas, DuckDB, pyarrow, scikit-learn.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::source::top;

/// The interpreter with a script of `tests/python`.
fn python(script: &str) -> Command {
    let python = top().join("target/venv/bin/python");
    assert!(python.exists(), "{} is missing: run tests/run once", python.display());
    let mut command = Command::new(python);
    command.arg(top().join("tests/python").join(script));
    command
}

/// What a script makes of JSON.
///
/// # Panics
/// When it fails, or when `tests/run` has not made the environment yet.
pub fn run(script: &str, input: &Value) -> Value {
    let mut command = python(script);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Written before anything is read: the script answers when it has read all.
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What `read_release.py` saw in a release's folder: `clips`, `answers`, `labels`.
///
/// # Panics
/// When the readers disagree, or when `tests/run` has not made the environment yet.
pub fn read_release(folder: &Path) -> Value {
    let output = python("read_release.py").arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
