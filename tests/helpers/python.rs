//! The tools of researchers: Python with pandas, DuckDB and pyarrow, as `tests/run` installs them.

use std::{path::Path, process::Command};

use serde_json::Value;

use super::source::top;

/// What `read_release.py` saw in a release's folder: `clips`, `answers`, `labels`.
///
/// # Panics
/// When the readers disagree, or when `tests/run` has not made the environment yet.
pub fn read_release(folder: &Path) -> Value {
    serde_json::from_str(&run("venv", "tests/python/read_release.py", folder, &[])).unwrap()
}

/// What `load_formats.py` saw: `clips`, `answers`, `loaded`, `labels`. Formats in `wanted` must be
/// there.
///
/// # Panics
/// When the readers disagree, or when `tests/run` has not made the environment yet.
pub fn load_formats(folder: &Path, wanted: &[&str]) -> Value {
    serde_json::from_str(&run("venv-formats", "tests/python/load_formats.py", folder, wanted)).unwrap()
}

/// What the example that trains a keyword model prints.
///
/// # Panics
/// When it does not train, or when `tests/run` has not made the environment yet.
pub fn train_keywords(folder: &Path, arguments: &[&str]) -> String {
    run("venv-formats", "examples/train_kws/train.py", folder, arguments)
}

fn run(environment: &str, script: &str, folder: &Path, arguments: &[&str]) -> String {
    let python = top().join("target").join(environment).join("bin/python");
    assert!(python.exists(), "{} is missing: run tests/run once", python.display());
    let mut command = Command::new(python);
    // Nothing is looked up or kept elsewhere: the release alone is loaded.
    command.envs([("HF_HUB_OFFLINE", "1"), ("HF_DATASETS_OFFLINE", "1")]);
    command.env("HF_HOME", folder.with_extension("cache"));
    let output = command.arg(top().join(script)).arg(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
