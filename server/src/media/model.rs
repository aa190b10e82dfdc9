//! A clip: one recording, from its announcement to its verification.

use crate::batches::{BatchId, ItemId, ProjectId};
use crate::platform::{ids::PersonId, problem::Problem};
use crate::tasks::TaskId;
use crate::typed_id;
use serde::{Deserialize, Serialize};
use wire::{Declaration, RecordingState};

typed_id!(
    /// One recording; the browser makes the id.
    ClipId
);

/// Largest upload: ten seconds of 16-bit stereo at 192 kHz.
pub const SIZE_MAX: i64 = 8 * 1024 * 1024;
/// Smallest upload: a WAV header with one sample.
const SIZE_MIN: i64 = 46;
/// The one type that is taken.
pub const CONTENT_TYPE: &str = "audio/wav";

/// A clip as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Clip {
    /// The clip.
    pub id: ClipId,
    /// The task that it answers.
    pub task_id: TaskId,
    /// The prompt.
    pub item_id: ItemId,
    /// The recording batch.
    pub batch_id: BatchId,
    /// Its project.
    pub project_id: ProjectId,
    /// Who speaks.
    pub speaker_id: PersonId,
    /// What was asked for.
    pub phrase: String,
    /// See [`RecordingState`].
    pub state: String,
    /// SHA-256 of the bytes: also where they are kept.
    pub sha256: String,
    /// Size of the bytes.
    pub size_bytes: i64,
    /// The declaration as it was sent, to recognise its repetition.
    pub declared: String,
    /// What the client measured, JSON.
    pub client_report: Option<String>,
    /// What the server measured, JSON.
    pub report: Option<String>,
    /// Code of the refusal.
    pub reason: Option<String>,
    /// When it was announced, UTC microseconds.
    pub created_us: i64,
}

impl Clip {
    /// Where it stands.
    pub fn state(&self) -> RecordingState {
        match self.state.as_str() {
            "uploaded" => RecordingState::Uploaded,
            "verified" => RecordingState::Verified,
            "refused" => RecordingState::Refused,
            "dead" => RecordingState::Dead,
            _ => RecordingState::Declared,
        }
    }

    /// What the server measured.
    pub fn report(&self) -> Option<audio::Report> {
        self.report.as_deref().and_then(|text| serde_json::from_str(text).ok())
    }
}

/// A declaration whose fields were checked.
pub struct Declared {
    /// The clip.
    pub id: ClipId,
    /// The task.
    pub task: TaskId,
    /// The digest's 32 bytes.
    pub digest: Vec<u8>,
    /// Everything as sent.
    pub body: Declaration,
}

impl Declared {
    /// Checks the fields of a declaration.
    ///
    /// # Errors
    /// 422 `invalid_id` or `invalid_digest`, 415 `wrong_type`, 413 `too_large`, 422 `too_small`.
    pub fn parse(body: Declaration) -> Result<Self, Problem> {
        use actix_web::http::StatusCode;
        let id = body
            .id
            .parse()
            .map_err(|_| Problem::invalid("invalid_id", "The recording's id must be a UUID that you make."))?;
        let task = body
            .task
            .parse()
            .map_err(|_| Problem::invalid("invalid_id", "The task's id must be the one you were given."))?;
        let hexadecimal =
            body.sha256.len() == 64 && body.sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !hexadecimal {
            return Err(Problem::invalid(
                "invalid_digest",
                "Give the SHA-256 of the file as 64 hexadecimal digits in lower case.",
            ));
        }
        if body.content_type != CONTENT_TYPE {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "wrong_type",
                "Recordings are sent as audio/wav.",
            ));
        }
        if body.size_bytes > SIZE_MAX {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "A recording has at most 8 MiB. Record a shorter take.",
            ));
        }
        if body.size_bytes < SIZE_MIN {
            return Err(Problem::invalid("too_small", "This file is too small to hold a recording. Record again."));
        }
        let digest = (0..32).filter_map(|n| u8::from_str_radix(body.sha256.get(2 * n..2 * n + 2)?, 16).ok()).collect();
        Ok(Self { id, task, digest, body })
    }
}

/// Result of verification.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Others may judge it.
    Verified,
    /// Not usable, for the reason with this code.
    Refused(String),
}

/// Job: measure a clip and decide whether it can be used.
#[derive(Serialize, Deserialize)]
pub struct VerifyClip {
    /// The clip.
    pub clip: ClipId,
}

impl crate::platform::queue::Job for VerifyClip {
    const KIND: &'static str = "verify_clip";
}

/// Job: a recording's pay becomes payable that nobody has decided on for a week.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AcceptTake {
    /// The task that it was made for.
    pub task: TaskId,
}

impl crate::platform::queue::Job for AcceptTake {
    const KIND: &'static str = "accept_take";
    const LIGHT: bool = true;
}

/// Job: compare a clip with those of other accounts. Done where cases are raised.
#[derive(Serialize, Deserialize)]
pub struct CompareAccounts {
    /// The clip.
    pub clip: ClipId,
}

impl crate::platform::queue::Job for CompareAccounts {
    const KIND: &'static str = "compare_accounts";
}

/// A feature matrix of a clip, as stored.
#[derive(Clone, Debug)]
pub struct StoredFeatures {
    /// Versioned specification, such as `logmel-v1`.
    pub spec: String,
    /// Rows of the matrix.
    pub coefficients: i64,
    /// Columns of the matrix.
    pub frames: i64,
    /// Blob of little-endian f32, row by row.
    pub sha256: String,
}

/// What a clip sounds like, as stored.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Print {
    /// The clip.
    pub clip_id: ClipId,
    /// SHA-256 of the file.
    pub sha256: String,
    /// SHA-256 of the decoded samples.
    pub pcm_sha256: String,
    /// The fingerprint as text, which names its specification.
    pub fingerprint: String,
}

/// In what two takes are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Every byte of the file.
    File,
    /// Every decoded sample.
    Samples,
    /// Their fingerprints differ in fewer bits than those of two takes do.
    Sound,
}

impl Likeness {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Likeness::File => "file",
            Likeness::Samples => "samples",
            Likeness::Sound => "sound",
        }
    }
}

/// An earlier take that a clip is like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alike {
    /// The earlier take.
    pub earlier: ClipId,
    /// In what they are the same.
    pub likeness: Likeness,
    /// Share of differing bits of the fingerprints, 0 to 1.
    pub bit_error_rate: f64,
}

/// A waiting pair as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DuplicateRow {
    /// The later take.
    pub clip_id: ClipId,
    /// The earlier one.
    pub earlier_id: ClipId,
    /// What both should say.
    pub phrase: String,
    /// See [`Likeness`].
    pub likeness: String,
    /// Share of differing bits.
    pub bit_error_rate: f64,
    /// When the later one was announced, UTC microseconds.
    pub created_us: i64,
    /// When the earlier one was.
    pub earlier_us: i64,
}

/// Two takes of one speaker that may be the same, as a reviewer sees them.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Duplicate {
    /// The later take; heard at `/api/v1/recordings/{clip}/audio`.
    pub clip: String,
    /// The earlier one.
    pub earlier: String,
    /// What both should say.
    pub phrase: String,
    /// `file`: the same bytes; `samples`: the same sound in another file; `sound`: alike.
    pub likeness: String,
    /// Share of differing bits of the fingerprints: below 0.25, two takes of one person above.
    pub bit_error_rate: f64,
    /// When the later one was announced, RFC 3339.
    pub recorded_at: String,
    /// When the earlier one was.
    pub earlier_recorded_at: String,
}

/// Body of `POST /api/v1/duplicates/{clip}`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DuplicateRuling {
    /// Whether both are one and the same take.
    pub same: bool,
}
