//! k-anonymity of what is told about people: widened first, then held back.
//!
//! L. Sweeney, "k-anonymity: a model for protecting privacy", Int. J. Uncertain. Fuzziness
//! Knowl.-Based Syst. 10(5), 2002: whoever knows a person's age, gender, accent, device and
//! language finds at least k people with the same values in a release, or none of them.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// People of each combination in a public release.
pub const K_PUBLIC: usize = 11;

/// People of each combination in a release for those under contract.
pub const K_CONTRACT: usize = 5;

/// Who may have a release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Anybody.
    #[default]
    Public,
    /// Those who signed a contract.
    Contract,
}

impl Access {
    /// The least number of people of a combination.
    pub fn k(self) -> usize {
        match self {
            Access::Public => K_PUBLIC,
            Access::Contract => K_CONTRACT,
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::Public => "public",
            Access::Contract => "contract",
        }
    }
}

/// What a release would tell about a person: the quasi-identifiers.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Person {
    /// Languages of the person's clips. They are what the clips are about, so they are counted but
    /// cannot be held back.
    pub languages: BTreeSet<String>,
    /// Age group, in Common Voice's words (`teens`, `twenties`, …, `nineties`).
    pub age: Option<String>,
    /// Gender.
    pub gender: Option<String>,
    /// Accent.
    pub accent: Option<String>,
    /// Kinds of device, joined by `+` if there are several.
    pub device: Option<String>,
}

impl Person {
    /// Whether nothing is told but the languages.
    pub fn tells_nothing(&self) -> bool {
        self.age.is_none() && self.gender.is_none() && self.accent.is_none() && self.device.is_none()
    }

    fn silence(&mut self) {
        *self = Person { languages: std::mem::take(&mut self.languages), ..Person::default() };
    }
}

impl std::fmt::Display for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let languages = self.languages.iter().cloned().collect::<Vec<String>>().join("+");
        let values =
            [Some(&languages), self.age.as_ref(), self.gender.as_ref(), self.accent.as_ref(), self.device.as_ref()];
        let values: Vec<&str> = values.into_iter().flatten().map(String::as_str).collect();
        f.write_str(&values.join(", "))
    }
}

/// Age groups under which Common Voice's decades are joined.
const WIDE_AGES: [(&str, &[&str]); 3] = [
    ("under_thirty", &["teens", "twenties"]),
    ("thirties_to_fifties", &["thirties", "fourties", "forties", "fifties"]),
    ("sixty_and_over", &["sixties", "seventies", "eighties", "nineties"]),
];

/// What is given up, in this order: what says most about a person and least about the sound first,
/// and gender last, because without it nobody could tell whether a model works for all.
const STEPS: [fn(&mut Person); 5] = [
    |person| person.age = person.age.take().and_then(|age| wide_age(&age)),
    |person| person.accent = None,
    |person| person.device = None,
    |person| person.age = None,
    |person| person.gender = None,
];

fn wide_age(age: &str) -> Option<String> {
    let group = WIDE_AGES.iter().find(|(wide, decades)| *wide == age || decades.contains(&age));
    group.map(|(wide, _)| (*wide).to_owned())
}

/// What may be told about `people`, named by whatever names them, so that each combination of
/// values is shared by at least `k` of them.
///
/// People whose combination is too rare give up one more detail at a time until it is not. Those
/// of whom nothing is left to tell must be `k` too, else their rarity itself would tell: the
/// smallest other combinations join them. Only where fewer than `k` people speak a language at all
/// does a group stay smaller, and then nothing is told about anyone in it.
///
/// The same people give the same result. Memory grows with people, not with clips.
pub fn protect(people: &BTreeMap<String, Person>, k: usize) -> BTreeMap<String, Person> {
    let mut people = people.clone();
    for step in STEPS {
        let sizes = class_sizes(people.values());
        let rare = |person: &Person| sizes.get(person).is_some_and(|size| *size < k);
        let too_rare: Vec<String> =
            people.iter().filter(|(_, person)| rare(person)).map(|(name, _)| name.clone()).collect();
        for name in too_rare {
            people.entry(name).and_modify(step);
        }
    }
    while let Some(victim) = to_silence(&class_sizes(people.values()), k) {
        people.values_mut().filter(|person| **person == victim).for_each(Person::silence);
    }
    people
}

/// The smallest combination of a language whose silent people are too few to hide among.
fn to_silence(sizes: &BTreeMap<Person, usize>, k: usize) -> Option<Person> {
    let too_small = |(person, size): &(&Person, &usize)| person.tells_nothing() && **size < k;
    let silent = sizes.iter().filter(too_small);
    let victims = silent.filter_map(|(silent, _)| {
        let others = sizes.iter().filter(|(other, _)| other.languages == silent.languages && !other.tells_nothing());
        others.min_by_key(|(other, size)| (**size, *other)).map(|(other, _)| other.clone())
    });
    victims.min()
}

/// How many people share each combination.
pub fn class_sizes<'a>(people: impl IntoIterator<Item = &'a Person>) -> BTreeMap<Person, usize> {
    let mut sizes = BTreeMap::new();
    for person in people {
        *sizes.entry(person.clone()).or_default() += 1;
    }
    sizes
}

/// What the rows of a release tell about each speaker, gathered row by row.
#[derive(Debug, Default)]
pub struct Told {
    people: BTreeMap<String, Person>,
}

impl Told {
    /// Adds what a clip tells about its speaker.
    pub fn clip(&mut self, row: &crate::rows::ClipRow) {
        let person = self.people.entry(row.speaker.clone()).or_default();
        person.languages.insert(row.language.clone());
        join(&mut person.age, row.age.as_deref());
        join(&mut person.gender, row.gender.as_deref());
        join(&mut person.accent, row.accent.as_deref());
        join(&mut person.device, row.device.as_deref());
    }

    /// What is told about each speaker.
    pub fn people(&self) -> &BTreeMap<String, Person> {
        &self.people
    }

    /// The combinations that fewer than `k` people share, save those of a language that fewer than
    /// `k` people speak and that tell nothing else. A release with any must not leave.
    pub fn too_rare(&self, k: usize) -> Vec<(Person, usize)> {
        let sizes = class_sizes(self.people.values());
        let speakers =
            |person: &Person| self.people.values().filter(|other| other.languages == person.languages).count();
        let small = sizes.into_iter().filter(|(_, size)| *size < k);
        small.filter(|(person, _)| !person.tells_nothing() || speakers(person) >= k).collect()
    }
}

/// Adds a value to those joined by `+`, once and in order.
fn join(values: &mut Option<String>, value: Option<&str>) {
    let Some(value) = value else { return };
    let mut all: BTreeSet<&str> = values.as_deref().map(|values| values.split('+').collect()).unwrap_or_default();
    if all.insert(value) {
        *values = Some(all.into_iter().collect::<Vec<&str>>().join("+"));
    }
}
