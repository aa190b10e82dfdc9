//! The report as stored and sent: its checks, its JSON, and what makes two reports disagree.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use audio::synth::{Voice, scene, speech};
use audio::{Fault, Policy, Report, Verdict, measure};
use serde_json::{Value, json};
use support::clip;

const RATE_HZ: u32 = 48_000;

/// The documented order of the checks: the gates as in [`Fault::ALL`], then the advice.
const CHECKS: [&str; 22] = [
    "silence",
    "too_quiet",
    "clipped",
    "cut_start",
    "cut_end",
    "too_noisy",
    "too_short",
    "too_long",
    "dc_offset",
    "noise_floor",
    "loud_speech",
    "loudness",
    "start_margin",
    "end_margin",
    "utterances",
    "dropouts",
    "repeated_blocks",
    "bandwidth",
    "proximity",
    "sample_rate",
    "bit_depth",
    "channels",
];

fn take(noise_dbfs: f64) -> Vec<f32> {
    scene(&speech(3, "alexa", &Voice::default(), RATE_HZ), 500, 500, noise_dbfs, 3, RATE_HZ)
}

fn report(samples: &[f32]) -> Report {
    measure(&clip(samples, RATE_HZ), &Policy::default())
}

/// Takes with every fault, and a good one.
fn all_kinds() -> Vec<Report> {
    let loud: Vec<f32> = take(-60.0).iter().map(|x| (4.0 * x).clamp(-1.0, 1.0)).collect();
    let faint: Vec<f32> = take(-60.0).iter().map(|x| 0.02 * x).collect();
    let word = &take(-60.0)[30_000..50_000];
    let long = [take(-60.0), vec![0.0; 10 * RATE_HZ as usize]].concat();
    [&take(-60.0)[..], &loud, &faint, word, &long, &take(-9.0), &[0.0; 48_000], &word[..9_000]].map(report).into()
}

#[test]
fn checks_come_in_their_documented_order() {
    for report in all_kinds() {
        let names: Vec<&str> = report.checks.iter().map(|check| &check.name[..]).collect();
        assert_eq!(names, CHECKS);
        for (i, check) in report.checks.iter().enumerate() {
            assert_eq!(check.gates, i < Fault::ALL.len(), "{check:?}");
            assert!(check.gates || check.verdict != Verdict::Fail, "{check:?}");
            assert!(check.value.is_finite() && check.threshold.is_finite(), "{check:?}");
            assert!(check.sentence.ends_with('.') && check.sentence.len() > 10, "{check:?}");
            assert!(check.verdict != Verdict::Unknown || check.value == 0.0, "{check:?}");
        }
    }
}

#[test]
fn faults_are_the_gates_that_failed() {
    let mut seen = Vec::new();
    for report in all_kinds() {
        let failed = report.checks.iter().filter(|check| check.verdict == Verdict::Fail);
        let codes: Vec<&str> = failed.map(|check| &check.name[..]).collect();
        assert_eq!(codes, report.faults.iter().map(|fault| fault.code()).collect::<Vec<_>>());
        for fault in &report.faults {
            let check = report.checks.iter().find(|check| check.name == fault.code()).unwrap();
            assert_eq!(check.sentence, fault.sentence());
        }
        seen.extend(report.faults);
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen, Fault::ALL);
}

#[test]
fn a_silent_take_is_judged_on_nothing_else() {
    let report = report(&[0.0; 48_000]);
    let gates = &report.checks[..Fault::ALL.len()];
    assert_eq!(gates[0].verdict, Verdict::Fail);
    assert!(gates[1..].iter().all(|check| check.verdict == Verdict::Unknown), "{gates:?}");
    assert_eq!((report.trim_start_ms, report.trim_end_ms, report.utterances), (0, 1000, 0));
}

#[test]
fn the_suggested_trim_keeps_200_ms_around_the_speech() {
    let long = [vec![0.0; RATE_HZ as usize], take(-60.0), vec![0.0; RATE_HZ as usize]].concat();
    for samples in [&long[..], &take(-45.0), &take(-60.0)[20_000..]] {
        let report = report(samples);
        let margins = (report.speech_start_ms - report.trim_start_ms, report.trim_end_ms - report.speech_end_ms);
        assert!(margins.0 >= 200.min(report.speech_start_ms), "{margins:?}");
        assert!(margins.1 >= 200.min(report.length_ms - report.speech_end_ms), "{margins:?}");
        assert!(report.trim_end_ms <= report.length_ms);
    }
    assert!(report(&long).trim_start_ms > 1000, "the second of silence is trimmed");
}

#[test]
fn the_json_is_small_and_comes_back() {
    for report in all_kinds() {
        let json = serde_json::to_string(&report).unwrap();
        println!("report: {} bytes of JSON", json.len());
        assert!(json.len() < 8_192, "{} bytes", json.len());
        let again: Report = serde_json::from_str(&json).unwrap();
        assert_eq!(report.disagreement(&again), None);
        assert!(report.is_comparable(&again));
    }
    let json = serde_json::to_value(report(&take(-60.0))).unwrap();
    assert_eq!(json["checks"][0]["verdict"], "pass");
    assert_eq!(json["version"], audio::VERSION);
    assert_eq!(json["policy"], serde_json::to_value(Policy::default()).unwrap());
}

#[test]
fn a_report_of_version_0_1_can_still_be_read() {
    let old = json!({
        "version": "0.1.0", "rate_hz": 48_000, "bits": 16, "channels": 1, "length_ms": 1650,
        "peak_dbfs": -6.0, "rms_dbfs": -20.0, "dc_offset": 0.0, "clipped_samples": 0,
        "clipped_ratio": 0.0, "noise_floor_dbfs": -65.0, "speech_level_dbfs": -15.5, "snr_db": 49.5,
        "speech_start_ms": 500, "speech_end_ms": 1150, "speech_ms": 650, "cut_start": false,
        "cut_end": false, "faults": ["too_noisy"],
    });
    let report: Report = serde_json::from_value(old).unwrap();
    assert_eq!(report.first_fault(), Some(Fault::TooNoisy));
    assert_eq!((report.checks.len(), report.loudness_lufs, &report.policy), (0, None, &Policy::default()));
}

/// Moves each number, word and list of a report in turn: the other side must notice.
#[test]
fn a_change_in_any_field_is_a_disagreement() {
    let mine = report(&take(-45.0));
    let json = serde_json::to_value(&mine).unwrap();
    for (field, value) in json.as_object().unwrap() {
        let mut theirs = json.clone();
        theirs[field] = match value {
            Value::Number(number) if number.is_u64() => json!(number.as_u64().unwrap() + 1),
            Value::Number(number) => json!(number.as_f64().unwrap() + 0.2),
            Value::Bool(value) => json!(!value),
            Value::String(_) => json!("another"),
            Value::Array(list) if list.is_empty() => json!(["too_long"]),
            Value::Array(list) => json!(list[1..]),
            Value::Object(_) => json!({ "min_snr_db": 4.0 }),
            Value::Null => continue,
        };
        let theirs: Report = serde_json::from_value(theirs).unwrap();
        let told = mine.disagreement(&theirs);
        assert!(told.as_ref().is_some_and(|told| told.starts_with(&format!("{field}: "))), "{field}: {told:?}");
    }
    for check in 0..mine.checks.len() {
        let mut theirs = mine.clone();
        theirs.checks[check].value += 0.2;
        assert!(mine.disagreement(&theirs).unwrap().starts_with("checks: "));
        theirs.checks[check].value = f64::NAN;
        assert!(mine.disagreement(&theirs).is_some());
    }
}

#[test]
fn nan_and_missing_numbers_never_agree() {
    let mine = report(&take(-45.0));
    for lie in [Some(f64::NAN), Some(f64::INFINITY), None] {
        let mut theirs = mine.clone();
        theirs.loudness_lufs = lie;
        assert!(mine.disagreement(&theirs).unwrap().starts_with("loudness_lufs: "));
        assert!(theirs.disagreement(&mine).is_some());
    }
    let mut theirs = mine.clone();
    theirs.policy.min_snr_db = f64::NAN;
    assert!(mine.disagreement(&theirs).unwrap().starts_with("policy: "));
    assert!(!mine.is_comparable(&theirs));
}
