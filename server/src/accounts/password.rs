//! Password hashing with argon2id (RFC 9106; OWASP's minimum: 19 MiB, 2 passes, 1 lane), off the
//! async threads and a few at a time: each hash takes 19 MiB and some ten milliseconds.

use super::model::Password;
use crate::platform::problem::Problem;
use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Hashes at the same time in one process: bounds memory at 4 × 19 MiB.
static TURNS: Semaphore = Semaphore::const_new(4);

/// The PHC string to store.
///
/// # Errors
/// When hashing itself fails, which is a fault of ours.
pub async fn hash(password: Password) -> Result<String, Problem> {
    let _turn = TURNS.acquire().await.map_err(Problem::internal)?;
    tokio::task::spawn_blocking(move || hash_now(password.0.as_bytes()))
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::internal)
}

/// Whether `password` belongs to `stored`. Without a stored hash it takes as long and says no,
/// so that an answer's time does not tell which addresses have accounts.
///
/// # Errors
/// When hashing itself fails, which is a fault of ours.
pub async fn matches(password: Password, stored: Option<String>) -> Result<bool, Problem> {
    let _turn = TURNS.acquire().await.map_err(Problem::internal)?;
    tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let Some(stored) = stored.or_else(decoy) else { return false };
        let right = PasswordHash::new(&stored)
            .is_ok_and(|hash| Argon2::default().verify_password(password.0.as_bytes(), &hash).is_ok());
        known && right
    })
    .await
    .map_err(Problem::internal)
}

fn hash_now(password: &[u8]) -> Result<String, argon2::password_hash::Error> {
    Ok(Argon2::default().hash_password(password)?.to_string())
}

fn decoy() -> Option<String> {
    static DECOY: OnceLock<Option<String>> = OnceLock::new();
    DECOY.get_or_init(|| hash_now(b"nobody has this password").ok()).clone()
}
