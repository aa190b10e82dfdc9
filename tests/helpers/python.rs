//! The tools of researchers, as `tests/run` installs them: pandas, DuckDB, pyarrow, scikit-learn, and
//! those of every format of a release.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use super::source::top;

/// The interpreter of an environment with a script.
fn python(environment: &str, script: &str) -> Command {
    let python = top().join("target").join(environment).join("bin/python");
    assert!(python.exists(), "{} is missing: run tests/run once", python.display());
    let mut command = Command::new(python);
    command.arg(top().join(script));
    command
}

/// What a script of `tests/python` makes of JSON.
///
/// # Panics
/// When it fails, or when `tests/run` has not made the environment yet.
pub fn run(script: &str, input: &Value) -> Value {
    let mut command = python("venv", &format!("tests/python/{script}"));
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
    serde_json::from_str(&read("venv", "tests/python/read_release.py", folder, &[])).unwrap()
}

/// What `load_formats.py` saw: `clips`, `answers`, `loaded`, `labels`. Formats in `wanted` must be
/// there.
///
/// # Panics
/// When the readers disagree, or when `tests/run` has not made the environment yet.
pub fn load_formats(folder: &Path, wanted: &[&str]) -> Value {
    serde_json::from_str(&read("venv-formats", "tests/python/load_formats.py", folder, wanted)).unwrap()
}

/// What the example that trains a keyword model prints.
///
/// # Panics
/// When it does not train, or when `tests/run` has not made the environment yet.
pub fn train_keywords(folder: &Path, arguments: &[&str]) -> String {
    read("venv-formats", "examples/train_kws/train.py", folder, arguments)
}

fn read(environment: &str, script: &str, folder: &Path, arguments: &[&str]) -> String {
    let mut command = python(environment, script);
    // Nothing is looked up or kept elsewhere: the release alone is loaded.
    command.envs([("HF_HUB_OFFLINE", "1"), ("HF_DATASETS_OFFLINE", "1")]);
    command.env("HF_HOME", folder.with_extension("cache"));
    let output = command.arg(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
