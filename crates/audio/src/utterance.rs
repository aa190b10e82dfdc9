//! How often somebody spoke: runs of sound between pauses.

use crate::Policy;
use crate::frame::{length_ms, ratio};
use crate::noise::{FRAME_HOP, FRAME_LEN, NoiseProfile};
use crate::resample::RATE_HZ;
use crate::speech::threshold;

/// Less sound than this, in ms, is a click or a bump.
const MIN_SOUND_MS: u32 = 80;

/// An utterance reaches within this of the loudest sound, in dB: further down is breath, a
/// chair, or somebody in the next room.
const RANGE_DB: f64 = 20.0;

/// Counts the utterances: sound for at least 80 ms, within 20 dB of the loudest, with pauses of
/// `utterance_gap_ms` between them.
pub fn count(profile: &NoiseProfile, policy: &Policy) -> u32 {
    let threshold = threshold(profile, policy);
    let loudest = profile.frame_powers.iter().copied().fold(0.0, f64::max);
    let mut utterances = Vec::new();
    let mut current = Utterance::default();
    let mut pause = 0;
    for power in &profile.frame_powers {
        if *power > threshold {
            if pause_ms(pause) >= policy.utterance_gap_ms {
                utterances.push(std::mem::take(&mut current));
            }
            pause = 0;
            current.frames += 1;
            current.peak = current.peak.max(*power);
        } else {
            pause += 1;
        }
    }
    utterances.push(current);
    let is_speech = |utterance: &&Utterance| {
        length_ms(utterance.frames * FRAME_HOP, RATE_HZ) >= MIN_SOUND_MS && utterance.peak > loudest * ratio(-RANGE_DB)
    };
    utterances.iter().filter(is_speech).count() as u32
}

/// The silence of so many quiet frames between two loud ones, which overlap it.
fn pause_ms(frames: usize) -> u32 {
    length_ms((frames * FRAME_HOP).saturating_sub(FRAME_LEN - FRAME_HOP), RATE_HZ)
}

#[derive(Default)]
struct Utterance {
    frames: usize,
    peak: f64,
}
