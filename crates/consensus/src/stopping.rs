//! Whether an item is settled, needs one more answer, or is contested.

use crate::majority::first_largest;
use serde::{Deserialize, Serialize};

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
