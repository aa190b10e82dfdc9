//! A recording on its way: declared, uploaded under a signed URL, completed.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the browser really granted, as `MediaStreamTrack.getSettings()` tells it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CaptureSettings {
    /// Whether echo cancellation was on; asked for off.
    pub echo_cancellation: Option<bool>,
    /// Whether noise suppression was on; asked for off.
    pub noise_suppression: Option<bool>,
    /// Whether automatic gain control was on; asked for off.
    pub auto_gain_control: Option<bool>,
    /// The track's sample rate, where the browser tells it.
    pub sample_rate_hz: Option<u32>,
    /// The audio context's sample rate: the rate of the WAV.
    pub context_rate_hz: Option<u32>,
    /// The track's channel count.
    pub channel_count: Option<u32>,
}

/// Body of `POST /api/v1/recordings`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Declaration {
    /// Made by the client (a UUID); repeating it with the same body changes nothing.
    pub id: String,
    /// The recording task that this take answers.
    pub task: String,
    /// SHA-256 of the WAV file's bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// Size of the WAV file.
    pub size_bytes: i64,
    /// `audio/wav`.
    pub content_type: String,
    /// What the client measured; the server measures again and compares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub report: Option<audio::Report>,
    /// Granted capture settings.
    #[serde(default)]
    pub settings: CaptureSettings,
}

/// Where to send the bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Upload {
    /// Always `PUT`.
    pub method: String,
    /// Signed, for one object and a few minutes; absolute, or relative to the server.
    pub url: String,
    /// Headers that must be sent with the bytes.
    pub headers: BTreeMap<String, String>,
    /// When the URL stops working, RFC 3339.
    pub expires_at: String,
}

/// How far a recording has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RecordingState {
    /// Announced; the bytes are still to come.
    Declared,
    /// The bytes are stored; verification waits.
    Uploaded,
    /// Measured and good: others may judge it.
    Verified,
    /// Measured and not usable; `reason` says why.
    Refused,
    /// Verification failed for a reason of ours; a person will look at it.
    Dead,
}

impl RecordingState {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Uploaded => "uploaded",
            Self::Verified => "verified",
            Self::Refused => "refused",
            Self::Dead => "dead",
        }
    }
}

/// Reply to every call about one recording.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordingView {
    /// The client-made id.
    pub id: String,
    /// The task it answers.
    pub task: String,
    /// How far it has come.
    pub state: RecordingState,
    /// The phrase that was asked for.
    pub phrase: String,
    /// Stable code of the refusal, such as `clipped`; absent unless refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The refusal in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// Where to send the bytes; only while declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<Upload>,
    /// What the server measured; after verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub report: Option<audio::Report>,
}
