//! The checks of a report: every measure against its threshold, with a sentence for the speaker.

use serde::{Deserialize, Serialize};

use crate::{Fault, Policy, Report};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Usable, but it could be better.
    Warn,
    /// Record again: only gating checks fail.
    Fail,
    /// Could not be measured on this take; the value is 0.
    Unknown,
}

/// One measure against its threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Stable code; of a gating check, the code of its [`Fault`].
    pub name: String,
    /// What was measured; finite, and 0 where the verdict is unknown.
    pub value: f64,
    /// Unit of value and threshold; empty for counts.
    pub unit: String,
    /// From the [`Policy`]: where the verdict turns.
    pub threshold: f64,
    /// How it went.
    pub verdict: Verdict,
    /// Whether failing refuses the take.
    pub gates: bool,
    /// What to do about it; where it passed, a short confirmation.
    pub sentence: String,
}

/// The checks of a report whose measures are filled in: first the gating ones in the order of
/// [`Fault::ALL`], then `dc_offset`, `noise_floor`, `loud_speech`, `loudness`, `start_margin`,
/// `end_margin`, `utterances`, `dropouts`, `repeated_blocks`, `bandwidth`, `proximity`,
/// `sample_rate`, `bit_depth` and `channels`.
pub(crate) fn checks(report: &Report) -> Vec<Check> {
    gates(report).into_iter().chain(advice(report)).collect()
}

/// The faults of the gating checks that failed.
pub(crate) fn faults(checks: &[Check]) -> Vec<Fault> {
    checks.iter().filter(|check| check.verdict == Verdict::Fail).filter_map(|c| Fault::from_code(&c.name)).collect()
}

/// Nothing louder than the room, or faint noise out of which no speech rises.
pub(crate) fn is_silent(speech_level_dbfs: f64, noise_floor_dbfs: f64, policy: &Policy) -> bool {
    let heard_dbfs = speech_level_dbfs.max(noise_floor_dbfs);
    let snr_db = speech_level_dbfs - noise_floor_dbfs;
    heard_dbfs < policy.silence_dbfs || (heard_dbfs < policy.min_speech_dbfs && snr_db < policy.min_snr_db)
}

/// The checks that can refuse a take. Only what the speaker can act on is judged: a silent take
/// is nothing but silent, a scrap is too short to know its noise, and under loud noise neither
/// the level nor the bounds of the speech mean much.
fn gates(report: &Report) -> [Check; 8] {
    let policy = &report.policy;
    let heard_dbfs = report.speech_level_dbfs.max(report.noise_floor_dbfs);
    let is_silent = is_silent(report.speech_level_dbfs, report.noise_floor_dbfs, policy);
    let is_sound = !is_silent;
    let is_scrap = report.length_ms < policy.min_length_ms;
    let is_noisy = report.snr_db < policy.min_snr_db;
    let is_clear = is_sound && !is_scrap && !is_noisy;
    let (short_ms, least_ms) =
        if is_scrap { (report.length_ms, policy.min_length_ms) } else { (report.speech_ms, policy.min_speech_ms) };
    let snr_threshold_db = if is_noisy { policy.min_snr_db } else { policy.warn_snr_db };

    let quiet = fail_if(report.speech_level_dbfs < policy.min_speech_dbfs).known(is_clear);
    let clipped = match report.clipped_samples {
        _ if report.clipped_ratio > policy.max_clipped_ratio => Verdict::Fail,
        0 => Verdict::Pass,
        _ => Verdict::Warn,
    };
    let noisy = match report.snr_db {
        _ if is_noisy => Verdict::Fail,
        snr_db if snr_db < policy.warn_snr_db => Verdict::Warn,
        _ => Verdict::Pass,
    };
    let short = fail_if(short_ms < least_ms).known(is_sound && (is_scrap || is_clear));
    let long = fail_if(report.length_ms > policy.max_length_ms).known(is_sound);
    let (cut_start, cut_end) = (fail_if(report.cut_start).known(is_sound), fail_if(report.cut_end).known(is_sound));
    let (length_ms, most_ms) = (f64::from(report.length_ms), f64::from(policy.max_length_ms));
    [
        (Fault::Silence, heard_dbfs, "dBFS", policy.silence_dbfs, fail_if(is_silent)),
        (Fault::TooQuiet, report.speech_level_dbfs, "dBFS", policy.min_speech_dbfs, quiet),
        (Fault::Clipped, report.clipped_ratio, "ratio", policy.max_clipped_ratio, clipped.known(is_sound)),
        (Fault::CutStart, report.start_rise, "spreads", policy.cut_noise_ratio, cut_start),
        (Fault::CutEnd, report.end_rise, "spreads", policy.cut_noise_ratio, cut_end),
        (Fault::TooNoisy, report.snr_db, "dB", snr_threshold_db, noisy.known(is_sound && !is_scrap)),
        (Fault::TooShort, f64::from(short_ms), "ms", f64::from(least_ms), short),
        (Fault::TooLong, length_ms, "ms", most_ms, long),
    ]
    .map(|(fault, value, unit, threshold, verdict)| gate(fault, value, unit, threshold, verdict))
}

/// The checks that only advise.
fn advice(report: &Report) -> [Check; 14] {
    let policy = &report.policy;
    let spoken = |value: f64| (report.speech_ms > 0).then_some(value);
    let most = |name, value, unit, threshold| advise(name, value, unit, threshold, |x, limit| x <= limit);
    let least = |name, value, unit, threshold| advise(name, value, unit, threshold, |x, limit| x >= limit);
    let margin_ms = f64::from(policy.min_margin_ms);
    let end_margin_ms = f64::from(report.length_ms.saturating_sub(report.speech_end_ms));
    let count = |n: u32| Some(f64::from(n));
    [
        most("dc_offset", Some(report.dc_offset.abs()), "ratio", policy.max_dc_offset),
        most("noise_floor", Some(report.noise_floor_dbfs), "dBFS", policy.max_noise_dbfs),
        most("loud_speech", spoken(report.speech_level_dbfs), "dBFS", policy.max_speech_dbfs),
        least("loudness", report.loudness_lufs, "LUFS", policy.min_loudness_lufs),
        least("start_margin", spoken(f64::from(report.speech_start_ms)), "ms", margin_ms),
        least("end_margin", spoken(end_margin_ms), "ms", margin_ms),
        most("utterances", spoken(f64::from(report.utterances)), "", f64::from(policy.max_utterances)),
        most("dropouts", count(report.dropouts), "", f64::from(policy.max_dropouts)),
        most("repeated_blocks", count(report.repeated_blocks), "", f64::from(policy.max_repeats)),
        least("bandwidth", report.treble_db, "dB", policy.min_treble_db),
        least("proximity", report.decay_db, "dB", policy.min_decay_db),
        least("sample_rate", count(report.rate_hz), "Hz", f64::from(policy.min_rate_hz)),
        least("bit_depth", count(u32::from(report.bits)), "bit", f64::from(policy.min_bits)),
        most("channels", count(u32::from(report.channels)), "", f64::from(policy.max_channels)),
    ]
}

fn fail_if(failed: bool) -> Verdict {
    if failed { Verdict::Fail } else { Verdict::Pass }
}

impl Verdict {
    /// Unknown unless it can be known.
    fn known(self, is_known: bool) -> Verdict {
        if is_known { self } else { Verdict::Unknown }
    }
}

fn gate(fault: Fault, value: f64, unit: &str, threshold: f64, verdict: Verdict) -> Check {
    let sentence = match verdict {
        Verdict::Fail => fault.sentence(),
        verdict => gate_sentence(fault, verdict),
    };
    check(fault.code(), value, unit, threshold, verdict, true, sentence)
}

fn advise(name: &str, value: Option<f64>, unit: &str, threshold: f64, is_good: fn(f64, f64) -> bool) -> Check {
    let verdict = match value {
        None => Verdict::Unknown,
        Some(value) if is_good(value, threshold) => Verdict::Pass,
        Some(_) => Verdict::Warn,
    };
    check(name, value.unwrap_or(0.0), unit, threshold, verdict, false, advice_sentence(name, verdict))
}

fn check(name: &str, value: f64, unit: &str, threshold: f64, verdict: Verdict, gates: bool, sentence: &str) -> Check {
    let value = if verdict == Verdict::Unknown { 0.0 } else { value };
    Check {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        threshold,
        verdict,
        gates,
        sentence: sentence.to_owned(),
    }
}

/// What a gating check says unless it fails.
fn gate_sentence(fault: Fault, verdict: Verdict) -> &'static str {
    match (fault, verdict) {
        (_, Verdict::Unknown) => NOT_MEASURED,
        (Fault::Silence, _) => "We heard you.",
        (Fault::TooQuiet, _) => "You are loud enough.",
        (Fault::Clipped, Verdict::Warn) => "A few peaks touch the limit. Move back a little for the next take.",
        (Fault::Clipped, _) => "The microphone was not overdriven.",
        (Fault::CutStart, _) => "The beginning is there.",
        (Fault::CutEnd, _) => "The end is there.",
        (Fault::TooNoisy, Verdict::Warn) => "There is some noise around you. A quieter place gives better takes.",
        (Fault::TooNoisy, _) => "You stand out clearly from the noise.",
        (Fault::TooShort, _) => "It is long enough.",
        (Fault::TooLong, _) => "It is not too long.",
    }
}

const NOT_MEASURED: &str = "This could not be judged on this take.";

fn advice_sentence(name: &str, verdict: Verdict) -> &'static str {
    let (pass, warn) = match name {
        "dc_offset" => {
            ("The signal is centred.", "The signal is off centre. If you can, try another microphone or socket.")
        }
        "noise_floor" => {
            ("The background is quiet.", "The background is loud. Close the window or switch off fans, if you can.")
        }
        "loud_speech" => {
            ("There is room above your voice.", "You are very loud. Move back a little for the next take.")
        }
        "loudness" => ("The loudness is fine.", "The take is faint. Come closer to the microphone for the next one."),
        "start_margin" => {
            ("There is a pause before the speech.", "Wait a moment after you start the recording, then speak.")
        }
        "end_margin" => {
            ("There is a pause after the speech.", "Wait a moment after you speak, then stop the recording.")
        }
        "utterances" => ("It was said once.", "We heard more than one utterance. Say the phrase once in each take."),
        "dropouts" => {
            ("No sound was lost.", "Pieces of the sound are missing. Close other programs and tabs, then record again.")
        }
        "repeated_blocks" => (
            "No piece was played twice.",
            "Pieces of the sound are doubled. Close other programs and tabs, then record again.",
        ),
        "bandwidth" => (
            "The treble is there.",
            "It sounds like a telephone. Use the built-in or a wired microphone instead of a headset on Bluetooth.",
        ),
        "proximity" => {
            ("You are close to the microphone.", "You sound far away. Come closer to the microphone for the next take.")
        }
        "sample_rate" => ("The sample rate is high enough.", "The sample rate is low. Record with 16 kHz or more."),
        "bit_depth" => ("The samples are fine enough.", "The samples are coarse. Record with 16 bits or more."),
        _ => (
            "The recording is mono.",
            "The recording has several channels, which we average. Record in mono if you can.",
        ),
    };
    match verdict {
        Verdict::Pass => pass,
        Verdict::Unknown => NOT_MEASURED,
        Verdict::Warn | Verdict::Fail => warn,
    }
}
