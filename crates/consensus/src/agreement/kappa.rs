//! κ: agreement beyond chance between two raters, or among as many as each item has.

use crate::crowd::Crowd;
use std::collections::BTreeMap;

/// Cohen's κ of pairs of labels for the same items, the first rater's first.
///
/// J. Cohen, *A Coefficient of Agreement for Nominal Scales* (1960). `None` without pairs, or
/// where chance alone would give full agreement.
pub fn cohen_kappa<L: Ord>(pairs: &[(L, L)]) -> Option<f64> {
    let mut margins: BTreeMap<&L, (f64, f64)> = BTreeMap::new();
    let mut agreed = 0.0;
    for (one, other) in pairs {
        margins.entry(one).or_default().0 += 1.0;
        margins.entry(other).or_default().1 += 1.0;
        agreed += f64::from(u8::from(one == other));
    }
    let all = pairs.len() as f64;
    let chance = margins.values().map(|(one, other)| one * other).sum::<f64>() / (all * all);
    (all > 0.0 && chance < 1.0).then(|| (agreed / all - chance) / (1.0 - chance))
}

/// Fleiss' κ, (P̄ − P̄ₑ)/(1 − P̄ₑ), over the items with two answers or more.
///
/// J. Fleiss, *Measuring Nominal Scale Agreement Among Many Raters* (1971), with the agreement of
/// each item taken among as many answers as it has. `None` where undefined.
pub fn fleiss_kappa(crowd: &Crowd) -> Option<f64> {
    let mut totals = vec![0.0; crowd.classes()];
    let (mut agreement, mut items) = (0.0, 0.0);
    let mut counts = vec![0.0; crowd.classes()];
    for item in (0..crowd.items()).filter(|&item| crowd.answers_of(item) > 1) {
        counts.fill(0.0);
        crowd.votes(item).for_each(|(_, class)| counts[class] += 1.0);
        let all = crowd.answers_of(item) as f64;
        agreement += counts.iter().map(|count| count * (count - 1.0)).sum::<f64>() / (all * (all - 1.0));
        items += 1.0;
        totals.iter_mut().zip(&counts).for_each(|(total, count)| *total += count);
    }
    let all: f64 = totals.iter().sum();
    let chance: f64 = totals.iter().map(|total| (total / all).powi(2)).sum();
    (all > 0.0 && chance < 1.0).then(|| (agreement / items - chance) / (1.0 - chance))
}

/// How two workers agree on the items that both answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The workers' numbers, the smaller first.
    pub workers: (usize, usize),
    /// Items that both answered.
    pub items: usize,
    /// Items on which they agree.
    pub agreed: usize,
    /// Cohen's κ, where defined.
    pub kappa: Option<f64>,
}

/// Every pair of workers with at least `items_min` common items, in order of their numbers.
///
/// An unlikely agreement can betray two accounts of one person; little agreement with everybody,
/// somebody who guesses.
pub fn pairs(crowd: &Crowd, items_min: usize) -> Vec<Pair> {
    let mut common: BTreeMap<(usize, usize), Vec<(usize, usize)>> = BTreeMap::new();
    for item in 0..crowd.items() {
        let votes: Vec<(usize, usize)> = crowd.votes(item).collect();
        for (place, &(one, label)) in votes.iter().enumerate() {
            for &(other, other_label) in votes[place + 1..].iter().filter(|vote| vote.0 != one) {
                common.entry((one, other)).or_default().push((label, other_label));
            }
        }
    }
    let enough = common.into_iter().filter(|(_, labels)| labels.len() >= items_min);
    let pair = |(workers, labels): ((usize, usize), Vec<(usize, usize)>)| Pair {
        workers,
        items: labels.len(),
        agreed: labels.iter().filter(|(one, other)| one == other).count(),
        kappa: cohen_kappa(&labels),
    };
    enough.map(pair).collect()
}
