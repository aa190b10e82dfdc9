//! Names for people that mean nothing outside one release.

use crate::release::checksums::hex;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Hex digits of a pseudonym: 80 bits, so that among a million people the chance that any two
/// share one is below one in a trillion.
pub const DIGITS: usize = 20;

/// The pseudonym of the person `id`: the first [`DIGITS`] lower-case hex digits of HMAC-SHA-256
/// (RFC 2104) under `key`.
///
/// Use a new random key for each release and keep it secret. The same person then has one name
/// within a release, and the names of two releases do not link. Without the key nobody can test
/// a guess about who is behind a name; a plain hash of the id would allow that.
pub fn pseudonym(key: &[u8; 32], id: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(id.as_bytes());
    let mut digits = hex(&mac.finalize().into_bytes());
    digits.truncate(DIGITS);
    digits
}
