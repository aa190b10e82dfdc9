//! Projects, batches and items: what is collected, at which price, by which rules.

pub use super::forms::{BatchForm, ProjectForm};
pub use crate::consent::ProjectId;
use crate::platform::{ids::PersonId, problem::Problem};
use crate::typed_id;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use wire::{Category, Kind};

typed_id!(
    /// Tasks of one kind with one price and one policy.
    BatchId
);
typed_id!(
    /// What is asked about: a prompt to record, or a clip to judge.
    ItemId
);

/// Where a batch stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Being prepared; gives no tasks.
    Draft,
    /// Gives tasks.
    Open,
    /// Gives no new tasks; those handed out may be finished.
    Paused,
    /// Ended for good.
    Closed,
}

impl BatchState {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Closed => "closed",
        }
    }
}

impl FromStr for BatchState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Draft, Self::Open, Self::Paused, Self::Closed].into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// A project as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Project {
    /// The project.
    pub id: ProjectId,
    /// Shown name.
    pub name: String,
    /// BCP 47 tag.
    pub language: String,
    /// SPDX identifier.
    pub licence: String,
    /// ISO 4217 code.
    pub currency: String,
    /// JSON array of the wake words.
    pub phrases: String,
    /// JSON of the audio policy in force.
    pub policy: String,
    /// Sensitivity of its batches at the least, 0 to 3.
    pub sensitivity: i64,
    /// What its sensitive material is about, whatever a batch adds: a set of [`Category`].
    pub categories: i64,
    /// When it was made, UTC microseconds.
    pub created_us: i64,
}

impl Project {
    /// The wake words.
    pub fn phrases(&self) -> Vec<String> {
        serde_json::from_str(&self.phrases).unwrap_or_default()
    }

    /// What a recording must meet now.
    pub fn policy(&self) -> audio::Policy {
        serde_json::from_str(&self.policy).unwrap_or_default()
    }
}

/// A batch as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Batch {
    /// The batch.
    pub id: BatchId,
    /// Its project.
    pub project_id: ProjectId,
    /// BCP 47 tag of its project.
    pub language: String,
    /// Shown name.
    pub name: String,
    /// `record` or `judge`.
    pub kind: String,
    /// See [`BatchState`].
    pub state: String,
    /// Pay per task in minor units.
    pub pay_cents: i64,
    /// Answers each item gets.
    pub answers_wanted: i64,
    /// Answers an item may get while it is not sure enough.
    pub answers_max: i64,
    /// Probability at which an item is settled.
    pub threshold: f64,
    /// Share of gold in millionths.
    pub gold_ppm: i64,
    /// Tasks one person may have; 0 is no limit.
    pub max_per_person: i64,
    /// How long a lease lasts, seconds.
    pub lease_s: i64,
    /// After how long a judgement's pay is accepted, seconds; the same for gold and work.
    pub accept_after_s: i64,
    /// Sensitivity of items that say nothing else.
    pub sensitivity: i64,
    /// All that it may spend, minor units; without it there is no limit.
    pub budget_cents: Option<i64>,
    /// What its sensitive items are about, where they say nothing else: a set of [`Category`].
    pub categories: i64,
}

impl Batch {
    /// What its tasks ask for.
    pub fn kind(&self) -> Kind {
        if self.kind == "judge" { Kind::Judge } else { Kind::Record }
    }

    /// Where it stands.
    pub fn state(&self) -> BatchState {
        self.state.parse().unwrap_or(BatchState::Draft)
    }
}

/// An item as stored; never changed once made.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Item {
    /// The item.
    pub id: ItemId,
    /// Its batch.
    pub batch_id: BatchId,
    /// The phrase to say, or to listen for.
    pub phrase: String,
    /// How to say it; may be empty.
    pub hint: String,
    /// 0 to 3.
    pub sensitivity: i64,
    /// What it is about, where it is sensitive: a set of [`Category`].
    pub categories: i64,
    /// The clip to judge.
    pub clip_id: Option<String>,
    /// The known answer, for gold.
    pub gold_label: Option<String>,
    /// The known reason, for gold.
    pub gold_reason: Option<String>,
}

/// Body of `POST /api/v1/projects`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// Shown name; unique.
    pub name: String,
    /// BCP 47 tag, such as `en` or `de-CH`.
    pub language: String,
    /// SPDX identifier, such as `CC-BY-4.0`.
    pub licence: String,
    /// ISO 4217 code; `USD` when absent.
    #[serde(default)]
    pub currency: Option<String>,
    /// The wake words.
    pub phrases: Vec<String>,
    /// What contributors agree to.
    pub consent_text: String,
    /// Audio thresholds; the documented defaults when absent.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub policy: Option<audio::Policy>,
    /// Sensitivity of its batches where they say nothing else, 0 to 3; 0 when absent. A batch may be more
    /// sensitive, not less.
    #[serde(default)]
    pub sensitivity: Option<i64>,
    /// What its sensitive material is about; a batch may add to it.
    #[serde(default)]
    pub categories: Vec<Category>,
}

/// Body of `POST /api/v1/projects/{id}/batches`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBatch {
    /// Shown name.
    pub name: String,
    /// Record or judge.
    pub kind: Kind,
    /// Pay per task in minor units of the project's currency.
    pub pay_cents: i64,
    /// Answers (recordings or judgements) each item gets, 1 to 100.
    pub answers_wanted: i64,
    /// Judgements an item may get while it is not sure enough; `answers_wanted` when absent.
    #[serde(default)]
    pub answers_max: Option<i64>,
    /// Probability at which an item is settled, above 0.5 and below 1; 0.9 when absent.
    #[serde(default)]
    pub threshold: Option<f64>,
    /// Share of gold, 0 to 0.5; 0.1 for judging when absent. Of newcomers' work and doubted people's it is
    /// up to five times that, at most a half; with trust it falls.
    #[serde(default)]
    pub gold_rate: Option<f64>,
    /// Tasks one person may have; 0 or absent is no limit.
    #[serde(default)]
    pub max_per_person: Option<i64>,
    /// How long a lease lasts, 10 to 86,400 seconds; 600 when absent.
    #[serde(default)]
    pub lease_s: Option<i64>,
    /// After how long a judgement's pay is accepted, 0 to 604,800 seconds; 60 when absent.
    #[serde(default)]
    pub accept_after_s: Option<i64>,
    /// Sensitivity of items that say nothing else, at least the project's and at most 3; the project's when
    /// absent.
    #[serde(default)]
    pub sensitivity: Option<i64>,
    /// All that the batch may spend on its tasks, minor units; no limit when absent. The amount can
    /// be changed later, but not whether there is one.
    #[serde(default)]
    pub budget_cents: Option<i64>,
    /// What its sensitive items are about, where they say nothing else; what the project names is added.
    #[serde(default)]
    pub categories: Vec<Category>,
}

/// A project as the API shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ProjectView {
    /// The project.
    pub id: String,
    /// Shown name.
    pub name: String,
    /// BCP 47 tag.
    pub language: String,
    /// SPDX identifier.
    pub licence: String,
    /// ISO 4217 code.
    pub currency: String,
    /// The wake words.
    pub phrases: Vec<String>,
    /// What a recording must meet.
    #[schema(value_type = Object)]
    pub policy: audio::Policy,
    /// Sensitivity of its batches at the least, 0 to 3.
    pub sensitivity: i64,
    /// What its sensitive material is about, whatever a batch adds.
    pub categories: Vec<Category>,
}

impl From<&Project> for ProjectView {
    fn from(project: &Project) -> Self {
        Self {
            id: project.id.to_string(),
            name: project.name.clone(),
            language: project.language.clone(),
            licence: project.licence.clone(),
            currency: project.currency.clone(),
            phrases: project.phrases(),
            policy: project.policy(),
            sensitivity: project.sensitivity,
            categories: Category::of(project.categories),
        }
    }
}

/// A batch as the API shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct BatchView {
    /// The batch.
    pub id: String,
    /// Its project.
    pub project: String,
    /// Shown name.
    pub name: String,
    /// Record or judge.
    pub kind: Kind,
    /// Where it stands.
    pub state: BatchState,
    /// Pay per task in minor units.
    pub pay_cents: i64,
    /// Answers each item gets.
    pub answers_wanted: i64,
    /// Answers an item may get while it is not sure enough.
    pub answers_max: i64,
    /// Probability at which an item is settled.
    pub threshold: f64,
    /// Share of gold, 0 to 0.5; absent for people who must not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gold_rate: Option<f64>,
    /// Tasks one person may have; 0 is no limit.
    pub max_per_person: i64,
    /// How long a lease lasts, seconds.
    pub lease_s: i64,
    /// Highest sensitivity of an item that says nothing else.
    pub sensitivity: i64,
    /// All that it may spend, minor units; absent without a limit, and for people whom it does not concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget_cents: Option<i64>,
    /// What such items are about, where they are sensitive.
    pub categories: Vec<Category>,
}

impl BatchView {
    /// The view for an administrator, or for a contributor.
    pub fn of(batch: &Batch, admin: bool) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "at most a million")]
        let gold_rate = admin.then_some(batch.gold_ppm as f64 / 1e6);
        Self {
            id: batch.id.to_string(),
            project: batch.project_id.to_string(),
            name: batch.name.clone(),
            kind: batch.kind(),
            state: batch.state(),
            pay_cents: batch.pay_cents,
            answers_wanted: batch.answers_wanted,
            answers_max: batch.answers_max,
            threshold: batch.threshold,
            gold_rate,
            max_per_person: batch.max_per_person,
            lease_s: batch.lease_s,
            sensitivity: batch.sensitivity,
            budget_cents: batch.budget_cents.filter(|_| admin),
            categories: Category::of(batch.categories),
        }
    }
}

/// A judging item about a clip, or gold.
#[derive(Clone, Debug)]
pub struct JudgeItem {
    /// The clip to hear.
    pub clip: String,
    /// Who speaks: never asked about it.
    pub speaker: PersonId,
    /// The phrase to listen for.
    pub phrase: String,
    /// 0 to 3.
    pub sensitivity: i64,
    /// What it is about, where it is sensitive: a set of [`Category`].
    pub categories: i64,
    /// The known answer and reason, for gold.
    pub gold: Option<(String, Option<String>)>,
}

/// A field that is not acceptable.
pub(super) fn wrong(code: &'static str, detail: &str) -> Problem {
    Problem::invalid(code, detail)
}
