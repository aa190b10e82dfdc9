//! Several numbers for an item in, one out: the median, weighted by how precise people are.

use crate::agreement::{Scale, numeric_alpha};

/// Residuals of the crowd's mean precision that everybody is believed to have had before the
/// first: heavy, because on public numeric sets only heavy shrinkage matched the plain mean.
const PRIOR_ANSWERS: f64 = 100.0;
/// Residuals beyond so many standard deviations count as that far only.
const CLIP: f64 = 2.0;
/// Rounds of estimating and weighing.
const ROUNDS: usize = 3;
/// From a median absolute deviation to a standard deviation, for normal errors.
const MAD_TO_SD: f64 = 1.4826;

/// One person's number for one item; items and workers are numbers from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figure {
    /// What was asked about.
    pub item: usize,
    /// Who answered.
    pub worker: usize,
    /// What they said; not finite counts as no answer.
    pub value: f64,
}

/// The consensus on one item.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The weighted median.
    pub value: f64,
    /// Weighted median absolute deviation of the answers from it, scaled to a standard deviation.
    pub spread: f64,
    /// Probability that the truth is within one crowd-wide standard deviation of an answer.
    pub confidence: f64,
    /// Answers that it rests on.
    pub answers: usize,
}

/// What the numbers told.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimates {
    /// One per item up to the largest number; `None` where nobody gave a number.
    pub items: Vec<Option<Estimate>>,
    /// Standard deviation of each worker's answers around the estimates, drawn towards the mean.
    pub deviations: Vec<f64>,
    /// Krippendorff's α for intervals; `None` where undefined.
    pub alpha: Option<f64>,
}

/// The weighted median of (value, weight) pairs: the smallest value that has half the weight at
/// or below it, or the middle of two if exactly half ends there. Values that are not finite and
/// weights that are not positive are left out; `None` if nothing is left.
pub fn weighted_median(values: &[(f64, f64)]) -> Option<f64> {
    let mut sorted: Vec<(f64, f64)> = values
        .iter()
        .copied()
        .filter(|(value, weight)| value.is_finite() && *weight > 0.0 && weight.is_finite())
        .collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let half = sorted.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut below = 0.0;
    for (place, (value, weight)) in sorted.iter().enumerate() {
        below += weight;
        if (below - half).abs() <= 1e-12 * half {
            let next = sorted.get(place + 1).map_or(*value, |next| next.0);
            return Some(value + (next - value) / 2.0);
        }
        if below > half {
            return Some(*value);
        }
    }
    None
}

/// Combines numbers; each worker weighs 1/σ², their variance drawn towards the crowd's.
pub fn estimate(figures: &[Figure]) -> Estimates {
    let mut sorted: Vec<&Figure> = figures.iter().filter(|figure| figure.value.is_finite()).collect();
    sorted.sort_by(|a, b| (a.item, a.worker).cmp(&(b.item, b.worker)).then(a.value.total_cmp(&b.value)));
    let items = figures.iter().map(|figure| figure.item + 1).max().unwrap_or(0);
    let workers = figures.iter().map(|figure| figure.worker + 1).max().unwrap_or(0);
    let mut deviations = vec![1.0; workers];
    let mut medians = vec![None; items];
    let mut crowd_deviation = 1.0;
    for _ in 0..ROUNDS {
        for group in sorted.chunk_by(|a, b| a.item == b.item) {
            medians[group[0].item] = weighted_median(&weighted(group, &deviations));
        }
        let residual = |figure: &Figure| medians[figure.item].map_or(0.0, |median| figure.value - median);
        let squares: f64 = sorted.iter().map(|figure| residual(figure).powi(2)).sum();
        crowd_deviation = (squares / sorted.len().max(1) as f64).sqrt().clamp(1e-9, 1e300);
        let mut sums = vec![(PRIOR_ANSWERS * crowd_deviation.powi(2), PRIOR_ANSWERS); workers];
        for figure in &sorted {
            let clipped = residual(figure).abs().min(CLIP * crowd_deviation);
            sums[figure.worker].0 += clipped.powi(2);
            sums[figure.worker].1 += 1.0;
        }
        deviations = sums.into_iter().map(|(squares, count)| (squares / count).sqrt().max(1e-9)).collect();
    }
    let mut estimates = vec![None; items];
    for group in sorted.chunk_by(|a, b| a.item == b.item) {
        let item = group[0].item;
        estimates[item] = medians[item].map(|value| {
            let weighted = weighted(group, &deviations);
            let off: Vec<(f64, f64)> = weighted.iter().map(|(v, weight)| ((v - value).abs(), *weight)).collect();
            let spread = MAD_TO_SD * weighted_median(&off).unwrap_or(0.0);
            let precision: f64 = weighted.iter().map(|(_, weight)| weight).sum();
            // The larger of what workers' records and what this item's answers say about the error.
            let error = (1.0 / precision.sqrt()).max(spread / (group.len() as f64).sqrt());
            let confidence = normal_within(crowd_deviation / error).clamp(1e-9, 1.0 - 1e-9);
            Estimate { value, spread, confidence, answers: group.len() }
        });
    }
    let alpha = numeric_alpha(sorted.iter().map(|figure| (figure.item, figure.value)), Scale::Interval);
    Estimates { items: estimates, deviations, alpha }
}

fn weighted(group: &[&Figure], deviations: &[f64]) -> Vec<(f64, f64)> {
    group.iter().map(|figure| (figure.value, deviations[figure.worker].powi(-2))).collect()
}

/// Probability that a standard normal number is within ±z: erf(z/√2) by Abramowitz & Stegun, 7.1.26.
fn normal_within(z: f64) -> f64 {
    let x = z.max(0.0) / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series =
        t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
    1.0 - series * (-x * x).exp()
}
