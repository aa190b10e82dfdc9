//! Integrated loudness: ITU-R BS.1770-4 with the gates of EBU R128.

use crate::frame::finite;

/// The absolute gate in LUFS: nothing quieter counts.
pub const GATE_LUFS: f64 = -70.0;

/// The rates at which the meter's filters are exact enough; others are measured at 16 kHz.
pub const RATES_HZ: std::ops::RangeInclusive<u32> = 8_000..=192_000;

/// The integrated loudness of mono samples at `rate_hz` in LUFS, from −70 up; `None` below
/// 400 ms, the length of one measuring block, or at a rate outside [`RATES_HZ`].
pub fn integrated_lufs(samples: &[f32], rate_hz: u32) -> Option<f64> {
    if !RATES_HZ.contains(&rate_hz) || samples.len() < (rate_hz as usize / 10) * 4 {
        return None;
    }
    let mut meter = bs1770::ChannelLoudnessMeter::new(rate_hz);
    // Files hold −1..1; absurd samples must not overflow the meter's f32.
    meter.push(samples.iter().map(|x| finite(*x).clamp(-8.0, 8.0)));
    let power = bs1770::gated_mean(meter.as_100ms_windows());
    Some(f64::from(power.loudness_lkfs()).max(GATE_LUFS))
}
