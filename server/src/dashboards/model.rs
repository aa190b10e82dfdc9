//! The numbers that overview pages show.

use crate::accounts::Profile;
use crate::batches::{Batch, Project};
use crate::quotas::{Left, Outlook};
use crate::trust::Qualification;
use crate::wages;
use consensus::quality::bias;
use serde::Serialize;

/// A batch that a contributor may work on.
pub struct OpenBatch {
    /// The batch.
    pub batch: Batch,
    /// Its project.
    pub project: Project,
    /// Items that still want answers.
    pub open_items: i64,
    /// Whether a task of this batch is reserved for the person.
    pub held: bool,
    /// Tasks of this batch that the person has finished.
    pub done: i64,
    /// Whether the consent must be read first.
    pub needs_consent: bool,
    /// Whether a training is offered.
    pub teaches: bool,
    /// Whether the person's work is paused.
    pub paused: bool,
    /// How the person stands with its qualification.
    pub qualification: Qualification,
    /// Whether the person's voice is looked for, or what is left is kept for others.
    pub outlook: Outlook,
    /// What they may still record for the project, where that is limited.
    pub left: Option<Left>,
    /// How long a task takes, once ten are done.
    pub pace: Option<wages::Pace>,
}

impl OpenBatch {
    /// How long a task takes, in seconds, and what an hour pays at that pace, in minor units.
    pub fn prospect(&self) -> Option<(i64, i64)> {
        let pace = self.pace.filter(|_| self.batch.pay_cents > 0)?;
        Some(((pace.median_ms + 500) / 1_000, wages::hourly_cents(self.batch.pay_cents, pace.median_ms)))
    }
}

/// How fair a batch is to its people.
pub struct FairBatch {
    /// The batch.
    pub batch: Batch,
    /// Name of its project.
    pub project: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The least hourly pay in it, if one is set.
    pub floor: Option<i64>,
    /// How long a task takes, once ten are done.
    pub pace: Option<wages::Pace>,
    /// Why the site has paused it.
    pub hold: Option<String>,
    /// Minor units paid to lift people to the floor.
    pub lifted: i64,
    /// Tasks refused.
    pub refused: i64,
    /// Appeals against them.
    pub appeals: i64,
    /// Appeals won.
    pub won: i64,
}

impl FairBatch {
    /// What an hour pays at the median pace, and its 95 % interval, in minor units.
    pub fn hourly(&self) -> Option<(i64, i64, i64)> {
        let pay = |ms| wages::hourly_cents(self.batch.pay_cents, ms);
        self.pace.map(|pace| (pay(pace.median_ms), pay(pace.high_ms), pay(pace.low_ms)))
    }

    /// What a task must pay at this pace.
    pub fn due(&self) -> Option<i64> {
        self.pace.zip(self.floor).map(|(pace, floor)| wages::due_cents(pace.median_ms, floor))
    }

    /// Whether it pays too little.
    pub fn too_little(&self) -> bool {
        self.batch.pay_cents > 0 && self.due().is_some_and(|due| self.batch.pay_cents < due)
    }
}

/// How the recordings of a project stand.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct ClipCounts {
    /// Stored, not measured yet.
    pub uploaded: i64,
    /// Measured and good.
    pub verified: i64,
    /// Not usable.
    pub refused: i64,
    /// Waiting for us.
    pub dead: i64,
    /// Verified, and the listeners said yes.
    pub accepted: i64,
    /// People who recorded.
    pub speakers: i64,
}

/// How the items of a batch stand.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct ItemCounts {
    /// Items of work.
    pub items: i64,
    /// Items of gold.
    pub gold: i64,
    /// Items that still want answers.
    pub open: i64,
    /// Answers so far.
    pub answers: i64,
    /// Live leases.
    pub leases: i64,
    /// Settled or decided.
    pub settled: i64,
    /// Waiting for a reviewer.
    pub contested: i64,
    /// Answers that open items of work still want.
    pub places: i64,
    /// People who may still be given gold before it is retired, all gold together.
    pub gold_places: i64,
}

impl ItemCounts {
    /// Answers to gold that go with the work that is left, at this share of gold in millionths.
    pub fn gold_wanted(&self, gold_ppm: i64) -> i64 {
        (self.places * gold_ppm + 999_999 - gold_ppm) / (1_000_000 - gold_ppm)
    }
}

/// One person's work in a batch.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Shown name.
    pub name: String,
    /// Finished tasks.
    pub done: i64,
    /// Gold answered right and wrong.
    pub gold: (u32, u32),
    /// Measured accuracy.
    pub accuracy: f64,
}

/// An answer with what its batch knows about its item.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AnswerFact {
    /// The item.
    pub item_id: String,
    /// Who answered.
    pub person_id: String,
    /// Who speaks.
    pub speaker_id: Option<String>,
    /// `yes`, `no` or `unsure`.
    pub label: String,
    /// Why, if given.
    pub reason: Option<String>,
    /// Time taken.
    pub duration_ms: i64,
    /// What was asked about.
    pub phrase: String,
    /// The known answer, on gold.
    pub gold_label: Option<String>,
    /// The known reason, on gold.
    pub gold_reason: Option<String>,
    /// The label of the verdict, once there is one.
    pub verdict: Option<String>,
}

/// What somebody who takes part in a batch says about themselves.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Told {
    /// Who.
    pub person_id: String,
    /// What they say.
    #[sqlx(flatten)]
    pub profile: Profile,
}

/// A share with the 95 % interval around it.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Rate {
    /// The share.
    pub share: f64,
    /// Lower end of Wilson's interval.
    pub lowest: f64,
    /// Upper end of it.
    pub highest: f64,
    /// Answers that it rests on.
    pub answers: u32,
}

impl From<bias::Rate> for Rate {
    fn from(rate: bias::Rate) -> Self {
        let (lowest, highest) = rate.interval;
        Self { share: rate.share, lowest, highest, answers: rate.answers }
    }
}

/// How a group of people is judged, or judges.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Group {
    /// What the groups differ by, such as `age`.
    pub by: String,
    /// Its name.
    pub name: String,
    /// People in it; `null` when they are too few to be shown, or would betray a group that is.
    pub people: Option<usize>,
    /// Share of answers on gold that are wrong; `null` when hidden or unknown.
    pub error: Option<Rate>,
    /// Share of answers that differ from the consensus; `null` when hidden or unknown.
    pub disagreement: Option<Rate>,
    /// Krippendorff's α among its annotators; `null` when hidden, undefined, or a group of speakers.
    pub alpha: Option<f64>,
}

impl Group {
    /// A group of the crate's audit.
    pub fn of(by: &str, group: bias::Group) -> Self {
        let bias::Group { name, people, disagreement, error } = group;
        let (error, disagreement) = (error.map(Rate::from), disagreement.map(Rate::from));
        Self { by: by.to_owned(), name, people, error, disagreement, alpha: None }
    }
}

/// How well people agree about a phrase or a reason, and how long they take.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Accord {
    /// The phrase, or the reason.
    pub name: String,
    /// Answers to the phrase, or with the reason.
    pub answers: u32,
    /// Krippendorff's α; for a reason, of giving it or not.
    pub alpha: Option<f64>,
    /// Fleiss' κ of the same.
    pub kappa: Option<f64>,
    /// Time per answer, quartiles.
    pub pace: Option<Pace>,
}

/// Two annotators who disagree, under pseudonyms.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Pair {
    /// One of them.
    pub one: String,
    /// The other.
    pub other: String,
    /// Items that both judged.
    pub items: usize,
    /// Of them, those about which they agree.
    pub agreed: usize,
    /// Cohen's κ, where defined.
    pub kappa: Option<f64>,
}

/// Time per answer: quartiles.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Pace {
    /// A quarter is faster.
    pub lower_ms: i64,
    /// Half is faster.
    pub median_ms: i64,
    /// Three quarters are faster.
    pub upper_ms: i64,
}

/// Answers to gold: rows are the truth (yes, no), columns what was said (yes, no, unsure).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Table {
    /// Counts.
    pub cells: [[u32; 3]; 2],
}

/// What was counted, and how often; the most frequent first.
pub type Tally = Vec<(String, u32)>;

/// What answers tell about the quality of a batch.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Quality {
    /// Answers looked at.
    pub answers: u32,
    /// People who gave them.
    pub people: u32,
    /// Krippendorff's α.
    pub alpha: Option<f64>,
    /// Fleiss' κ.
    pub kappa: Option<f64>,
    /// Answers to gold.
    pub gold: Table,
    /// Reasons of a no, the most frequent first.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub reasons: Tally,
    /// Mistakes on gold, the most frequent first.
    #[schema(value_type = Vec<Vec<Object>>)]
    pub mistakes: Tally,
    /// By phrase.
    pub phrases: Vec<Group>,
    /// By language.
    pub languages: Vec<Group>,
    /// Time per answer.
    pub pace: Option<Pace>,
    /// How recordings of each group of speakers are judged.
    pub speakers: Vec<Group>,
    /// How each group of annotators judges.
    pub annotators: Vec<Group>,
    /// Agreement and pace by phrase.
    pub by_phrase: Vec<Accord>,
    /// Agreement and pace by reason.
    pub by_reason: Vec<Accord>,
    /// Annotators who disagree most, under pseudonyms.
    pub pairs: Vec<Pair>,
}

/// What early stopping saved, and how sure the verdicts are.
#[derive(Clone, Copy, Debug, Default, sqlx::FromRow)]
pub struct Savings {
    /// Items with a verdict that is not contested.
    pub settled: i64,
    /// Answers to them.
    pub answers: i64,
    /// Σ (1 − probability) over them: labels expected to be wrong.
    pub expected_wrong: f64,
}

/// A prediction with the verdict on its item.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PredictionFact {
    /// Name of the model.
    pub model: String,
    /// Its version.
    pub version: String,
    /// `yes` or `no`.
    pub label: String,
    /// The model's own probability of it.
    pub probability: f64,
    /// The label of the verdict, once there is one.
    pub verdict: Option<String>,
}

/// One stretch of time of a batch: does anything drift?
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Stretch {
    /// Start, UTC microseconds.
    pub from_us: i64,
    /// Verdicts first settled in it.
    pub settled: i64,
    /// Of them, yes.
    pub yes: i64,
    /// Answers to gold in it.
    pub gold: i64,
    /// Of them, right.
    pub right_answers: i64,
}

/// A model's agreement with people's verdicts.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// Name and version.
    pub model: String,
    /// Items that it spoke about.
    pub items: u32,
    /// Of them, those with a verdict.
    pub settled: u32,
    /// Share of these where both agree, if there are enough.
    pub share: Option<f64>,
    /// Cohen's κ of model and verdict.
    pub kappa: Option<f64>,
    /// Share of verdicts that the model's probabilities make out to be wrong (confident learning).
    pub noise: Option<f64>,
}
