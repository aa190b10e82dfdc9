//! Sound that was lost on its way from the microphone: gaps of exact zeros, blocks played twice.

use crate::frame::{finite, length_ms};

/// A gap is at least this long, in ms: the least block that audio systems lose is 128 samples
/// at 48 kHz, 2.7 ms.
const MIN_GAP_MS: f64 = 2.0;

/// The sound around a gap is judged over this, in ms.
const AROUND_MS: f64 = 10.0;

/// A gap breaks off when the sample beside it reaches this share of the peak around.
const BREAK_SHARE: f32 = 0.1;

/// A gap longer than this, in ms, may be the closure of a plosive (p, t, k), which in a synthetic
/// voice is as silent as a loss; it must then break off the loudest sounds on both sides.
const MIN_CLOSURE_MS: f64 = 10.0;

/// A gap longer than this, in ms, is a pause.
const MAX_GAP_MS: f64 = 200.0;

/// The loudest sounds reach this share of the take's peak.
const LOUD_SHARE: f32 = 0.25;

/// Background noise of so many steps of the converter never rests at zero.
const LIVE_STEPS: f64 = 4.0;

/// Gaps in a take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropouts {
    /// How many.
    pub count: u32,
    /// Their lengths together, in ms.
    pub length_ms: u32,
}

/// The least step of the converter that a file of so many bits may hold. A float file may hold
/// 16-bit sound.
fn step(bits: u16) -> f64 {
    2f64.powi(1 - i32::from(bits.clamp(8, 16)))
}

/// Whether a background of this power is too loud to rest at zero, or to repeat itself.
pub fn is_live(noise_power: f64, bits: u16) -> bool {
    noise_power.sqrt() >= LIVE_STEPS * step(bits)
}

/// Finds the gaps inside the sound: runs of exact zeros that break off a wave on both sides, or
/// any at all where the background [`is_live`]. Zeros before the first and after the last sample
/// with sound are no gaps.
pub fn dropouts(samples: &[f32], rate_hz: u32, bits: u16, is_live: bool) -> Dropouts {
    let len = |ms: f64| (f64::from(rate_hz) * ms / 1000.0) as usize;
    let (least, around) = (len(MIN_GAP_MS).max(2), len(AROUND_MS).max(2));
    let loud = LOUD_SHARE * peak(samples);
    let step = step(bits) as f32;
    let mut found = (0, 0);
    let mut start = 0;
    for run in samples.chunk_by(|a, b| (*a == 0.0) == (*b == 0.0)) {
        let end = start + run.len();
        let is_inside = start > 0 && end < samples.len();
        if run[0] == 0.0 && run.len() >= least && is_inside {
            let before: Vec<f32> = samples[start.saturating_sub(around)..start].iter().rev().copied().collect();
            let after = &samples[end..(end + around).min(samples.len())];
            let breaks = breaks_off(&before, step) && breaks_off(after, step);
            let is_closure = run.len() > len(MIN_CLOSURE_MS) && (peak(&before) < loud || peak(after) < loud);
            if is_live || (breaks && !is_closure && run.len() <= len(MAX_GAP_MS)) {
                found = (found.0 + 1, found.1 + run.len());
            }
        }
        start = end;
    }
    Dropouts { count: u32::try_from(found.0).unwrap_or(u32::MAX), length_ms: length_ms(found.1, rate_hz) }
}

/// Whether a wave, told from the gap outwards, ends at once instead of fading.
fn breaks_off(outwards: &[f32], step: f32) -> bool {
    let edge = peak(&outwards[..outwards.len().min(2)]);
    edge >= 16.0 * step && edge >= BREAK_SHARE * peak(outwards)
}

fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, x| peak.max(finite(*x).abs()))
}
