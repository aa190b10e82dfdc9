//! An entry of the audit log, and what a check of the log found.

use crate::platform::ids::sha256_hex;
use serde::Serialize;

/// Who did what, when.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Entry {
    /// Position in the chain, from 1, without gaps.
    pub seq: i64,
    /// UTC microseconds.
    pub at_us: i64,
    /// Person id, or `site`.
    pub actor: String,
    /// Verb: `batch.open`.
    pub action: String,
    /// Id of what was acted on.
    pub subject: String,
    /// JSON, without personal data.
    pub detail: String,
    /// SHA-256 over the entry and the hash before it.
    pub hash: String,
}

impl Entry {
    /// The hash that this entry must have after an entry with hash `before`.
    pub fn hash_after(&self, before: &str) -> String {
        let parts = [
            before,
            &self.seq.to_string(),
            &self.at_us.to_string(),
            &self.actor,
            &self.action,
            &self.subject,
            &self.detail,
        ];
        // Lengths keep one field's end from passing for another's beginning.
        let text: String = parts.iter().map(|part| format!("{}:{part}", part.len())).collect();
        sha256_hex(text.as_bytes())
    }
}

/// Result of checking the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Findings {
    /// Entries that the head counts.
    pub entries: i64,
    /// Position of the first entry that is missing or altered.
    pub first_bad: Option<i64>,
}
