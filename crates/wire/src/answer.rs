//! A judgement as the browser sends it.

use serde::{Deserialize, Serialize};

/// Does the clip contain the phrase?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// The phrase, whole and clear.
    Yes,
    /// Something else, or not usable; a reason says what.
    No,
    /// Cannot tell.
    Unsure,
}

impl Label {
    /// The word used in the database, in JSON, in imports and in releases.
    pub fn as_str(self) -> &'static str {
        match self {
            Label::Yes => "yes",
            Label::No => "no",
            Label::Unsure => "unsure",
        }
    }
}

/// Why a clip is not a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Another word or phrase.
    WrongWord,
    /// Its start or end is missing.
    CutOff,
    /// Noise hides it.
    Noise,
    /// More than one person speaks.
    SeveralVoices,
    /// Nothing can be heard.
    Silence,
}

impl Reason {
    /// The word used in the database, in JSON, in imports and in releases.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::WrongWord => "wrong_word",
            Reason::CutOff => "cut_off",
            Reason::Noise => "noise",
            Reason::SeveralVoices => "several_voices",
            Reason::Silence => "silence",
        }
    }
}

/// Body of `POST /api/v1/tasks/{id}/answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// Yes, no or unsure.
    pub label: Label,
    /// Required with `no`, absent with `yes`, welcome with `unsure`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Time from the task's appearance to the answer, as the client measured it.
    #[serde(default)]
    pub duration_ms: i64,
}

/// Reply to an answer; the same for gold and for work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerReceipt {
    /// The task that was answered.
    pub task: String,
    /// The label as stored.
    pub label: Label,
    /// Pay now pending for it.
    pub pay_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Whether it came after its lease; it counts and is paid all the same, because its place was
    /// still free. Absent when it came in time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}
