//! The site's secrets: one random key in the database that every process shares, and keys
//! derived from it, one per purpose (HMAC-SHA-256 as in RFC 5869's expand step).

use super::{
    clock::Clock,
    db::{Db, DbResult},
    ids::{hex, random_token},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The master key, from which each purpose gets a key of its own.
#[derive(Clone)]
pub struct Secrets(Vec<u8>);

impl Secrets {
    /// Uses `given`, or reads the shared key, making it on the first start.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load(db: &Db, clock: &Clock, given: Option<&str>) -> DbResult<Self> {
        if let Some(text) = given {
            return Ok(Self(text.as_bytes().to_vec()));
        }
        let mut tx = db.begin().await?;
        tx.exec(
            "insert into site_secrets (name, value, created_us) values ('master', $1, $2)
             on conflict (name) do nothing",
            (random_token(), clock.now_us()),
        )
        .await?;
        let (value,): (String,) = tx.one("select value from site_secrets where name = 'master'", ()).await?;
        tx.commit().await?;
        Ok(Self(value.into_bytes()))
    }

    /// 32 bytes for one purpose.
    pub fn key(&self, purpose: &str) -> [u8; 32] {
        self.mac(purpose, b"key")
    }

    /// HMAC-SHA-256 of `message` under the purpose's key.
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        // HMAC takes a key of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any key length is valid");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// The same as 64 hexadecimal digits.
    pub fn mac_hex(&self, purpose: &str, message: &[u8]) -> String {
        hex(&self.mac(purpose, message))
    }
}

/// Compares two secrets without telling by its duration where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (x, y)| sum | (x ^ y)) == 0
}
