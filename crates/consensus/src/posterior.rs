//! Votes of one item in, one probability per class out.

use crate::accuracy::{HIGHEST, LOWEST};
use serde::{Deserialize, Serialize};

/// No class is less probable than about this: a model of people can never exclude anything.
pub const FLOOR: f64 = 1e-9;

/// One person's answer to one item. An abstention ("unsure") is not a vote.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Vote {
    /// Index of the chosen class, from 0.
    pub label: usize,
    /// Probability that this person is right, as [`crate::Skill::accuracy`] estimates it.
    pub accuracy: f64,
}

/// The probability of each of `classes` classes, given the `votes` of one item.
///
/// The one-coin form of the model of A. P. Dawid and A. M. Skene, Applied Statistics 28 (1979),
/// 20–28, §2: a person is right with their accuracy, whatever the true class, and a wrong answer
/// is equally likely to be any other class. Someone whose accuracy is below 1/`classes` therefore
/// counts against the class they chose. Votes are taken to err independently; where people err
/// together the result is too sure.
///
/// `prior` is the probability of each class before any answer; it need not sum to 1. Without it,
/// or when it has another length than `classes`, all classes are equally probable. Entries that
/// are not positive and finite count as [`FLOOR`].
///
/// The result has `classes` entries that sum to 1, each at least about [`FLOOR`], so none is
/// exactly 0 or 1 (unless there is only one class, which then is certain). It has the same bits
/// in whatever order the votes come. Votes for a class out of range, or with an accuracy that is
/// not a number, are ignored; accuracies are held within [`LOWEST`]..=[`HIGHEST`].
pub fn posterior(votes: &[Vote], classes: usize, prior: Option<&[f64]>) -> Vec<f64> {
    let prior = prior.filter(|prior| prior.len() == classes);
    let scores = (0..classes)
        .map(|class| {
            let belief = prior.map_or(1.0, |prior| usable(prior[class]));
            belief.ln() + support(votes, class, classes)
        })
        .collect();
    normalise(scores)
}

/// The logarithm of how much more probable `class` is than another one through the votes for it.
///
/// A vote for a class multiplies its probability by a and that of each other class by
/// (1 − a)/(K − 1); only the ratio matters, because the result is normalised.
fn support(votes: &[Vote], class: usize, classes: usize) -> f64 {
    let others = classes.saturating_sub(1).max(1) as f64;
    let mut gains: Vec<f64> = votes
        .iter()
        .filter(|vote| vote.label == class && !vote.accuracy.is_nan())
        .map(|vote| {
            let right = vote.accuracy.clamp(LOWEST, HIGHEST);
            right.ln() - ((1.0 - right) / others).ln()
        })
        .collect();
    // Floating-point sums depend on their order, and answers come in any order.
    gains.sort_by(f64::total_cmp);
    gains.iter().sum()
}

/// Logarithms of weights in, probabilities out. The largest is subtracted first, so that the
/// exponentials neither overflow nor all vanish.
fn normalise(scores: Vec<f64>) -> Vec<f64> {
    let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights = scores.into_iter().map(|score| (score - top).exp());
    let shares = divide_by_sum(weights.collect());
    divide_by_sum(shares.into_iter().map(|share| share.max(FLOOR)).collect())
}

fn divide_by_sum(mut weights: Vec<f64>) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}

fn usable(prior: f64) -> f64 {
    if prior.is_finite() { prior.max(FLOOR) } else { FLOOR }
}
