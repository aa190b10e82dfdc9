//! Takes as people record them, made of spoken words, rooms and noise, with the truth about each.

use audio::noise::profile;
use audio::resample::to_16k;
use audio::wav::Clip;

use super::espeak::{self, Speaker, say};
use super::noises::{Babble, Noise, noise};
use super::{Random, clip, convert, peak, scaled};

/// A word in a voice, at [`espeak::RATE_HZ`].
pub struct Word {
    pub name: String,
    pub samples: Vec<f32>,
}

/// Every text in every voice of its language, at varied speed and pitch.
pub fn words(cast: &[(&'static [&'static str], &[&str])], seed: u64) -> Vec<Word> {
    let mut random = Random(seed);
    let mut words = Vec::new();
    for (voices, texts) in cast {
        for text in *texts {
            for voice in *voices {
                let speaker =
                    Speaker { voice, speed: 120 + random.below(90) as u32, pitch: 20 + random.below(60) as u32 };
                words.push(Word { name: format!("{text} {speaker:?}"), samples: say(speaker, text) });
            }
        }
    }
    words
}

/// How a word is recorded.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    pub rate_hz: u32,
    pub lead_ms: u32,
    pub tail_ms: u32,
    /// Peak of the word, full scale being 1.
    pub peak: f32,
    /// Noise and true ratio in dB; digital silence without.
    pub noise: Option<(Noise, f64)>,
}

/// A recorded word and what it is made of.
pub struct Take {
    pub rate_hz: u32,
    pub samples: Vec<f32>,
    /// The true ratio: `snr-v1`'s speech power of the word alone to its noise power of the noise
    /// alone; infinite in digital silence.
    pub snr_db: f64,
    /// The ratio to the mean power of the noise, which is larger where noise comes and goes.
    pub mean_snr_db: f64,
    /// Samples before the word.
    pub start: usize,
    /// Samples up to the end of the word.
    pub end: usize,
}

impl Take {
    pub fn clip(&self) -> Clip {
        clip(&self.samples, self.rate_hz)
    }

    /// The take of somebody who pressed the button `ms` after the word began.
    pub fn cut_start(&self, ms: usize) -> Clip {
        clip(&self.samples[self.start + ms * self.rate_hz as usize / 1000..], self.rate_hz)
    }

    /// The take of somebody who stopped `ms` before the word ended.
    pub fn cut_end(&self, ms: usize) -> Clip {
        clip(&self.samples[..self.end - ms * self.rate_hz as usize / 1000], self.rate_hz)
    }
}

/// Records a word (at [`espeak::RATE_HZ`]) in a scene.
pub fn record(word: &[f32], scene: Scene, babble: &Babble, random: &mut Random) -> Take {
    let samples_in = |ms: u32| (ms * (scene.rate_hz / 100) / 10) as usize;
    let word = convert(word, espeak::RATE_HZ, scene.rate_hz);
    let word = scaled(&word, scene.peak / peak(&word));
    let (start, tail) = (samples_in(scene.lead_ms), samples_in(scene.tail_ms));
    let end = start + word.len();
    let mut samples = [vec![0.0; start], word, vec![0.0; tail]].concat();
    let mut snr_db = f64::INFINITY;
    if let Some((kind, wanted_db)) = scene.noise {
        let background = noise(kind, samples.len(), scene.rate_hz, babble, random);
        let alone = profile(&to_16k(&background, scene.rate_hz));
        let mean_db = 10.0 * (alone.frame_powers.iter().sum::<f64>() / alone.frame_powers.len() as f64).log10();
        let speech_db = profile(&to_16k(&samples, scene.rate_hz)).speech_level_dbfs();
        let gain = 10f64.powf((speech_db - mean_db - wanted_db) / 20.0) as f32;
        for (slot, x) in samples.iter_mut().zip(&background) {
            *slot = (*slot + gain * x).clamp(-1.0, 1.0);
        }
        snr_db = wanted_db + mean_db - alone.noise_floor_dbfs();
    }
    let mean_snr_db = scene.noise.map_or(f64::INFINITY, |(_, wanted_db)| wanted_db);
    Take { rate_hz: scene.rate_hz, samples, snr_db, mean_snr_db, start, end }
}
