//! Where speech starts and ends.

use crate::Policy;
use crate::frame::{length_ms, ratio};
use crate::noise::{FRAME_HOP, FRAME_LEN, NoiseProfile};
use crate::resample::RATE_HZ;

/// So many active frames in a row are sound; fewer are a fluctuation of the noise.
const MIN_RUN: usize = 3;

/// First and last sound of a take. Callers who trim leave at least 200 ms on each side: with
/// less the next noise estimate gets worse (95th percentile 1.6 dB at 200 ms, 2.8 at 50).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Start of the first sound in ms from the start of the take.
    pub start_ms: u32,
    /// End of the last sound in ms from the start of the take; equals the start if there is none.
    pub end_ms: u32,
}

impl Bounds {
    /// Where to trim a take of `length_ms`: `margin_ms` before and after the speech, as far as
    /// the take goes; the whole take if there is no speech.
    pub fn trim(self, margin_ms: u32, length_ms: u32) -> Bounds {
        if self == Bounds::default() {
            return Bounds { start_ms: 0, end_ms: length_ms };
        }
        Bounds {
            start_ms: self.start_ms.saturating_sub(margin_ms).min(length_ms),
            end_ms: self.end_ms.saturating_add(margin_ms).min(length_ms),
        }
    }
}

/// The frame power from which on a frame is sound: 0.3 of the highest frame over the noise in
/// dB, between 3 and 9 dB over the noise, and never more than `speech_range_db` below the speech
/// level.
pub fn threshold(profile: &NoiseProfile, policy: &Policy) -> f64 {
    let peak = profile.frame_powers.iter().copied().fold(0.0, f64::max);
    let peak_over_noise_db = 10.0 * (peak / profile.noise_power).max(1.0).log10();
    let over_noise = ratio((0.3 * peak_over_noise_db).clamp(3.0, 9.0)) * profile.noise_power;
    over_noise.max(least_speech_power(profile, policy))
}

/// Finds the speech: from the first to the last run of frames above [`threshold`].
pub fn bounds(profile: &NoiseProfile, policy: &Policy) -> Bounds {
    let threshold = threshold(profile, policy);
    let mut bounds: Option<(usize, usize)> = None;
    let mut frame = 0;
    for run in profile.frame_powers.chunk_by(|a, b| (*a > threshold) == (*b > threshold)) {
        if run[0] > threshold && run.len() >= MIN_RUN {
            let start = bounds.map_or(frame, |(start, _)| start);
            bounds = Some((start, frame + run.len() - 1));
        }
        frame += run.len();
    }
    bounds.map_or_else(Bounds::default, |(first, last)| Bounds {
        start_ms: length_ms(first * FRAME_HOP, RATE_HZ),
        end_ms: length_ms(last * FRAME_HOP + FRAME_LEN, RATE_HZ),
    })
}

fn least_speech_power(profile: &NoiseProfile, policy: &Policy) -> f64 {
    profile.speech_power * ratio(-policy.speech_range_db)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::profile;

    fn burst(from: usize, to: usize, len: usize) -> Vec<f32> {
        (0..len)
            .map(|i| {
                let amplitude = if (from..to).contains(&i) { 0.2 } else { 0.0005 };
                amplitude * (i as f32 * 0.2).sin()
            })
            .collect()
    }

    #[test]
    fn a_burst_is_found_within_a_frame() {
        let profile = profile(&burst(8_000, 16_000, 32_000));
        let bounds = bounds(&profile, &Policy::default());
        assert!(bounds.start_ms.abs_diff(500) <= 20, "{bounds:?}");
        assert!(bounds.end_ms.abs_diff(1000) <= 20, "{bounds:?}");
    }
}
