//! `resample-v1`: from the device's rate to 16 kHz.
//!
//! Equal to `scipy.signal.resample_poly(x, up, down, window=h)` with
//! `h = firwin(2 * half + 1, 7600, window=('kaiser', 8.0), fs=fs)`, `fs = rate * up` and
//! `half = 150 * fs / 48000`: flat to 7.2 kHz, −73 dB at 8 kHz. SciPy's own default filter is
//! already 1.9 dB down at 7.5 kHz and lets 8.5 kHz through at −14 dB.

use crate::frame::finite;

/// The rate of every feature and of every measure that needs one rate.
pub const RATE_HZ: u32 = 16_000;

/// Below its highest frequency, 8 kHz, by the width of the filter's slope.
const CUTOFF_HZ: f64 = 7_600.0;

/// Shape of the Kaiser window.
const KAISER_BETA: f64 = 8.0;

/// The rates with a filter of their own are the multiples of this (all usual ones), so that a
/// rate such as 44 101 Hz cannot ask for millions of taps.
const RATE_STEP_HZ: u32 = 25;

/// The rates we can convert. [`crate::wav::decode`] refuses others long before.
const RATES_HZ: std::ops::RangeInclusive<u32> = 8_000..=384_000;

/// Resamples to [`RATE_HZ`]; `ceil(len * 16000 / rate_hz)` samples, without delay. Samples at
/// 16 kHz come back unchanged, except that NaN and infinities become 0.
///
/// A rate outside 8 to 384 kHz counts as the nearest within, any other as the nearest multiple
/// of 25 Hz.
pub fn to_16k(samples: &[f32], rate_hz: u32) -> Vec<f32> {
    let rate_hz = rate_hz.clamp(*RATES_HZ.start(), *RATES_HZ.end());
    let rate_hz = (rate_hz + RATE_STEP_HZ / 2) / RATE_STEP_HZ * RATE_STEP_HZ;
    if rate_hz == RATE_HZ {
        return samples.iter().map(|x| finite(*x)).collect();
    }
    let common = gcd(rate_hz, RATE_HZ);
    let up = (RATE_HZ / common) as usize;
    let down = (rate_hz / common) as usize;
    let bank = Bank::design(rate_hz, up);

    let samples: Vec<f64> = samples.iter().map(|x| f64::from(finite(*x))).collect();
    let len = (samples.len() as u64 * up as u64).div_ceil(down as u64);
    (0..len)
        .map(|i| bank.output(&samples, i * down as u64))
        // Absurd samples may overshoot what f32 holds.
        .map(|y| y.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32)
        .collect()
}

/// The low-pass filter, split into `up` phases (Crochiere & Rabiner, Multirate Digital Signal
/// Processing, §3.3): only taps that meet a real sample are multiplied.
struct Bank {
    up: usize,
    half: usize,
    /// For each phase the taps `phase, phase + up, phase + 2 up, …`, last first, so that they
    /// lie as the samples do.
    phases: Vec<Vec<f64>>,
}

impl Bank {
    fn design(rate_hz: u32, up: usize) -> Bank {
        let fs = f64::from(rate_hz) * up as f64;
        // A whole number: fs is a common multiple of both rates, hence of 320.
        let half = (fs / 320.0).round() as usize;
        // Below 16 kHz the image of the source must go too.
        let cutoff = CUTOFF_HZ.min(0.475 * f64::from(rate_hz)) / (fs / 2.0);
        let taps = low_pass(half, cutoff, up as f64);
        let phase_taps = |phase| {
            let mut taps: Vec<f64> = taps.iter().skip(phase).step_by(up).copied().collect();
            taps.reverse();
            taps
        };
        Bank { up, half, phases: (0..up).map(phase_taps).collect() }
    }

    /// The filtered signal at `place`, counted at `rate * up`.
    fn output(&self, samples: &[f64], place: u64) -> f64 {
        // 64 bits: a place in a long take does not fit into the browser's 32.
        let place = place + self.half as u64;
        let up = self.up as u64;
        let taps = &self.phases[(place % up) as usize];
        let newest = (place / up) as usize;
        // Taps beyond either end of the take would meet nothing.
        let end = (newest + 1).min(samples.len());
        let start = (newest + 1).saturating_sub(taps.len());
        let first_tap = taps.len().saturating_sub(newest + 1);
        dot(&taps[first_tap..], samples.get(start..end).unwrap_or_default())
    }
}

/// The sum of products, as far as the shorter goes. Eight partial sums, because one sum would
/// wait for itself at every step.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let len = a.len().min(b.len()) / 8 * 8;
    for (a, b) in a_chunks.zip(b_chunks) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f64 = a[len..].iter().zip(&b[len..]).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// SciPy's `firwin(2 * half + 1, cutoff, window=('kaiser', 8.0))` with `cutoff` as a share of
/// half the rate, scaled to `gain` at 0 Hz.
fn low_pass(half: usize, cutoff: f64, gain: f64) -> Vec<f64> {
    let edge = bessel_i0(KAISER_BETA);
    let right: Vec<f64> = (0..=half)
        .map(|i| {
            let x = i as f64 / half as f64;
            let window = bessel_i0(KAISER_BETA * (1.0 - x * x).max(0.0).sqrt()) / edge;
            cutoff * sinc(cutoff * i as f64) * window
        })
        .collect();
    let sum = right[0] + 2.0 * right[1..].iter().sum::<f64>();
    let left = right[1..].iter().rev();
    left.chain(&right).map(|tap| tap * gain / sum).collect()
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    let x = std::f64::consts::PI * x;
    x.sin() / x
}

/// The modified Bessel function of the first kind, order 0, by its series (Abramowitz & Stegun,
/// 9.6.12), until the terms no longer count.
fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    let mut k = 1.0;
    while term > f64::EPSILON * 0.1 * sum {
        term *= quarter / (k * k);
        sum += term;
        k += 1.0;
    }
    sum
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_kilohertz_pass_through_unchanged() {
        assert_eq!(to_16k(&[0.25, f32::NAN, -1.0], 16_000), [0.25, 0.0, -1.0]);
    }

    #[test]
    fn a_constant_stays_constant_inside() {
        for rate_hz in [8_000, 22_050, 44_100, 48_000, 96_000, 44_101] {
            let out = to_16k(&vec![0.5; rate_hz as usize / 4], rate_hz);
            assert!(out.len().abs_diff(4000) <= 1, "{rate_hz}: {}", out.len());
            let middle = &out[500..3500];
            assert!(middle.iter().all(|x| (x - 0.5).abs() < 1e-4), "{rate_hz}");
        }
    }

    #[test]
    fn what_16_khz_cannot_hold_is_removed() {
        let tone = |hz: f32| -> Vec<f32> {
            let step = std::f32::consts::TAU * hz / 48_000.0;
            (0..9600).map(|i| (step * i as f32).sin()).collect()
        };
        let peak = |x: &[f32]| x[300..2900].iter().fold(0.0f32, |m, x| m.max(x.abs()));
        assert!(peak(&to_16k(&tone(8_500.0), 48_000)) < 3e-4);
        assert!(peak(&to_16k(&tone(1_000.0), 48_000)) > 0.99);
    }
}
