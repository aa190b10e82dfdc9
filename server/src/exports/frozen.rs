//! What the first steps of a build have frozen or made: rows before they are given their final form.

/// A frozen clip with what never changes about it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Frozen {
    /// The clip.
    pub clip_id: String,
    /// Who speaks.
    pub speaker_id: String,
    /// The how manieth of its speaker.
    pub take: i64,
    /// What was asked for.
    pub phrase: String,
    /// Where the original is.
    pub original_sha256: String,
}

/// A row of the release before it is given its final form.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredRow {
    /// The clip.
    pub clip_id: String,
    /// What was asked for.
    pub phrase: String,
    /// SHA-256 of the original.
    pub original_sha256: String,
    /// What the server measured, JSON.
    pub report: Option<String>,
    /// Granted capture settings, JSON.
    pub settings: String,
    /// 1 for clips that a machine made.
    pub synthetic: i64,
    /// Probability of the label.
    pub probability: f64,
    /// How the verdict was made.
    pub method: String,
    /// JSON of what made it; empty once the release is published.
    pub evidence: String,
    /// Pseudonym of the speaker.
    pub speaker: String,
    /// Split of the speaker.
    pub split: String,
    /// Path of the recording.
    pub path: String,
    /// SHA-256 of the recording.
    pub sha256: String,
    /// Path of the original, if it is included.
    pub original_path: Option<String>,
}

/// A variant of a released clip.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredVariant {
    /// The clip that it was made of.
    pub parent_clip_id: String,
    /// Which of its variants.
    pub number: i64,
    /// Its own id.
    pub clip_id: String,
    /// How it was made, JSON.
    pub recipe: String,
    /// What was measured on it, JSON.
    pub report: String,
    /// Path of the recording.
    pub path: String,
    /// SHA-256 of the recording.
    pub sha256: String,
    /// Size of the recording.
    pub size_bytes: i64,
}

/// A speaker of a release, by pseudonym, with what is told about them.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Speaker {
    /// Pseudonym.
    pub speaker: String,
    /// Age group.
    pub age: Option<String>,
    /// Gender.
    pub gender: Option<String>,
    /// Accent.
    pub accent: Option<String>,
    /// Kind of device.
    pub device: Option<String>,
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
