//! A training: what it teaches, what it asks, and how far one person has come.

use crate::batches::BatchId;
use crate::platform::ids::PersonId;
use crate::typed_id;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

mod views;

pub use views::{
    BeginBody, Example, Feedback, ItemForm, ItemView, KindResult, Lesson, Outcome, Question, Settings, SettingsForm,
    StepReceipt, Stuck, TrainingView,
};

typed_id!(
    /// A sound that an administrator sent.
    SoundId
);
typed_id!(
    /// An example, or an item of the training or of the qualification.
    TrainingItemId
);
typed_id!(
    /// One person's way through a training.
    AttemptId
);
typed_id!(
    /// One question of an attempt.
    StepId
);

/// What an item is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Heard on the page with the instructions.
    Example,
    /// Asked, then explained at once.
    Training,
    /// Asked without a word about it until the end.
    Qualification,
}

impl Part {
    /// All, in the order in which people meet them.
    pub const ALL: [Part; 3] = [Part::Example, Part::Training, Part::Qualification];

    /// The word used in the database, in JSON and in imports.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Example => "example",
            Part::Training => "training",
            Part::Qualification => "qualification",
        }
    }
}

impl FromStr for Part {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Part::ALL.into_iter().find(|part| part.as_str() == text).ok_or(())
    }
}

/// What a batch teaches, and by which rules people qualify.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Training {
    /// What to do and how, for people; paragraphs are separated by an empty line.
    pub instructions: String,
    /// Items of the qualification that one try asks about, 5 to 50.
    pub questions: i64,
    /// Share of right answers that passes, 50 to 100 per cent.
    pub pass_percent: i64,
    /// How often the qualification may be tried, 1 to 10.
    pub tries: i64,
    /// Time between two tries, 0 to 2,592,000 seconds.
    pub wait_s: i64,
    /// Time for one item, 3 to 300 seconds: what is paid until enough people have been measured.
    pub item_s: i64,
}

impl Default for Training {
    fn default() -> Self {
        Self { instructions: String::new(), questions: 8, pass_percent: 80, tries: 3, wait_s: 86_400, item_s: 20 }
    }
}

/// A sent sound as stored.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Sound {
    /// The sound.
    #[schema(value_type = String)]
    pub id: SoundId,
    /// Name of its file: how imports refer to it.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// `audio/wav` or `audio/flac`.
    pub content_type: String,
    /// Size of the file.
    pub size_bytes: i64,
    /// How long it sounds.
    pub length_ms: i64,
}

/// An item as stored; never changed once made.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TrainingItem {
    /// The item.
    pub id: TrainingItemId,
    /// Its batch.
    pub batch_id: BatchId,
    /// See [`Part`].
    pub part: String,
    /// The recording that is heard.
    pub clip_id: Option<String>,
    /// Or the sent sound.
    pub sound_id: Option<SoundId>,
    /// Who speaks: never asked about it.
    pub speaker_id: Option<PersonId>,
    /// The phrase to listen for.
    pub phrase: String,
    /// `yes` or `no`.
    pub label: String,
    /// Why not.
    pub reason: Option<String>,
    /// What is to be heard, for people.
    pub explanation: String,
    /// 0 to 2.
    pub sensitivity: i64,
}

impl TrainingItem {
    /// What it is for.
    pub fn part(&self) -> Part {
        self.part.parse().unwrap_or(Part::Training)
    }
}

/// A row of an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemRow {
    /// Line of the file.
    pub line: u64,
    /// What it is for.
    pub part: Part,
    /// Id of a recording, or name of a sent file.
    pub sound: String,
    /// The phrase to ask about; empty is the recording's own.
    pub phrase: String,
    /// `yes` or `no`.
    pub label: String,
    /// Why not; there is one exactly with `no`.
    pub reason: Option<String>,
    /// What is to be heard.
    pub explanation: String,
    /// 0 to 2; `None` is the batch's own.
    pub sensitivity: Option<i64>,
}

/// An attempt as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Attempt {
    /// The attempt.
    pub id: AttemptId,
    /// Counted from 1 for each person and batch.
    pub number: i64,
    /// Counted from 1; a way back after a pause begins a new one.
    pub course: i64,
    /// `open`, `passed` or `failed`.
    pub state: String,
    /// The pass mark when it began.
    pub pass_percent: i64,
    /// Questions that it asks.
    pub items: i64,
    /// Pay for instructions and training, promised when it began; 0 when paid before.
    pub training_cents: i64,
    /// Pay for the qualification.
    pub qualification_cents: i64,
    /// When it began, UTC microseconds.
    pub started_us: i64,
    /// When its last question was answered; 0 before.
    pub finished_us: i64,
}

impl Attempt {
    /// Whether questions are left.
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }
}

/// A question of an attempt as stored, with its item.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Step {
    /// The question.
    pub id: StepId,
    /// Place in the attempt, from 1.
    pub ordinal: i64,
    /// `training` or `qualification`.
    pub part: String,
    /// The item.
    pub item_id: TrainingItemId,
    /// When it was shown, UTC microseconds; 0 before.
    pub opened_us: i64,
    /// What was answered: `yes`, `no` or `unsure`.
    pub label: Option<String>,
    /// Digest of the answer's body, to recognise its repetition.
    pub body_sha256: Option<String>,
    /// The phrase to listen for.
    pub phrase: String,
    /// The known answer.
    pub known: String,
    /// The known reason.
    pub known_reason: Option<String>,
    /// What is to be heard.
    pub explanation: String,
    /// 0 to 2.
    pub sensitivity: i64,
}

impl Step {
    /// Whether the answer was the known one; `unsure` is not.
    pub fn is_right(&self) -> bool {
        self.label.as_deref() == Some(&*self.known)
    }

    /// Whether it is explained at once.
    pub fn teaches(&self) -> bool {
        self.part == Part::Training.as_str()
    }
}

/// Where a person stands with a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// May begin, or try again.
    Offered,
    /// Has begun.
    Open,
    /// May try again later.
    Waiting,
    /// Has no try left.
    Exhausted,
    /// May do the work.
    Passed,
}

/// What a person may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// Number of the attempt.
    pub number: i64,
    /// Its course.
    pub course: i64,
    /// Whether the training comes before the qualification: the first time in a course.
    pub teaches: bool,
}
