//! Names of items, workers and labels as small numbers, and back.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

/// A list of names, all in one block of memory.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: String,
    ends: Vec<usize>,
}

impl Names {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The name with this number; empty when there is none.
    pub fn get(&self, number: usize) -> &str {
        let start = number.checked_sub(1).map_or(0, |previous| self.ends.get(previous).copied().unwrap_or_default());
        self.ends.get(number).map_or("", |&end| &self.text[start..end])
    }

    /// All names by number.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|number| self.get(number))
    }

    fn push(&mut self, name: &str) {
        self.text.push_str(name);
        self.ends.push(self.text.len());
    }

    /// The same names, the one numbered `order[0]` first.
    pub(crate) fn arranged(&self, order: &[u32]) -> Self {
        let mut names = Self { text: String::with_capacity(self.text.len()), ends: Vec::with_capacity(order.len()) };
        order.iter().for_each(|&number| names.push(self.get(number as usize)));
        names
    }
}

/// Gives every new name the next number.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    pub(crate) names: Names,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Interner {
    /// The number of `name`, a new one if it was never seen.
    pub(crate) fn number(&mut self, name: &str) -> u32 {
        let Self { names, numbers, hasher } = self;
        let hash = hasher.hash_one(name);
        if let Some(&known) = numbers.find(hash, |&number| names.get(number as usize) == name) {
            return known;
        }
        let number = u32::try_from(names.len()).unwrap_or(u32::MAX);
        names.push(name);
        numbers.insert_unique(hash, number, |&other| hasher.hash_one(names.get(other as usize)));
        number
    }
}
