//! What sensitive material is about, so that people can choose what they hear.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What may upset somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Swear words.
    Swearing,
    /// People quarrel or shout at each other.
    Quarrel,
    /// People scream.
    Screams,
    /// Hateful words about people.
    Hate,
    /// Somebody cries.
    Crying,
    /// Anything else that may upset.
    Other,
}

impl Category {
    /// All, in the order of forms.
    pub const ALL: [Self; 6] = [Self::Swearing, Self::Quarrel, Self::Screams, Self::Hate, Self::Crying, Self::Other];

    /// The word used in the database, in JSON and in imports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Swearing => "swearing",
            Self::Quarrel => "quarrel",
            Self::Screams => "screams",
            Self::Hate => "hate",
            Self::Crying => "crying",
            Self::Other => "other",
        }
    }

    /// In plain words, within a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Swearing => "swearing",
            Self::Quarrel => "people who quarrel",
            Self::Screams => "screams",
            Self::Hate => "hateful words",
            Self::Crying => "somebody crying",
            Self::Other => "something else that may upset you",
        }
    }

    /// Its bit in a set of categories.
    pub fn bit(self) -> i64 {
        1 << self as i64
    }

    /// The categories of a set.
    pub fn of(set: i64) -> Vec<Self> {
        Self::ALL.into_iter().filter(|category| category.bit() & set != 0).collect()
    }

    /// The set of some categories.
    pub fn set(some: &[Self]) -> i64 {
        some.iter().fold(0, |set, category| set | category.bit())
    }
}

impl FromStr for Category {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|category| category.as_str() == text).ok_or(())
    }
}

/// Body of `POST /api/v1/tasks/{id}/report`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReportBody {
    /// How upsetting it is: 1 mild, 2 distressing, 3 severe.
    pub level: i64,
    /// What it is about.
    pub categories: Vec<Category>,
}
