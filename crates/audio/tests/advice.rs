//! Each measure that only advises tells apart what it is for.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use audio::{Check, Policy, Report, Verdict, measure};
use support::noises::{Babble, Noise, reverberate};
use support::takes::{Scene, Word, record, words};
use support::{Random, clip, convert, espeak, peak, scaled};

const RATE_HZ: u32 = 48_000;

const CAST: &[(&[&str], &[&str])] = &[
    (&["en-us", "en-gb+f2", "en-us+m3", "en-us+f5"], &["alexa", "hey computer", "stop", "hello sunshine", "yes"]),
    (&["de+f1", "de"], &["licht an", "guten morgen", "fenster auf"]),
    (&["fr-fr", "es+m2", "it+f3", "pl"], &["radio", "computer"]),
];

fn cast() -> Vec<Word> {
    words(CAST, 21)
}

/// A word with half a second of faint noise around it.
fn take(word: &[f32], seed: u64) -> Vec<f32> {
    let noise = Some((Noise::Pink, 35.0));
    let scene = Scene { rate_hz: RATE_HZ, lead_ms: 500, tail_ms: 500, peak: 0.4, noise };
    record(word, scene, &Babble::silent(), &mut Random(seed)).samples
}

fn report(samples: &[f32], rate_hz: u32) -> Report {
    measure(&clip(samples, rate_hz), &Policy::default())
}

fn check(report: &Report, name: &str) -> Check {
    report.checks.iter().find(|check| check.name == name).unwrap().clone()
}

fn share(values: &[f64], is: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|x| is(**x)).count() as f64 / values.len() as f64
}

fn spread(name: &str, values: &mut [f64]) {
    values.sort_by(f64::total_cmp);
    let at = |percent: usize| values[(values.len() - 1) * percent / 100];
    println!("{name}: p1 {:.1} p10 {:.1} median {:.1} p90 {:.1} p99 {:.1}", at(1), at(10), at(50), at(90), at(99));
}

#[test]
fn telephone_sound_lacks_treble() {
    let (mut native, mut narrow) = (Vec::new(), Vec::new());
    for (seed, word) in cast().iter().enumerate() {
        let whole = take(&word.samples, seed as u64);
        native.extend(report(&whole, RATE_HZ).treble_db);
        let telephone = convert(&convert(&whole, RATE_HZ, 8_000), 8_000, RATE_HZ);
        narrow.extend(report(&telephone, RATE_HZ).treble_db);
    }
    spread("treble, native", &mut native);
    spread("treble, 8 kHz upsampled", &mut narrow);
    let threshold_db = Policy::default().min_treble_db;
    assert!(share(&native, |x| x >= threshold_db) >= 0.97);
    assert!(share(&narrow, |x| x < threshold_db) >= 0.97);
}

#[test]
fn a_distant_voice_decays_slowly() {
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for (seed, word) in cast().iter().enumerate() {
        let mut random = Random(seed as u64);
        let close = reverberate(&word.samples, espeak::RATE_HZ, 0.4, 12.0, &mut random);
        near.extend(report(&take(&close, 1), RATE_HZ).decay_db);
        let away = reverberate(&word.samples, espeak::RATE_HZ, 0.6, -6.0, &mut random);
        far.extend(report(&take(&away, 2), RATE_HZ).decay_db);
    }
    spread("decay, near", &mut near);
    spread("decay, far", &mut far);
    let threshold_db = Policy::default().min_decay_db;
    assert!(share(&near, |x| x >= threshold_db) >= 0.9);
    assert!(share(&far, |x| x < threshold_db) >= 0.9);
}

#[test]
fn two_utterances_are_not_one() {
    let all = cast();
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    for (i, word) in all.iter().enumerate() {
        once.push(f64::from(report(&take(&word.samples, 3), RATE_HZ).utterances));
        let pause = vec![0.0; espeak::RATE_HZ as usize * 6 / 10];
        let next = &all[(i + 1) % all.len()].samples;
        let both = [&word.samples[..], &pause, &scaled(next, peak(&word.samples) / peak(next))].concat();
        twice.push(f64::from(report(&take(&both, 4), RATE_HZ).utterances));
    }
    println!("one utterance: {:.3} right, two: {:.3} right", share(&once, |n| n == 1.0), share(&twice, |n| n == 2.0));
    assert!(share(&once, |n| n == 1.0) >= 0.98);
    assert!(share(&twice, |n| n >= 2.0) >= 0.95);
}

/// Places in the loud half of a word where a buffer may be lost.
fn loud_place(samples: &[f32], len: usize, random: &mut Random) -> usize {
    let power = |at: usize| samples[at..at + len].iter().map(|x| x * x).sum::<f32>();
    let places: Vec<usize> = (0..40).map(|_| random.below(samples.len() - 4 * len) + len).collect();
    places.into_iter().max_by(|a, b| power(*a).total_cmp(&power(*b))).unwrap()
}

#[test]
fn lost_buffers_are_noticed() {
    let (mut quiet_room, mut studio, mut doubled) = (Vec::new(), Vec::new(), Vec::new());
    for (seed, word) in cast().iter().enumerate() {
        let mut random = Random(seed as u64);
        for len in [128, 480, 1024] {
            let mut noisy = take(&word.samples, 5);
            let place = loud_place(&noisy, len, &mut random);
            noisy[place..place + len].fill(0.0);
            quiet_room.push(f64::from(report(&noisy, RATE_HZ).dropouts));

            let mut clean = convert(&word.samples, espeak::RATE_HZ, RATE_HZ);
            let place = loud_place(&clean, len, &mut random);
            clean[place..place + len].fill(0.0);
            studio.push(f64::from(report(&clean, RATE_HZ).dropouts));

            let mut noisy = take(&word.samples, 6);
            let place = loud_place(&noisy, len, &mut random);
            noisy.copy_within(place..place + len, place + len);
            doubled.push(f64::from(report(&noisy, RATE_HZ).repeated_blocks));
        }
    }
    let shares = [&quiet_room, &studio, &doubled].map(|found| share(found, |n| n >= 1.0));
    println!(
        "dropouts found: {:.3} in noise, {:.3} in digital silence; doubled {:.3}",
        shares[0], shares[1], shares[2]
    );
    assert!(shares[0] >= 0.98 && shares[1] >= 0.8 && shares[2] >= 0.98, "{shares:?}");
}

#[test]
fn nothing_is_lost_where_nothing_is_lost() {
    let lossless = |samples: &[f32], rate_hz, name: &str| {
        let report = report(samples, rate_hz);
        assert_eq!((report.dropouts, report.repeated_blocks), (0, 0), "{name} at {rate_hz} Hz");
    };
    for (seed, word) in cast().iter().enumerate() {
        let pause = vec![0.0; espeak::RATE_HZ as usize / 2];
        let raw = [&pause[..], &word.samples, &pause, &word.samples, &pause].concat();
        lossless(&raw, espeak::RATE_HZ, &word.name);
        lossless(&convert(&raw, espeak::RATE_HZ, RATE_HZ), RATE_HZ, &word.name);
        lossless(&scaled(&raw, 0.02), espeak::RATE_HZ, &word.name);
        lossless(&take(&word.samples, seed as u64), RATE_HZ, &word.name);
    }
    for rate_hz in [16_000, 44_100, 48_000] {
        for hz in [50.0, 60.0, 100.0, 440.0, 997.0, 1_000.0, 4_000.0] {
            for gain in [0.0, 1e-4, 0.01, 0.9] {
                lossless(&tone(hz, gain, rate_hz), rate_hz, "a tone");
            }
        }
    }
}

fn tone(hz: f64, gain: f64, rate_hz: u32) -> Vec<f32> {
    let step = std::f64::consts::TAU * hz / f64::from(rate_hz);
    (0..2 * rate_hz).map(|i| (gain * (step * f64::from(i)).sin()) as f32).collect()
}

/// ITU-R BS.1770-4, annex 1: a 997 Hz sine at 0 dBFS on one channel has −3.01 LKFS.
#[test]
fn loudness_is_the_standards() {
    for rate_hz in [8_000, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
        for (gain, wanted) in [(1.0, -3.01), (0.1, -23.01), (0.01, -43.01)] {
            for hz in [997.0, 1_000.0] {
                let found = report(&tone(hz, gain, rate_hz).repeat(2), rate_hz.max(8_000)).loudness_lufs.unwrap();
                assert!((found - wanted).abs() < 0.1, "{rate_hz} Hz: {found} for {wanted}");
            }
        }
    }
    assert_eq!(report(&[0.0; 48_000], RATE_HZ).loudness_lufs, Some(-70.0));
    assert_eq!(report(&[0.1; 4_000], RATE_HZ).loudness_lufs, None);
}

/// The reference implementation, which is too large for the browser, on words and silence.
#[test]
fn loudness_agrees_with_libebur128() {
    let mut worst = 0.0f64;
    for (seed, word) in cast().iter().enumerate().step_by(3) {
        for rate_hz in [16_000, 44_100, 48_000, 96_000] {
            let samples = convert(&take(&word.samples, seed as u64), RATE_HZ, rate_hz);
            let mut meter = ebur128::EbuR128::new(1, rate_hz, ebur128::Mode::I).unwrap();
            meter.add_frames_f32(&clip(&samples, rate_hz).samples).unwrap();
            let found = report(&samples, rate_hz).loudness_lufs.unwrap();
            worst = worst.max((found - meter.loudness_global().unwrap()).abs());
        }
    }
    println!("loudness: at most {worst:.3} LU from libebur128");
    assert!(worst <= 0.1, "{worst} LU");
}

#[test]
fn advice_never_refuses_and_says_what_to_do() {
    let narrow = convert(&take(&cast()[0].samples, 1), RATE_HZ, 16_000);
    let odd = scaled(&narrow, 0.2).iter().map(|x| x + 0.05).collect::<Vec<f32>>();
    let report = report(&odd, 16_000);
    assert_eq!(report.faults, []);
    let offset = check(&report, "dc_offset");
    assert_eq!((offset.verdict, offset.gates), (Verdict::Warn, false));
    assert!(offset.sentence.contains("microphone"), "{offset:?}");
    assert!((offset.value - 0.05).abs() < 1e-3);
}
