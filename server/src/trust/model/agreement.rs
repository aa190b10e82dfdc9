//! What items say about how far people agree with everybody else.

use super::Craft;
use crate::batches::ItemId;
use crate::platform::ids::PersonId;
use serde::Serialize;

/// What one item says about somebody's agreement with everybody else, in millionths of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Whose answer or recording.
    pub person: PersonId,
    /// In which craft.
    pub craft: Craft,
    /// What speaks for them; may be negative.
    pub right_ppm: i64,
    /// What speaks against them; may be negative.
    pub wrong_ppm: i64,
}

/// The same as it is kept, with what it changes.
#[derive(Clone, Debug, Serialize)]
pub struct Saying {
    /// The item.
    pub item_id: ItemId,
    /// Whose answer or recording.
    pub person_id: PersonId,
    /// In which craft.
    pub craft: Craft,
    /// In which language.
    pub language: String,
    /// As in [`Agreement`].
    pub right_ppm: i64,
    /// As in [`Agreement`].
    pub wrong_ppm: i64,
    /// When the item first said something about them, UTC microseconds.
    pub at_us: i64,
    /// By how much it speaks more for them than before, and more against them.
    #[serde(skip)]
    pub more: (i64, i64),
    /// Whether it said nothing about them before.
    #[serde(skip)]
    pub first: bool,
}

/// What is added to what is counted of a person in one craft and language.
#[derive(Serialize)]
pub struct Added<'a> {
    /// Who.
    pub person_id: PersonId,
    /// In which craft.
    pub craft: Craft,
    /// In which language.
    pub language: &'a str,
    /// What speaks for them.
    pub right_ppm: i64,
    /// What speaks against them.
    pub wrong_ppm: i64,
    /// Items that say something about them for the first time.
    pub answered: i64,
}
