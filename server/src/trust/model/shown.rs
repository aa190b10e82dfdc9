//! What the API and the pages show of trust, and what they take.

use super::{Appeal, Cost, Level};
use serde::{Deserialize, Serialize};

/// How accurate somebody is, as far as it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Interval {
    /// Share of right answers: the best guess.
    pub accuracy: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// What the next level needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct NextLevel {
    /// The level.
    pub level: Level,
    /// So many right answers in a row, among those whose answer is known or settled, would reach it.
    pub right_answers: u32,
}

/// A person's own accuracy in one craft and language.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CraftView {
    /// `judge` or `record`.
    pub craft: String,
    /// BCP 47 tag.
    pub language: String,
    /// The level reached.
    pub level: Level,
    /// Absent until something was measured.
    pub measured: Option<Interval>,
    /// Absent for experts.
    pub next: Option<NextLevel>,
    /// What was answered later is not in these figures yet, UTC microseconds.
    pub as_of_us: i64,
}

/// A pause as its person sees it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PauseView {
    /// The pause.
    pub id: String,
    /// `judge` or `record`.
    pub craft: String,
    /// BCP 47 tag.
    pub language: String,
    /// Since when, UTC microseconds.
    pub at_us: i64,
    /// Until when, UTC microseconds, unless it ends before.
    pub until_us: i64,
    /// Whether it lasts.
    pub in_force: bool,
    /// `time`, `training`, `appeal`, or empty while it lasts.
    pub ended_by: String,
    /// Whether a reviewer paused them; otherwise their answers to gold did.
    pub by_reviewer: bool,
    /// The reviewer's words.
    pub reason: String,
    /// Gold answered rightly by then.
    pub right_answers: i64,
    /// Gold answered wrongly by then.
    pub wrong_answers: i64,
    /// Which mistakes led to it, in words.
    pub mistakes: Vec<String>,
    /// Whether an appeal is possible.
    pub may_appeal: bool,
    /// The appeal, if there is one.
    pub appeal: Option<Appeal>,
}

/// A mistake about a recording that is not used to measure anybody any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Example {
    /// What was asked for.
    pub phrase: String,
    /// Where to hear it.
    pub audio_url: String,
    /// What is true.
    pub known: String,
    /// Why not, if the truth is no.
    pub reason: String,
    /// What was said.
    pub said: String,
}

/// Everything that a person sees of their own accuracy.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct MyTrust {
    /// One per craft and language.
    pub crafts: Vec<CraftView>,
    /// The newest first.
    pub pauses: Vec<PauseView>,
    /// Mistakes to learn from.
    pub examples: Vec<Example>,
}

/// A pause as reviewers see it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PauseRow {
    /// Who is paused.
    pub person: String,
    /// Their name.
    pub name: String,
    /// The pause.
    pub pause: PauseView,
    /// What asking others again costs.
    pub costs: Vec<Cost>,
    /// Whether an appeal waits.
    pub waits: bool,
    /// Why the caller may not decide on it, if they may not.
    pub barred: Option<String>,
}

/// A person as reviewers see them.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PersonView {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: String,
    /// `judge` or `record`.
    pub craft: String,
    /// BCP 47 tag.
    pub language: String,
    /// The level reached.
    pub level: Level,
    /// How accurate they are.
    pub measured: Interval,
    /// Gold answered rightly in this window.
    pub gold_right: i64,
    /// Gold answered wrongly in this window.
    pub gold_wrong: i64,
    /// Gold answered with unsure.
    pub unsure: i64,
    /// Answers that tell something.
    pub answered: i64,
    /// Pauses so far.
    pub pauses: i64,
    /// Whether they are paused now.
    pub paused: bool,
}

/// Body of an appeal.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealBody {
    /// Why the pause is wrong, 20 to 2,000 characters.
    pub text: String,
}

/// Body of a decision on an appeal.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// Whether the person is right and may work at once.
    pub won: bool,
    /// What the person reads, 20 to 2,000 characters.
    pub note: String,
}
