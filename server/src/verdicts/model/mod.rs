//! The consensus on an item, and everything that it follows from.

mod settings;

pub use settings::{Settings, SettingsForm};

use crate::batches::{BatchId, ItemId};
use crate::platform::queue::Job;
use crate::typed_id;
use serde::{Deserialize, Serialize};
use wire::{Label, Reason};

typed_id!(
    /// One entry of an item's history, one ruling or one calibration.
    EntryId
);

/// How verdicts are made, by name and version; stored with each.
///
/// Dawid–Skene with confusion matrices drawn towards each worker's skill, updated answer by
/// answer, tempered on gold: see `rules.rs`.
pub const METHOD: &str = "skill-shrunk-online-v1";

/// How released labels are made, by name and version: the same model fitted to all answers at
/// once; see `rules/fit.rs`.
pub const FIT: &str = "skill-shrunk-batch-v1";

/// One item's worth of a count: counts are whole numbers, so that a verdict can be replayed to the bit.
pub const ITEM: i64 = 1_000_000;

/// What a worker said by what was true, in millionths of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Cells {
    /// True yes, said yes.
    pub yes_yes: i64,
    /// True yes, said no.
    pub yes_no: i64,
    /// True no, said yes.
    pub no_yes: i64,
    /// True no, said no.
    pub no_no: i64,
}

impl Cells {
    /// One item: `label` was said, and the truth was yes with this probability, in millionths.
    pub fn of(label: &str, yes: i64) -> Self {
        let none = Self::default();
        if label == "yes" {
            Self { yes_yes: yes, no_yes: ITEM - yes, ..none }
        } else {
            Self { yes_no: yes, no_no: ITEM - yes, ..none }
        }
    }

    /// Cell by cell.
    pub fn plus(self, other: Self) -> Self {
        Self {
            yes_yes: self.yes_yes + other.yes_yes,
            yes_no: self.yes_no + other.yes_no,
            no_yes: self.no_yes + other.no_yes,
            no_no: self.no_no + other.no_no,
        }
    }

    /// Cell by cell.
    pub fn minus(self, other: Self) -> Self {
        Self {
            yes_yes: self.yes_yes - other.yes_yes,
            yes_no: self.yes_no - other.yes_no,
            no_yes: self.no_yes - other.no_yes,
            no_no: self.no_no - other.no_no,
        }
    }
}

/// What an answer to an item whose truth is known says about its worker.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Lesson {
    /// The item.
    pub item_id: ItemId,
    /// A person or a model.
    pub worker_id: String,
    /// The answer.
    pub evidence_id: String,
    /// As in [`Cells`], one item together.
    pub yes_yes: i64,
    /// As in [`Cells`].
    pub yes_no: i64,
    /// As in [`Cells`].
    pub no_yes: i64,
    /// As in [`Cells`].
    pub no_no: i64,
}

impl Lesson {
    /// What was said.
    pub fn said_yes(&self) -> bool {
        self.yes_yes + self.no_yes > self.yes_no + self.no_no
    }

    /// What is true, as far as is known.
    pub fn is_yes(&self) -> bool {
        self.yes_yes + self.yes_no > self.no_yes + self.no_no
    }
}

/// Who a piece of evidence comes from: it decides what is believed before anything was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A listener.
    Person,
    /// A model whose predictions were imported.
    Model,
    /// A reviewer's ruling.
    Expert,
}

/// One answer, prediction or ruling that counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Counted {
    /// Id of the answer, prediction or ruling.
    pub id: String,
    /// What kind of worker gave it.
    pub source: Source,
    /// `yes` or `no`.
    pub label: String,
    /// The worker's confusion matrix without this item.
    pub cells: Cells,
}

/// Everything that a posterior follows from: the same evidence gives the same bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Evidence {
    /// See [`METHOD`].
    pub method: String,
    /// Probability of yes before any answer, in millionths.
    pub prior_yes: i64,
    /// Exponent that calibrates what the crowd believes, in millionths; 1,000,000 changes nothing.
    pub temperature: i64,
    /// What counted, in the order of ids. An `unsure` is an answer but does not count.
    pub counted: Vec<Counted>,
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not sure enough yet.
    Open,
    /// Sure enough by answers.
    Settled,
    /// Not sure enough, and no more answers: a reviewer decides.
    Contested,
    /// A reviewer has decided.
    Decided,
}

impl State {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Settled => "settled",
            Self::Contested => "contested",
            Self::Decided => "decided",
        }
    }
}

/// A verdict as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Verdict {
    /// The item.
    pub item_id: ItemId,
    /// Its batch.
    pub batch_id: BatchId,
    /// The clip that it is about.
    pub clip_id: String,
    /// `settled` by answers, `contested`, or `decided` by a reviewer.
    pub state: String,
    /// `yes` or `no`.
    pub label: String,
    /// Calibrated probability of the label.
    pub probability: f64,
    /// Answers that it rests on.
    pub answers: i64,
    /// See [`METHOD`].
    pub method: String,
    /// Reviewer, if one decided.
    pub decided_by: Option<String>,
    /// JSON of the [`Evidence`]; empty for verdicts made before it was kept.
    pub evidence: String,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// An entry of an item's history as stored.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Entry {
    /// `answer`, `ruling`, `prediction` or `calibration`.
    pub cause: String,
    /// Id of what caused it.
    pub cause_id: String,
    /// `open`, `settled`, `contested` or `decided`.
    pub state: String,
    /// The likelier label from then on.
    pub label: String,
    /// Its probability.
    pub probability: f64,
    /// Answers by then.
    pub answers: i64,
    /// How it was computed.
    pub method: String,
    /// JSON of the [`Evidence`].
    #[serde(skip)]
    pub evidence: String,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// What a batch's gold and verdicts tell about its probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Calibration {
    /// Share of yes among what is settled, in millionths.
    pub prior_yes: i64,
    /// Exponent of the crowd's belief, in millionths.
    pub temperature: i64,
    /// Groups of answers to gold that the temperature was fitted on.
    pub gold_groups: i64,
}

impl Default for Calibration {
    /// Nothing known yet: both labels alike, nothing tempered.
    fn default() -> Self {
        Self { prior_yes: ITEM / 2, temperature: ITEM, gold_groups: 0 }
    }
}

/// A reviewer's ruling as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StoredRuling {
    /// The ruling.
    pub id: EntryId,
    /// The item.
    pub item_id: ItemId,
    /// Who ruled.
    pub person_id: String,
    /// `yes` or `no`.
    pub label: String,
    /// Why not, if given.
    pub reason: Option<String>,
}

impl StoredRuling {
    /// The reviewer as a worker, apart from the same person as a listener.
    pub fn reviewer(&self) -> String {
        format!("reviewer:{}", self.person_id)
    }
}

/// A model's prediction as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Prediction {
    /// The prediction.
    pub id: EntryId,
    /// The item.
    pub item_id: ItemId,
    /// Name of the model.
    pub model: String,
    /// Version of the model.
    pub version: String,
    /// `yes` or `no`.
    pub label: String,
    /// The model's own probability of that label.
    pub probability: f64,
}

impl Prediction {
    /// The model as a worker.
    pub fn worker(&self) -> String {
        format!("model:{}", self.name())
    }

    /// Name and version.
    pub fn name(&self) -> String {
        format!("{}@{}", self.model, self.version)
    }
}

/// Job: let a model's predictions count, some at a time.
#[derive(Serialize, Deserialize)]
pub struct ApplyPredictions {
    /// The batch.
    pub batch: BatchId,
    /// Name of the model.
    pub model: String,
    /// Version of the model.
    pub version: String,
    /// Items up to this one are done.
    pub after: Option<ItemId>,
}

impl Job for ApplyPredictions {
    const KIND: &'static str = "apply_predictions";
}

/// An answer as a reviewer sees it: what was said, not who said it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Opinion {
    /// `listener`, or `reviewer` for an earlier ruling that did not settle the item.
    pub by: String,
    /// `yes`, `no` or `unsure`.
    pub label: String,
    /// Why, if given.
    pub reason: Option<String>,
    /// How often whoever answered is right, as measured without this item.
    pub accuracy: f64,
}

/// What a model says about an item.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ModelView {
    /// Name and version.
    pub model: String,
    /// `yes` or `no`.
    pub label: String,
    /// The model's own probability of it.
    pub probability: f64,
    /// How often the model is right, as measured without this item.
    pub accuracy: f64,
}

/// A contested item as a reviewer sees it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Contested {
    /// The item.
    pub item: String,
    /// The phrase that was asked about.
    pub phrase: String,
    /// The clip; heard at `/api/v1/recordings/{clip}/audio`.
    pub clip: String,
    /// The likelier label.
    pub label: String,
    /// Its probability.
    pub probability: f64,
    /// What people said.
    pub opinions: Vec<Opinion>,
    /// What models say.
    pub models: Vec<ModelView>,
    /// What was believed so far, oldest first.
    pub history: Vec<Entry>,
}

/// A verdict as the API shows it: what it is, what made it, how it came about.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct VerdictView {
    /// The item.
    pub item: String,
    /// The clip that it is about.
    pub clip: String,
    /// `settled`, `contested` or `decided`.
    pub state: String,
    /// `yes` or `no`.
    pub label: String,
    /// Calibrated probability of the label.
    pub probability: f64,
    /// How it was made.
    pub method: String,
    /// What counted; absent for verdicts made before it was kept.
    pub evidence: Option<Evidence>,
    /// Whether the evidence, computed anew from the stored answers, gives this probability to the bit.
    pub replayed: bool,
    /// What was believed so far, oldest first.
    pub history: Vec<Entry>,
}

/// Body of `POST /api/v1/verdicts/{item}`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
pub struct Ruling {
    /// `yes` or `no`.
    pub label: Label,
    /// Required with `no`.
    #[serde(default)]
    pub reason: Option<Reason>,
}
