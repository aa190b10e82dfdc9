//! How people stand to releases: who may have them, who asked, whose clips left.

use serde::Serialize;

/// Who asked for a project's releases under contract.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Grant {
    /// Who.
    pub person_id: String,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// `asked`, `granted` or `refused`.
    pub state: String,
    /// When they asked, UTC microseconds.
    pub asked_us: i64,
}

/// A released clip that was taken back.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Withdrawn {
    /// The clip.
    pub clip_id: String,
    /// SHA-256 of its released file.
    pub sha256: String,
    /// When, UTC microseconds.
    pub withdrawn_us: i64,
}

/// What stands between a person and the bytes of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Nothing.
    Open,
    /// The terms of use, which they have not accepted yet.
    Terms,
    /// An administrator's word, which they have not asked for.
    Ask,
    /// An administrator's word, which they wait for.
    Waits,
    /// An administrator said no.
    Refused,
}

impl Gate {
    /// Whether nothing stands in the way.
    pub fn is_open(self) -> bool {
        self == Gate::Open
    }
}
