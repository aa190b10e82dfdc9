//! How well people agree: by phrase, by reason, by pair of annotators. Pure.

use super::super::model::{Accord, AnswerFact, Pair};
use super::{SHOWN_MIN, number, pace};
use consensus::{
    Answer, Dataset,
    agreement::{alpha, fleiss_kappa, pairs},
};
use std::collections::{BTreeMap, BTreeSet};

/// Pairs of annotators that are listed.
const PAIRS: usize = 10;

/// Answers with the label that counts, as the crate `consensus` wants them, without those that say
/// neither yes nor no; `None` without any.
pub fn crowd<'a>(answers: impl Iterator<Item = (&'a AnswerFact, &'a str)>) -> Option<Dataset> {
    let votes = answers.filter(|(answer, _)| answer.label != "unsure");
    let votes = votes.map(|(answer, label)| Answer { item: &answer.item_id, worker: &answer.person_id, label });
    Dataset::new(votes).ok().filter(|dataset| dataset.crowd.items() > 0)
}

fn accord<'a>(name: &str, judged: impl Iterator<Item = (&'a AnswerFact, &'a str)>, given: &[&'a AnswerFact]) -> Accord {
    let dataset = crowd(judged);
    Accord {
        name: name.to_owned(),
        answers: number(given.len()),
        alpha: dataset.as_ref().and_then(|dataset| alpha(&dataset.crowd, |_, _| true)),
        kappa: dataset.as_ref().and_then(|dataset| fleiss_kappa(&dataset.crowd)),
        pace: pace(given.iter().copied()),
    }
}

/// Whether enough people gave these answers to show what they tell.
fn enough(answers: &[&AnswerFact]) -> bool {
    answers.iter().map(|answer| &answer.person_id).collect::<BTreeSet<_>>().len() >= SHOWN_MIN as usize
}

/// Agreement and pace by phrase, for phrases that enough people judged.
pub fn by_phrase(work: &[&AnswerFact]) -> Vec<Accord> {
    let mut phrases: BTreeMap<&str, Vec<&AnswerFact>> = BTreeMap::new();
    work.iter().for_each(|answer| phrases.entry(&answer.phrase).or_default().push(answer));
    phrases.retain(|_, answers| enough(answers));
    let of = |(name, answers): (&&str, &Vec<&AnswerFact>)| {
        accord(name, answers.iter().map(|answer| (*answer, answer.label.as_str())), answers)
    };
    phrases.iter().map(of).collect()
}

/// Agreement about each reason that enough people gave: whether they give it about the same
/// recordings. The most frequent first.
pub fn by_reason(work: &[&AnswerFact]) -> Vec<Accord> {
    let mut reasons: BTreeMap<&str, Vec<&AnswerFact>> = BTreeMap::new();
    for answer in work {
        if let Some(reason) = &answer.reason {
            reasons.entry(reason).or_default().push(answer);
        }
    }
    reasons.retain(|_, answers| enough(answers));
    let of = |(name, given): (&&str, &Vec<&AnswerFact>)| {
        let label = |answer: &AnswerFact| if answer.reason.as_deref() == Some(*name) { "given" } else { "not given" };
        accord(name, work.iter().map(|answer| (*answer, label(answer))), given)
    };
    let mut accords: Vec<Accord> = reasons.iter().map(of).collect();
    accords.sort_by(|a, b| b.answers.cmp(&a.answers).then_with(|| a.name.cmp(&b.name)));
    accords
}

/// The pairs of annotators who disagree about the largest share of what both judged.
pub fn disagreeing(dataset: &Dataset, pseudonym: impl Fn(&str) -> String) -> Vec<Pair> {
    let mut found = pairs(&dataset.crowd, SHOWN_MIN as usize);
    found.retain(|pair| pair.agreed < pair.items);
    // Shares as products, so that equal ones are equal.
    found.sort_by(|a, b| (a.agreed * b.items).cmp(&(b.agreed * a.items)).then(b.items.cmp(&a.items)));
    let name = |worker: usize| pseudonym(dataset.workers.get(worker));
    let pair = |pair: consensus::agreement::Pair| Pair {
        one: name(pair.workers.0),
        other: name(pair.workers.1),
        items: pair.items,
        agreed: pair.agreed,
        kappa: pair.kappa,
    };
    found.into_iter().take(PAIRS).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::said;
    use super::*;

    const PEOPLE: [&str; 5] = ["a", "b", "c", "d", "e"];

    /// Six recordings; everybody agrees but e, who says the opposite.
    fn facts() -> Vec<AnswerFact> {
        let of = |item: usize| {
            PEOPLE.map(|person| {
                let yes = item.is_multiple_of(2) != (person == "e");
                said(&item.to_string(), person, if yes { "yes" } else { "no" }, None)
            })
        };
        (0..6).flat_map(of).collect()
    }

    #[test]
    fn whoever_contradicts_the_others_stands_first_under_a_pseudonym() {
        let facts = facts();
        let dataset = crowd(facts.iter().map(|fact| (fact, fact.label.as_str()))).expect("answers");
        let pairs = disagreeing(&dataset, str::to_uppercase);
        assert_eq!(pairs.len(), 4, "all four others disagree with e, and with nobody else: {pairs:?}");
        assert!(
            pairs.iter().all(|pair| (pair.one == "E") != (pair.other == "E") && pair.agreed == 0 && pair.items == 6)
        );
    }

    #[test]
    fn agreement_is_told_by_phrase_and_reason_where_enough_people_spoke() {
        let mut facts = facts();
        facts.push(AnswerFact { phrase: "Rare".to_owned(), ..said("9", "a", "yes", None) });
        facts.iter_mut().filter(|fact| fact.label == "no" && fact.person_id == "a").for_each(|fact| {
            fact.reason = Some("wrong_word".to_owned());
        });
        let work: Vec<&AnswerFact> = facts.iter().collect();
        let phrases = by_phrase(&work);
        assert_eq!(phrases.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Alexa"], "one person is too few");
        assert!(phrases[0].alpha.is_some_and(|alpha| alpha < 0.5) && phrases[0].pace.is_some(), "{phrases:?}");
        assert!(by_reason(&work).is_empty(), "four people gave one reason, one the other");
        facts.iter_mut().for_each(|fact| fact.reason = (fact.label == "no").then(|| "noise".to_owned()));
        let work: Vec<&AnswerFact> = facts.iter().collect();
        let reasons = by_reason(&work);
        assert_eq!((reasons.len(), reasons[0].answers), (1, 15), "{reasons:?}");
        assert_eq!(reasons[0].alpha, by_phrase(&work)[0].alpha, "here every no gives that reason");
    }
}
