//! Servers that the tests start: they end with the test process, even when it is killed.

use std::{
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

use tempfile::TempDir;

/// A shell that waits until this value is dropped or this process ends, then runs its last words.
///
/// It waits at a pipe that only this process holds: the system closes it in any case.
pub struct Watchdog(Child);

impl Watchdog {
    /// Runs `first` now and `last` at the end. `$!` in `last` is what `first` left in the background.
    pub fn start(first: &str, last: &str) -> Self {
        // Ctrl-C reaches the whole foreground group: the shell must outlive it to clean up.
        let script = format!("{first}\ntrap '' INT TERM HUP\nread -r _\n{last}");
        let shell = Command::new("sh")
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(shell.expect("a POSIX shell is there"))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        self.0.wait().ok();
    }
}

/// One word of a shell command.
pub fn quoted(word: impl AsRef<std::ffi::OsStr>) -> String {
    format!("'{}'", word.as_ref().to_string_lossy().replace('\'', r"'\''"))
}

/// A new folder; all of them are gone when this process is, even when no destructor ran.
pub fn scratch(prefix: &str) -> TempDir {
    static TOP: OnceLock<(TempDir, Watchdog)> = OnceLock::new();
    let (top, _) = TOP.get_or_init(|| {
        let top = tempfile::Builder::new().prefix("sayso-tests-").tempdir().unwrap();
        // A browser that is being killed writes a little longer.
        let remove = format!("sleep 1; rm -rf {}", quoted(top.path()));
        (top, Watchdog::start("", &remove))
    });
    tempfile::Builder::new().prefix(prefix).tempdir_in(top).unwrap()
}
