//! What is measured of a person, what they may do, pauses and appeals.

mod agreement;
mod shown;

pub use agreement::{Added, Agreement, Saying};
pub use shown::{
    AppealBody, CraftView, DecisionBody, Example, Interval, MyTrust, NextLevel, PauseRow, PauseView, PersonView,
};

use crate::platform::{ids::PersonId, queue::Job};
use crate::typed_id;
use serde::{Deserialize, Serialize};

typed_id!(
    /// One pause of one person.
    PauseId
);

/// How far a person's accuracy is established; higher may do what lower may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing is known yet.
    New,
    /// Passed a batch's qualification, or met enough gold.
    Qualified,
    /// Accurate beyond doubt; looks at newcomers' work.
    Trusted,
    /// Is asked about what others disagree on.
    Expert,
}

impl Level {
    /// All of them, the lowest first.
    pub const ALL: [Level; 4] = [Level::New, Level::Qualified, Level::Trusted, Level::Expert];

    /// The word used in JSON and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Qualified => "qualified",
            Self::Trusted => "trusted",
            Self::Expert => "expert",
        }
    }
}

/// What a person is measured in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Craft {
    /// Judging recordings.
    Judge,
    /// Recording.
    Record,
}

impl Craft {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Judge => "judge",
            Self::Record => "record",
        }
    }
}

/// How somebody did on one gold item.
#[derive(Clone, Debug)]
pub struct GoldResult {
    /// The task that handed it out.
    pub task: String,
    /// Who answered.
    pub person: PersonId,
    /// The gold item.
    pub item: String,
    /// What is true: `yes` or `no`.
    pub known: String,
    /// Why not, if the truth is no.
    pub known_reason: String,
    /// What was said: `yes`, `no` or `unsure`.
    pub said: String,
}

/// Everything counted of a person in one craft and language, as stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Tally {
    /// Who.
    pub person_id: String,
    /// `judge` or `record`.
    pub craft: String,
    /// BCP 47 tag.
    pub language: String,
    /// Since when, UTC microseconds.
    pub window_us: i64,
    /// True yes, said yes.
    pub yes_right: i64,
    /// True yes, said no.
    pub yes_wrong: i64,
    /// True no, said no.
    pub no_right: i64,
    /// True no, said yes.
    pub no_wrong: i64,
    /// Said unsure about gold.
    pub unsure: i64,
    /// Answers that tell something: to gold, and to items that are settled.
    pub answered: i64,
    /// Agreement with others, millionths of an item.
    pub agree_right: i64,
    /// Disagreement with others, millionths of an item.
    pub agree_wrong: i64,
    /// Evidence of unreliability, millionths of a nat.
    pub doubt: i64,
    /// The same on gold whose truth is yes.
    pub doubt_yes: i64,
    /// The same on gold whose truth is no.
    pub doubt_no: i64,
    /// Pauses so far.
    pub pauses: i64,
    /// The pause in force.
    pub paused_id: Option<String>,
    /// When it ends by itself, UTC microseconds.
    pub paused_until_us: i64,
}

/// A person's counts, and their qualification in a batch.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Known {
    /// Whether the batch gives no work without its qualification: 0 or 1.
    pub required: i64,
    /// Whether the person has passed it: 0 or 1.
    pub passed: i64,
    /// What is counted.
    #[sqlx(flatten)]
    pub tally: Tally,
}

impl Tally {
    /// Gold answered with yes or no.
    pub fn gold(&self) -> i64 {
        self.yes_right + self.yes_wrong + self.no_right + self.no_wrong
    }
}

/// Why a person is given no work in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code of the reply.
    pub code: &'static str,
    /// What happened and what to do, for the person.
    pub detail: String,
    /// When work is available again, if that is known, UTC microseconds.
    pub available_us: Option<i64>,
}

/// What a person may do in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Their level.
    pub level: Level,
    /// How much of their work is gold, in millionths.
    pub gold_ppm: i64,
    /// Set when they are given no work now.
    pub refusal: Option<Refusal>,
}

/// Where gold comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoldSource {
    /// An administrator's list.
    Imported,
    /// An item that everybody agreed on, after a glance.
    Promoted,
    /// A good recording of another phrase.
    Planted,
}

impl GoldSource {
    /// The word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Promoted => "promoted",
            Self::Planted => "planted",
        }
    }
}

/// How a batch uses gold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoldPolicy {
    /// How many people are given a gold item before it is retired, 1 to 1,000,000.
    pub viewers_max: i64,
    /// How much gold in use is enough: below it, gold is made and the administrator is warned.
    pub stock_min: i64,
}

impl Default for GoldPolicy {
    /// 30 people see a gold item; 20 in use.
    fn default() -> Self {
        Self { viewers_max: 30, stock_min: 20 }
    }
}

/// How often one kind of mistake was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Mistake {
    /// What is true: `yes` or `no`.
    pub known: String,
    /// Why not, if the truth is no and somebody said why.
    pub known_reason: String,
    /// What was said.
    pub said: String,
    /// How often.
    pub times: i64,
}

/// A pause as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Pause {
    /// The pause.
    pub id: PauseId,
    /// Who is paused.
    pub person_id: PersonId,
    /// In which craft.
    pub craft: String,
    /// In which language.
    pub language: String,
    /// What they did since then may be unreliable, UTC microseconds.
    pub window_us: i64,
    /// Since when, UTC microseconds.
    pub at_us: i64,
    /// Until when, UTC microseconds, unless it ends before.
    pub until_us: i64,
    /// The reviewer who paused them; nobody when their answers to gold did.
    pub caused_by: Option<String>,
    /// A reviewer's words; empty otherwise.
    pub reason: String,
    /// Gold answered rightly by then.
    pub right_answers: i64,
    /// Gold answered wrongly by then.
    pub wrong_answers: i64,
    /// JSON of the [`Mistake`]s.
    pub mistakes: String,
    /// When it ended; 0 while it is in force.
    pub ended_us: i64,
    /// `time`, `training` or `appeal`.
    pub ended_by: String,
}

impl Pause {
    /// Which mistakes led to it, the most frequent first.
    pub fn mistakes(&self) -> Vec<Mistake> {
        serde_json::from_str(&self.mistakes).unwrap_or_default()
    }
}

/// How a pause ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// The waiting time is over.
    Time,
    /// The training was passed again.
    Training,
    /// A reviewer agreed with the person.
    Appeal,
}

impl WayBack {
    /// The word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Training => "training",
            Self::Appeal => "appeal",
        }
    }
}

/// An appeal as stored.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Appeal {
    /// The pause.
    #[schema(value_type = String)]
    pub pause_id: PauseId,
    /// What the person says.
    pub text: String,
    /// When, UTC microseconds.
    pub at_us: i64,
    /// `waiting`, `won` or `lost`.
    pub state: String,
    /// What the reviewer answers.
    pub note: String,
    /// When they did, UTC microseconds; 0 before.
    pub decided_us: i64,
}

/// What asking others again about a paused person's items costs, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Cost {
    /// ISO 4217 code.
    pub currency: String,
    /// Answers asked for.
    pub answers: i64,
    /// What they are paid, minor units.
    pub cents: i64,
}

/// Job: ask others about what a paused person has answered. Done where verdicts are made.
#[derive(Serialize, Deserialize)]
pub struct ReaskWork {
    /// The pause.
    pub pause: PauseId,
}

impl Job for ReaskWork {
    const KIND: &'static str = "reask_work";
}
