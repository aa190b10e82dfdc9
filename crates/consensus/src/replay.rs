//! What stopping early would have cost and kept: stored answers, replayed one by one.

use crate::consensus::Consensus;
use crate::crowd::Crowd;
use crate::math::mix;
use crate::methods::Method;
use crate::stopping::{Decision, Policy};
use crate::worth::NextAnswer;

/// The model whose belief settles items: the one that the protocol was measured with, and the one
/// that [`crate::online::Online`] keeps up to date. Never one-coin, which collapses without gold.
pub const STOPPER: Method = Method::DawidSkene;

/// How a replay went.
#[derive(Debug, Clone, PartialEq)]
pub struct Replay {
    /// Label of each item, from the answers that were asked for.
    pub labels: Vec<usize>,
    /// Its probability.
    pub probabilities: Vec<f64>,
    /// Answers asked for, per item.
    pub answers: Vec<usize>,
    /// Whether the item was settled by the threshold, rather than by running out of answers.
    pub settled: Vec<bool>,
}

/// Replays the answers of `crowd` under `policy`: each item begins with as many answers as the
/// policy wants at least; after every round [`STOPPER`] is fitted to all answers so far and each
/// item that it does not settle gets one more, if [`Policy::is_worth`] it, until the most, or none
/// is left. An item that was not worth another answer is asked about again when later rounds show
/// it in another light. The labels are those of the default method on all answers asked for.
///
/// The threshold is compared with what the model believes, as on the live site before there is
/// gold to calibrate on; how right the settled items are is for the audit to say.
/// Answers to an item come in an order that `seed` decides, independently of how the rows stood.
/// Gold items keep up to `policy.at_most` answers throughout, because gold is asked anyway.
pub fn replay(crowd: &Crowd, policy: &Policy, seed: u64) -> Replay {
    let gold = |item: usize| crowd.gold(item).is_some();
    let first = |item: usize| if gold(item) { policy.at_most() } else { policy.at_least() } as usize;
    let turns = turns(crowd, seed);
    let mut answers: Vec<usize> = (0..crowd.items()).map(|item| first(item).min(crowd.answers_of(item))).collect();
    let mut settled = vec![false; crowd.items()];
    let mut asked = true;
    while asked {
        asked = false;
        let known = revealed(crowd, &turns, &answers);
        let beliefs = Consensus::uncalibrated(&known, STOPPER);
        let next = NextAnswer::of(&known, &beliefs);
        for item in (0..crowd.items()).filter(|&item| !gold(item)) {
            if settled[item] {
                continue;
            }
            let count = u32::try_from(answers[item]).unwrap_or(u32::MAX);
            match policy.decide(beliefs.posterior(item), count) {
                Decision::Settled { .. } => settled[item] = true,
                Decision::AskOneMore if answers[item] < crowd.answers_of(item) => {
                    if !policy.is_worth(beliefs.posterior(item), count, &next) {
                        continue;
                    }
                    answers[item] += 1;
                    asked = true;
                }
                Decision::AskOneMore | Decision::Contested { .. } => {}
            }
        }
    }
    finish(crowd, &turns, answers, settled)
}

/// The same with a fixed number of answers for every item, and up to `gold_number` for gold, to
/// compare with.
pub fn fixed(crowd: &Crowd, number: usize, gold_number: usize, seed: u64) -> Replay {
    let wanted = |item: usize| if crowd.gold(item).is_some() { gold_number } else { number };
    let answers = (0..crowd.items()).map(|item| wanted(item).min(crowd.answers_of(item))).collect();
    finish(crowd, &turns(crowd, seed), answers, vec![false; crowd.items()])
}

fn finish(crowd: &Crowd, turns: &[Vec<usize>], answers: Vec<usize>, settled: Vec<bool>) -> Replay {
    let consensus = Consensus::new(&revealed(crowd, turns, &answers), Method::Pool);
    let probabilities = (0..crowd.items()).map(|item| consensus.probability(item)).collect();
    Replay { labels: consensus.labels, probabilities, answers, settled }
}

/// When each answer of each item comes, counted from 0; in the order of [`Crowd::votes`].
fn turns(crowd: &Crowd, seed: u64) -> Vec<Vec<usize>> {
    let turns_of = |item: usize| {
        let lot = |place: usize| mix(mix(seed ^ mix(crowd.seeds[item].wrapping_add(item as u64))) ^ place as u64);
        let mut places: Vec<usize> = (0..crowd.answers_of(item)).collect();
        places.sort_unstable_by_key(|&place| (lot(place), place));
        let mut turns = vec![0; places.len()];
        places.into_iter().enumerate().for_each(|(turn, place)| turns[place] = turn);
        turns
    };
    (0..crowd.items()).map(turns_of).collect()
}

fn revealed(crowd: &Crowd, turns: &[Vec<usize>], answers: &[usize]) -> Crowd {
    crowd.with_answers(|item, place| turns[item][place] < answers[item])
}
