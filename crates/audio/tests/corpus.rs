//! How well a report tells good takes from bad ones, on a corpus of synthetic speech with known
//! truth: many voices and languages, four kinds of noise, three sample rates.
//!
//! Needs the program espeak-ng (`apt-get install espeak-ng`). Every figure is printed
//! (`cargo test -p audio --test corpus -- --nocapture`) for both casts: the one on which the
//! thresholds were tuned and one that they have never met.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use audio::{Fault, Policy, Report, measure};
use support::noises::{Babble, Noise, breathe, reverberate};
use support::takes::{Scene, Word, record, words};
use support::{Random, clip, convert, espeak, peak, scaled};

/// Voices and what each of them says.
type Cast = &'static [(&'static [&'static str], &'static [&'static str])];

const TUNED: Cast = &[
    (&["en-us", "en-us+f3", "en-us+m3"], &["alexa", "hey computer", "stop", "five"]),
    (&["de+f2", "de+m4"], &["hallo zusammen", "licht an"]),
    (&["fr-fr+f4", "es+m1"], &["bonjour", "despierta"]),
    (&["pl+f1"], &["cześć", "światło"]),
];

const FRESH: Cast = &[
    (
        &["en-gb-x-gbclan", "en-us+linda", "en-us-nyc+m2", "en-029+f4"],
        &["hey robin", "lights off", "seven", "tomorrow"],
    ),
    (&["fi+f1", "da+m3", "nb"], &["kiitos paljon", "huset"]),
    (&["hu+f3", "tr+m1", "id"], &["merhaba", "lampa"]),
    (&["el", "uk+f2", "ro+m5"], &["robot", "musica"]),
];

const RATES_HZ: [u32; 3] = [16_000, 44_100, 48_000];

fn casts() -> [(&'static str, Vec<Word>); 2] {
    [("tuned", words(TUNED, 31)), ("fresh", words(FRESH, 32))]
}

fn report(samples: &[f32], rate_hz: u32) -> Report {
    measure(&clip(samples, rate_hz), &Policy::default())
}

/// Mean and 95th percentile of the magnitudes.
fn mean_and_p95(mut errors: Vec<f64>) -> (f64, f64) {
    errors.iter_mut().for_each(|error| *error = error.abs());
    errors.sort_by(f64::total_cmp);
    (errors.iter().sum::<f64>() / errors.len() as f64, errors[errors.len() * 95 / 100])
}

#[test]
fn the_signal_to_noise_ratio_is_near_the_truth() {
    let babble = Babble::new();
    for (cast, words) in casts() {
        let (mut errors, mut mean_errors) = (Vec::new(), Vec::new());
        for kind in Noise::ALL {
            let mut of_kind = Vec::new();
            for (i, word) in words.iter().enumerate() {
                for round in 0..3 {
                    let mut random = Random(i as u64 * 3 + round);
                    let wanted_db = 5.0 * (1 + (i as u64 + 2 * round) % 6) as f64;
                    let (lead_ms, tail_ms) = (200 + random.below(300) as u32, 200 + random.below(300) as u32);
                    let noise = Some((kind, wanted_db));
                    let scene = Scene { rate_hz: RATES_HZ[random.below(3)], lead_ms, tail_ms, peak: 0.3, noise };
                    let take = record(&word.samples, scene, &babble, &mut random);
                    let found_db = report(&take.samples, take.rate_hz).snr_db;
                    of_kind.push(found_db - take.snr_db);
                    mean_errors.push(found_db - take.mean_snr_db);
                }
            }
            errors.extend(of_kind.iter().copied());
            let (mean, p95) = mean_and_p95(of_kind);
            println!("snr-v1, {cast}, {kind:?}: mean error {mean:.2} dB, p95 {p95:.2} dB");
        }
        let (against_mean, _) = mean_and_p95(mean_errors.clone());
        println!(
            "snr-v1, {cast}, against the mean of the noise: {against_mean:.2} dB, p95 {:.2} dB",
            mean_and_p95(mean_errors).1
        );
        let count = errors.len();
        let (mean, p95) = mean_and_p95(errors);
        println!("snr-v1, {cast}, all {count}: mean error {mean:.2} dB, p95 {p95:.2} dB");
        assert!(mean <= 0.75 && p95 <= 2.0, "{cast}: {mean} {p95}");
    }
}

#[test]
fn overdriven_takes_are_clipped_and_loud_ones_are_not() {
    for (cast, words) in casts() {
        let (mut takes, mut caught, mut falsely) = (0, 0, 0);
        for word in &words {
            for rate_hz in RATES_HZ {
                let pause = vec![0.0; rate_hz as usize / 3];
                let word = convert(&word.samples, espeak::RATE_HZ, rate_hz);
                let take = [&pause[..], &scaled(&word, 1.0 / peak(&word)), &pause].concat();
                let is_clipped = |gain: f32| report(&scaled(&take, gain), rate_hz).faults.contains(&Fault::Clipped);
                takes += 1;
                caught += u32::from(is_clipped(10f32.powf(3.0 / 20.0)));
                falsely += u32::from(is_clipped(1.0)) + u32::from(is_clipped(10f32.powf(-0.1 / 20.0)));
            }
        }
        println!(
            "clipping, {cast}: {caught} of {takes} overdriven by 3 dB caught, {falsely} of {} loud ones",
            2 * takes
        );
        assert!(f64::from(caught) >= 0.95 * f64::from(takes) && f64::from(falsely) <= 0.01 * f64::from(2 * takes));
    }
}

/// A scene with pauses of 200 to 1000 ms, digitally silent or in noise of 5 to 40 dB.
fn scene(random: &mut Random) -> Scene {
    let snr_db = [5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0][random.below(7)];
    let noise = Noise::ALL.get(random.below(5)).map(|kind| (*kind, snr_db));
    Scene {
        rate_hz: RATES_HZ[random.below(3)],
        lead_ms: 200 + random.below(800) as u32,
        tail_ms: 200 + random.below(800) as u32,
        peak: 0.1 + 0.8 * random.sample().abs(),
        noise,
    }
}

/// How many of how many.
#[derive(Default)]
struct Share(u32, u32);

impl Share {
    fn add(&mut self, found: bool) {
        self.0 += u32::from(found);
        self.1 += 1;
    }

    fn ratio(&self) -> f64 {
        f64::from(self.0) / f64::from(self.1)
    }
}

#[test]
fn cut_words_are_found_and_whole_ones_are_left_alone() {
    let babble = Babble::new();
    for (cast, words) in casts() {
        let [mut starts, mut ends, mut whole, mut tight, mut blurred] = [(); 5].map(|()| Share::default());
        for (i, word) in words.iter().enumerate() {
            for round in 0..6 {
                let mut random = Random(1_000 + i as u64 * 6 + round);
                let scene = scene(&mut random);
                let take = record(&word.samples, scene, &babble, &mut random);
                starts.add(measure(&take.cut_start(120), &Policy::default()).cut_start);
                ends.add(measure(&take.cut_end(120), &Policy::default()).cut_end);
                let report = measure(&take.clip(), &Policy::default());
                assert!(!report.faults.contains(&Fault::Silence), "{} {scene:?}", word.name);
                whole.add(report.cut_start || report.cut_end);
                let narrow = Scene { lead_ms: 100, tail_ms: 100, ..scene };
                let report = measure(&record(&word.samples, narrow, &babble, &mut random).clip(), &Policy::default());
                tight.add(report.cut_start || report.cut_end);
                blurred.add(is_cut_with_a_tail(
                    word,
                    Scene { lead_ms: 300, tail_ms: 100, ..scene },
                    &babble,
                    &mut random,
                ));
            }
        }
        println!(
            "cut by 120 ms, {cast}, {} each: start {:.3}, end {:.3} caught",
            starts.1,
            starts.ratio(),
            ends.ratio()
        );
        println!(
            "whole, {cast}: {:.4} refused; with 100 ms around {:.4}; with a tail {:.4}",
            whole.ratio(),
            tight.ratio(),
            blurred.ratio()
        );
        assert!(starts.ratio() >= 0.9 && ends.ratio() >= 0.85, "{cast}");
        assert!(whole.ratio() <= 0.01 && tight.ratio() <= 0.02 && blurred.ratio() <= 0.03, "{cast}");
    }
}

/// A word with reverberation or a breath after it, and `tail_ms` after that.
fn is_cut_with_a_tail(word: &Word, scene: Scene, babble: &Babble, random: &mut Random) -> bool {
    let tailed = if random.below(2) == 0 {
        reverberate(&word.samples, espeak::RATE_HZ, 0.3, 3.0, random)
    } else {
        breathe(&word.samples, espeak::RATE_HZ, 250, 25.0, random)
    };
    let report = measure(&record(&tailed, scene, babble, random).clip(), &Policy::default());
    report.cut_start || report.cut_end
}

#[test]
fn takes_without_speech_are_silent() {
    let babble = Babble::new();
    let mut random = Random(5);
    let mut count = 0;
    for rate_hz in RATES_HZ {
        for length_ms in [300, 700, 1_500, 4_000] {
            let len = (rate_hz / 100 * length_ms / 10) as usize;
            let mut backgrounds = vec![vec![0.0; len], vec![0.4; len], vec![-0.01; len]];
            backgrounds.push((0..len).map(|_| (random.below(3) as f32 - 1.0) / 32_768.0).collect());
            for kind in [Noise::White, Noise::Pink, Noise::Hum] {
                let noise = support::noises::noise(kind, len, rate_hz, &babble, &mut random);
                let power = noise.iter().map(|x| x * x).sum::<f32>() / len as f32;
                for rms_dbfs in [-80.0, -65.0, -50.0, -45.0] {
                    let gain = 10f32.powf(rms_dbfs / 20.0) / power.sqrt();
                    backgrounds.push(noise.iter().map(|x| x * gain + 0.003).collect());
                }
            }
            for background in backgrounds {
                assert_eq!(report(&background, rate_hz).faults, [Fault::Silence], "{rate_hz} Hz, {length_ms} ms");
                count += 1;
            }
        }
    }
    println!("silence: {count} of {count} takes without speech caught");
}
