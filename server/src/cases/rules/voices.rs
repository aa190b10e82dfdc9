//! One person with several accounts: the same payout destination, the same recording.

use super::EXAMPLES_MAX;
use crate::cases::model::Evidence;
use crate::media::Print;
use audio::fingerprint::Fingerprint;
use std::collections::BTreeMap;

/// Two accounts' recordings whose fingerprints differ in fewer bits than this share a take. Lower
/// than between takes of one account: there are as many comparisons as other people's takes. Of
/// 120 synthetic voices (`tests/cases_figures.rs`), far more alike than people, the two nearest
/// differed in 0.172.
pub const SHARED_RATE: f64 = 0.16;

/// Of other accounts' recordings, the one that a clip is the same as, and why that seems so.
pub fn shared_sound(clip: &Print, others: &[Print]) -> Option<(usize, Evidence)> {
    let own: Option<Fingerprint> = clip.fingerprint.parse().ok();
    let rate = |other: &Print| {
        if other.sha256 == clip.sha256 || other.pcm_sha256 == clip.pcm_sha256 {
            return Some(0.0);
        }
        own.as_ref()?.bit_error_rate(&other.fingerprint.parse().ok()?)
    };
    let rates = others.iter().enumerate().filter_map(|(n, other)| Some((n, rate(other)?)));
    let (n, rate) = rates.min_by(|(_, a), (_, b)| a.total_cmp(b)).filter(|(_, rate)| *rate < SHARED_RATE)?;
    let evidence = Evidence {
        summary: format!(
            "A recording is the same as one of another account: {:.0} % of the bits of their fingerprints differ, of two takes more than 25 %.",
            rate * 100.0
        ),
        figures: BTreeMap::from([("bit_error_rate".to_owned(), rate)]),
        examples: vec![clip.clip_id.to_string(), others[n].clip_id.to_string()],
        ..Evidence::default()
    };
    Some((n, evidence))
}

/// People who gave a payout destination that somebody else gave too. Spelling does not count;
/// the destination itself stays out of the evidence.
pub fn shared_handles(handles: &[(String, String)]) -> BTreeMap<String, Evidence> {
    let mut by_handle: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (person, handle) in handles {
        let plain: String = handle.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let people = by_handle.entry(plain).or_default();
        if !people.contains(&person) {
            people.push(person);
        }
    }
    let mut found = BTreeMap::new();
    for people in by_handle.iter().filter(|(handle, people)| !handle.is_empty() && people.len() > 1).map(|(_, p)| p) {
        for person in people {
            let others = people.iter().filter(|other| *other != person).take(EXAMPLES_MAX).map(|p| (*p).clone());
            #[expect(clippy::cast_precision_loss, reason = "people")]
            let evidence = Evidence {
                summary: format!("{} accounts want to be paid at the same place.", people.len()),
                figures: BTreeMap::from([("accounts".to_owned(), people.len() as f64)]),
                people: others.collect(),
                ..Evidence::default()
            };
            found.insert((*person).clone(), evidence);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_destination_of_two_people_is_found_however_it_is_written() {
        let given = |person: &str, handle: &str| (person.to_owned(), handle.to_owned());
        let found = shared_handles(&[
            given("ann", "DE89 3704 0044"),
            given("ben", "de8937040044"),
            given("chi", "DE11 0000 0000"),
            given("dan", ""),
            given("eva", ""),
            given("chi", "DE11-0000-0000"),
        ]);
        assert_eq!(found.keys().collect::<Vec<_>>(), ["ann", "ben"]);
        assert_eq!(found["ann"].people, ["ben"]);
    }
}
