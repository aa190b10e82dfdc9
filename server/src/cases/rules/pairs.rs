//! The same mistakes as somebody else: copying, collusion, one person with two accounts.
//!
//! Two honest people agree where both are right. That both are *wrong* about the same recording is
//! rare, unless the recording is hard, which then others get wrong too. So only recordings count
//! that one of the two got wrong; for each, the probability that the other does too is what the
//! others' mistakes there and the other's own error rate suggest. Partners are found through the
//! recordings that somebody got wrong: nobody is compared with everybody.

use super::{EXAMPLES_MAX, poisson_binomial_tail};
use crate::cases::model::Evidence;
use std::collections::BTreeMap;

/// A recording that the person in question got wrong, and how the others did on it.
#[derive(Clone, Debug, Default)]
pub struct Answered {
    /// The item.
    pub item: String,
    /// By person: whether they got it wrong; without the person in question.
    pub others: BTreeMap<String, bool>,
}

/// Somebody with whom mistakes are shared.
#[derive(Clone, Debug, PartialEq)]
pub struct Suspect {
    /// Who.
    pub person: String,
    /// Recordings that the person in question got wrong and this one answered.
    pub met: usize,
    /// Of these, those that both got wrong.
    pub shared: usize,
    /// Probability of as many by chance.
    pub probability: f64,
}

/// Fewest shared mistakes.
pub const SHARED_MIN: usize = 5;
/// Probability that anybody of an honest crowd is accused.
const ALPHA: f64 = 0.01;
/// What a person's own error rate weighs against the others' mistakes on a recording, in answers.
const OWN_WEIGHT: f64 = 5.0;

/// People who share at least [`SHARED_MIN`] mistakes.
pub fn partners(wrong: &[Answered]) -> Vec<String> {
    let mut shared: BTreeMap<&String, usize> = BTreeMap::new();
    for (person, _) in wrong.iter().flat_map(|one| &one.others).filter(|(_, missed)| **missed) {
        *shared.entry(person).or_default() += 1;
    }
    shared.into_iter().filter(|(_, count)| *count >= SHARED_MIN).map(|(person, _)| person.clone()).collect()
}

/// How a partner's mistakes meet those of the person in question; `errs` is how often the
/// partner is wrong at all.
pub fn compare(wrong: &[Answered], partner: &str, errs: f64) -> Suspect {
    let met: Vec<&Answered> = wrong.iter().filter(|one| one.others.contains_key(partner)).collect();
    let shared = met.iter().filter(|one| one.others.get(partner) == Some(&true)).count();
    let probabilities: Vec<f64> = met
        .iter()
        .map(|one| {
            let rest = one.others.iter().filter(|(person, _)| person.as_str() != partner);
            let (count, missed) =
                rest.fold((0.0, 0.0), |(n, k), (_, missed)| (n + 1.0, k + f64::from(u8::from(*missed))));
            (missed + OWN_WEIGHT * errs) / (count + OWN_WEIGHT)
        })
        .collect();
    let probability = poisson_binomial_tail(shared, &probabilities);
    Suspect { person: partner.to_owned(), met: met.len(), shared, probability }
}

/// Whether somebody makes the mistakes of others more often than chance allows in a crowd of this
/// many people, where every pair is one more chance (Bonferroni). `wrong` are the recordings
/// that they got wrong, `errs` the error rates of their [`partners`].
pub fn copying(wrong: &[Answered], errs: &BTreeMap<String, f64>, people: i64) -> Option<Evidence> {
    #[expect(clippy::cast_precision_loss, reason = "people")]
    let pairs = (people.max(2) as f64) * ((people.max(2) - 1) as f64) / 2.0;
    let mut suspects: Vec<Suspect> = errs
        .iter()
        .map(|(partner, errs)| compare(wrong, partner, *errs))
        .filter(|suspect| suspect.shared >= SHARED_MIN && suspect.probability * pairs <= ALPHA)
        .collect();
    suspects.sort_by(|a, b| a.probability.total_cmp(&b.probability).then_with(|| a.person.cmp(&b.person)));
    let first = suspects.first()?;
    let is_shared = |one: &&Answered| one.others.get(&first.person) == Some(&true);
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let number = |value: usize| value as f64;
    Some(Evidence {
        summary: format!(
            "Of {} wrong answers that another person could share, {} are shared; {} in all share mistakes far beyond chance.",
            first.met,
            first.shared,
            if suspects.len() == 1 { "one person".to_owned() } else { format!("{} people", suspects.len()) },
        ),
        figures: BTreeMap::from([
            ("mistakes".to_owned(), number(wrong.len())),
            ("met_by_the_other".to_owned(), number(first.met)),
            ("shared".to_owned(), number(first.shared)),
            ("people_with_shared_mistakes".to_owned(), number(suspects.len())),
            ("pairs_in_the_crowd".to_owned(), pairs),
            ("probability_by_chance".to_owned(), (first.probability * pairs).min(1.0)),
        ]),
        examples: wrong.iter().filter(is_shared).take(EXAMPLES_MAX).map(|one| one.item.clone()).collect(),
        people: suspects.iter().map(|suspect| suspect.person.clone()).take(EXAMPLES_MAX).collect(),
        ..Evidence::default()
    })
}
