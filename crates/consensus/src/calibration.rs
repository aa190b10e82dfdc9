//! Probabilities that mean what they say: temperature, expected calibration error, reliability.

use crate::posterior::FLOOR;
use serde::{Deserialize, Serialize};

/// Bins of equal width in a reliability diagram.
pub const BINS: usize = 10;

/// Fewer gold items than this cannot calibrate anything.
pub const GOLD_MIN: usize = 20;

/// Odds against all other classes together beyond which a belief says no more. Models that take
/// workers to err independently reach any odds; without a bound a single gold item on which they
/// are absurdly sure and wrong would decide the temperature alone.
const CLIP: f64 = 1e-4;

/// The search for a temperature stays within these, as logarithms of it.
const LOG_TEMPERATURE: (f64, f64) = (-3.5, 1.5);
/// Halvings of the golden-section search: to about 1e-6 of ln T.
const SEARCH_STEPS: usize = 32;

/// How beliefs become calibrated probabilities, fitted on gold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Weight of each member of a pool; a single 1 for a single method.
    pub weights: Vec<f64>,
    /// p ∝ z^T. Below 1 for beliefs that are too sure, as those of models that take workers to
    /// err independently are.
    pub temperature: f64,
    /// Gold items that it was fitted on.
    pub gold_items: usize,
}

/// Fits weights and temperature on gold by penalised maximum likelihood.
///
/// `members` gives the beliefs of each member about each gold item, `members[gold][member]`, made
/// *without* that gold as evidence, and `truth` the true classes. Minimises the mean negative
/// log likelihood + (6‖w − even‖² + ½ (ln T)²) / n, over weights in quarters; so that little gold
/// moves little. Temperature scaling: C. Guo et al., *On Calibration of Modern Neural Networks*
/// (ICML 2017), §4.2. `None` with fewer than [`GOLD_MIN`] gold items.
pub fn fit(members: &[Vec<&[f64]>], truth: &[usize], even: &[f64]) -> Option<Calibration> {
    let gold_items = members.len().min(truth.len());
    if gold_items < GOLD_MIN {
        return None;
    }
    let mut best: Option<(f64, Calibration)> = None;
    for weights in quarters(even.len()) {
        let mixed: Vec<(Vec<f64>, usize)> =
            members.iter().zip(truth).map(|(member, &truth)| (log_mixture(member, &weights), truth)).collect();
        let distance: f64 = weights.iter().zip(even).map(|(weight, even)| (weight - even).powi(2)).sum();
        let loss = |log_temperature: f64| {
            let likelihood: f64 = mixed.iter().map(|(logs, truth)| surprise(logs, *truth, log_temperature.exp())).sum();
            (likelihood + 6.0 * distance + 0.5 * log_temperature.powi(2)) / gold_items as f64
        };
        let (log_temperature, loss) = golden_section(loss);
        if best.as_ref().is_none_or(|(least, _)| loss < *least) {
            best = Some((loss, Calibration { weights, temperature: log_temperature.exp(), gold_items }));
        }
    }
    best.map(|(_, calibration)| calibration)
}

/// Raises a belief to the power of a temperature and normalises it again, in place.
pub fn temper(belief: &mut [f64], temperature: f64) {
    let clip = clip(belief.len());
    for value in belief.iter_mut() {
        *value = (value.max(clip).ln() * temperature).exp();
    }
    crate::math::probabilities(belief);
}

/// No class of so many is less probable.
fn clip(classes: usize) -> f64 {
    CLIP / classes.saturating_sub(1).max(1) as f64
}

/// All weights on the simplex in steps of a quarter.
fn quarters(members: usize) -> Vec<Vec<f64>> {
    let mut all = vec![Vec::new()];
    for member in 0..members {
        let last = member + 1 == members;
        let extend = |part: Vec<u8>| {
            let left = 4 - part.iter().sum::<u8>();
            let from = if last { left } else { 0 };
            (from..=left).map(move |share| [part.as_slice(), &[share]].concat())
        };
        all = all.into_iter().flat_map(extend).collect();
    }
    all.into_iter().map(|part| part.into_iter().map(|share| f64::from(share) / 4.0).collect()).collect()
}

fn log_mixture(member: &[&[f64]], weights: &[f64]) -> Vec<f64> {
    let classes = member.first().map_or(0, |belief| belief.len());
    let mix = |class: usize| member.iter().zip(weights).map(|(belief, weight)| belief[class] * weight).sum::<f64>();
    (0..classes).map(|class| mix(class).max(clip(classes)).ln()).collect()
}

/// −ln p(truth) with p ∝ exp(T · logs).
fn surprise(logs: &[f64], truth: usize, temperature: f64) -> f64 {
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logs.iter().map(|log| ((log - top) * temperature).exp()).sum();
    sum.ln() - (logs.get(truth).copied().unwrap_or(top + FLOOR.ln()) - top) * temperature
}

/// The minimum of a function with one valley over [`LOG_TEMPERATURE`], and its value there.
fn golden_section(function: impl Fn(f64) -> f64) -> (f64, f64) {
    let ratio = (5_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = LOG_TEMPERATURE;
    for _ in 0..SEARCH_STEPS {
        let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
        if function(left) <= function(right) {
            high = right;
        } else {
            low = left;
        }
    }
    let middle = (low + high) / 2.0;
    (middle, function(middle))
}

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Bin {
    /// Items whose probability fell in the bin.
    pub items: usize,
    /// Their mean probability; 0 when there are none.
    pub confidence: f64,
    /// The share of them that was right; 0 when there are none.
    pub accuracy: f64,
}

/// How far probabilities are from what came true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// By probability of the chosen label, lowest first.
    pub bins: [Bin; BINS],
    /// Expected calibration error: mean |accuracy − confidence| over bins, weighted by items.
    pub ece: f64,
    /// Mean of (probability − right)²: the Brier score of the chosen label.
    pub brier: f64,
    /// Mean negative log probability of whether the chosen label was right.
    pub nll: f64,
}

/// Reliability of (probability of the chosen label, whether it was right) pairs; `None` without any.
pub fn reliability(outcomes: &[(f64, bool)]) -> Option<Reliability> {
    if outcomes.is_empty() {
        return None;
    }
    let mut sums = [(0_usize, 0.0, 0.0); BINS];
    let (mut brier, mut nll) = (0.0, 0.0);
    for &(probability, right) in outcomes {
        let probability = if probability.is_nan() { FLOOR } else { probability.clamp(FLOOR, 1.0 - FLOOR) };
        let hit = f64::from(u8::from(right));
        let bin = &mut sums[((probability * BINS as f64) as usize).min(BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + probability, bin.2 + hit);
        brier += (probability - hit).powi(2);
        nll -= if right { probability.ln() } else { (1.0 - probability).ln() };
    }
    let all = outcomes.len() as f64;
    let bins = sums.map(|(items, confidence, right)| {
        let count = items.max(1) as f64;
        Bin { items, confidence: confidence / count, accuracy: right / count }
    });
    let ece = bins.iter().map(|bin| bin.items as f64 * (bin.accuracy - bin.confidence).abs()).sum::<f64>() / all;
    Some(Reliability { bins, ece, brier: brier / all, nll: nll / all })
}
