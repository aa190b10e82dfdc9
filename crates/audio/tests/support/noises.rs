//! Seeded background noise of four kinds, and what a synthetic room adds to a word.

use std::f32::consts::TAU;

use super::espeak::{self, Speaker, say};
use super::{Random, convert};

/// What is heard in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// Equal power per Hz.
    White,
    /// Equal power per octave, as a room or a street.
    Pink,
    /// Mains: 50 Hz with harmonics.
    Hum,
    /// Several people talking.
    Babble,
}

impl Noise {
    pub const ALL: [Noise; 4] = [Noise::White, Noise::Pink, Noise::Hum, Noise::Babble];
}

/// A second language each, so that the babble is nobody's word.
const TALKERS: [Speaker; 6] = [
    Speaker { voice: "fi", speed: 160, pitch: 40 },
    Speaker { voice: "hu+f2", speed: 180, pitch: 60 },
    Speaker { voice: "tr+m3", speed: 150, pitch: 30 },
    Speaker { voice: "ro+f4", speed: 170, pitch: 55 },
    Speaker { voice: "sk+m5", speed: 190, pitch: 45 },
    Speaker { voice: "el+f1", speed: 165, pitch: 50 },
];

/// What they say: digits and names that every language can read.
const TALK: &str = "1 2 3 radio, 14 76 banana, 90 tomate 38, 21 telefon 5 6 7, 1000 melodia 82, 45 panorama 67 3";

/// A store of babble, since six voices take a while to speak.
pub struct Babble {
    talkers: Vec<Vec<f32>>,
}

impl Babble {
    pub fn new() -> Babble {
        Babble { talkers: TALKERS.iter().map(|talker| say(*talker, TALK)).collect() }
    }

    /// For scenes without babble.
    pub fn silent() -> Babble {
        Babble { talkers: Vec::new() }
    }

    /// All talkers at once, each from a place of their own.
    fn samples(&self, len: usize, rate_hz: u32, random: &mut Random) -> Vec<f32> {
        let short = (len as u64 * u64::from(espeak::RATE_HZ) / u64::from(rate_hz)) as usize + 2;
        let mut mixed = vec![0.0; short];
        for talker in &self.talkers {
            let from = random.below(talker.len());
            let gain = 0.5 + 0.5 * random.sample().abs();
            for (slot, x) in mixed.iter_mut().zip(talker[from..].iter().chain(talker.iter().cycle())) {
                *slot += gain * x;
            }
        }
        let mut out = convert(&mixed, espeak::RATE_HZ, rate_hz);
        out.resize(len, 0.0);
        out
    }
}

/// `len` samples of noise of no particular level.
pub fn noise(kind: Noise, len: usize, rate_hz: u32, babble: &Babble, random: &mut Random) -> Vec<f32> {
    match kind {
        Noise::White => (0..len).map(|_| gaussian(random)).collect(),
        Noise::Pink => pink(len, random),
        Noise::Hum => hum(len, rate_hz, random),
        Noise::Babble => babble.samples(len, rate_hz, random),
    }
}

/// Twelve uniform numbers added up (Irwin–Hall) are nearly normal.
fn gaussian(random: &mut Random) -> f32 {
    (0..3)
        .map(|_| {
            let bits = random.next();
            (0..4).map(|i| ((bits >> (16 * i)) & 0xFFFF) as f32 / 65_536.0 - 0.5).sum::<f32>()
        })
        .sum()
}

/// Paul Kellet's filter, within 0.05 dB of −3 dB per octave from 9 Hz on at 44.1 kHz.
fn pink(len: usize, random: &mut Random) -> Vec<f32> {
    let poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616];
    let gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898];
    let mut state = [0.0f32; 6];
    let mut last = 0.0;
    (0..len)
        .map(|_| {
            let white = gaussian(random);
            for ((state, pole), gain) in state.iter_mut().zip(poles).zip(gains) {
                *state = pole * *state + gain * white;
            }
            let out = state.iter().sum::<f32>() + 0.5362 * white + last;
            last = 0.115926 * white;
            out
        })
        .collect()
}

fn hum(len: usize, rate_hz: u32, random: &mut Random) -> Vec<f32> {
    let partials: Vec<(f32, f32, f32)> =
        (1..=12).map(|k| (50.0 * k as f32, random.sample().abs() / k as f32 + 0.05, TAU * random.sample())).collect();
    (0..len)
        .map(|i| {
            let time = i as f32 / rate_hz as f32;
            let tones: f32 = partials.iter().map(|(hz, gain, phase)| gain * (TAU * hz * time + phase).sin()).sum();
            tones + 0.02 * gaussian(random)
        })
        .collect()
}

/// A room: the word, then noise that decays by 60 dB in `rt60_s`, `direct_db` below it.
pub fn reverberate(word: &[f32], rate_hz: u32, rt60_s: f32, direct_db: f32, random: &mut Random) -> Vec<f32> {
    let len = (rt60_s * rate_hz as f32) as usize;
    // Diffuse sound from 5 ms on; sparse, so that the convolution stays quick.
    let gap = rate_hz as usize / 2000;
    let echoes: Vec<(usize, f32)> = (0..len / gap)
        .map(|i| {
            let at = i * gap + random.below(gap) + rate_hz as usize / 200;
            (at, random.sample() * 10f32.powf(-3.0 * at as f32 / len as f32))
        })
        .collect();
    let energy: f32 = echoes.iter().map(|(_, gain)| gain * gain).sum();
    let scale = 10f32.powf(-direct_db / 20.0) / energy.sqrt();
    let mut out = word.to_vec();
    out.resize(word.len() + len + rate_hz as usize / 100, 0.0);
    for (at, gain) in echoes {
        for (slot, x) in out[at..].iter_mut().zip(word) {
            *slot += gain * scale * x;
        }
    }
    out
}

/// A breath after the word: pink noise that swells and fades over `ms`, `below_db` below it.
pub fn breathe(word: &[f32], rate_hz: u32, ms: u32, below_db: f32, random: &mut Random) -> Vec<f32> {
    let power = |samples: &[f32]| samples.iter().map(|x| x * x).sum::<f32>() / samples.len() as f32;
    let breath = pink((rate_hz / 1000 * ms) as usize, random);
    let gain = (power(word) / power(&breath)).sqrt() * 10f32.powf(-below_db / 20.0);
    let swell = |i: usize| gain * (std::f32::consts::PI * i as f32 / breath.len() as f32).sin();
    word.iter().copied().chain(breath.iter().enumerate().map(|(i, x)| x * swell(i))).collect()
}
