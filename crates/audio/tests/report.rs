//! What the report says about good and bad takes.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use audio::synth::{Voice, scene, speech};
use audio::{Fault, Policy, Report, measure};
use support::{Random, clip, largest_difference, wav};

const RATE_HZ: u32 = 48_000;
const PHRASES: [&str; 3] = ["alexa", "hey computer", "stop"];

fn report(samples: &[f32]) -> Report {
    measure(&clip(samples, RATE_HZ), &Policy::default())
}

fn word() -> Vec<f32> {
    speech(3, "alexa", &Voice::default(), RATE_HZ)
}

fn good_take() -> Vec<f32> {
    scene(&word(), 500, 500, -60.0, 3, RATE_HZ)
}

fn noise(len: usize, rms_dbfs: f64) -> Vec<f32> {
    scene(&vec![0.0; len], 0, 0, rms_dbfs, 5, RATE_HZ)
}

fn amplified(samples: &[f32], gain_db: f32) -> Vec<f32> {
    let gain = 10f32.powf(gain_db / 20.0);
    samples.iter().map(|x| (x * gain).clamp(-1.0, 1.0)).collect()
}

#[test]
fn every_synthetic_phrase_in_every_voice_is_a_good_take() {
    for phrase in PHRASES {
        for voice in Voice::ALL {
            for (seed, rate_hz) in [(1, 48_000), (2, 44_100), (3, 16_000), (4, 48_000)] {
                let word = speech(seed, phrase, &voice, rate_hz);
                let take = scene(&word, 400, 350, -55.0, seed, rate_hz);
                let report = measure(&clip(&take, rate_hz), &Policy::default());
                assert_eq!(report.faults, [], "{phrase} {voice:?} {seed}: {report:?}");
                assert!(report.speech_start_ms.abs_diff(400) < 80, "{phrase} {report:?}");
                let end_ms = report.length_ms - 350;
                assert!(report.speech_end_ms.abs_diff(end_ms) < 120, "{phrase} {report:?}");
            }
        }
    }
}

#[test]
fn phrases_voices_and_seeds_sound_different() {
    let spectrum = |seed, phrase, voice: &Voice| {
        let take = scene(&speech(seed, phrase, voice, 16_000), 0, 900, -60.0, 1, 16_000);
        audio::mel::log_mel(&take[..16_000]).values
    };
    let mean_difference =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32;
    let alexa = spectrum(1, "alexa", &Voice::ALL[0]);
    assert!(mean_difference(&alexa, &spectrum(1, "computer", &Voice::ALL[0])) > 6.0);
    assert!(mean_difference(&alexa, &spectrum(1, "stop", &Voice::ALL[0])) > 6.0);
    assert!(mean_difference(&alexa, &spectrum(1, "alexa", &Voice::ALL[1])) > 3.0);
    assert!(mean_difference(&alexa, &spectrum(2, "alexa", &Voice::ALL[0])) > 0.1);
    assert_eq!(largest_difference(&alexa, &spectrum(1, "alexa", &Voice::ALL[0])), 0.0);
}

#[test]
fn a_good_take_is_measured_in_full() {
    let report = report(&good_take());
    assert_eq!(report.first_fault(), None);
    assert_eq!((report.rate_hz, report.channels, report.bits), (48_000, 1, 16));
    assert!((report.peak_dbfs + 6.0).abs() < 0.2, "{report:?}");
    assert!((report.noise_floor_dbfs + 65.0).abs() < 1.0, "{report:?}");
    assert!(report.snr_db > 30.0, "{report:?}");
    assert_eq!(report.speech_ms, report.speech_end_ms - report.speech_start_ms);
    assert_eq!(report.version, audio::VERSION);
    let json = serde_json::to_string(&report).unwrap();
    let again: Report = serde_json::from_str(&json).unwrap();
    assert_eq!(report.disagreement(&again), None);
}

/// The reference word between pure digital silence, as a fake microphone plays it.
#[test]
fn digital_silence_around_a_word_is_no_fault() {
    let reference = wav("ref_alexa.wav");
    for (lead_ms, tail_ms) in [(0, 0), (100, 60), (300, 700), (800, 700), (1200, 1500)] {
        let pad = |ms: usize| vec![0.0; ms * 16];
        let take = [pad(lead_ms), reference.samples.clone(), pad(tail_ms)].concat();
        let report = measure(&clip(&take, 16_000), &Policy::default());
        assert_eq!(report.faults, [], "{lead_ms} {tail_ms}: {report:?}");
        assert!(report.noise_floor_dbfs >= -90.0);
    }
}

#[test]
fn silence_and_faint_noise_are_only_silence() {
    assert_eq!(report(&[0.0; 48_000]).faults, [Fault::Silence]);
    assert_eq!(report(&[0.3; 48_000]).faults, [Fault::Silence]);
    assert_eq!(report(&[0.0; 4_800]).faults, [Fault::Silence]);
    assert_eq!(report(&vec![0.0; 600_000]).faults, [Fault::Silence]);
    for rms_dbfs in [-90.0, -70.0, -60.0, -50.0, -45.0] {
        assert_eq!(report(&noise(72_000, rms_dbfs)).faults, [Fault::Silence], "{rms_dbfs}");
    }
}

#[test]
fn faint_speech_is_too_quiet() {
    let take = scene(&amplified(&word(), -32.0), 500, 500, -75.0, 1, RATE_HZ);
    assert_eq!(report(&take).faults, [Fault::TooQuiet]);
}

#[test]
fn an_overdriven_take_is_clipped() {
    for gain_db in [9.0, 12.0, 20.0] {
        let report = report(&amplified(&good_take(), gain_db));
        assert_eq!(report.first_fault(), Some(Fault::Clipped), "{gain_db}: {report:?}");
        assert!(report.clipped_samples > 50, "{report:?}");
    }
    assert_eq!(report(&amplified(&good_take(), 5.9)).clipped_samples, 0);
}

#[test]
fn a_take_that_starts_or_ends_inside_the_word_is_cut() {
    let take = good_take();
    let middle = 24_000 + word().len() / 2;
    let start = report(&take[middle..]);
    assert!(start.cut_start && !start.cut_end, "{start:?}");
    assert!(start.faults.contains(&Fault::CutStart));
    let end = report(&take[..middle]);
    assert!(end.cut_end && !end.cut_start, "{end:?}");
    assert!(end.faults.contains(&Fault::CutEnd));
    let both = report(&word()[6_000..24_000]);
    assert!(both.cut_start && both.cut_end, "{both:?}");
}

#[test]
fn a_reference_word_cut_by_120_ms_is_found_out() {
    let reference = wav("ref_alexa.wav");
    let whole = measure(&reference, &Policy::default());
    let start = (whole.speech_start_ms as usize + 120) * 16;
    let end = (whole.speech_end_ms as usize - 120) * 16;
    let late = measure(&clip(&reference.samples[start..], 16_000), &Policy::default());
    assert_eq!(late.first_fault(), Some(Fault::CutStart), "{late:?}");
    let early = measure(&clip(&reference.samples[..end], 16_000), &Policy::default());
    assert_eq!(early.first_fault(), Some(Fault::CutEnd), "{early:?}");
}

#[test]
fn speech_in_loud_noise_is_too_noisy() {
    for noise_dbfs in [-12.0, -9.0] {
        let faults = report(&scene(&word(), 500, 500, noise_dbfs, 1, RATE_HZ)).faults;
        assert_eq!(faults, [Fault::TooNoisy], "{noise_dbfs}");
    }
    assert_eq!(report(&noise(72_000, -20.0)).faults, [Fault::TooNoisy]);
}

#[test]
fn a_click_and_a_scrap_are_too_short() {
    let click = scene(&word()[12_000..13_500], 500, 500, -60.0, 1, RATE_HZ);
    assert_eq!(report(&click).first_fault(), Some(Fault::TooShort));
    assert_eq!(report(&word()[12_000..14_000]).faults, [Fault::TooShort]);
}

#[test]
fn a_long_take_is_too_long() {
    let take = scene(&word(), 500, 9_500, -60.0, 1, RATE_HZ);
    assert_eq!(report(&take).faults, [Fault::TooLong]);
}

#[test]
fn a_policy_moves_the_thresholds() {
    let strict = Policy { min_snr_db: 60.0, min_speech_ms: 2_000, max_length_ms: 1_000, ..Policy::default() };
    let report = measure(&clip(&good_take(), RATE_HZ), &strict);
    assert_eq!(report.faults, [Fault::TooNoisy, Fault::TooLong]);
    let deaf = Policy { min_speech_dbfs: -3.0, min_speech_ms: 2_000, ..Policy::default() };
    let report = measure(&clip(&good_take(), RATE_HZ), &deaf);
    assert_eq!(report.faults, [Fault::TooQuiet, Fault::TooShort]);
}

#[test]
fn the_noise_estimate_follows_the_noise() {
    for noise_dbfs in [-60.0, -50.0, -40.0, -30.0] {
        let quiet = report(&scene(&word(), 500, 500, -80.0, 1, RATE_HZ));
        let noisy = report(&scene(&word(), 500, 500, noise_dbfs, 1, RATE_HZ));
        // A third of white noise at 48 kHz lies below 8 kHz, less the filter's slope.
        assert!((noisy.noise_floor_dbfs - (noise_dbfs - 5.0)).abs() < 0.8, "{noisy:?}");
        let truth = quiet.speech_level_dbfs - noisy.noise_floor_dbfs;
        assert!((noisy.snr_db - truth).abs() < 1.0, "{noisy:?}");
    }
}

#[test]
fn disagreement_names_the_first_different_field() {
    let mine = report(&good_take());
    let mut theirs = mine.clone();
    theirs.snr_db += 0.09;
    theirs.dc_offset += 5e-5;
    assert_eq!(mine.disagreement(&theirs), None);
    theirs.snr_db += 0.02;
    assert!(mine.disagreement(&theirs).unwrap().starts_with("snr_db: "));
    theirs.speech_ms += 1;
    let text = mine.disagreement(&theirs).unwrap();
    assert_eq!(text, format!("speech_ms: {} against {}", mine.speech_ms, theirs.speech_ms));
    theirs = mine.clone();
    theirs.faults = vec![Fault::TooNoisy];
    assert!(mine.disagreement(&theirs).unwrap().starts_with("faults: "));
    theirs = mine.clone();
    theirs.peak_dbfs = f64::NAN;
    assert!(mine.disagreement(&theirs).unwrap().starts_with("peak_dbfs: "));
}

#[test]
fn a_resampled_take_is_judged_alike() {
    let mut random = Random(4);
    for _ in 0..6 {
        let phrase = PHRASES[random.below(3)];
        let voice = Voice::ALL[random.below(5)];
        let at = |rate_hz| {
            let word = speech(9, phrase, &voice, rate_hz);
            let silence = vec![0.0; rate_hz as usize / 2];
            let take = [silence.clone(), word, silence].concat();
            measure(&clip(&take, rate_hz), &Policy::default())
        };
        let (low, high) = (at(44_100), at(48_000));
        assert_eq!(low.faults, high.faults);
        assert!(low.speech_start_ms.abs_diff(high.speech_start_ms) <= 40);
    }
}
