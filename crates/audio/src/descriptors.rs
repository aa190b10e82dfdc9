//! `descriptors-v1`: what a clip sounds like, in a few rows that a person can read.
//!
//! Frames are those of [`crate::mel`]: 480 samples at 16 kHz under a Hann window, every 160, so
//! that column n of all features is the same 30 ms. Calculated in f64, given as f32, finite for
//! every input.

use serde::{Deserialize, Serialize};

use crate::Policy;
use crate::fft::PowerSpectrum;
use crate::frame::{FLOOR_DB, finite, frames, length_ms, power_db};
use crate::mel::{FFT_LEN, Features, HOP_LEN, WINDOW};
use crate::noise::{self, NoiseProfile};
use crate::pitch::{self, Pitch};
use crate::resample::RATE_HZ;
use crate::speech::{Bounds, bounds};

/// Name of this definition.
pub const SPEC: &str = "descriptors-v1";

/// The edges of the bands in Hz: 2.2 to 2.9 Bark each (Zwicker, JASA 33, 1961), with a
/// telephone's 300 and 3400 Hz among them.
pub const BAND_EDGES_HZ: [u32; 9] = [80, 300, 600, 1_000, 1_500, 2_300, 3_400, 5_000, 8_000];

/// The rows of the matrix.
///
/// * `band_…_db`: power of a band in dBFS from −120 up; a full-scale sine has −3.
/// * `pitch_hz`: fundamental frequency by YIN ([`crate::pitch`]); 0 in unvoiced frames.
/// * `periodicity`: 0 to 1, of every frame.
/// * `centroid_hz`: mean frequency, weighted by magnitude (librosa's `spectral_centroid`).
/// * `rolloff_hz`: where 85 % of the magnitude lie at or below (librosa's `spectral_rolloff`).
///
/// Centroid and roll-off are 0 in digital silence.
pub const ROWS: [&str; 12] = [
    "band_80_300_db",
    "band_300_600_db",
    "band_600_1000_db",
    "band_1000_1500_db",
    "band_1500_2300_db",
    "band_2300_3400_db",
    "band_3400_5000_db",
    "band_5000_8000_db",
    "pitch_hz",
    "periodicity",
    "centroid_hz",
    "rolloff_hz",
];

/// The share of the magnitude below the roll-off.
const ROLLOFF_SHARE: f64 = 0.85;

/// A frame is voiced from this periodicity on …
const MIN_PERIODICITY: f64 = 0.75;

/// … and this far below the loudest at most, in dB: a hum in the background is no voice.
const VOICE_RANGE_DB: f64 = 30.0;

/// A syllable's peak lies at most this far below the loudest one, in dB.
const SYLLABLE_RANGE_DB: f64 = 25.0;

/// Between two syllables the level dips by this much, in dB (de Jong & Wempe, 2009).
const SYLLABLE_DIP_DB: f64 = 2.0;

/// Frames over which the level is averaged to find syllables: 40 ms with a frame's own length,
/// about the effective length of a Praat intensity's window at 50 Hz.
const SYLLABLE_FRAMES: usize = 3;

/// The rows over time and the clip as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptors {
    /// [`ROWS`] by frames.
    pub features: Features,
    /// The clip as a whole.
    pub summary: Summary,
}

/// A clip in a few numbers, all finite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`SPEC`].
    pub spec: String,
    /// Length of the whole clip.
    pub length_ms: u32,
    /// From the first to the last sound, by the default [`Policy`]; 0 without any.
    pub speech_ms: u32,
    /// Share of the frames of the spoken part that are voiced.
    pub voiced_ratio: f64,
    /// Median pitch of the voiced frames of the spoken part.
    pub median_pitch_hz: Option<f64>,
    /// Syllable nuclei in the spoken part: peaks of the level beside voiced frames, within 25 dB
    /// of the highest, with dips of 2 dB between them. Simplified from de Jong & Wempe, "Praat
    /// script to detect syllable nuclei and measure speech rate automatically", Behavior Research
    /// Methods 41(2), 2009.
    pub syllables: u32,
    /// Speaking rate: syllables per second of the spoken part.
    pub syllables_per_s: f64,
}

/// Describes samples at 16 kHz.
pub fn descriptors(samples: &[f32]) -> Descriptors {
    let spectra = spectra(samples);
    let pitches = pitch::track(samples, (0..spectra.len()).map(|frame| frame * HOP_LEN + FFT_LEN / 2));
    let levels_db: Vec<f64> = spectra.iter().map(|spectrum| spectrum.level_db).collect();
    let voiced = voiced(&pitches, &levels_db);
    let row = |row: usize| {
        spectra.iter().zip(&pitches).zip(&voiced).map(move |((spectrum, pitch), voiced)| match ROWS[row] {
            "pitch_hz" => pitch.hz * f64::from(u8::from(*voiced)),
            "periodicity" => pitch.periodicity,
            "centroid_hz" => spectrum.centroid_hz,
            "rolloff_hz" => spectrum.rolloff_hz,
            _ => spectrum.bands_db[row],
        })
    };
    let values = (0..ROWS.len()).flat_map(row).map(|value| value as f32).collect();
    let features = Features { spec: SPEC.to_owned(), rows: ROWS.len(), frames: spectra.len(), values };
    Descriptors { features, summary: summary(samples, &pitches, &voiced) }
}

/// What one frame's spectrum gives.
struct Spectrum {
    level_db: f64,
    bands_db: [f64; 8],
    centroid_hz: f64,
    rolloff_hz: f64,
}

fn spectra(samples: &[f32]) -> Vec<Spectrum> {
    let scale = 2.0 / (FFT_LEN as f64 * WINDOW.iter().map(|w| w * w).sum::<f64>());
    let mut transform = PowerSpectrum::new(FFT_LEN);
    let mut input = vec![0.0; FFT_LEN];
    frames(samples, FFT_LEN, HOP_LEN)
        .map(|frame| {
            for ((slot, sample), weight) in input.iter_mut().zip(frame).zip(WINDOW.iter()) {
                *slot = f64::from(finite(*sample)) * weight;
            }
            Spectrum::new(transform.power(&input), scale)
        })
        .collect()
}

impl Spectrum {
    /// `scale` makes the powers of the bins a mean power.
    fn new(powers: &[f64], scale: f64) -> Spectrum {
        let bin_hz = f64::from(RATE_HZ) / FFT_LEN as f64;
        let band_power = |low_hz: u32, high_hz: u32| {
            let bin = |hz: u32| (f64::from(hz) / bin_hz).ceil() as usize;
            // The highest bin belongs to the highest band.
            let end = if bin(high_hz) + 1 == powers.len() { powers.len() } else { bin(high_hz) };
            scale * powers[bin(low_hz)..end].iter().sum::<f64>()
        };
        let bands = std::array::from_fn(|band| band_power(BAND_EDGES_HZ[band], BAND_EDGES_HZ[band + 1]));
        let magnitudes: Vec<f64> = powers.iter().map(|power| power.sqrt()).collect();
        let total: f64 = magnitudes.iter().sum();
        let moment: f64 = magnitudes.iter().enumerate().map(|(bin, magnitude)| bin as f64 * magnitude).sum();
        let mut below = 0.0;
        let rolloff = magnitudes.iter().position(|magnitude| {
            below += magnitude;
            below >= ROLLOFF_SHARE * total
        });
        Spectrum {
            level_db: power_db(bands.iter().sum()),
            bands_db: bands.map(power_db),
            centroid_hz: if total > 0.0 { bin_hz * moment / total } else { 0.0 },
            rolloff_hz: bin_hz * rolloff.unwrap_or(0) as f64,
        }
    }
}

fn voiced(pitches: &[Pitch], levels_db: &[f64]) -> Vec<bool> {
    let loudest_db = levels_db.iter().copied().fold(FLOOR_DB, f64::max);
    let is_voiced = |(pitch, level_db): (&Pitch, &f64)| {
        pitch.periodicity >= MIN_PERIODICITY && *level_db > FLOOR_DB && *level_db >= loudest_db - VOICE_RANGE_DB
    };
    pitches.iter().zip(levels_db).map(is_voiced).collect()
}

fn summary(samples: &[f32], pitches: &[Pitch], voiced: &[bool]) -> Summary {
    let profile = noise::profile(samples);
    let spoken = bounds(&profile, &Policy::default());
    let inside = |frame: usize| {
        let centre_ms = length_ms(frame * HOP_LEN + FFT_LEN / 2, RATE_HZ);
        (spoken.start_ms..spoken.end_ms).contains(&centre_ms)
    };
    let spoken_frames = (0..voiced.len()).filter(|frame| inside(*frame)).count();
    let mut heard_hz: Vec<f64> =
        (0..voiced.len()).filter(|frame| inside(*frame) && voiced[*frame]).map(|frame| pitches[frame].hz).collect();
    heard_hz.sort_by(f64::total_cmp);
    let speech_ms = spoken.end_ms - spoken.start_ms;
    let syllables = syllables(&profile, spoken, voiced);
    Summary {
        spec: SPEC.to_owned(),
        length_ms: length_ms(samples.len(), RATE_HZ),
        speech_ms,
        voiced_ratio: heard_hz.len() as f64 / spoken_frames.max(1) as f64,
        median_pitch_hz: heard_hz.get(heard_hz.len() / 2).copied(),
        syllables,
        syllables_per_s: 1_000.0 * f64::from(syllables) / f64::from(speech_ms.max(1)),
    }
}

/// Counts the voiced peaks of the level in the spoken part.
fn syllables(profile: &NoiseProfile, spoken: Bounds, voiced: &[bool]) -> u32 {
    let frame = |ms: u32| (ms as usize / 10).min(profile.frame_powers.len());
    let (start, end) = (frame(spoken.start_ms), frame(spoken.end_ms));
    let level_db = |at: usize| {
        let from = at.saturating_sub(SYLLABLE_FRAMES / 2);
        let to = (at + SYLLABLE_FRAMES / 2 + 1).min(profile.frame_powers.len());
        power_db(profile.frame_powers[from..to].iter().sum::<f64>() / (to - from) as f64)
    };
    let levels_db: Vec<f64> = (start..end).map(level_db).collect();
    let loudest_db = levels_db.iter().copied().fold(FLOOR_DB, f64::max);
    // Within 20 ms: the loudest moment of a creaky or short vowel need not be its most regular.
    let is_voiced = |at: usize| voiced.iter().skip((start + at).saturating_sub(2)).take(5).any(|voiced| *voiced);
    let is_nucleus = |at: &usize| levels_db[*at] >= loudest_db - SYLLABLE_RANGE_DB && is_voiced(*at);
    peaks(&levels_db).iter().filter(|at| is_nucleus(at)).count() as u32
}

/// The places of the maxima between which the level falls by [`SYLLABLE_DIP_DB`] and rises again.
fn peaks(levels_db: &[f64]) -> Vec<usize> {
    let (mut found, mut rising) = (Vec::new(), true);
    // The place of the highest level since the last dip, or of the lowest since the last peak.
    let mut extreme = 0;
    for (at, level_db) in levels_db.iter().enumerate() {
        let beyond = level_db - levels_db[extreme];
        if rising && beyond <= -SYLLABLE_DIP_DB {
            found.push(extreme);
            (rising, extreme) = (false, at);
        } else if !rising && beyond >= SYLLABLE_DIP_DB {
            (rising, extreme) = (true, at);
        } else if (beyond > 0.0) == rising && beyond != 0.0 {
            extreme = at;
        }
    }
    if rising && !levels_db.is_empty() {
        found.push(extreme);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_are_what_stands_between_dips() {
        assert_eq!(peaks(&[0.0, 10.0, 9.0, 10.5, 7.0, 6.0, 7.5, 9.0, 8.0]), [3, 7]);
        assert_eq!(peaks(&[]), [0usize; 0]);
        assert_eq!(peaks(&[5.0, 1.0]), [0]);
    }

    #[test]
    fn each_band_has_a_row_of_its_name() {
        for (row, edges) in BAND_EDGES_HZ.windows(2).enumerate() {
            assert_eq!(ROWS[row], format!("band_{}_{}_db", edges[0], edges[1]));
        }
    }
}
