//! What the API and the pages show of a training, and what they take.

use super::{Part, Sound, Stage, Training};
use serde::{Deserialize, Serialize};
use wire::Kind;

/// An example on the page with the instructions.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Example {
    /// Where it can be heard.
    pub audio_url: String,
    /// The phrase that is asked about.
    pub phrase: String,
    /// The right answer.
    pub label: String,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is to be heard.
    pub explanation: String,
}

/// A question as its person sees it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Question {
    /// The question; the answer names it.
    pub id: String,
    /// `training` or `qualification`.
    pub part: Part,
    /// Place within its part, from 1.
    pub number: i64,
    /// Questions of its part.
    pub of: i64,
    /// The phrase to listen for.
    pub phrase: String,
    /// 0 to 2.
    pub sensitivity: i64,
    /// Where it can be heard; absent until the question is opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_url: Option<String>,
}

/// What is said about an answer in the training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Feedback {
    /// Whether it was right.
    pub correct: bool,
    /// What was answered.
    pub label: String,
    /// The right answer.
    pub known: String,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_reason: Option<String>,
    /// What was to be heard.
    pub explanation: String,
    /// The phrase that was asked about.
    pub phrase: String,
    /// Where it can be heard again.
    pub audio_url: String,
}

/// How one kind of question went in a qualification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KindResult {
    /// `yes`, or the reason of a no: `wrong_word` and so on.
    pub kind: String,
    /// Questions of this kind.
    pub asked: i64,
    /// Those that were not answered right.
    pub wrong: i64,
}

/// How a qualification went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Outcome {
    /// Whether it was passed.
    pub passed: bool,
    /// Right answers.
    pub right: i64,
    /// Questions.
    pub asked: i64,
    /// Right answers that pass.
    pub needed: i64,
    /// Kinds of which at least one was wrong.
    pub wrong_kinds: Vec<KindResult>,
}

/// The training of a batch for one person: everything that its page shows.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Lesson {
    /// The batch.
    pub batch: String,
    /// Its name.
    pub name: String,
    /// What its tasks ask for.
    pub kind: Kind,
    /// BCP 47 tag of its phrases.
    pub language: String,
    /// What to do and how.
    pub instructions: String,
    /// Good and bad ones.
    pub examples: Vec<Example>,
    /// Whether the batch gives no work before it was passed.
    pub required: bool,
    /// Whether the person's work is paused, and this is the way back.
    pub paused: bool,
    /// Where the person stands.
    pub stage: Stage,
    /// Number of the attempt that may be begun: name it to begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_number: Option<i64>,
    /// Questions of the training that it asks.
    pub training_items: i64,
    /// Questions of the qualification that it asks.
    pub qualification_items: i64,
    /// Right answers that pass.
    pub needed: i64,
    /// Pay for all of it, pass or fail, minor units; 0 for what was paid before.
    pub pay_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// About how long all of it takes.
    pub takes_s: i64,
    /// Tries left, the next one included.
    pub tries_left: i64,
    /// When the next try is possible, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available_at: Option<String>,
    /// The question at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
    /// What was said about the latest answer of the training, until the next question is opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// How the latest qualification went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// Reply to an answer.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct StepReceipt {
    /// The question.
    pub question: String,
    /// The answer as stored.
    pub label: String,
    /// What is said about it; absent in a qualification.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// Whether the attempt is over.
    pub finished: bool,
}

/// Body of the request that begins an attempt.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginBody {
    /// The pay that was shown.
    pub pay_cents: i64,
}

/// A training for those who make it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TrainingView {
    /// What it teaches, and its rules.
    pub settings: Settings,
    /// Whether people are offered it.
    pub ready: bool,
    /// What is missing until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// What an hour of it pays, minor units: the site's floor.
    pub floor_cents_per_hour: i64,
    /// Pay for a first attempt now, minor units.
    pub pay_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// First attempts that were finished, and those of them that passed.
    pub finished: i64,
    /// Those that passed.
    pub passed: i64,
    /// Its items.
    pub items: Vec<ItemView>,
    /// Its sent sounds.
    pub sounds: Vec<Sound>,
    /// People who have no try left, at most a hundred.
    pub stuck: Vec<Stuck>,
}

/// Somebody who has no try left.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Stuck {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// How often they tried.
    pub tries: i64,
}

/// An item for those who make it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ItemView {
    /// The item.
    pub id: String,
    /// What it is for.
    pub part: Part,
    /// Id of the recording, or name of the sent file.
    pub sound: String,
    /// Where it can be heard.
    pub audio_url: String,
    /// The phrase that is asked about.
    pub phrase: String,
    /// The known answer.
    pub label: String,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What is to be heard.
    pub explanation: String,
    /// 0 to 2.
    pub sensitivity: i64,
}

/// Settings of a training; absent ones get their defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What to do and how, for people; paragraphs are separated by an empty line.
    pub instructions: String,
    /// Items of the qualification that one try asks about, 5 to 50; 8 when absent.
    pub questions: i64,
    /// Share of right answers that passes, 50 to 100 per cent; 80 when absent.
    pub pass_percent: i64,
    /// How often the qualification may be tried, 1 to 10; 3 when absent.
    pub tries: i64,
    /// Time between two tries, 0 to 2,592,000 seconds; a day when absent.
    pub wait_s: i64,
    /// Time for one item, 3 to 300 seconds: what is paid until enough people have been measured;
    /// 20 when absent.
    pub item_s: i64,
    /// Whether the batch gives no work before it was passed; false when absent.
    pub required: bool,
}

impl Settings {
    /// The settings of a training.
    pub fn of(training: &Training, required: bool) -> Self {
        let Training { instructions, questions, pass_percent, tries, wait_s, item_s } = training.clone();
        Self { instructions, questions, pass_percent, tries, wait_s, item_s, required }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(&Training::default(), false)
    }
}

/// The settings form's fields, as typed.
#[derive(Clone, Debug, Deserialize)]
pub struct SettingsForm {
    /// What to do and how.
    pub instructions: String,
    /// Items of one try.
    pub questions: i64,
    /// Pass mark.
    pub pass_percent: i64,
    /// Tries.
    pub tries: i64,
    /// Minutes between two tries.
    pub wait_min: i64,
    /// Seconds for one item.
    pub item_s: i64,
    /// Present when ticked.
    #[serde(default)]
    pub required: Option<String>,
}

/// The form for one item, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ItemForm {
    /// What it is for.
    pub part: String,
    /// The sound.
    pub sound: String,
    /// The phrase; empty is the recording's own.
    pub phrase: String,
    /// `yes`, or a reason for no.
    pub answer: String,
    /// What is to be heard.
    pub explanation: String,
    /// 0 to 2.
    pub sensitivity: String,
}
