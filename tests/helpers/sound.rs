//! Sounds for the tests: spoken by espeak-ng, synthetic, and broken on purpose.

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicU32, Ordering},
};

use audio::{
    resample,
    synth::{self, Voice},
    wav,
};
use realfft::RealFftPlanner;
use tempfile::TempDir;

use super::watchdog::scratch;

/// The rate of most microphones, and of every sound made here.
pub const RATE_HZ: u32 = 48_000;

/// How long a fake microphone is quiet first: it plays before a page has opened its recorder.
const LEAD_MS: u32 = 3_500;
/// And how long afterwards, for somebody to press Stop.
const TAIL_MS: u32 = 3_000;

/// A WAV (PCM16 mono, 48 kHz) of `text` spoken, for the fake microphone: silence before and after.
///
/// # Panics
/// When the programs are missing: `apt-get install espeak-ng sox`.
pub fn espeak(folder: &Path, text: &str) -> PathBuf {
    espeak_at(folder, text, RATE_HZ)
}

/// The same at another rate.
pub fn espeak_at(folder: &Path, text: &str, rate_hz: u32) -> PathBuf {
    espeak_as(folder, text, rate_hz, (150, 50))
}

/// The same at another pace (words per minute) and pitch (0 to 99): another take of one voice.
pub fn espeak_as(folder: &Path, text: &str, rate_hz: u32, (pace, pitch): (u32, u32)) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let (spoken, padded) = (folder.join(format!("spoken-{number}.wav")), folder.join(format!("said-{number}.wav")));
    run(Command::new("espeak-ng")
        .args(["-v", "en-us", "-s", &pace.to_string(), "-p", &pitch.to_string(), "-w"])
        .arg(&spoken)
        .arg(text));
    // -R: the same dither for every run.
    run(Command::new("sox")
        .arg("-R")
        .arg(&spoken)
        .args(["-r", &rate_hz.to_string(), "-b", "16", "-c", "1"])
        .arg(&padded)
        .args(["rate", "-v", "gain", "-n", "-6", "pad"])
        .args([LEAD_MS, TAIL_MS].map(|ms| (f64::from(ms) / 1_000.0).to_string())));
    padded
}

/// A file for the fake microphone that holds these WAV bytes.
pub fn file(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = scratch("sound-");
    let path = folder.path().join("take.wav");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// A take without a fault; another seed is another take.
pub fn clean(seed: u64) -> Vec<u8> {
    wav::encode_pcm16(&scene(seed), RATE_HZ)
}

/// A take of a phrase by a speaker: speakers differ by their number.
pub fn said(phrase: &str, speaker: u64) -> Vec<u8> {
    wav::encode_pcm16(&take(speaker, phrase), RATE_HZ)
}

/// Someone forgot to switch the microphone on: nothing but the converter's last bit.
pub fn silent() -> Vec<u8> {
    let faint: Vec<f32> = (0..RATE_HZ * 3 / 2).map(|n| (n % 2) as f32 / 32_768.0).collect();
    wav::encode_pcm16(&faint, RATE_HZ)
}

/// Far too loud: the tops are cut off.
pub fn clipped() -> Vec<u8> {
    let loud: Vec<f32> = scaled_to_peak(scene(7), 4.0);
    wav::encode_pcm16(&loud.iter().map(|sample| sample.clamp(-1.0, 1.0)).collect::<Vec<_>>(), RATE_HZ)
}

/// Recording began in the middle of the word.
pub fn truncated_start() -> Vec<u8> {
    let (samples, middle) = loudest();
    wav::encode_pcm16(&samples[middle..], RATE_HZ)
}

/// Recording ended in the middle of the word.
pub fn truncated_end() -> Vec<u8> {
    let (samples, middle) = loudest();
    wav::encode_pcm16(&samples[..middle], RATE_HZ)
}

/// The same sound, in time for a page that has just opened the fake microphone.
pub fn awaited(wav: &[u8]) -> Vec<u8> {
    let (take, rate_hz) = samples(wav);
    wav::encode_pcm16(&synth::scene(&take, LEAD_MS, TAIL_MS, -80.0, 3, rate_hz), rate_hz)
}

/// Somebody who already speaks when the microphone opens, and stops some seconds later.
pub fn early() -> Vec<u8> {
    wav::encode_pcm16(&synth::scene(&vowel(6), 0, 8_000, -60.0, 4, RATE_HZ), RATE_HZ)
}

/// Somebody who begins in time and does not stop.
pub fn endless() -> Vec<u8> {
    wav::encode_pcm16(&synth::scene(&vowel(10), LEAD_MS, 0, -60.0, 5, RATE_HZ), RATE_HZ)
}

/// A vowel that holds for some seconds: its middle, again and again.
fn vowel(seconds: u32) -> Vec<f32> {
    let spoken = synth::speech(1, "aaaa", &Voice::default(), RATE_HZ);
    let middle = &spoken[spoken.len() / 4..spoken.len() * 3 / 4];
    middle.iter().copied().cycle().take((seconds * RATE_HZ) as usize).collect()
}

/// The samples of a WAV, for comparing.
pub fn samples(bytes: &[u8]) -> (Vec<f32>, u32) {
    let clip = wav::decode(bytes, &wav::Limits::default()).unwrap();
    (clip.samples, clip.rate_hz)
}

/// How much two WAVs sound the same, 0 to 1, whatever their level, rate and start.
pub fn likeness(a: &[u8], b: &[u8]) -> f64 {
    let at_16k = |bytes| {
        let (samples, rate_hz) = samples(bytes);
        resample::to_16k(&samples, rate_hz)
    };
    correlation(&at_16k(a), &at_16k(b))
}

/// The normalised cross-correlation of two recordings at their best shift.
///
/// Both must have one rate. The overlap at that shift holds at least half of the shorter one's
/// energy; else a few samples of silence that happen to agree would count as the same sound.
pub fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let size = (a.len() + b.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f64>::new();
    let spectrum = |samples: &[f32], planner: &mut RealFftPlanner<f64>| {
        let plan = planner.plan_fft_forward(size);
        let mut input: Vec<f64> = samples.iter().map(|x| f64::from(*x)).collect();
        input.resize(size, 0.0);
        let mut output = plan.make_output_vec();
        plan.process(&mut input, &mut output).unwrap();
        output
    };
    let (of_a, of_b) = (spectrum(a, &mut planner), spectrum(b, &mut planner));
    let mut product: Vec<_> = of_a.iter().zip(&of_b).map(|(x, y)| x * y.conj()).collect();
    let mut by_shift = vec![0.0; size];
    planner.plan_fft_inverse(size).process(&mut product, &mut by_shift).unwrap();
    let best = (0..size).max_by(|x, y| by_shift[*x].total_cmp(&by_shift[*y])).unwrap();
    // The upper half are shifts the other way.
    if best < a.len() { overlap(&a[best..], b) } else { overlap(a, &b[(size - best).min(b.len())..]) }
}

fn overlap(a: &[f32], b: &[f32]) -> f64 {
    let energy = |samples: &[f32]| samples.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let length = a.len().min(b.len());
    let (xx, yy) = (energy(&a[..length]), energy(&b[..length]));
    let xy: f64 = a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum();
    let enough = yy.max(xx) >= energy(a).min(energy(b)) / 2.0;
    if enough { (xy / (xx * yy).sqrt().max(f64::MIN_POSITIVE)).max(0.0) } else { 0.0 }
}

fn scene(seed: u64) -> Vec<f32> {
    take(seed, "alexa")
}

fn take(seed: u64, phrase: &str) -> Vec<f32> {
    let speech = synth::speech(seed, phrase, &Voice::ALL[seed as usize % Voice::ALL.len()], RATE_HZ);
    synth::scene(&speech, 400, 400, -60.0, seed, RATE_HZ)
}

/// A take and where in it the word is loudest.
fn loudest() -> (Vec<f32>, usize) {
    let samples = scene(11);
    let window = RATE_HZ as usize / 50;
    let energy = |n: &usize| samples[*n..*n + window].iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let starts = (0..samples.len() - window).step_by(window);
    let middle = starts.max_by(|a, b| energy(a).total_cmp(&energy(b))).unwrap();
    (samples, middle)
}

fn scaled_to_peak(samples: Vec<f32>, peak: f32) -> Vec<f32> {
    let top = samples.iter().fold(0.0f32, |top, sample| top.max(sample.abs()));
    samples.into_iter().map(|sample| sample * peak / top).collect()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; the tests need `apt-get install espeak-ng sox`");
    });
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
