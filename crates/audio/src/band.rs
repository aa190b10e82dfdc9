//! Sound in frequency bands: the ground for [`crate::cut`], and whether the treble is there.

use crate::fft::PowerSpectrum;
use crate::frame::{FLOOR_DB, frames, sorted};
use crate::noise::{FRAME_HOP, FRAME_LEN, NoiseProfile};
use crate::resample::RATE_HZ;

/// Samples in a transform.
const FFT_LEN: usize = 512;

/// The edges of the bands in Hz. The telephone carries 300 to 3400 Hz; the resampling filter
/// falls off from 7600 Hz on.
const EDGES_HZ: [f64; BANDS + 1] = [100.0, 300.0, 900.0, 1_800.0, 3_400.0, 4_300.0, 7_600.0];

/// How many bands there are.
pub(crate) const BANDS: usize = 6;

/// Mean power in each band, full scale being 1.
pub(crate) type Bands = [f64; BANDS];

/// Splits frames of [`FRAME_LEN`] samples at 16 kHz into bands.
pub(crate) struct Splitter {
    spectrum: PowerSpectrum,
    /// Hann, scaled so that the bands of a frame add up to its mean power.
    window: Vec<f64>,
    input: Vec<f64>,
}

impl Splitter {
    pub(crate) fn new() -> Splitter {
        let turn = std::f64::consts::TAU / FRAME_LEN as f64;
        let hann: Vec<f64> = (0..FRAME_LEN).map(|i| 0.5 - 0.5 * (turn * (i as f64 + 0.5)).cos()).collect();
        let energy: f64 = hann.iter().map(|w| w * w).sum();
        // Only half of the spectrum is looked at.
        let scale = (2.0 / (FFT_LEN as f64 * energy)).sqrt();
        let window = hann.iter().map(|w| w * scale).collect();
        Splitter { spectrum: PowerSpectrum::new(FFT_LEN), window, input: vec![0.0; FRAME_LEN] }
    }

    pub(crate) fn split(&mut self, frame: &[f64]) -> Bands {
        for ((slot, x), weight) in self.input.iter_mut().zip(frame).zip(&self.window) {
            *slot = x * weight;
        }
        let powers = self.spectrum.power(&self.input);
        let bin = |hz: f64| (hz * FFT_LEN as f64 / f64::from(RATE_HZ)).round() as usize;
        std::array::from_fn(|band| powers[bin(EDGES_HZ[band])..bin(EDGES_HZ[band + 1])].iter().sum())
    }

    /// The bands of every frame of a take, as [`NoiseProfile::frame_powers`] has them.
    pub(crate) fn split_all(&mut self, profile: &NoiseProfile) -> Vec<Bands> {
        frames(&profile.samples, FRAME_LEN, FRAME_HOP).map(|frame| self.split(frame)).collect()
    }
}

/// The treble, 4.3 to 7.6 kHz, of the most treble-rich sounds against their voice band, 0.3 to
/// 3.4 kHz, in dB: the 95th percentile over all frames louder than `threshold`. Hissing and
/// bursting sounds have as much treble as voice, so that one in the word is enough. `None` if
/// nothing is loud enough.
pub(crate) fn treble_db(profile: &NoiseProfile, bands: &[Bands], threshold: f64) -> Option<f64> {
    let loud = profile.frame_powers.iter().zip(bands).filter(|(power, _)| **power > threshold);
    let ratios: Vec<f64> =
        loud.map(|(_, bands)| bands[5] / (bands[1] + bands[2] + bands[3])).filter(|ratio| ratio.is_finite()).collect();
    let ratios = sorted(&ratios);
    let place = (ratios.len() * 95).div_ceil(100).checked_sub(1)?;
    Some((10.0 * ratios[place].log10()).max(FLOOR_DB))
}
