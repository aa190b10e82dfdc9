//! A task as the browser receives it: one item, leased to one person.

use crate::exposure::Category;
use serde::{Deserialize, Serialize};

/// What a task asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Say the phrase and send the recording.
    Record,
    /// Listen to a clip and say whether it contains the phrase.
    Judge,
}

impl Kind {
    /// The word used in the database, in JSON and in import files.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Record => "record",
            Kind::Judge => "judge",
        }
    }
}

/// Body of `POST /api/v1/tasks/next`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NextTask {
    /// Only from this batch; without it, any open batch of `kind`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Only tasks of this kind; without it, any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Leases that the client already works on. A live lease that is not listed here is
    /// handed out again before a new one is made, so a lost reply or a reload wastes nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<String>,
    /// How many tasks at once, 1 to 5; above 1 the reply is a list. There may be fewer: a person has
    /// at most three open at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u8>,
}

/// Reply to `POST /api/v1/tasks/next` with a `count` above 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tasks {
    /// At least one.
    pub tasks: Vec<Task>,
}

/// Reply to `POST /api/v1/tasks/{id}/renew`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Renewal {
    /// When the lease ends now, RFC 3339.
    pub expires_at: String,
    /// How often it can still be renewed.
    pub renewals_left: u32,
}

/// One item leased to one person. Gold tasks have exactly the same fields as all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Task {
    /// The lease's id; every later call names it.
    pub id: String,
    /// Record or judge.
    pub kind: Kind,
    /// The batch that the task belongs to.
    pub batch: String,
    /// The project that the batch belongs to.
    pub project: String,
    /// The phrase to say, or to listen for.
    pub phrase: String,
    /// How to say it, or what to watch for; may be empty.
    pub hint: String,
    /// BCP 47 language tag of the phrase.
    pub language: String,
    /// Pay for this task in minor units of `currency`.
    pub pay_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// How disturbing the material may be: 0 (not at all) to 3 (severe).
    pub sensitivity: u8,
    /// What it may be about, where it may disturb.
    #[serde(default)]
    pub categories: Vec<Category>,
    /// Whether the person has worked for an hour and should rest for five minutes.
    #[serde(default)]
    pub rest: bool,
    /// When the lease ends, RFC 3339.
    pub expires_at: String,
    /// Where the clip to judge can be heard; absent for recording tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_url: Option<String>,
    /// What a recording must meet; absent for judging tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub policy: Option<audio::Policy>,
}

/// Why somebody gives a task back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SkipCode {
    /// The clip cannot be heard, or the microphone does not work.
    Technical,
    /// They cannot say it, or cannot tell.
    TooHard,
    /// It is in a language that they do not know.
    Language,
    /// It upsets them.
    Upsetting,
    /// They know whose voice it is.
    KnownPerson,
    /// Something else; `reason` may say what.
    Other,
}

impl SkipCode {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            SkipCode::Technical => "technical",
            SkipCode::TooHard => "too_hard",
            SkipCode::Language => "language",
            SkipCode::Upsetting => "upsetting",
            SkipCode::KnownPerson => "known_person",
            SkipCode::Other => "other",
        }
    }
}

/// Body of `POST /api/v1/tasks/{id}/skip`. Skipping never costs anything.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SkipBody {
    /// Why, if they care to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<SkipCode>,
    /// Why, in the person's own words; may be empty.
    #[serde(default)]
    pub reason: String,
}
