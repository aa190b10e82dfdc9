//! What people are asked to agree to, and whether they did.

use crate::platform::ids::PersonId;
use crate::typed_id;
use serde::{Deserialize, Serialize};

typed_id!(
    /// A dataset being built.
    ProjectId
);
typed_id!(
    /// One consent or withdrawal.
    ConsentId
);

/// A version of a project's consent text.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Text {
    /// Whose.
    pub project_id: ProjectId,
    /// From 1; a changed text is a new version.
    pub version: i64,
    /// Name of the project.
    pub title: String,
    /// Plain text; paragraphs are separated by blank lines.
    pub body: String,
    /// SHA-256 of the body.
    pub sha256: String,
}

/// A consent or withdrawal as it happened.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    /// Who.
    pub person_id: PersonId,
    /// To which version.
    pub version: i64,
    /// 1 for a consent, 0 for a withdrawal.
    pub given: i64,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// Reply to questions about consent.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ConsentView {
    /// The version that applies now.
    pub version: i64,
    /// Its text.
    pub text: String,
    /// SHA-256 of the text.
    pub sha256: String,
    /// Whether the caller has agreed to this version and not withdrawn.
    pub given: bool,
}

/// Body of `POST /api/v1/projects/{id}/consent`, and of the form.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct ConsentBody {
    /// The version that was read.
    pub version: i64,
}
