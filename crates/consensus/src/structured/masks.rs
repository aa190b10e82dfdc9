//! Masks of images or time frames: STAPLE.

use std::collections::BTreeMap;

/// Iterations, and the change of a probability below which they end.
const ITERATIONS: usize = 100;
const STILL: f64 = 1e-6;
/// Sensitivity and specificity before the first iteration, and their pseudo-pixels: with few
/// pixels nobody is perfect, nor are all wrong together.
const FIRST: f64 = 0.9;
const PRIOR: (f64, f64) = (9.0, 1.0);

/// The consensus on one mask.
#[derive(Debug, Clone, PartialEq)]
pub struct Mask {
    /// Probability of each pixel, in (0, 1).
    pub probabilities: Vec<f64>,
    /// Pixels more probable than not.
    pub pixels: Vec<bool>,
    /// How surely the decided pixels are right, on average.
    pub confidence: f64,
    /// Mean Dice coefficient between the result and each worker's mask.
    pub agreement: f64,
    /// Each worker's (sensitivity, specificity).
    pub workers: Vec<(f64, f64)>,
}

/// Combines masks of the same size; pixels beyond the shortest mask are left out. `None` without masks.
///
/// S. Warfield, K. Zou & W. Wells, *Simultaneous Truth and Performance Level Estimation* (IEEE
/// TMI 2004), §II, with a Beta prior on sensitivity and specificity; pixels are independent and
/// their prior is the mean share of marked pixels. Pixels that everybody marked alike are
/// computed once, so that the time depends on how people differ, not on the size of the image.
pub fn staple(masks: &[&[bool]]) -> Option<Mask> {
    let size = masks.iter().map(|mask| mask.len()).min()?;
    let mut patterns: BTreeMap<Vec<u64>, (usize, f64)> = BTreeMap::new();
    let pattern = |pixel: usize| {
        let mut bits = vec![0_u64; masks.len().div_ceil(64)];
        masks.iter().enumerate().filter(|(_, mask)| mask[pixel]).for_each(|(w, _)| bits[w / 64] |= 1 << (w % 64));
        bits
    };
    let of_pixel: Vec<Vec<u64>> = (0..size).map(pattern).collect();
    of_pixel.iter().for_each(|bits| patterns.entry(bits.clone()).or_insert((0, 0.5)).0 += 1);
    let marked = |bits: &[u64], worker: usize| bits[worker / 64] >> (worker % 64) & 1 == 1;
    let votes: usize = masks.iter().map(|mask| mask[..size].iter().filter(|pixel| **pixel).count()).sum();
    let prior = ((votes as f64 + 0.5) / ((size * masks.len()) as f64 + 1.0)).clamp(1e-9, 1.0 - 1e-9);
    let mut workers = vec![(FIRST, FIRST); masks.len()];
    for _ in 0..ITERATIONS {
        let mut change = 0.0_f64;
        for (bits, (_, probability)) in &mut patterns {
            let mut log_odds = (prior / (1.0 - prior)).ln();
            for (worker, (sensitivity, specificity)) in workers.iter().enumerate() {
                log_odds += if marked(bits, worker) {
                    (sensitivity / (1.0 - specificity)).ln()
                } else {
                    ((1.0 - sensitivity) / specificity).ln()
                };
            }
            let new = (1.0 / (1.0 + (-log_odds).exp())).clamp(1e-9, 1.0 - 1e-9);
            change = change.max((new - *probability).abs());
            *probability = new;
        }
        for (worker, rates) in workers.iter_mut().enumerate() {
            let (mut hit, mut inside, mut kept, mut outside) = (PRIOR.0, PRIOR.0 + PRIOR.1, PRIOR.0, PRIOR.0 + PRIOR.1);
            for (bits, &(count, probability)) in &patterns {
                let (foreground, background) = (probability * count as f64, (1.0 - probability) * count as f64);
                inside += foreground;
                outside += background;
                if marked(bits, worker) {
                    hit += foreground;
                } else {
                    kept += background;
                }
            }
            *rates = (hit / inside, kept / outside);
        }
        if change < STILL {
            break;
        }
    }
    let probabilities: Vec<f64> = of_pixel.iter().map(|bits| patterns[bits].1).collect();
    let pixels: Vec<bool> = probabilities.iter().map(|p| *p > 0.5).collect();
    let confidence = probabilities.iter().map(|p| p.max(1.0 - p)).sum::<f64>() / size.max(1) as f64;
    let agreement = masks.iter().map(|mask| dice(mask, &pixels)).sum::<f64>() / masks.len() as f64;
    Some(Mask { probabilities, pixels, confidence, agreement, workers })
}

/// Dice's coefficient, 2|A ∩ B| / (|A| + |B|); 1 for two empty masks.
pub fn dice(one: &[bool], other: &[bool]) -> f64 {
    let both = one.iter().zip(other).filter(|(a, b)| **a && **b).count();
    let sizes = [one, other].map(|mask| mask.iter().filter(|pixel| **pixel).count());
    if sizes == [0, 0] { 1.0 } else { 2.0 * both as f64 / (sizes[0] + sizes[1]) as f64 }
}
