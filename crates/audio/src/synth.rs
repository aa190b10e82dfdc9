//! A small speech synthesiser for the demo and for tests: the same seed, the same sound.
//!
//! After Klatt, "Software for a cascade/parallel formant synthesizer", JASA 67(3), 1980: a pulse
//! train or noise through formant resonators in cascade. Each letter of the phrase is a sound, so
//! different phrases sound different; nobody will take it for a person.

use std::f64::consts::PI;

use crate::frame::finite;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Voice {
    /// Pitch at the start of the phrase in Hz; 80 to 300 sound like a person.
    pub pitch_hz: f64,
    /// Factor on all formants: 1 for a long vocal tract, about 1.2 for a short one.
    pub formant_scale: f64,
    /// Speaking rate: 1 is normal, 1.2 brisk.
    pub rate: f64,
}

impl Voice {
    /// A few different voices.
    pub const ALL: [Voice; 5] = [
        Voice::new(110.0, 1.0, 1.0),
        Voice::new(205.0, 1.17, 1.0),
        Voice::new(135.0, 1.06, 1.15),
        Voice::new(180.0, 1.1, 0.9),
        Voice::new(260.0, 1.28, 1.05),
    ];

    /// A voice of these properties.
    pub const fn new(pitch_hz: f64, formant_scale: f64, rate: f64) -> Voice {
        Voice { pitch_hz, formant_scale, rate }
    }
}

impl Default for Voice {
    fn default() -> Self {
        Voice::ALL[0]
    }
}

/// Sound length at a rate of 1 in seconds: least, for each letter, most.
const SECONDS: (f64, f64, f64) = (0.65, 0.09, 0.95);

/// Peak of the sound, −6 dBFS.
const PEAK: f64 = 0.5;

/// Says a phrase: about 0.6 to 1.0 s of mono samples at `rate_hz` (8 to 192 kHz; others count as
/// the nearest), peak −6 dBFS, without pauses around. The seed varies pitch, timing and noise a
/// little, as a second take would.
pub fn speech(seed: u64, phrase: &str, voice: &Voice, rate_hz: u32) -> Vec<f32> {
    let rate_hz = f64::from(rate_hz.clamp(8_000, 192_000));
    let mut random = Random(seed);
    let letters: Vec<char> = phrase.chars().filter(|c| c.is_alphanumeric()).take(32).collect();
    let mut sounds: Vec<Sound> = letters.iter().map(|letter| Sound::of(*letter)).collect();
    if sounds.is_empty() {
        sounds.push(Sound::of('a'));
    }
    for sound in &mut sounds {
        sound.length *= 1.0 + 0.1 * random.signed();
    }
    let weight: f64 = sounds.iter().map(|sound| sound.length).sum();
    let (least, each, most) = SECONDS;
    let seconds = (each * sounds.len() as f64).clamp(least, most) / within(voice.rate, 0.7, 1.5);
    let pitch_hz = within(voice.pitch_hz, 50.0, 500.0) * (1.0 + 0.03 * random.signed());

    let mut tract = Tract::new(rate_hz, within(voice.formant_scale, 0.5, 2.0));
    let mut out = Vec::with_capacity((seconds * rate_hz) as usize + 1);
    let mut place = 0.0;
    for sound in &sounds {
        place += sound.length / weight * seconds * rate_hz;
        while (out.len() as f64) < place {
            // Pitch falls by a quarter over the phrase, as in a statement.
            let told = out.len() as f64 / (seconds * rate_hz);
            let source = tract.source(pitch_hz * (1.1 - 0.25 * told), sound, &mut random);
            out.push(tract.filter(source, sound));
        }
    }
    finish(&out, rate_hz)
}

/// Puts speech between `lead_ms` and `tail_ms` of background: white noise of `noise_dbfs` RMS
/// under the whole take.
pub fn scene(speech: &[f32], lead_ms: u32, tail_ms: u32, noise_dbfs: f64, seed: u64, rate_hz: u32) -> Vec<f32> {
    let samples = |ms: u32| (u64::from(ms) * u64::from(rate_hz) / 1000) as usize;
    let (lead, tail) = (samples(lead_ms), samples(tail_ms));
    let mut random = Random(seed ^ 0x5CE4_E000);
    // Uniform noise between −a and a has an RMS of a / √3.
    let amplitude = 3f64.sqrt() * 10f64.powf(within(noise_dbfs, -300.0, 0.0) / 20.0);
    let padded =
        std::iter::repeat_n(0.0, lead).chain(speech.iter().map(|x| finite(*x))).chain(std::iter::repeat_n(0.0, tail));
    padded.map(|x| (f64::from(x) + amplitude * random.signed()).clamp(-1.0, 1.0) as f32).collect()
}

/// One sound: what excites the tract and where it resonates.
#[derive(Clone, Copy)]
struct Sound {
    /// Relative duration.
    length: f64,
    /// Strength of the voice, 0..1.
    voiced: f64,
    /// Strength of the noise, 0..1.
    noise: f64,
    /// Resonances in Hz.
    formants: [f64; 3],
}

impl Sound {
    /// Vowels after Peterson & Barney (JASA 24, 1952), the rest by ear.
    fn of(letter: char) -> Sound {
        let sound = |length, voiced, noise, formants| Sound { length, voiced, noise, formants };
        match letter.to_ascii_lowercase() {
            'a' => sound(1.5, 1.0, 0.02, [730.0, 1090.0, 2440.0]),
            'e' => sound(1.3, 1.0, 0.02, [530.0, 1840.0, 2480.0]),
            'i' => sound(1.3, 0.95, 0.02, [300.0, 2290.0, 3010.0]),
            'o' => sound(1.5, 1.0, 0.02, [570.0, 840.0, 2410.0]),
            'u' => sound(1.3, 0.95, 0.02, [320.0, 870.0, 2240.0]),
            'y' => sound(1.0, 0.9, 0.02, [270.0, 2100.0, 2900.0]),
            'w' => sound(0.8, 0.8, 0.02, [300.0, 650.0, 2200.0]),
            'r' => sound(0.8, 0.8, 0.03, [420.0, 1200.0, 1600.0]),
            'l' => sound(0.8, 0.8, 0.02, [380.0, 1000.0, 2700.0]),
            'm' => sound(0.8, 0.6, 0.01, [250.0, 1000.0, 2100.0]),
            'n' => sound(0.8, 0.6, 0.01, [250.0, 1450.0, 2300.0]),
            'j' | 'g' => sound(0.7, 0.5, 0.3, [300.0, 2000.0, 2700.0]),
            'b' | 'd' | 'v' => sound(0.6, 0.6, 0.1, [300.0, 1300.0, 2400.0]),
            's' | 'z' | 'x' | 'c' => sound(0.9, 0.05, 0.5, [2200.0, 4700.0, 6200.0]),
            'f' | 'h' => sound(0.8, 0.05, 0.4, [900.0, 1700.0, 3900.0]),
            'p' | 't' | 'k' | 'q' => sound(0.6, 0.1, 0.5, [600.0, 1800.0, 3600.0]),
            // Digits and every other script: a vowel of its own place in the vowel space.
            other => {
                let place = f64::from(u32::from(other) % 97) / 97.0;
                let front = f64::from(u32::from(other) % 31) / 31.0;
                let formants = [300.0 + 430.0 * place, 900.0 + 1300.0 * front, 2500.0];
                sound(1.1, 1.0, 0.02, formants)
            }
        }
    }
}

/// The vocal tract: its state goes on from sound to sound, so that sounds glide into each other.
struct Tract {
    rate_hz: f64,
    scale: f64,
    phase: f64,
    pulse: f64,
    voiced: f64,
    noise: f64,
    formants: [f64; 3],
    memory: [[f64; 2]; 3],
}

impl Tract {
    fn new(rate_hz: f64, scale: f64) -> Tract {
        Tract {
            rate_hz,
            scale,
            phase: 0.0,
            pulse: 0.0,
            voiced: 0.0,
            noise: 0.0,
            formants: [500.0, 1500.0, 2500.0],
            memory: [[0.0; 2]; 3],
        }
    }

    /// The next sample of the excitation; strengths glide within about 15 ms.
    fn source(&mut self, pitch_hz: f64, sound: &Sound, random: &mut Random) -> f64 {
        let glide = 1.0 / (0.015 * self.rate_hz);
        self.voiced += glide * (sound.voiced - self.voiced);
        self.noise += glide * (sound.noise - self.noise);
        self.phase += pitch_hz / self.rate_hz;
        let beat = if self.phase >= 1.0 { 1.0 } else { 0.0 };
        self.phase -= self.phase.floor();
        // One pole at 500 Hz gives the pulses the falling spectrum of the glottis.
        let keep = (-2.0 * PI * 500.0 / self.rate_hz).exp();
        self.pulse = keep * self.pulse + beat;
        // Equal loudness at every rate: pulses hold power per second, noise per sample.
        let noise = random.signed() * (self.rate_hz / 16_000.0).sqrt() * 0.2;
        self.voiced * self.pulse + self.noise * noise
    }

    /// Klatt's resonators in cascade, gliding towards the sound's formants within about 25 ms.
    fn filter(&mut self, source: f64, sound: &Sound) -> f64 {
        let glide = 1.0 / (0.025 * self.rate_hz);
        let mut x = source;
        for (i, memory) in self.memory.iter_mut().enumerate() {
            self.formants[i] += glide * (sound.formants[i] - self.formants[i]);
            let hz = (self.formants[i] * self.scale).min(0.45 * self.rate_hz);
            let radius = (-PI * (60.0 + 0.06 * hz) / self.rate_hz).exp();
            let b = 2.0 * radius * (2.0 * PI * hz / self.rate_hz).cos();
            let c = -radius * radius;
            let y = (1.0 - b - c) * x + b * memory[0] + c * memory[1];
            *memory = [y, memory[0]];
            x = y;
        }
        x
    }
}

/// Radiates from the lips (a difference, +6 dB per octave), fades the edges over 15 ms, rounds off
/// the sharpest peaks, which rooms and microphones do to a voice too, and sets the level.
fn finish(out: &[f64], rate_hz: f64) -> Vec<f32> {
    let fade = 0.015 * rate_hz;
    let mut last = 0.0;
    let shaped: Vec<f64> = out
        .iter()
        .enumerate()
        .map(|(i, x)| {
            let edge = (i.min(out.len() - 1 - i) as f64 / fade).min(1.0);
            let y = (x - 0.9 * last) * edge;
            last = *x;
            y
        })
        .collect();
    let peak = shaped.iter().fold(1e-9f64, |peak, x| peak.max(x.abs()));
    shaped.iter().map(|x| ((2.0 * x / peak).tanh() / 2f64.tanh() * PEAK) as f32).collect()
}

/// Like `clamp`, and NaN becomes `low`.
fn within(value: f64, low: f64, high: f64) -> f64 {
    value.max(low).min(high)
}

/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014, §4).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in −1..1.
    fn signed(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}
