//! Cells: a phrase, one dimension of the people who say it, and how many recordings are wanted.

use crate::platform::ids::PersonId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::str::FromStr;

/// The value of somebody of whom nothing is known in a dimension.
pub const UNKNOWN: &str = "unknown";

/// Classes of microphones, by what the browser granted, and as people read them.
pub const DEVICES: [(&str, &str); 3] = [
    ("wideband", "Unprocessed, above 16 kHz"),
    ("processed", "Processed by the device"),
    ("narrowband", "16 kHz or less (headset, telephone)"),
];

/// Bands of noise, by signal over noise (`snr-v1`), and as people read them.
pub const NOISES: [(&str, &str); 3] =
    [("quiet", "Quiet (30 dB or more)"), ("moderate", "Moderate (15 to 30 dB)"), ("noisy", "Noisy (below 15 dB)")];

/// In what people and their recordings differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// In the person's own words, compared without regard to case.
    Accent,
    /// As the column `gender` of Common Voice spells it.
    Gender,
    /// As the column `age` of Common Voice spells it.
    Age,
    /// One of [`DEVICES`].
    Device,
    /// One of [`NOISES`].
    Noise,
}

impl Dimension {
    /// All, in the order of forms.
    pub const ALL: [Self; 5] = [Self::Accent, Self::Gender, Self::Age, Self::Device, Self::Noise];

    /// The word used in the database, in JSON and in imports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accent => "accent",
            Self::Gender => "gender",
            Self::Age => "age",
            Self::Device => "device",
            Self::Noise => "noise",
        }
    }
}

impl FromStr for Dimension {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|dimension| dimension.as_str() == text).ok_or(())
    }
}

/// What a recording counts for: one value in each dimension.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Values {
    /// See [`Dimension::Accent`].
    pub accent: String,
    /// See [`Dimension::Gender`].
    pub gender: String,
    /// See [`Dimension::Age`].
    pub age: String,
    /// See [`Dimension::Device`].
    pub device: String,
    /// See [`Dimension::Noise`].
    pub noise: String,
}

impl Values {
    /// The value in one dimension; [`UNKNOWN`] for a word that is none.
    pub fn of(&self, dimension: &str) -> &str {
        match dimension {
            "accent" => &self.accent,
            "gender" => &self.gender,
            "age" => &self.age,
            "device" => &self.device,
            "noise" => &self.noise,
            _ => UNKNOWN,
        }
    }
}

/// Where cells that share their places stand together: a phrase (empty for any) and a dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Axis {
    /// The phrase; empty for any.
    pub phrase: String,
    /// A word of [`Dimension`].
    pub dimension: String,
}

/// A cell with its target, as set by an administrator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The phrase; absent or empty for any.
    #[serde(default)]
    pub phrase: String,
    /// The dimension.
    pub dimension: Dimension,
    /// The value in this dimension.
    pub value: String,
    /// Recordings wanted.
    pub target: i64,
}

/// A cell as stored.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CellRow {
    /// The phrase; empty for any.
    pub phrase: String,
    /// A word of [`Dimension`].
    pub dimension: String,
    /// The value in this dimension.
    pub value: String,
    /// Recordings wanted.
    pub target: i64,
    /// Places kept for it: the target; of any phrase, what it wants beyond the cells of single phrases.
    pub kept: i64,
    /// Recordings made or being made; of any phrase, those that no cell of their own phrase waited for.
    pub taken: i64,
}

/// How an axis stands for one person: their own cell, if there is one, and the places for everybody.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Standing {
    /// The phrase; empty for any.
    pub phrase: String,
    /// A word of [`Dimension`].
    pub dimension: String,
    /// Places that no cell waits for.
    pub free: i64,
    /// Places kept for the person's cell, as [`CellRow::kept`]; 0 without a cell.
    pub kept: i64,
    /// Of these, and beyond, taken.
    pub taken: i64,
}

impl Standing {
    /// Places of the person's cell that are left.
    pub fn left(&self) -> i64 {
        (self.kept - self.taken).max(0)
    }
}

/// Places that one person took, counted by phrase and values.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Held {
    /// Who.
    pub person_id: PersonId,
    /// The phrase.
    pub phrase: String,
    /// What they count for.
    #[sqlx(flatten)]
    pub values: Values,
    /// How many.
    pub held: i64,
}

/// A place given back, with what it counted for.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Slot {
    /// Who held it.
    pub person_id: PersonId,
    /// The phrase.
    pub phrase: String,
    /// What it counted for.
    #[sqlx(flatten)]
    pub values: Values,
}

/// How many recordings one person may make for a project; 0 is any number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpeakerLimits {
    /// Of each phrase.
    #[serde(default)]
    pub per_phrase: i64,
    /// Of all phrases together.
    #[serde(default)]
    pub per_project: i64,
}

impl SpeakerLimits {
    /// The limit on a phrase; an empty one stands for all together.
    pub fn of(&self, phrase: &str) -> Option<i64> {
        let most = if phrase.is_empty() { self.per_project } else { self.per_phrase };
        (most > 0).then_some(most)
    }
}

/// What a person may still record for a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Left {
    /// Recordings made or being made.
    pub made: i64,
    /// Recordings left, of all phrases together, where they are limited.
    pub all: Option<i64>,
    /// Recordings of each phrase, where they are limited.
    pub per_phrase: Option<i64>,
}

/// What is known of a person's microphone and surroundings.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Capture {
    /// A word of [`DEVICES`].
    pub device: String,
    /// Signal over noise, averaged over the last recordings.
    pub snr_db: f64,
    /// Recordings so far.
    pub clips: i64,
}

/// What a batch may give to a person, decided before an item is picked.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What the person counts for.
    pub values: Values,
    /// How each axis stands for them.
    pub standings: Vec<Standing>,
    /// What follows.
    pub choice: Choice,
    /// Whether the person has made as many recordings as one person may.
    pub enough: bool,
}

/// Which phrases a person may get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Any; without an order.
    Any,
    /// These first, in this order, then any.
    First(Vec<String>),
    /// Only these, in this order.
    Only(Vec<String>),
    /// None: what is left is kept for others.
    Nothing,
}

impl Choice {
    /// Whether places are kept from the person.
    pub fn is_limited(&self) -> bool {
        matches!(self, Self::Only(_) | Self::Nothing)
    }
}

/// How a batch's quotas look to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing to say.
    Open,
    /// Their voice is looked for.
    Wanted,
    /// Voices are looked for by what people say about themselves, and this person says nothing of it.
    Unsaid,
    /// What is left is kept for others.
    Full,
}

/// A batch's quotas as its administrators may see them.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// Axes in order.
    pub axes: Vec<AxisView>,
}

/// The cells of one axis.
#[derive(Clone, Debug)]
pub struct AxisView {
    /// The phrase; empty for any.
    pub phrase: String,
    /// The dimension.
    pub dimension: Dimension,
    /// Places of the axis, taken or not.
    pub places: i64,
    /// Its cells.
    pub cells: Vec<CellView>,
    /// Recordings by everybody else; `None` when they could tell of few people.
    pub others: Option<i64>,
}

impl AxisView {
    /// Recordings wanted by all cells together.
    pub fn wanted(&self) -> i64 {
        self.cells.iter().map(|cell| cell.target).sum()
    }
}

/// One cell as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CellView {
    /// The phrase; empty for any.
    pub phrase: String,
    /// The dimension.
    pub dimension: Dimension,
    /// The value in this dimension.
    pub value: String,
    /// Recordings wanted.
    pub target: i64,
    /// Recordings made or being made; null while they could tell of fewer than five people.
    pub recorded: Option<i64>,
    /// Recordings still missing; null as `recorded`.
    pub missing: Option<i64>,
    /// At least this many people of the site could be invited, in fives; 0 is fewer than five.
    pub people: i64,
}

/// Recordings and people of a group, before anything is hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Recordings made or being made.
    pub recorded: i64,
    /// People who made them.
    pub people: usize,
}

/// Places by phrase.
pub type Places = BTreeMap<String, i64>;
