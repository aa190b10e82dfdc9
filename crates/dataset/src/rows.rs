//! The rows of a release: one clip, one answer.
//!
//! The fields have the names, order and units of the columns in [`crate::columns`].

use serde::Serialize;

/// One recording with its label and its measurements.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClipRow {
    /// Id of the clip, unique in the release.
    pub clip_id: String,
    /// Path in the release of the 16 kHz mono WAV file.
    pub file: String,
    /// SHA-256 of that file, in lower-case hex.
    pub sha256: String,
    /// SHA-256 of the file as it was uploaded, in lower-case hex.
    pub original_sha256: String,
    /// [Pseudonym](crate::pseudonym()) of the speaker.
    pub speaker: String,
    /// What the speaker was asked to say.
    pub phrase: String,
    /// Language of the phrase, as a BCP 47 tag.
    pub language: String,
    /// The consensus label.
    pub label: String,
    /// Probability of that label, 0 to 1.
    pub probability: f64,
    /// Answers given on this clip.
    pub answers: i32,
    /// How the label was decided.
    pub method: String,
    /// Length of the recording.
    pub length_ms: i32,
    /// Sample rate as uploaded.
    pub rate_hz: i32,
    /// Signal-to-noise ratio.
    pub snr_db: f64,
    /// Level of the noise between and around the speech.
    pub noise_floor_dbfs: f64,
    /// Level of the speech.
    pub speech_level_dbfs: f64,
    /// Highest sample.
    pub peak_dbfs: f64,
    /// Where speech starts.
    pub speech_start_ms: i32,
    /// Where speech ends.
    pub speech_end_ms: i32,
    /// Version of the code that measured.
    pub report_version: String,
    /// Whether the browser said that it cancelled echo; `None` if it did not say.
    pub echo_cancellation: Option<bool>,
    /// Whether the browser said that it suppressed noise; `None` if it did not say.
    pub noise_suppression: Option<bool>,
    /// Whether the browser said that it controlled the gain; `None` if it did not say.
    pub auto_gain_control: Option<bool>,
    /// Made by a program, not spoken by a person.
    pub synthetic: bool,
    /// The [`Split`](crate::Split) of the speaker, as a word.
    pub split: String,
}

/// One person's answer about one clip.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerRow {
    /// Id of the clip.
    pub clip_id: String,
    /// [Pseudonym](crate::pseudonym()) of the annotator.
    pub annotator: String,
    /// The answer.
    pub label: String,
    /// Why, if the annotator said.
    pub reason: Option<String>,
    /// Time from seeing the task to answering.
    pub seconds: f64,
    /// Weight of the answer in the consensus.
    pub weight: f64,
    /// Whether the answer took part in the consensus.
    pub counted: bool,
}
