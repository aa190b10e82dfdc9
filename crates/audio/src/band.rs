//! Whether the treble is there: telephone-quality sound, upsampled from 8 kHz, has none.

use crate::fft::PowerSpectrum;
use crate::frame::{FLOOR_DB, frames};
use crate::noise::NoiseProfile;
use crate::resample::RATE_HZ;

/// Samples in a frame: 32 ms.
const FRAME_LEN: usize = 512;

/// Samples from frame to frame: 16 ms.
const FRAME_HOP: usize = 256;

/// The voice as the telephone carries it, in Hz.
const VOICE_HZ: (f64, f64) = (300.0, 3_400.0);

/// What the telephone does not carry, in Hz, as far as the resampling filter lets it through.
const TREBLE_HZ: (f64, f64) = (4_300.0, 7_600.0);

/// The treble of the most treble-rich sounds against their voice band, in dB: the 95th
/// percentile over all frames louder than `threshold`. Hissing and bursting sounds have as much
/// treble as voice, so that one in the word is enough. `None` if nothing is loud enough.
pub fn treble_db(profile: &NoiseProfile, threshold: f64) -> Option<f64> {
    let mut spectrum = PowerSpectrum::new(FRAME_LEN);
    let window: Vec<f64> =
        (0..FRAME_LEN).map(|i| 0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / FRAME_LEN as f64).cos()).collect();
    let ratios: Vec<f64> = frames(&profile.samples, FRAME_LEN, FRAME_HOP)
        .filter(|frame| crate::frame::power(frame) > threshold)
        .map(|frame| {
            let windowed: Vec<f64> = frame.iter().zip(&window).map(|(x, w)| x * w).collect();
            let powers = spectrum.power(&windowed);
            band(powers, TREBLE_HZ) / band(powers, VOICE_HZ)
        })
        .filter(|ratio| ratio.is_finite())
        .collect();
    let ratios = crate::frame::sorted(ratios);
    let place = (ratios.len() * 95).div_ceil(100).checked_sub(1)?;
    Some((10.0 * ratios[place].log10()).max(FLOOR_DB))
}

fn band(powers: &[f64], (low_hz, high_hz): (f64, f64)) -> f64 {
    let bin = |hz: f64| (hz * FRAME_LEN as f64 / f64::from(RATE_HZ)).round() as usize;
    powers[bin(low_hz)..=bin(high_hz)].iter().sum()
}
