//! Answers, rulings and predictions → a calibrated belief about one item, and what follows. Pure.
//!
//! The model is that of A. P. Dawid and A. M. Skene, Applied Statistics 28 (1979), 20–28: each
//! worker has a confusion matrix, counted on gold and on settled items. Its prior follows from the
//! worker's own skill, so that somebody with few answers counts by their skill alone and somebody
//! busy by their own mistakes. A worker's matrix never contains the item that it is used on.
//!
//! [`consensus::Online`] keeps a whole crowd in one process's memory. Here any number of processes
//! share the workers' matrices through the database, and each verdict says which counts it rests
//! on, so that it can be replayed; the arithmetic is the crate's.

pub mod fit;

use super::model::{Calibration, Cells, Counted, Evidence, ITEM, Source, State};
use crate::platform::clock::DAY_US;
use consensus::{Decision, Vote, calibration, calibration::Reliability, decide, posterior, stopping::INDEPENDENT_MIN};

/// Classes of a judgement, in the order of the posterior.
pub const CLASSES: [&str; 2] = ["yes", "no"];
/// Pseudo-answers in each cell of a confusion matrix, so that none is empty.
const CELL: f64 = 0.01;
/// Fewer settled items than this say nothing about how common a yes is.
const PRIOR_ITEMS_MIN: i64 = 20;
/// The prior stays within these shares, in millionths: answers decide, not the past.
const PRIOR_YES: (i64, i64) = (100_000, 900_000);

/// What is believed of a worker before anything was measured.
struct Prior {
    accuracy: f64,
    /// Pseudo-answers behind that accuracy.
    weight: f64,
    /// Pseudo-answers per class that tie the confusion matrix to the skill.
    strength: f64,
}

fn prior(source: Source) -> Prior {
    match source {
        Source::Person => Prior { accuracy: 0.8, weight: 5.0, strength: 5.0 },
        // A model that nothing was measured of says nothing.
        Source::Model => Prior { accuracy: 0.5, weight: 5.0, strength: 5.0 },
        // Strong evidence, but evidence.
        Source::Expert => Prior { accuracy: 0.98, weight: 50.0, strength: 50.0 },
    }
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 millionths")]
fn items(millionths: i64) -> f64 {
    millionths as f64 / ITEM as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a probability")]
fn millionths(probability: f64) -> i64 {
    (probability * 1e6).round() as i64
}

/// How often a worker is right, drawn towards what is believed of workers of their kind.
pub fn accuracy(source: Source, cells: Cells) -> f64 {
    let prior = prior(source);
    let all = items(cells.yes_yes + cells.yes_no + cells.no_yes + cells.no_no);
    (items(cells.yes_yes + cells.no_no) + prior.weight * prior.accuracy) / (all + prior.weight)
}

/// A piece of evidence as a vote. With two classes only the ratio of a label's probabilities
/// under them matters, and it is that of a vote with this accuracy.
fn vote(counted: &Counted) -> Option<Vote> {
    let label = CLASSES.iter().position(|class| *class == counted.label)?;
    let (strength, skill) = (prior(counted.source).strength, accuracy(counted.source, counted.cells));
    let cells = counted.cells;
    let (said_yes, said_no) = ([cells.yes_yes, cells.no_yes], [cells.yes_no, cells.no_no]);
    let likelihood = |truth: usize| {
        let said = [said_yes[truth], said_no[truth]];
        let share = if truth == label { skill } else { 1.0 - skill };
        (items(said[label]) + strength * share + CELL) / (items(said[0] + said[1]) + strength + 2.0 * CELL)
    };
    let (right, wrong) = (likelihood(label), likelihood(1 - label));
    Some(Vote { label, accuracy: right / (right + wrong) })
}

fn believe<'a>(evidence: &Evidence, counted: impl Iterator<Item = &'a Counted> + Clone, temperature: f64) -> f64 {
    let votes = |expert: bool| -> Vec<Vote> {
        counted.clone().filter(|one| (one.source == Source::Expert) == expert).filter_map(vote).collect()
    };
    let before = items(evidence.prior_yes);
    let mut crowd = posterior(&votes(false), 2, Some(&[before, 1.0 - before]));
    calibration::temper(&mut crowd, temperature);
    // Listeners err together, which the temperature allows for; a reviewer errs alone.
    posterior(&votes(true), 2, Some(&crowd))[0]
}

/// The calibrated probability of yes. The same evidence gives the same bits, in any order.
pub fn yes(evidence: &Evidence) -> f64 {
    believe(evidence, evidence.counted.iter(), items(evidence.temperature))
}

/// The likelier label and its probability; a tie is a yes.
pub fn verdict(yes: f64) -> (&'static str, f64) {
    if yes >= 0.5 { (CLASSES[0], yes) } else { (CLASSES[1], 1.0 - yes) }
}

/// What a piece of evidence weighs: the probability that its label is right if both labels were
/// equally probable and nobody else had spoken.
pub fn weight(counted: &Counted) -> f64 {
    vote(counted).map_or(0.5, |vote| vote.accuracy)
}

/// What a settled item teaches about each worker: what they said, against what is believed of it
/// now, as expectation maximisation counts it. (Counted against the others alone, whose word is
/// less sure than everybody's, people would seem to get worse from item to item.)
///
/// A reviewer was asked because the evidence was doubtful; that they moved it says nothing about
/// them. A ruling teaches only once something was said after it, and only what is believed
/// without it. (Ids are in the order of time.)
pub fn lessons(evidence: &Evidence) -> Vec<(&str, Cells)> {
    let truth = millionths(yes(evidence));
    let lesson = |one: &Counted| match one.source {
        Source::Person | Source::Model => Some(Cells::of(&one.label, truth)),
        Source::Expert => {
            let later = evidence.counted.iter().any(|other| other.id > one.id && other.source != Source::Model);
            let others = evidence.counted.iter().filter(|other| other.id != one.id);
            later.then(|| Cells::of(&one.label, millionths(believe(evidence, others, items(evidence.temperature)))))
        }
    };
    evidence.counted.iter().filter_map(|one| Some((one.id.as_str(), lesson(one)?))).collect()
}

/// What a batch allows and demands.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Fewest answers of an item.
    pub wanted: i64,
    /// Most answers of an item.
    pub most: i64,
    /// Probability that settles an item.
    pub threshold: f64,
    /// Whether money hangs on the verdict.
    pub paid: bool,
    /// Whether this item is asked to the cap even when it is settled.
    pub audited: bool,
    /// Whether the batch can pay for an answer beyond the minimum.
    pub affordable: bool,
}

/// What has come in about an item.
#[derive(Clone, Copy, Debug)]
pub struct Sum<'a> {
    /// Probability of yes.
    pub yes: f64,
    /// Answers of people, abstentions included.
    pub answers: i64,
    /// Answers of people that say yes or no.
    pub votes: i64,
    /// What the newest ruling says.
    pub ruled: Option<&'a str>,
    /// Whether there was a verdict before.
    pub had_verdict: bool,
}

/// How many more answers an item may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// None but those under way.
    None,
    /// One, when nobody is at it.
    One,
    /// As many as the batch allows.
    ToTheCap,
}

/// Settled, one more answer, contested, or decided. Two people at least speak where money hangs
/// on it; a model or a reviewer does not replace one of them.
pub fn step(sum: Sum<'_>, policy: Policy) -> (State, More) {
    let (label, _) = verdict(sum.yes);
    if let Some(ruled) = sum.ruled {
        // Outweighed by everybody else: one more reviewer.
        return (if ruled == label { State::Decided } else { State::Contested }, More::None);
    }
    let fewest = if policy.paid { i64::from(INDEPENDENT_MIN) } else { 1 };
    let (wanted, most) = (policy.wanted.max(fewest), policy.most.max(fewest));
    let threshold = if sum.votes < fewest { f64::NAN } else { policy.threshold };
    let number = |value: i64| u32::try_from(value.max(0)).unwrap_or(u32::MAX);
    let belief = [sum.yes, 1.0 - sum.yes];
    match decide(&belief, number(sum.answers), number(wanted), number(most), threshold) {
        Decision::Settled { .. } if policy.audited && sum.answers < most => (State::Settled, More::ToTheCap),
        Decision::Settled { .. } => (State::Settled, More::None),
        // What was certain and is not any more goes to a reviewer: a release may hold it already.
        Decision::AskOneMore if sum.had_verdict => (State::Contested, More::None),
        Decision::AskOneMore if sum.answers < wanted || policy.affordable => (State::Open, More::One),
        Decision::AskOneMore | Decision::Contested { .. } => (State::Contested, More::None),
    }
}

/// Whether this item is among a share, in millionths, that nobody without the key can foresee.
pub fn drawn(key: &[u8], item: &str, ppm: i64) -> bool {
    consensus::Policy::audits(key, item, items(ppm))
}

/// How much earlier than its turn an item comes, microseconds: the most uncertain a day, so that
/// nothing waits for ever behind them. Uncertainty is the entropy of the belief, in bits.
pub fn urgency_us(yes: f64) -> i64 {
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "at most a day")]
    let earlier_us = (DAY_US as f64 * (part(yes) + part(1.0 - yes)).clamp(0.0, 1.0)) as i64;
    earlier_us
}

/// The calibration that gold and verdicts suggest: `groups` are answers to gold, as many as an
/// item of work gets, with whether yes is true; `settled` is how many items are, and how many
/// yes (in millionths) are among them.
///
/// Temperature scaling with shrinkage: Guo et al., *On Calibration of Modern Neural Networks*
/// (ICML 2017), §4.2; see [`calibration::fit`].
pub fn calibrated(groups: &[(Evidence, bool)], settled: (i64, i64)) -> Calibration {
    let (count, yes) = settled;
    let prior_yes = if count < PRIOR_ITEMS_MIN {
        Calibration::default().prior_yes
    } else {
        ((yes + ITEM) / (count + 2)).clamp(PRIOR_YES.0, PRIOR_YES.1)
    };
    let beliefs: Vec<[f64; 2]> = groups
        .iter()
        .map(|(evidence, _)| {
            let yes = believe(evidence, evidence.counted.iter(), 1.0);
            [yes, 1.0 - yes]
        })
        .collect();
    let members: Vec<Vec<&[f64]>> = beliefs.iter().map(|belief| vec![belief.as_slice()]).collect();
    let truth: Vec<usize> = groups.iter().map(|(_, yes)| usize::from(!yes)).collect();
    let temperature = calibration::fit(&members, &truth, &[1.0]).map_or(1.0, |fitted| fitted.temperature);
    Calibration {
        prior_yes,
        temperature: millionths(temperature).max(1),
        gold_groups: i64::try_from(groups.len()).unwrap_or(i64::MAX),
    }
}

/// Reliability of tempered beliefs about gold, each half tempered by what the other half says;
/// `None` for gold that is too little to say anything.
pub fn held_out(groups: &[(Evidence, bool)]) -> Option<Reliability> {
    if groups.len() < calibration::GOLD_MIN {
        return None;
    }
    let (one, other) = groups.split_at(groups.len() / 2);
    let judged = |about: &[(Evidence, bool)], by: &[(Evidence, bool)]| -> Vec<(f64, bool)> {
        let temperature = items(calibrated(by, (0, 0)).temperature);
        let outcome = |(evidence, truth): &(Evidence, bool)| {
            let (label, probability) = verdict(believe(evidence, evidence.counted.iter(), temperature));
            (probability, (label == CLASSES[0]) == *truth)
        };
        about.iter().map(outcome).collect()
    };
    calibration::reliability(&[judged(one, other), judged(other, one)].concat())
}

/// Whether a calibration differs enough from the one in force to be worth a new row.
pub fn moved(from: Calibration, to: Calibration) -> bool {
    let far = |a: i64, b: i64| (a - b).abs() * 50 > a.max(b);
    far(from.prior_yes, to.prior_yes) || far(from.temperature, to.temperature)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(id: &str, label: &str, right: i64, wrong: i64) -> Counted {
        let (right, wrong) = (right * ITEM / 2, wrong * ITEM / 2);
        let cells = Cells { yes_yes: right, yes_no: wrong, no_yes: wrong, no_no: right };
        Counted { id: id.to_owned(), source: Source::Person, label: label.to_owned(), cells }
    }

    fn evidence(counted: Vec<Counted>) -> Evidence {
        Evidence { method: "test".to_owned(), prior_yes: ITEM / 2, temperature: ITEM, counted }
    }

    fn ruling(label: &str) -> Counted {
        Counted { source: Source::Expert, ..said("r", label, 0, 0) }
    }

    const POLICY: Policy = Policy { wanted: 2, most: 3, threshold: 0.9, paid: true, audited: false, affordable: true };

    fn sum(yes: f64, answers: i64, votes: i64) -> Sum<'static> {
        Sum { yes, answers, votes, ruled: None, had_verdict: false }
    }

    #[test]
    fn two_unmeasured_people_who_agree_settle_an_item() {
        let yes = yes(&evidence(vec![said("a", "yes", 0, 0), said("b", "yes", 0, 0)]));
        assert!((yes - 0.94).abs() < 0.002, "{yes}");
        assert_eq!(step(sum(yes, 2, 2), POLICY), (State::Settled, More::None));
    }

    #[test]
    fn disagreement_asks_one_more_until_the_most_and_is_contested_then() {
        let split = yes(&evidence(vec![said("a", "yes", 0, 0), said("b", "no", 0, 0)]));
        assert!((split - 0.5).abs() < 1e-9, "{split}");
        assert_eq!(step(sum(split, 2, 2), POLICY), (State::Open, More::One));
        assert_eq!(step(sum(split, 3, 2), POLICY), (State::Contested, More::None));
        let broke = Policy { affordable: false, ..POLICY };
        assert_eq!(step(sum(split, 2, 2), broke), (State::Contested, More::None));
        assert_eq!(step(sum(split, 1, 1), broke), (State::Open, More::One));
    }

    #[test]
    fn where_money_hangs_on_it_one_person_never_settles_an_item() {
        let policy = Policy { wanted: 1, most: 1, ..POLICY };
        assert_eq!(step(sum(0.999, 1, 1), policy), (State::Open, More::One));
        assert_eq!(step(sum(0.999, 2, 1), policy), (State::Contested, More::None));
        assert_eq!(step(sum(0.999, 2, 2), policy), (State::Settled, More::None));
        assert_eq!(step(sum(0.999, 1, 1), Policy { paid: false, ..policy }), (State::Settled, More::None));
    }

    #[test]
    fn an_audited_item_is_settled_and_still_asked_to_the_cap() {
        let policy = Policy { audited: true, ..POLICY };
        assert_eq!(step(sum(0.95, 2, 2), policy), (State::Settled, More::ToTheCap));
        assert_eq!(step(sum(0.95, 3, 3), policy), (State::Settled, More::None));
        let shaken = Sum { had_verdict: true, ..sum(0.8, 2, 2) };
        assert_eq!(step(shaken, policy), (State::Contested, More::None));
    }

    #[test]
    fn a_reviewer_is_strong_evidence_but_not_truth_by_decree() {
        let split = |label| vec![said("a", "yes", 0, 0), said("b", "no", 0, 0), ruling(label)];
        assert!(yes(&evidence(split("yes"))) > 0.97 && yes(&evidence(split("no"))) < 0.03);
        let mut many: Vec<Counted> = ["a", "b", "c", "d"].map(|id| said(id, "no", 90, 10)).to_vec();
        many.push(ruling("yes"));
        let yes = yes(&evidence(many));
        assert!(yes < 0.1, "{yes}");
        assert_eq!(step(Sum { ruled: Some("yes"), ..sum(yes, 4, 4) }, POLICY), (State::Contested, More::None));
        assert_eq!(step(Sum { ruled: Some("no"), ..sum(yes, 4, 4) }, POLICY), (State::Decided, More::None));
    }

    #[test]
    fn somebody_who_always_says_yes_tells_nothing_by_it() {
        let cells = Cells { yes_yes: 50 * ITEM, no_yes: 50 * ITEM, ..Cells::default() };
        let spam = Counted { cells, ..said("a", "yes", 0, 0) };
        assert!((yes(&evidence(vec![spam])) - 0.5).abs() < 0.05);
    }

    #[test]
    fn a_model_counts_by_what_was_measured_of_it() {
        let model = |cells| Counted { source: Source::Model, cells, ..said("m", "yes", 0, 0) };
        assert!((yes(&evidence(vec![model(Cells::default())])) - 0.5).abs() < 1e-9);
        let good = said("m", "yes", 95, 5).cells;
        assert!(yes(&evidence(vec![model(good)])) > 0.9);
    }

    #[test]
    fn belief_is_the_same_to_the_bit_in_any_order_and_through_json() {
        let counted = vec![said("a", "yes", 17, 3), said("b", "no", 9, 4), said("c", "yes", 2, 7), ruling("yes")];
        let one = Evidence { prior_yes: 612_345, temperature: 431_977, ..evidence(counted.clone()) };
        let other = Evidence { counted: counted.into_iter().rev().collect(), ..one.clone() };
        let read: Evidence = serde_json::from_str(&serde_json::to_string(&one).expect("json")).expect("evidence");
        assert_eq!(yes(&one).to_bits(), yes(&other).to_bits());
        assert_eq!(yes(&one).to_bits(), yes(&read).to_bits());
    }

    #[test]
    fn a_settled_item_teaches_about_listeners_and_of_reviewers_only_what_came_after_them() {
        let mut evidence = evidence(vec![said("a", "yes", 0, 0), said("b", "no", 0, 0), ruling("yes")]);
        let taught = lessons(&evidence);
        assert_eq!(taught.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["a", "b"]);
        assert!(items(taught[0].1.yes_yes) > 0.97 && items(taught[1].1.yes_no) > 0.97, "{taught:?}");
        evidence.counted.push(said("s", "no", 95, 5));
        let taught = lessons(&evidence);
        let (id, cells) = taught[2];
        assert!(id == "r" && items(cells.no_yes) > 0.9, "without the ruling it is a no: {taught:?}");
    }

    #[test]
    fn gold_that_the_crowd_gets_wrong_tempers_its_belief() {
        let group = |n: usize| {
            let right = !n.is_multiple_of(4);
            let label = if right { "yes" } else { "no" };
            (evidence(vec![said("a", label, 95, 5), said("b", label, 95, 5)]), true)
        };
        let groups: Vec<(Evidence, bool)> = (0..200).map(group).collect();
        let found = calibrated(&groups, (100, 90 * ITEM));
        assert!(found.temperature < ITEM / 2, "{found:?}");
        assert_eq!(found.prior_yes, 91 * ITEM / 102);
        let tempered = Evidence { temperature: found.temperature, prior_yes: ITEM / 2, ..groups[1].0.clone() };
        let reliable = held_out(&groups).expect("enough gold");
        assert!(reliable.ece < 0.05, "{reliable:?}");
        assert_eq!(held_out(&groups[..19]), None);
        assert!((yes(&tempered) - 0.75).abs() < 0.05, "{}", yes(&tempered));
        assert_eq!(calibrated(&groups[..5], (5, 5 * ITEM)), Calibration { gold_groups: 5, ..Calibration::default() });
    }

    #[test]
    fn the_most_uncertain_come_first_but_nothing_waits_for_ever() {
        assert!(urgency_us(0.5) > urgency_us(0.9) && urgency_us(0.1) > urgency_us(0.999));
        assert_eq!((urgency_us(0.5), urgency_us(1.0)), (DAY_US, 0));
    }
}
