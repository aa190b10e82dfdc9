//! How near the speaker was: a room blurs the falls of a distant voice.

use crate::Policy;
use crate::noise::{FRAME_HOP, NoiseProfile};
use crate::resample::RATE_HZ;

/// Frames over which the fall is measured: 80 ms.
const LAG: usize = RATE_HZ as usize * 80 / 1000 / FRAME_HOP;

/// Falls start within this of the loudest frame, in dB.
const START_RANGE_DB: f64 = 15.0;

/// The steepest falls of the speech within 80 ms, in dB: the 95th percentile over the frames
/// within 15 dB of the loudest, noise subtracted. Near voices give 12 to 21, far ones 8 to 11.
/// `None` below `decay_snr_db`, where the noise hides the fall, or without such frames.
pub fn decay_db(profile: &NoiseProfile, policy: &Policy) -> Option<f64> {
    if profile.snr_db() < policy.decay_snr_db {
        return None;
    }
    let noise = profile.noise_power;
    let over: Vec<f64> = profile.frame_powers.iter().map(|p| (p - noise).max(0.1 * noise)).collect();
    let loudest = over.iter().copied().fold(0.0, f64::max);
    let least = loudest * crate::frame::ratio(-START_RANGE_DB);
    let falls: Vec<f64> =
        over.iter().zip(over.iter().skip(LAG)).filter(|(start, _)| **start >= least).map(|(a, b)| a / b).collect();
    let falls = crate::frame::sorted(&falls);
    let place = (falls.len() * 95).div_ceil(100).checked_sub(1)?;
    Some(10.0 * falls[place].log10())
}
