//! Which clips `fingerprint-v1` calls the same recording, on synthetic voices of two kinds.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use audio::fingerprint::{Fingerprint, NEAR_DUPLICATE_RATE, fingerprint};
use audio::resample::{RATE_HZ, to_16k};
use audio::synth::{Voice, scene, speech};
use audio::wav::{Limits, decode, encode_pcm16};
use support::Random;
use support::espeak::{self, Speaker, say};

const WORDS: [&str; 8] =
    ["alexa", "hey computer", "okay robot", "stop", "good morning", "turn it up", "marvin", "hello sayso"];

/// Takes of the crate's own synthesiser: every word in three voices.
fn own_takes() -> Vec<Vec<f32>> {
    let voices = Voice::ALL.iter().take(3).enumerate();
    let said = voices.flat_map(|(i, voice)| WORDS.iter().map(move |word| (i as u64, voice, word)));
    said.map(|(seed, voice, word)| {
        scene(&speech(seed, word, voice, RATE_HZ), 300, 300, -60.0, seed + word.len() as u64, RATE_HZ)
    })
    .collect()
}

/// Takes of espeak-ng, which is nearer to a human voice: every word in four voices.
fn espeak_takes() -> Vec<Vec<f32>> {
    let voices = [("en-us", 140), ("en-us+f3", 150), ("en-gb", 170), ("en-us+f2", 130)];
    let said = voices.iter().flat_map(|voice| WORDS.iter().map(move |word| (voice, word)));
    let spoken = said.enumerate().map(|(seed, (&(voice, speed), word))| {
        let speech = say(Speaker { voice, speed, pitch: 50 }, word);
        scene(&to_16k(&speech, espeak::RATE_HZ), 300, 300, -60.0, seed as u64, RATE_HZ)
    });
    spoken.collect()
}

fn gain(take: &[f32]) -> Vec<f32> {
    take.iter().map(|x| 0.3 * x).collect()
}

fn eight_bits(take: &[f32]) -> Vec<f32> {
    take.iter().map(|x| (x * 128.0).round() / 128.0).collect()
}

/// To 8 kHz, as a telephone does, and back: halving is resampling from "32 kHz".
fn via_8_khz(take: &[f32]) -> Vec<f32> {
    to_16k(&to_16k(take, 32_000), 8_000)
}

/// +9 dB at 1 kHz, one octave wide (R. Bristow-Johnson's Audio EQ Cookbook, peaking filter).
fn equaliser(take: &[f32]) -> Vec<f32> {
    let (a, w) = (10f64.powf(9.0 / 40.0), std::f64::consts::TAU * 1_000.0 / 16_000.0);
    let alpha = w.sin() / (2.0 * 1.4);
    let (b0, b1, b2) = (1.0 + alpha * a, -2.0 * w.cos(), 1.0 - alpha * a);
    let (a0, a1, a2) = (1.0 + alpha / a, -2.0 * w.cos(), 1.0 - alpha / a);
    let (mut x1, mut x2, mut y1, mut y2) = (0.0, 0.0, 0.0, 0.0);
    take.iter()
        .map(|x| {
            let x = f64::from(*x);
            let y = (b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2) / a0;
            (x2, x1, y2, y1) = (x1, x, y1, y);
            (0.4 * y) as f32
        })
        .collect()
}

/// 37 ms later: not a whole number of hops.
fn shifted(take: &[f32]) -> Vec<f32> {
    [&vec![0.0; 592], take].concat()
}

fn noisy(take: &[f32]) -> Vec<f32> {
    with_noise(take, 0.1)
}

/// White noise of `share` of the take's RMS.
fn with_noise(take: &[f32], share: f32) -> Vec<f32> {
    let rms = (take.iter().map(|x| x * x).sum::<f32>() / take.len() as f32).sqrt();
    let mut random = Random(take.len() as u64);
    // Uniform noise between −a and a has an RMS of a / √3.
    take.iter().map(|x| x + share * 3f32.sqrt() * rms * random.sample()).collect()
}

/// Through a loudspeaker in a room (reverberation time 0.3 s, 6 dB below the direct sound, nothing
/// under 250 Hz), 56 ms later, with noise 30 dB below.
fn replayed(take: &[f32]) -> Vec<f32> {
    let mut random = Random(take.len() as u64);
    let mut room: Vec<f32> = (0..4_800).map(|i| random.sample() * 10f32.powf(-3.0 * i as f32 / 4_800.0)).collect();
    let scale = (0.25 / room.iter().map(|x| x * x).sum::<f32>()).sqrt();
    room.iter_mut().for_each(|x| *x *= scale);
    room[0] += 1.0;
    let mut sound = take.to_vec();
    for _ in 0..2 {
        let (mut before, mut y) = (0.0, 0.0);
        for x in &mut sound {
            y = 0.906 * (y + *x - before);
            before = std::mem::replace(x, y);
        }
    }
    let mut heard = vec![0.0; 900 + sound.len() + room.len()];
    for (at, x) in sound.iter().enumerate() {
        heard[900 + at..].iter_mut().zip(&room).for_each(|(slot, echo)| *slot += x * echo);
    }
    with_noise(&heard, 0.0316)
}

/// The same words again, 3 % faster and higher: nearer than any second take of a person.
fn retake(take: &[f32]) -> Vec<f32> {
    to_16k(take, 16_475)
}

type Change = (&'static str, fn(&[f32]) -> Vec<f32>);

const COPIES: [Change; 7] = [
    ("gain", gain),
    ("8 bits", eight_bits),
    ("via 8 kHz", via_8_khz),
    ("equaliser", equaliser),
    ("37 ms later", shifted),
    ("noise 20 dB", noisy),
    ("replay", replayed),
];

/// The bit error rates between the takes, and the least for takes of another word.
fn check(kind: &str, takes: &[Vec<f32>]) -> (f64, f64) {
    let prints: Vec<Fingerprint> = takes.iter().map(|take| fingerprint(take)).collect();
    println!("{kind}: {} takes", takes.len());
    for (name, change) in COPIES {
        let (_, largest) = rates(name, &prints, takes, change);
        assert!(largest < NEAR_DUPLICATE_RATE, "{kind}, {name}: {largest}");
    }
    let (retake_median, _) = rates("retake", &prints, takes, retake);
    let pairs = (0..prints.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    let other_words = pairs.filter(|(a, b)| a % WORDS.len() != b % WORDS.len());
    let others: Vec<f64> = other_words.filter_map(|(a, b)| prints[a].bit_error_rate(&prints[b])).collect();
    let least = others.iter().copied().fold(1.0, f64::min);
    println!("  {:12} {:.3} (from {least:.3})", "other words", median(others));
    (retake_median, least)
}

/// Prints and returns the median and the largest of the bit error rates of the changed takes.
fn rates(name: &str, prints: &[Fingerprint], takes: &[Vec<f32>], change: fn(&[f32]) -> Vec<f32>) -> (f64, f64) {
    let changed = takes.iter().map(|take| fingerprint(&change(take)));
    let rates: Vec<f64> =
        prints.iter().zip(changed).map(|(print, changed)| print.bit_error_rate(&changed).unwrap()).collect();
    let least = rates.iter().copied().fold(1.0, f64::min);
    let largest = rates.iter().copied().fold(0.0, f64::max);
    let missed = rates.iter().filter(|rate| **rate >= NEAR_DUPLICATE_RATE).count();
    let median = median(rates);
    println!("  {name:12} {median:.3} ({least:.3} to {largest:.3}), {missed} called another recording");
    (median, largest)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[test]
fn a_copy_is_recognised_and_another_take_is_not() {
    let (retakes, others) = check("own voices", &own_takes());
    assert!(retakes > NEAR_DUPLICATE_RATE && others > NEAR_DUPLICATE_RATE, "{retakes}, {others}");
}

/// The same, on a synthesiser that says a word twice exactly alike: its rigid 3 % "retake" is the
/// hardest case there is, and lies on both sides of the threshold.
#[test]
fn a_copy_of_espeaks_is_recognised_and_another_word_is_not() {
    let (retakes, others) = check("espeak-ng", &espeak_takes());
    assert!(retakes > NEAR_DUPLICATE_RATE && others > NEAR_DUPLICATE_RATE, "{retakes}, {others}");
}

#[test]
fn silence_and_scraps_are_no_duplicates_of_each_other() {
    let take = &own_takes()[0];
    let nothing = [vec![], vec![0.0; 32_000], take[..3_000].to_vec(), scene(&[], 1_000, 1_000, -70.0, 1, RATE_HZ)];
    for a in &nothing {
        for b in nothing.iter().chain([take]) {
            assert!(!fingerprint(a).is_near_duplicate(&fingerprint(b)), "{} and {} samples", a.len(), b.len());
        }
    }
    assert!(fingerprint(take).is_near_duplicate(&fingerprint(&encode_and_decode(take))));
}

fn encode_and_decode(take: &[f32]) -> Vec<f32> {
    decode(&encode_pcm16(take, RATE_HZ), &Limits::default()).unwrap().samples
}
