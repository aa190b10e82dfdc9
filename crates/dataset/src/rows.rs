//! The rows of a release: one clip, one answer, one clip's features.
//!
//! The fields have the names, order and units of the columns in [`crate::columns`].

use serde::{Deserialize, Serialize};

/// One recording with its label and its measurements.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClipRow {
    /// Id of the clip, unique in the release.
    pub clip_id: String,
    /// Path in the release of the 16 kHz mono WAV file.
    pub file: String,
    /// SHA-256 of that file, in lower-case hex.
    pub sha256: String,
    /// Path in the release of the file as it was uploaded, if it is included.
    pub original_file: Option<String>,
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
    /// Answers that heard the phrase.
    pub yes_answers: i32,
    /// Answers that did not hear the phrase.
    pub no_answers: i32,
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
    /// Root mean square of the samples.
    pub rms_dbfs: f64,
    /// Mean of the samples, full scale being 1.
    pub dc_offset: f64,
    /// Clipped samples as a share of the speech.
    pub clipped_ratio: f64,
    /// Where speech starts.
    pub speech_start_ms: i32,
    /// Where speech ends.
    pub speech_end_ms: i32,
    /// Version of the code that measured.
    pub report_version: String,
    /// Kind of the recording device, [protected](crate::anonymity).
    pub device: Option<String>,
    /// Whether the browser said that it cancelled echo; `None` if it did not say.
    pub echo_cancellation: Option<bool>,
    /// Whether the browser said that it suppressed noise; `None` if it did not say.
    pub noise_suppression: Option<bool>,
    /// Whether the browser said that it controlled the gain; `None` if it did not say.
    pub auto_gain_control: Option<bool>,
    /// Age group of the speaker, [protected](crate::anonymity).
    pub age: Option<String>,
    /// Gender that the speaker gave, [protected](crate::anonymity).
    pub gender: Option<String>,
    /// Accent that the speaker gave, [protected](crate::anonymity).
    pub accent: Option<String>,
    /// Made or changed by a program, not spoken by a person.
    pub synthetic: bool,
    /// The clip of which this is an augmented variant.
    pub parent_clip_id: Option<String>,
    /// How the variant was made from its parent, as JSON.
    pub augmentation: Option<String>,
    /// The [`Split`](crate::Split) of the speaker, as a word.
    pub split: String,
}

/// One person's answer about one clip.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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

/// The features of one clip by one definition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FeatureRow {
    /// Id of the clip.
    pub clip_id: String,
    /// `logmel-v1` or `mfcc-v1`.
    pub spec: String,
    /// Mel bands or cepstral coefficients.
    pub bands: i32,
    /// Frames every 10 ms.
    pub frames: i32,
    /// `bands × frames` values, row by row.
    pub values: Vec<f32>,
}
