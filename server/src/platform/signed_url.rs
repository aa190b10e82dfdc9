//! Signed upload URLs for the local folder: the same promise that S3's presigned URLs make
//! (one object, one size, one type, one digest, a few minutes), kept by this server.

use super::secrets::{Secrets, same};

/// What a signed upload URL allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The upload's id: the last part of the path.
    pub id: String,
    /// Exact size.
    pub size_bytes: i64,
    /// Exact content type.
    pub content_type: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// End of the permission, UTC microseconds.
    pub expires_us: i64,
}

impl Grant {
    fn message(&self) -> String {
        format!("PUT\n{}\n{}\n{}\n{}\n{}", self.id, self.size_bytes, self.content_type, self.sha256, self.expires_us)
    }

    /// The signature, 64 hexadecimal digits.
    pub fn sign(&self, secrets: &Secrets) -> String {
        secrets.mac_hex("upload", self.message().as_bytes())
    }

    /// Whether `signature` belongs to exactly this grant.
    pub fn is_signed(&self, secrets: &Secrets, signature: &str) -> bool {
        same(&self.sign(secrets), signature)
    }
}
