//! Checksums in the form that `sha256sum --check` reads.

use sha2::{Digest, Sha256};

/// SHA-256 (FIPS 180-4) of `bytes`, as 64 lower-case hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// `bytes` in lower-case hex, two digits each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text of a checksum file for `files`, pairs of path and SHA-256 in hex: one line each,
/// sorted by path.
///
/// As GNU coreutils `sha256sum` does, a path with a backslash or a line break is escaped, and
/// its line then starts with a backslash.
pub fn sums(files: &[(String, String)]) -> String {
    let mut files: Vec<&(String, String)> = files.iter().collect();
    files.sort();
    files.into_iter().map(|(path, sha256)| sums_line(path, sha256)).collect()
}

/// The line of one file, see [`sums`].
pub fn sums_line(path: &str, sha256: &str) -> String {
    let escaped = escape(path);
    let mark = if escaped == *path { "" } else { "\\" };
    format!("{mark}{sha256}  {escaped}\n")
}

fn escape(path: &str) -> String {
    path.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r")
}
