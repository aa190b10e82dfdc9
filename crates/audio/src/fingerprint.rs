//! `fingerprint-v1`: recognises the same recording when it is handed in again.
//!
//! After Haitsma & Kalker, "A Highly Robust Audio Fingerprinting System", ISMIR 2002, §4.2, with
//! shorter frames and mel bands for clips of a second: at 16 kHz the power of 2048 samples under
//! a Hann window every 256 samples, summed in 33 bands equally wide in mel from 300 to 3400 Hz.
//! Bit m of frame n is 1 where `E(n,m) − E(n,m+1) − (E(n−1,m) − E(n−1,m+1))` is above 0. Gain
//! changes no bit, an equaliser or a telephone line few, another utterance half of them.
//!
//! Only where there is signal: a frame without it has no bits, because the signs of nothing, or
//! of the same hum, are the same everywhere. A frame has signal if it and its predecessor have
//! in-band power above [`SILENCE_DBFS`] and at most [`SIGNAL_RANGE_DB`] below the loudest frame.
//! Silent and very short clips therefore have no fingerprint to compare, and are never duplicates.
//!
//! It finds a file that is handed in twice, cut otherwise, filtered or played to a microphone, but
//! not synthetic or cloned voices.

use std::fmt;
use std::str::FromStr;

use crate::fft::PowerSpectrum;
use crate::frame::{finite, frames, power_db};
use crate::mel::{hz_to_mel, mel_to_hz};
use crate::resample::RATE_HZ;

/// Name of this definition, and the beginning of its text.
pub const SPEC: &str = "fingerprint-v1";

/// Two clips with a bit error rate below this are the same recording, to be looked at by a
/// person. Of 56 synthetic takes (`tests/fingerprint.rs`) gain, a telephone line, an equaliser, a
/// shift, 8 bits, noise 20 dB below and a loudspeaker in a room gave at most 0.233, other words at
/// least 0.339, and the same take 3 % faster and higher 0.231 to 0.400 (4 of 56 below).
pub const NEAR_DUPLICATE_RATE: f64 = 0.25;

/// Frames, to either side, by which two clips are shifted in search of the fewest errors: 192 ms.
pub const MAX_SHIFT: usize = 12;

/// The fewest frames with signal in both clips that are compared: 16 hops and a window are 0.37 s.
pub const MIN_OVERLAP: usize = 16;

/// The longest fingerprint that is read: 65 s.
pub const MAX_FRAMES: usize = 4096;

/// In-band power below this is silence, as in [`crate::Policy::silence_dbfs`].
pub const SILENCE_DBFS: f64 = -60.0;

/// A frame further below the clip's loudest one is background.
pub const SIGNAL_RANGE_DB: f64 = 35.0;

/// Samples in a transform.
const FFT_LEN: usize = 2048;

/// Samples from frame to frame.
const HOP_LEN: usize = 256;

/// Bands, one more than bits.
const BANDS: usize = 33;

/// Lower edge of the lowest and upper edge of the highest band in Hz: a telephone's.
const RANGE_HZ: (f64, f64) = (300.0, 3_400.0);

/// The bits of a clip, in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// 32 bits for each frame from the second on; `None` where there is no signal.
    frames: Vec<Option<u32>>,
}

/// The fingerprint of samples at 16 kHz; see [`crate::resample::to_16k`].
pub fn fingerprint(samples: &[f32]) -> Fingerprint {
    let bands = band_powers(samples);
    let totals: Vec<f64> = bands.iter().map(|bands| bands.iter().sum()).collect();
    let loudest_db = power_db(totals.iter().copied().fold(0.0, f64::max));
    let least_db = SILENCE_DBFS.max(loudest_db - SIGNAL_RANGE_DB);
    let has_signal = |frame: usize| power_db(totals[frame]) > least_db;
    let frames = (1..bands.len())
        .map(|n| (has_signal(n - 1) && has_signal(n)).then(|| bits(&bands[n - 1], &bands[n])))
        .take(MAX_FRAMES)
        .collect();
    Fingerprint { frames }
}

impl Fingerprint {
    /// The share of bits in which two clips differ, at the shift within [`MAX_SHIFT`] where it is
    /// smallest; about 0.47 for clips that have nothing to do with each other. `None` when at no
    /// shift [`MIN_OVERLAP`] frames and half of the shorter one's meet.
    pub fn bit_error_rate(&self, other: &Fingerprint) -> Option<f64> {
        let least = MIN_OVERLAP.max(self.signal_frames().min(other.signal_frames()).div_ceil(2));
        let forward = (0..=MAX_SHIFT).map(|shift| errors(&self.frames, other.frames.get(shift..).unwrap_or(&[])));
        let backward = (1..=MAX_SHIFT).map(|shift| errors(&other.frames, self.frames.get(shift..).unwrap_or(&[])));
        let rates = forward.chain(backward).filter(|(_, compared)| *compared >= least);
        rates.map(|(errors, compared)| f64::from(errors) / (32 * compared) as f64).min_by(f64::total_cmp)
    }

    /// Whether the two are the same recording by [`NEAR_DUPLICATE_RATE`].
    pub fn is_near_duplicate(&self, other: &Fingerprint) -> bool {
        self.bit_error_rate(other).is_some_and(|rate| rate < NEAR_DUPLICATE_RATE)
    }

    /// How many frames have bits.
    pub fn signal_frames(&self) -> usize {
        self.frames.iter().flatten().count()
    }
}

/// Differing bits and the number of frames where both have signal.
fn errors(a: &[Option<u32>], b: &[Option<u32>]) -> (u32, usize) {
    let both = a.iter().zip(b).filter_map(|(a, b)| Some((*a)? ^ (*b)?));
    both.fold((0, 0), |(errors, compared), difference| (errors + difference.count_ones(), compared + 1))
}

/// The signs of the change of the differences between neighbouring bands, the lowest first.
fn bits(before: &[f64; BANDS], now: &[f64; BANDS]) -> u32 {
    (0..BANDS - 1).fold(0, |bits, m| {
        let change = now[m] - now[m + 1] - (before[m] - before[m + 1]);
        bits | u32::from(change > 0.0) << m
    })
}

/// The power in each band of each frame; a full-scale sine has 0.5 in its band.
fn band_powers(samples: &[f32]) -> Vec<[f64; BANDS]> {
    let step = std::f64::consts::TAU / FFT_LEN as f64;
    let window: Vec<f64> = (0..FFT_LEN).map(|i| 0.5 - 0.5 * (step * i as f64).cos()).collect();
    let scale = 2.0 / (FFT_LEN as f64 * window.iter().map(|w| w * w).sum::<f64>());
    let edges = band_edges();
    let mut spectrum = PowerSpectrum::new(FFT_LEN);
    let mut input = vec![0.0; FFT_LEN];
    frames(samples, FFT_LEN, HOP_LEN)
        .map(|frame| {
            for ((slot, sample), weight) in input.iter_mut().zip(frame).zip(&window) {
                *slot = f64::from(finite(*sample)) * weight;
            }
            let power = spectrum.power(&input);
            std::array::from_fn(|band| scale * power[edges[band]..edges[band + 1]].iter().sum::<f64>())
        })
        .collect()
}

/// The first bin of each band, and the one after the last.
fn band_edges() -> [usize; BANDS + 1] {
    let (low, high) = (hz_to_mel(RANGE_HZ.0), hz_to_mel(RANGE_HZ.1));
    let bin_hz = f64::from(RATE_HZ) / FFT_LEN as f64;
    std::array::from_fn(|edge| (mel_to_hz(low + (high - low) * edge as f64 / BANDS as f64) / bin_hz).round() as usize)
}

/// The specification's name, a colon, and for each frame eight hexadecimal digits or, without
/// signal, a dash.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SPEC}:")?;
        self.frames.iter().try_for_each(|frame| match frame {
            Some(bits) => write!(f, "{bits:08x}"),
            None => f.write_str("-"),
        })
    }
}

/// Why a text is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FingerprintError {
    /// Another definition, whose bits cannot be compared.
    #[error("This is not a fingerprint of the kind {SPEC}. Calculate it again from the recording.")]
    OtherSpec,
    /// More frames than [`MAX_FRAMES`].
    #[error("The fingerprint is longer than {MAX_FRAMES} frames. Calculate it again from a shorter recording.")]
    TooLong,
    /// Neither hexadecimal digits nor dashes.
    #[error("The fingerprint is damaged. Calculate it again from the recording.")]
    Damaged,
}

impl FromStr for Fingerprint {
    type Err = FingerprintError;

    fn from_str(text: &str) -> Result<Self, FingerprintError> {
        let text =
            text.strip_prefix(SPEC).and_then(|text| text.strip_prefix(':')).ok_or(FingerprintError::OtherSpec)?;
        let (mut frames, mut rest) = (Vec::new(), text);
        while !rest.is_empty() {
            if frames.len() == MAX_FRAMES {
                return Err(FingerprintError::TooLong);
            }
            let length = if rest.starts_with('-') { 1 } else { 8 };
            let (frame, after) = rest.split_at_checked(length).ok_or(FingerprintError::Damaged)?;
            frames.push(match frame {
                "-" => None,
                // `from_str_radix` would also read a sign and capital letters.
                digits if digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) => {
                    Some(u32::from_str_radix(digits, 16).map_err(|_| FingerprintError::Damaged)?)
                }
                _ => return Err(FingerprintError::Damaged),
            });
            rest = after;
        }
        Ok(Fingerprint { frames })
    }
}

/// The SHA-256 of decoded sound, in hexadecimal: the same for the same samples at the same rate in
/// whatever container, so that a WAV file handed in again as FLAC is found at once. Over the rate
/// as a little-endian 32-bit number and each sample as a little-endian 32-bit float.
#[cfg(feature = "digest")]
pub fn pcm_sha256(clip: &crate::wav::Clip) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(clip.rate_hz.to_le_bytes());
    for sample in &clip.samples {
        // Adding zero makes the negative zero positive.
        hash.update((finite(*sample) + 0.0).to_le_bytes());
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bands_are_contiguous_and_none_is_empty() {
        let edges = band_edges();
        assert!(edges.windows(2).all(|edge| edge[0] < edge[1]), "{edges:?}");
        assert_eq!((edges[0], edges[BANDS]), (38, 435));
    }

    #[test]
    fn text_gives_the_fingerprint_back() {
        let print = Fingerprint { frames: vec![None, Some(0xDEAD_BEEF), Some(1), None] };
        assert_eq!(print.to_string(), "fingerprint-v1:-deadbeef00000001-");
        assert_eq!(print.to_string().parse(), Ok(print));
    }

    #[test]
    fn a_text_that_is_no_fingerprint_is_refused() {
        let error = |text: &str| text.parse::<Fingerprint>().err();
        assert_eq!(error("fingerprint-v2:-"), Some(FingerprintError::OtherSpec));
        assert_eq!(error("fingerprint-v1:123"), Some(FingerprintError::Damaged));
        assert_eq!(error("fingerprint-v1:+1234567"), Some(FingerprintError::Damaged));
        assert_eq!(error("fingerprint-v1:1234567é"), Some(FingerprintError::Damaged));
        assert_eq!(error(&format!("fingerprint-v1:{}", "-".repeat(MAX_FRAMES + 1))), Some(FingerprintError::TooLong));
    }

    #[test]
    fn bits_are_compared_only_where_both_have_signal() {
        let frames = |bits: &[Option<u32>]| Fingerprint { frames: bits.repeat(MIN_OVERLAP) };
        let (a, b) = (frames(&[Some(0), None]), frames(&[Some(1), Some(u32::MAX)]));
        assert_eq!(a.bit_error_rate(&b), Some(1.0 / 32.0));
        assert_eq!(a.bit_error_rate(&frames(&[None, None])), None);
    }
}
