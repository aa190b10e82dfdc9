//! Augmented variants of clips: the same seed, the same variant.
//!
//! Noise, room, gain, speed and shift change the samples; masks change features, as SpecAugment
//! does (D. S. Park et al., arXiv:1904.08779, §2). A variant is marked `synthetic`, names its
//! parent and says how it was made.

use crate::documents::json::sorted;
use crate::error::DatasetError;
use crate::rows::{ClipRow, FeatureRow};
use crate::split::Split;
use serde::{Deserialize, Serialize};

/// Samples of a millisecond at 16 kHz.
const SAMPLES_PER_MS: usize = 16;

/// Longest room response, in ms.
const ROOM_MAX_MS: u32 = 1_000;

/// How a variant is made from its parent, in this order; what is absent is not done.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// Decides all that looks random.
    pub seed: u64,
    /// Speed in percent, pitch included: 50 to 200, in steps of 25 Hz of the rate.
    pub speed_percent: Option<u32>,
    /// Milliseconds by which the sound comes later, or earlier if negative, at most ten seconds; the
    /// length stays.
    pub shift_ms: Option<i32>,
    /// Time in which a room's reverberation falls by 60 dB, in ms, at most a second.
    pub room_ms: Option<u32>,
    /// Ratio of the root mean squares of clip and added noise, −100 to 100 dB.
    pub noise_snr_db: Option<f64>,
    /// Gain, −100 to 100 dB; samples beyond full scale are clipped.
    pub gain_db: Option<f64>,
    /// Masks over the features; the sound stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masks: Option<Masks>,
}

impl Recipe {
    /// Why no variant can be made so, if there is a reason: a sentence that names the field and its
    /// limits.
    pub fn refusal(&self) -> Option<&'static str> {
        let decibels = |value: Option<f64>| value.is_none_or(|db| (-100.0..=100.0).contains(&db));
        let masks = self.masks.unwrap_or_default();
        [
            (self.speed_percent.is_none_or(|percent| (50..=200).contains(&percent)), "A speed is 50 to 200 percent."),
            (self.shift_ms.is_none_or(|ms| ms.unsigned_abs() <= 10_000), "A shift is at most 10,000 ms, either way."),
            (self.room_ms.is_none_or(|ms| ms <= ROOM_MAX_MS), "A room has a reverberation of at most 1,000 ms."),
            (decibels(self.noise_snr_db), "The noise’s ratio is -100 to 100 dB."),
            (decibels(self.gain_db), "A gain is -100 to 100 dB."),
            (masks.bands <= MASKS_MAX && masks.frames <= MASKS_MAX, "There are at most 100 masks of a kind."),
            (
                (masks.bands > 0) == (masks.bands_max > 0),
                "Masks over bands need both numbers: how many, and the most bands under one.",
            ),
            (
                (masks.frames > 0) == (masks.frames_max > 0),
                "Masks over frames need both numbers: how many, and the most frames under one.",
            ),
        ]
        .into_iter()
        .find_map(|(fine, reason)| (!fine).then_some(reason))
    }
}

/// The samples of a variant, at 16 kHz. `noise` is a recording from which a stretch is taken and
/// repeated as needed; without one the noise is white. NaN and infinities count as silence.
pub fn augment(samples: &[f32], noise: Option<&[f32]>, recipe: &Recipe) -> Vec<f32> {
    let mut random = Random(recipe.seed);
    let mut out: Vec<f64> = match recipe.speed_percent {
        Some(percent) => audio::resample::to_16k(samples, 160 * percent.clamp(50, 200)),
        None => samples.to_vec(),
    }
    .into_iter()
    .map(finite)
    .collect();
    if let Some(shift_ms) = recipe.shift_ms {
        out = shifted(&out, shift_ms);
    }
    if let Some(room_ms) = recipe.room_ms {
        out = in_room(&out, room_ms.min(ROOM_MAX_MS), &mut random);
    }
    if let Some(snr_db) = recipe.noise_snr_db {
        add_noise(&mut out, noise, snr_db, &mut random);
    }
    let gain = ratio(recipe.gain_db.unwrap_or(0.0));
    out.into_iter().map(|x| (x * gain).clamp(-1.0, 1.0) as f32).collect()
}

/// The row of variant `number` of `parent`. Its sound is another: the caller sets `sha256` and
/// what was measured on it.
///
/// # Errors
///
/// None that these types can cause.
pub fn variant(parent: &ClipRow, number: u32, recipe: &Recipe) -> Result<ClipRow, DatasetError> {
    let stem = parent.file.strip_suffix(".wav").unwrap_or(&parent.file);
    Ok(ClipRow {
        clip_id: format!("{}-a{number:03}", parent.clip_id),
        file: format!("{stem}-a{number:03}.wav"),
        original_file: None,
        parent_clip_id: Some(parent.clip_id.clone()),
        augmentation: Some(sorted(serde_json::to_value(recipe)?).to_string()),
        synthetic: true,
        ..parent.clone()
    })
}

/// Whether clips of a split get variants: those of train do, others only if asked for, because a
/// model is to be measured on what people said.
pub fn applies_to(split: Split, asked_for_all: bool) -> bool {
    split == Split::Train || asked_for_all
}

/// Masks of SpecAugment; in its words `bands` is m_F, `bands_max` is F, `frames` is m_T, `frames_max` is T.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Masks {
    /// Masks over bands, at most [`MASKS_MAX`].
    pub bands: u32,
    /// Most bands under one of them.
    pub bands_max: usize,
    /// Masks over frames, at most [`MASKS_MAX`].
    pub frames: u32,
    /// Most frames under one of them.
    pub frames_max: usize,
}

/// Most masks of a kind.
pub const MASKS_MAX: u32 = 100;

/// Sets stretches of bands and of frames of a log-mel spectrogram to its mean; `seed` decides where
/// they lie.
pub fn mask(features: &mut FeatureRow, masks: Masks, seed: u64) {
    let (bands, frames) = (features.bands.max(0) as usize, features.frames.max(0) as usize);
    if bands * frames == 0 || features.values.len() != bands * frames {
        return;
    }
    let mean = features.values.iter().map(|x| f64::from(*x)).sum::<f64>() / features.values.len() as f64;
    let mut random = Random(seed);
    for _ in 0..masks.bands.min(MASKS_MAX) {
        let (from, to) = random.stretch(bands, masks.bands_max);
        features.values[from * frames..to * frames].fill(mean as f32);
    }
    for _ in 0..masks.frames.min(MASKS_MAX) {
        let (from, to) = random.stretch(frames, masks.frames_max);
        for band in features.values.chunks_exact_mut(frames) {
            band[from..to].fill(mean as f32);
        }
    }
}

fn shifted(samples: &[f64], shift_ms: i32) -> Vec<f64> {
    let by = shift_ms.unsigned_abs() as usize * SAMPLES_PER_MS;
    let by = by.min(samples.len());
    let silence = std::iter::repeat_n(0.0, by);
    if shift_ms >= 0 {
        silence.chain(samples[..samples.len() - by].iter().copied()).collect()
    } else {
        samples[by..].iter().copied().chain(silence).collect()
    }
}

/// Convolved with the direct sound and a tail of noise that decays as in a room (J.-D. Polack's
/// model); as loud as before.
fn in_room(samples: &[f64], room_ms: u32, random: &mut Random) -> Vec<f64> {
    let length = room_ms as usize * SAMPLES_PER_MS;
    // e^(-6.9) is −60 dB.
    let decay = |at: usize| (-6.9 * at as f64 / length as f64).exp();
    let response: Vec<f64> =
        (0..length).map(|at| if at == 0 { 1.0 } else { 0.1 * decay(at) * random.signed() }).collect();
    let heard = |at: usize| -> f64 {
        let sound = samples[..=at].iter().rev();
        response.iter().zip(sound).map(|(response, sample)| response * sample).sum()
    };
    if response.is_empty() {
        return samples.to_vec();
    }
    let out: Vec<f64> = (0..samples.len()).map(heard).collect();
    let louder = rms(&out);
    let gain = if louder > 0.0 { rms(samples) / louder } else { 1.0 };
    out.into_iter().map(|x| x * gain).collect()
}

fn add_noise(samples: &mut [f64], noise: Option<&[f32]>, snr_db: f64, random: &mut Random) {
    let added: Vec<f64> = match noise.filter(|noise| !noise.is_empty()) {
        Some(noise) => {
            let start = random.below(noise.len());
            (0..samples.len()).map(|at| finite(noise[(start + at) % noise.len()])).collect()
        }
        None => samples.iter().map(|_| random.signed()).collect(),
    };
    let level = rms(&added);
    if level > 0.0 && snr_db.is_finite() {
        let gain = rms(samples) / level / ratio(snr_db);
        samples.iter_mut().zip(added).for_each(|(sample, noise)| *sample += gain * noise);
    }
}

fn rms(samples: &[f64]) -> f64 {
    let squares: f64 = samples.iter().map(|x| x * x).sum();
    (squares / samples.len().max(1) as f64).sqrt()
}

/// The factor of so many dB; nonsense changes nothing.
fn ratio(db: f64) -> f64 {
    if db.is_finite() { 10f64.powf(db.clamp(-200.0, 200.0) / 20.0) } else { 1.0 }
}

fn finite(x: f32) -> f64 {
    if x.is_finite() { f64::from(x) } else { 0.0 }
}

/// SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, OOPSLA 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From −1 to 1.
    fn signed(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    /// From 0 to `end - 1`.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// A stretch of at most `most` within `0..length`.
    fn stretch(&mut self, length: usize, most: usize) -> (usize, usize) {
        let wide = self.below(most.min(length) + 1);
        let from = self.below(length - wide + 1);
        (from, from + wide)
    }
}
