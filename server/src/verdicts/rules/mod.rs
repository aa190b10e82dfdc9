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
/// An answer of less weight is no answer.
const WORTH_MIN: f64 = 0.6;
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

/// Whether an answer tells as good as nothing: its giver has turned out to guess, or to say this whatever
/// they hear. It uses up none of the places of an item.
pub fn worthless(counted: &Counted) -> bool {
    counted.source == Source::Person && weight(counted) < WORTH_MIN
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
    /// Of these, worthless ones: others are asked instead.
    pub worthless: i64,
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
    // Worthless answers are asked for once more, as many as an item may get: not for ever.
    let asked_again = sum.worthless.min(most);
    let answers = sum.answers - asked_again;
    let threshold = if sum.votes - asked_again < fewest { f64::NAN } else { policy.threshold };
    let number = |value: i64| u32::try_from(value.max(0)).unwrap_or(u32::MAX);
    let belief = [sum.yes, 1.0 - sum.yes];
    match decide(&belief, number(answers), number(wanted), number(most), threshold) {
        Decision::Settled { .. } if policy.audited && answers < most => (State::Settled, More::ToTheCap),
        Decision::Settled { .. } => (State::Settled, More::None),
        // What was certain and is not any more goes to a reviewer: a release may hold it already. Not what
        // was certain by worthless answers alone: others are asked first.
        Decision::AskOneMore if sum.had_verdict && asked_again == 0 => (State::Contested, More::None),
        Decision::AskOneMore if answers < wanted || policy.affordable => (State::Open, More::One),
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
#[path = "rules_test.rs"]
mod tests;
