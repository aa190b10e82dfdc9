//! What people are called in a release, and in which split they are. Pure.

use crate::platform::ids::sha256_hex;
use dataset::{Split, pseudonym, split_of};
use std::collections::BTreeSet;

/// Keys of splits that are looked at.
const KEYS_MAX: usize = 1_000;

/// The keys by which a release names people.
pub struct Names {
    /// Drawn for this release.
    pseudonyms: [u8; 32],
    /// Shared by the releases of a project, see [`splits_key`].
    splits: [u8; 32],
}

impl Names {
    /// Of two keys, each of 64 hexadecimal digits.
    pub fn of(pseudonym_key: &str, splits_key: &str) -> Option<Names> {
        Some(Names { pseudonyms: key_bytes(pseudonym_key)?, splits: key_bytes(splits_key)? })
    }

    /// The name of a speaker in this release: the first of its pseudonyms that the rule of Speech
    /// Commands puts into the split where the speaker is in all releases. It links to no other
    /// release, and yet nobody of test moves to train as a dataset grows.
    pub fn speaker(&self, speaker_id: &str) -> String {
        let split = split_of(&speaker_name(&self.splits, speaker_id));
        let mut name = speaker_name(&self.pseudonyms, speaker_id);
        while split_of(&name) != split {
            name = pseudonym(&self.pseudonyms, &name);
        }
        name
    }

    /// The name of an annotator in this release.
    pub fn annotator(&self, person_id: &str) -> String {
        pseudonym(&self.pseudonyms, &format!("annotator:{person_id}"))
    }
}

fn speaker_name(key: &[u8; 32], speaker_id: &str) -> String {
    pseudonym(key, &format!("speaker:{speaker_id}"))
}

/// The key that decides who is in which split, as hexadecimal digits: `before`, that of the release
/// before this one, so that people stay in their splits, or, where it leaves a split without speakers,
/// the first of those that follow from it that does not: a dataset of a few speakers needs all three.
/// `before` again, when none of a thousand does: there are too few speakers.
pub fn splits_key(before: &str, speaker_ids: &[String]) -> String {
    if speaker_ids.len() < Split::ALL.len() {
        return before.to_owned();
    }
    let next = |key: &String| Some(sha256_hex(key.as_bytes()));
    let mut keys = std::iter::successors(Some(before.to_owned()), next).take(KEYS_MAX);
    let splits = |key: &String| {
        let key = key_bytes(key)?;
        Some(speaker_ids.iter().map(|id| split_of(&speaker_name(&key, id)).as_str()).collect::<BTreeSet<_>>())
    };
    let whole = |key: &String| splits(key).is_some_and(|splits| splits.len() == Split::ALL.len());
    keys.find(whole).unwrap_or_else(|| before.to_owned())
}

/// A key or a digest from its 64 hexadecimal digits.
pub fn key_bytes(digits: &str) -> Option<[u8; 32]> {
    let bytes: Vec<u8> = (0..32).filter_map(|n| u8::from_str_radix(digits.get(2 * n..2 * n + 2)?, 16).ok()).collect();
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_speakers_fill_every_split_and_too_few_keep_the_drawn_key() {
        let drawn = "2a".repeat(32);
        let people = |count: usize| (0..count).map(|n| format!("speaker {n}")).collect::<Vec<String>>();
        for count in [3, 5, 20, 200] {
            let key = splits_key(&drawn, &people(count));
            let names = Names::of(&drawn, &key).unwrap();
            let splits: BTreeSet<&str> = people(count).iter().map(|id| split_of(&names.speaker(id)).as_str()).collect();
            assert_eq!(splits.len(), 3, "{count} speakers");
            assert_eq!(splits_key(&key, &people(count)), key, "a key that serves is kept");
        }
        assert_eq!(splits_key(&drawn, &people(2)), drawn);
    }

    #[test]
    fn a_speaker_has_another_name_in_each_release_and_the_same_split() {
        let splits = "5c".repeat(32);
        let releases = ["2a", "2b", "2c"].map(|digits| Names::of(&digits.repeat(32), &splits).unwrap());
        let mut names = BTreeSet::new();
        for n in 0..300 {
            let own = releases.each_ref().map(|release| release.speaker(&format!("speaker {n}")));
            assert!(own.iter().all(|name| split_of(name) == split_of(&own[0])), "{own:?}");
            names.extend(own);
        }
        assert_eq!(names.len(), 900);
    }
}
