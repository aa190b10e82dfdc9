//! The pitch of each frame by YIN.
//!
//! De Cheveigné & Kawahara, "YIN, a fundamental frequency estimator for speech and music", JASA
//! 111(4), 2002: the difference function (§II.B), its cumulative mean normalisation (§II.C), the
//! absolute threshold (§II.D) and parabolic interpolation (§II.E), at 8 kHz, which holds every
//! pitch and a quarter of the work.

use crate::frame::{finite, frames};
use crate::resample::RATE_HZ;

/// The lowest and highest pitch that is looked for in Hz: a low man's creak to a child's shout.
pub const RANGE_HZ: (f64, f64) = (60.0, 500.0);

/// The first dip of the normalised difference below this is the period (the paper's threshold is
/// 0.1, for clean speech).
const THRESHOLD: f64 = 0.15;

/// After [`halve`].
const HALF_RATE_HZ: f64 = RATE_HZ as f64 / 2.0;

/// Samples over which the difference is summed: 25 ms, longer than the longest period.
const WINDOW_LEN: usize = 200;

/// Smallest and largest period in samples.
const LAGS: (usize, usize) = ((HALF_RATE_HZ / RANGE_HZ.1) as usize, (HALF_RATE_HZ / RANGE_HZ.0) as usize + 1);

/// Samples that one estimate needs.
const SPAN_LEN: usize = WINDOW_LEN + LAGS.1 + 1;

/// One estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pitch {
    /// The fundamental frequency in Hz, within [`RANGE_HZ`]; 0 where there is nothing to estimate.
    pub hz: f64,
    /// 1 for a perfectly periodic sound, 0 for none: 1 less the normalised difference.
    pub periodicity: f64,
}

/// Estimates the pitch around each of `centres`, places in samples at 16 kHz. Near an edge the
/// nearest span inside counts; of samples shorter than a span (42 ms) nothing is known.
pub fn track(samples: &[f32], centres: impl Iterator<Item = usize>) -> Vec<Pitch> {
    let halved = halve(samples);
    let estimate = |centre: usize| {
        let last = halved.len().checked_sub(SPAN_LEN)?;
        let start = (centre / 2).saturating_sub(SPAN_LEN / 2).min(last);
        Some(estimate(&halved[start..start + SPAN_LEN]))
    };
    centres.map(|centre| estimate(centre).unwrap_or_default()).collect()
}

/// Every second sample of the mean of four, twice: at 8 kHz, what would fold below 1.5 kHz is 22 dB
/// down and more, and sharp harmonics weigh less.
fn halve(samples: &[f32]) -> Vec<f64> {
    const WEIGHTS: [f64; 7] = [1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 1.0];
    // Three zeros on each side keep the places.
    let margin = || std::iter::repeat_n(0.0, WEIGHTS.len() / 2);
    let padded: Vec<f64> = margin().chain(samples.iter().map(|x| f64::from(finite(*x)))).chain(margin()).collect();
    frames(&padded, WEIGHTS.len(), 2).map(|x| x.iter().zip(WEIGHTS).map(|(x, w)| x * w).sum::<f64>() / 16.0).collect()
}

/// The pitch in [`SPAN_LEN`] samples.
fn estimate(span: &[f64]) -> Pitch {
    let normalised = normalised_differences(span);
    let (low, high) = LAGS;
    let is_dip = |lag: usize| normalised[lag] <= normalised[lag - 1] && normalised[lag] < normalised[lag + 1];
    let first_dip = (low..=high).find(|&lag| normalised[lag] < THRESHOLD && is_dip(lag));
    let deepest = || (low..=high).min_by(|a, b| normalised[*a].total_cmp(&normalised[*b])).unwrap_or(low);
    let lag = first_dip.unwrap_or_else(deepest);
    let (before, at, after) = (normalised[lag - 1], normalised[lag], normalised[lag + 1]);
    let curvature = before - 2.0 * at + after;
    let offset = if curvature > 0.0 { (0.5 * (before - after) / curvature).clamp(-0.5, 0.5) } else { 0.0 };
    let hz = (HALF_RATE_HZ / (lag as f64 + offset)).clamp(RANGE_HZ.0, RANGE_HZ.1);
    Pitch { hz, periodicity: (1.0 - at).clamp(0.0, 1.0) }
}

/// `d'(τ)` for τ from 0 to the largest lag and one more; 1 where there is no sound.
fn normalised_differences(span: &[f64]) -> Vec<f64> {
    let mut sum = 0.0;
    let rest = (1..=LAGS.1 + 1).map(|lag| {
        let difference = squared_difference(&span[..WINDOW_LEN], &span[lag..lag + WINDOW_LEN]);
        sum += difference;
        if sum > 0.0 { difference * lag as f64 / sum } else { 1.0 }
    });
    std::iter::once(1.0).chain(rest).collect()
}

/// The sum of the squared differences, in four sums that the processor can keep side by side.
fn squared_difference(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 4];
    for (a, b) in a.chunks_exact(4).zip(b.chunks_exact(4)) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += (a - b) * (a - b);
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, harmonics: u32) -> Vec<f32> {
        let step = std::f64::consts::TAU * hz / f64::from(RATE_HZ);
        let sample =
            |i: usize| (1..=harmonics).map(|k| (step * f64::from(k) * i as f64).sin() / f64::from(k)).sum::<f64>();
        (0..16_000).map(|i| 0.2 * sample(i) as f32).collect()
    }

    fn middle(samples: &[f32]) -> Pitch {
        track(samples, std::iter::once(8_000))[0]
    }

    #[test]
    fn tones_and_harmonic_sounds_have_their_pitch() {
        for hz in [65.0, 82.4, 110.0, 220.0, 311.1, 440.0, 490.0] {
            for harmonics in [1, 5, 20] {
                let pitch = middle(&tone(hz, harmonics));
                assert!((pitch.hz - hz).abs() < 0.005 * hz, "{hz} Hz with {harmonics}: {pitch:?}");
                assert!(pitch.periodicity > 0.98, "{hz} Hz with {harmonics}: {pitch:?}");
            }
        }
    }

    #[test]
    fn a_pitch_is_there_without_its_fundamental() {
        let sound: Vec<f32> = tone(400.0, 1).iter().zip(tone(600.0, 1)).map(|(a, b)| a + b).collect();
        assert!((middle(&sound).hz - 200.0).abs() < 1.0, "{:?}", middle(&sound));
    }

    #[test]
    fn noise_and_nothing_are_not_periodic() {
        assert_eq!(middle(&[0.0; 16_000]).periodicity, 0.0);
        assert_eq!(middle(&[]), Pitch::default());
        // A multiplicative hash of the place (Knuth, The Art of Computer Programming, §6.4).
        let noise: Vec<f32> =
            (0u32..16_000).map(|i| ((i * i).wrapping_mul(2_654_435_761) as i32) as f32 / 2f32.powi(31)).collect();
        assert!(middle(&noise).periodicity < 0.5, "{:?}", middle(&noise));
    }
}
