//! `logmel-v1` and `mfcc-v1`: the released features.
//!
//! The same numbers as librosa 0.11 and torchaudio with
//! `sr=16000, n_fft=512, win_length=480, hop_length=160, window='hann', center=False, power=2.0,
//! n_mels=40, fmin=20, fmax=8000, htk=True, norm=None`, 80 dB below the clip's maximum at most:
//! parameters at which the two libraries agree. Calculated in f64, given as f32.

use std::f64::consts::PI;
use std::sync::LazyLock;

use crate::fft::PowerSpectrum;
use crate::frame::{finite, frames};
use crate::resample::dot;

/// Samples in a transform.
pub(crate) const FFT_LEN: usize = 512;

/// Samples under the window, centred in the transform.
const WINDOW_LEN: usize = 480;

/// Samples from frame to frame.
pub(crate) const HOP_LEN: usize = 160;

/// Mel bands, and cosine coefficients.
const ROWS: usize = 40;

/// Lower edge of the lowest and upper edge of the highest band in Hz.
const MEL_RANGE_HZ: (f64, f64) = (20.0, 8_000.0);

/// The least power, −100 dB (librosa's `amin`).
const MIN_POWER: f64 = 1e-10;

/// Everything further below the clip's maximum is raised to this distance (librosa's `top_db`).
const RANGE_DB: f64 = 80.0;

/// Calculated once: for a clip of a second they would cost a third of the time.
pub(crate) static WINDOW: LazyLock<Vec<f64>> = LazyLock::new(hann_window);
static FILTERS: LazyLock<Vec<MelFilter>> = LazyLock::new(mel_filters);
static COSINES: LazyLock<Vec<Bands>> = LazyLock::new(dct_matrix);

/// A matrix of features, row-major: `values[row * frames + frame]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Features {
    /// Name of the definition: `logmel-v1` or `mfcc-v1`.
    pub spec: String,
    /// Mel bands or coefficients: 40.
    pub rows: usize,
    /// Frames every 10 ms: `1 + (samples - 512) / 160`, none below 512 samples.
    pub frames: usize,
    /// `rows × frames` values: dB for `logmel-v1`, DCT of dB for `mfcc-v1`.
    pub values: Vec<f32>,
}

/// The log-mel spectrogram `logmel-v1` of samples at 16 kHz, in dB. The range depends on the
/// clip's maximum, so calculate it on the final, trimmed clip.
pub fn log_mel(samples: &[f32]) -> Features {
    features("logmel-v1", &log_mel_frames(samples))
}

/// The cepstral coefficients `mfcc-v1` of samples at 16 kHz: all 40 of the orthonormal DCT-II of
/// [`log_mel`], without lifter or pre-emphasis. Take the first 10, 13 or 20 as needed.
pub fn mfcc(samples: &[f32]) -> Features {
    let frames: Vec<Bands> =
        log_mel_frames(samples).iter().map(|bands| std::array::from_fn(|k| dot(&COSINES[k], bands))).collect();
    features("mfcc-v1", &frames)
}

type Bands = [f64; ROWS];

fn features(spec: &str, frames: &[Bands]) -> Features {
    let values = (0..ROWS).flat_map(|row| frames.iter().map(move |bands| bands[row] as f32)).collect();
    Features { spec: spec.to_owned(), rows: ROWS, frames: frames.len(), values }
}

fn log_mel_frames(samples: &[f32]) -> Vec<Bands> {
    let mut spectrum = PowerSpectrum::new(FFT_LEN);
    let mut input = vec![0.0; FFT_LEN];

    let mut decibels: Vec<Bands> = Vec::new();
    for frame in frames(samples, FFT_LEN, HOP_LEN) {
        for ((slot, sample), weight) in input.iter_mut().zip(frame).zip(WINDOW.iter()) {
            *slot = f64::from(finite(*sample)) * weight;
        }
        let power = spectrum.power(&input);
        decibels.push(std::array::from_fn(|band| {
            let filter = &FILTERS[band];
            let energy = dot(&filter.weights, &power[filter.first_bin..]);
            10.0 * energy.max(MIN_POWER).log10()
        }));
    }
    let loudest = decibels.iter().flatten().copied().fold(f64::MIN, f64::max);
    for value in decibels.iter_mut().flatten() {
        *value = value.max(loudest - RANGE_DB);
    }
    decibels
}

/// The periodic Hann window of 480, with 16 zeros on each side.
fn hann_window() -> Vec<f64> {
    let margin = (FFT_LEN - WINDOW_LEN) / 2;
    let mut window = vec![0.0; FFT_LEN];
    for (i, weight) in window[margin..margin + WINDOW_LEN].iter_mut().enumerate() {
        *weight = 0.5 - 0.5 * (2.0 * PI * i as f64 / WINDOW_LEN as f64).cos();
    }
    window
}

/// One triangle of the filter bank, from its first bin on.
struct MelFilter {
    first_bin: usize,
    weights: Vec<f64>,
}

/// Triangles between points equally spaced in mel, over the bins' frequencies; the weights are
/// rounded to f32 as librosa rounds them.
fn mel_filters() -> Vec<MelFilter> {
    let (low, high) = (hz_to_mel(MEL_RANGE_HZ.0), hz_to_mel(MEL_RANGE_HZ.1));
    let points: Vec<f64> =
        (0..ROWS + 2).map(|i| mel_to_hz(low + (high - low) * i as f64 / (ROWS + 1) as f64)).collect();
    let bin_hz = f64::from(crate::resample::RATE_HZ) / FFT_LEN as f64;
    points
        .windows(3)
        .map(|edge| {
            let all = (0..=FFT_LEN / 2).map(|bin| {
                let hz = bin as f64 * bin_hz;
                let rise = (hz - edge[0]) / (edge[1] - edge[0]);
                let fall = (edge[2] - hz) / (edge[2] - edge[1]);
                f64::from(rise.min(fall).max(0.0) as f32)
            });
            let inside: Vec<(usize, f64)> = all.enumerate().filter(|(_, weight)| *weight > 0.0).collect();
            MelFilter {
                first_bin: inside.first().map_or(0, |(bin, _)| *bin),
                weights: inside.into_iter().map(|(_, weight)| weight).collect(),
            }
        })
        .collect()
}

/// The mel scale of the Hidden Markov Toolkit (HTK Book, §5.4).
pub(crate) fn hz_to_mel(hz: f64) -> f64 {
    2595.0 * (1.0 + hz / 700.0).log10()
}

pub(crate) fn mel_to_hz(mel: f64) -> f64 {
    700.0 * (10f64.powf(mel / 2595.0) - 1.0)
}

/// The rows of the orthonormal DCT-II.
fn dct_matrix() -> Vec<Bands> {
    let n = ROWS as f64;
    (0..ROWS)
        .map(|k| {
            let scale = if k == 0 { (1.0 / n).sqrt() } else { (2.0 / n).sqrt() };
            std::array::from_fn(|i| scale * (PI * k as f64 * (i as f64 + 0.5) / n).cos())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_band_is_empty() {
        assert!(mel_filters().iter().all(|filter| !filter.weights.is_empty()));
    }

    #[test]
    fn one_second_has_97_frames_and_less_than_a_window_has_none() {
        assert_eq!(log_mel(&[0.1; 16_000]).frames, 97);
        assert_eq!(log_mel(&[0.1; 512]).values.len(), 40);
        assert!(mfcc(&[0.1; 511]).values.is_empty());
    }
}
