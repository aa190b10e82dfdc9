//! A release: an immutable, versioned set of files.

use crate::batches::{ItemId, ProjectId};
use crate::platform::queue::Job;
use crate::typed_id;
use serde::{Deserialize, Serialize};

typed_id!(
    /// One version of a project's dataset.
    ReleaseId
);

/// A release as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Release {
    /// The release.
    pub id: ReleaseId,
    /// Its project.
    pub project_id: ProjectId,
    /// Semantic version.
    pub version: String,
    /// `building`, `ready` or `failed`.
    pub state: String,
    /// Why it failed.
    pub error: String,
    /// Key of its pseudonyms, 64 hexadecimal digits; never shown.
    pub pseudonym_key: String,
    /// JSON of the data card, once ready.
    pub card: String,
    /// When it was asked for, UTC microseconds.
    pub created_us: i64,
}

impl Release {
    /// The data card, once ready.
    pub fn card(&self) -> Option<dataset::Card> {
        serde_json::from_str(&self.card).ok()
    }
}

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ReleaseFile {
    /// Path within the release.
    pub path: String,
    /// SHA-256 of its bytes: also where they are kept.
    pub sha256: String,
    /// Size of its bytes.
    pub size_bytes: i64,
}

/// A clip that may leave: verified, accepted, consent in force.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Eligible {
    /// The clip.
    pub clip_id: String,
    /// The item that was judged.
    pub item_id: ItemId,
    /// Who speaks.
    pub speaker_id: String,
    /// What was asked for.
    pub phrase: String,
    /// Where the original is.
    pub sha256: String,
    /// What the server measured, JSON.
    pub report: String,
    /// Granted capture settings, JSON.
    pub settings: String,
    /// 1 for clips that a machine made.
    pub synthetic: i64,
    /// When it was made, UTC microseconds.
    pub created_us: i64,
    /// Probability of the label.
    pub probability: f64,
    /// Answers that it rests on.
    pub answers: i64,
    /// How the verdict was made.
    pub method: String,
    /// JSON of what made it; empty for verdicts made before it was kept.
    pub evidence: String,
}

/// An answer about a released clip.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AnswerOf {
    /// The answer.
    pub answer_id: String,
    /// The clip.
    pub clip_id: String,
    /// Who judged.
    pub person_id: String,
    /// `yes`, `no` or `unsure`.
    pub label: String,
    /// Why, if given.
    pub reason: Option<String>,
    /// Time taken.
    pub duration_ms: i64,
}

/// Job: build a release's files.
#[derive(Serialize, Deserialize)]
pub struct BuildRelease {
    /// The release.
    pub release: ReleaseId,
}

impl Job for BuildRelease {
    const KIND: &'static str = "build_release";
}

/// Body of `POST /api/v1/projects/{id}/releases`, and of the form.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct NewRelease {
    /// Semantic version, such as `1.0.0`.
    pub version: String,
}

/// A release as the API shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReleaseView {
    /// The release.
    pub id: String,
    /// Its project.
    pub project: String,
    /// Semantic version.
    pub version: String,
    /// `building`, `ready` or `failed`.
    pub state: String,
    /// Why it failed; empty otherwise.
    pub error: String,
    /// The data card's content, once ready.
    #[schema(value_type = Option<Object>)]
    pub card: Option<dataset::Card>,
    /// Its files, once ready.
    pub files: Vec<ReleaseFile>,
}

impl ReleaseView {
    /// The view of a release with its files.
    pub fn of(release: &Release, files: Vec<ReleaseFile>) -> Self {
        Self {
            id: release.id.to_string(),
            project: release.project_id.to_string(),
            version: release.version.clone(),
            state: release.state.clone(),
            error: release.error.clone(),
            card: release.card(),
            files,
        }
    }
}
