//! The body of every error: RFC 9457 `application/problem+json` with a stable `code`.

use serde::{Deserialize, Serialize};

/// One row of an import that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowError {
    /// Line of the file, counted from 1 (a CSV file's header is line 1).
    pub line: u64,
    /// The column or field at fault; empty when it is the whole row.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// What went wrong and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemBody {
    /// `urn:sayso:problem:<code>` (RFC 9457 §3.1.1).
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable, for programs.
    pub code: String,
    /// A sentence for people: what to do.
    pub detail: String,
    /// When trying again makes sense, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_at: Option<String>,
    /// Why there is no task (`code` is `no_task`): `finished`, `all_out_on_lease` (with
    /// `available_at`), `nothing_left_for_you`, `paused`, `not_open`, `closed`, `no_batch`. Where a
    /// limit is the reason, `code` and `reason` both name it: `exposure_limit`, `person_limit`,
    /// `qualification_required`, `quota_full`, `budget_exhausted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Bad rows of an import.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowError>,
}
