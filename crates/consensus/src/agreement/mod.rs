//! How well annotators agree, beyond what chance would give.

mod alpha;
mod kappa;

pub use alpha::{Scale, alpha, alpha_interval, numeric_alpha};
pub use kappa::{Pair, cohen_kappa, fleiss_kappa, pairs};

use std::collections::BTreeMap;

/// Krippendorff's α for nominal labels, from (item, rater, label) triples.
///
/// 1 is full agreement, 0 what chance gives, below 0 systematic disagreement. Any number of
/// raters per item; items with fewer than two answers say nothing and are left out. A rater's
/// later answer to the same item replaces the earlier one; otherwise order does not matter.
/// `None` where α is undefined: no item has two answers, or only one label was ever used.
///
/// K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), §C: nominal data, any
/// number of observers, missing data. α describes how hard the question was, not how right the
/// consensus is, so it should not decide whether data are released.
pub fn krippendorff_alpha<I, R, L>(answers: &[(I, R, L)]) -> Option<f64>
where
    I: Ord,
    R: Ord,
    L: Ord,
{
    let latest: BTreeMap<(&I, &R), &L> = answers.iter().map(|(item, rater, label)| ((item, rater), label)).collect();
    let mut items: BTreeMap<&I, BTreeMap<&L, u64>> = BTreeMap::new();
    for ((item, _), label) in latest {
        *items.entry(item).or_default().entry(label).or_default() += 1;
    }

    let mut observed = 0.0;
    let mut totals: BTreeMap<&L, u64> = BTreeMap::new();
    for counts in items.values() {
        let answers: u64 = counts.values().sum();
        if answers < 2 {
            continue;
        }
        observed += disagreeing_pairs(counts) / (answers - 1) as f64;
        for (label, count) in counts {
            *totals.entry(label).or_default() += count;
        }
    }

    let pairable: u64 = totals.values().sum();
    let expected = disagreeing_pairs(&totals) / pairable.saturating_sub(1) as f64;
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// Ordered pairs of answers with different labels.
fn disagreeing_pairs<L>(counts: &BTreeMap<&L, u64>) -> f64 {
    let all: u64 = counts.values().sum();
    counts.values().map(|&count| count as f64 * (all - count) as f64).sum()
}
