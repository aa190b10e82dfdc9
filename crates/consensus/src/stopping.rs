//! Whether an item is settled, needs one more answer, or is contested.

use crate::majority::first_largest;
use crate::worth::NextAnswer;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What should happen to an item now.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// Sure enough: this is the verdict.
    Settled {
        /// Index of the class, from 0.
        label: usize,
        /// Its probability.
        probability: f64,
    },
    /// Not sure enough yet, and another answer is allowed.
    AskOneMore,
    /// Not sure enough, and no further answer is allowed: a reviewer decides.
    Contested {
        /// Index of the most probable class, from 0.
        label: usize,
        /// Its probability; 0 when there are no classes.
        probability: f64,
    },
}

/// The stopping rule for an item with this `posterior` (one probability per class).
///
/// `answers` counts everything that came back, abstentions included, so that an item on which
/// everybody abstains ends with a reviewer instead of going round for ever. Settled when at
/// least `wanted` answers are in and the largest probability reaches `threshold`; otherwise one
/// more is asked for while fewer than `max` (or `wanted`, if that is larger) are in. Of equally
/// probable classes the first is taken. A `threshold` that is not a number is never reached.
pub fn decide(posterior: &[f64], answers: u32, wanted: u32, max: u32, threshold: f64) -> Decision {
    let (label, probability) = first_largest(posterior).unwrap_or((0, 0.0));
    if !posterior.is_empty() && answers >= wanted && probability >= threshold {
        Decision::Settled { label, probability }
    } else if answers < max.max(wanted) {
        Decision::AskOneMore
    } else {
        Decision::Contested { label, probability }
    }
}

/// Nobody is paid, and nothing released, on the word of one person.
pub const INDEPENDENT_MIN: u32 = 2;

/// When to stop asking about the items of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Probability that settles an item.
    pub threshold: f64,
    /// Independent answers wanted at least; fewer than [`INDEPENDENT_MIN`] count as that.
    pub at_least: u32,
    /// Answers after which an unsettled item is contested.
    pub at_most: u32,
    /// Wrong labels that an answer must be expected to avert to be worth asking for: 0.01 is one
    /// in a hundred answers. At 0 whatever is not settled is asked about to the most.
    pub worth: f64,
}

impl Default for Policy {
    /// 0.98, at least 2, at most 9, worth 0.01.
    fn default() -> Self {
        Self { threshold: 0.98, at_least: 2, at_most: 9, worth: 0.01 }
    }
}

impl Policy {
    /// Answers that every item gets.
    pub fn at_least(&self) -> u32 {
        self.at_least.max(INDEPENDENT_MIN)
    }

    /// Answers that no item exceeds.
    pub fn at_most(&self) -> u32 {
        self.at_most.max(self.at_least())
    }

    /// [`decide`] by this policy. `answers` counts different people.
    pub fn decide(&self, posterior: &[f64], answers: u32) -> Decision {
        decide(posterior, answers, self.at_least(), self.at_most(), self.threshold)
    }

    /// Whether an item with so many `answers`, which [`Policy::decide`] has not settled, is worth
    /// the `next` one. Where people contradict each other for ever, or where no answer that is
    /// still allowed could turn the label, it is not: a reviewer sees it, and the money is better
    /// spent elsewhere. Up to the least number of answers it always is.
    pub fn is_worth(&self, posterior: &[f64], answers: u32, next: &NextAnswer) -> bool {
        let leading = first_largest(posterior).map_or(0.0, |(_, probability)| probability);
        let left = self.at_most().saturating_sub(answers);
        left > 0 && (answers < self.at_least() || self.worth <= 0.0 || next.gain(leading, left, self.worth) >= 0.0)
    }

    /// Whether an item that could be settled is asked to the most all the same, so that a batch
    /// has a sample which early stopping has not chosen: an unbiased audit of the settled ones.
    ///
    /// The choice depends on `item` and the secret `key` alone (SHA-256 of both), so that it can
    /// be repeated, and cannot be foreseen without the key. About `share` of all items, 0.03 to
    /// 0.05 as a rule.
    pub fn audits(key: &[u8], item: &str, share: f64) -> bool {
        let digest = Sha256::new().chain_update(key).chain_update(item.as_bytes()).finalize();
        let number = digest.iter().take(8).fold(0_u64, |number, &byte| number << 8 | u64::from(byte));
        (number as f64) < share * 2_f64.powi(64)
    }

    /// Which items to ask about next when only `budget` answers can still be paid for.
    ///
    /// `items` are posteriors with the answers so far. First come those below the least number of
    /// answers, then the unsettled ones, the least certain first; settled and contested ones never.
    /// Each item appears at most once: its next answer changes what is worth asking.
    pub fn worth_asking(&self, items: &[(&[f64], u32)], budget: usize) -> Vec<usize> {
        let certainty = |posterior: &[f64]| first_largest(posterior).map_or(0.0, |(_, probability)| probability);
        let mut open: Vec<(bool, f64, usize)> = items
            .iter()
            .enumerate()
            .filter(|(_, (posterior, answers))| self.decide(posterior, *answers) == Decision::AskOneMore)
            .map(|(item, (posterior, answers))| (*answers >= self.at_least(), certainty(posterior), item))
            .collect();
        open.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        open.into_iter().take(budget).map(|(_, _, item)| item).collect()
    }
}
