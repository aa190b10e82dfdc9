//! Any samples at any rate under any policy: finite numbers out.
#![no_main]

use audio::descriptors::descriptors;
use audio::fingerprint::fingerprint;
use audio::mel::{log_mel, mfcc};
use audio::resample::to_16k;
use audio::view::{envelope, heat};
use audio::wav::Clip;
use audio::{Policy, Report, measure};
use libfuzzer_sys::{arbitrary, fuzz_target};

/// A clip that no decoder may ever give, and thresholds that no project may ever set.
#[derive(Debug, arbitrary::Arbitrary)]
struct Input {
    rate_hz: u32,
    /// Most runs at a rate that takes have.
    usual_rate: bool,
    bits: u16,
    channels: u16,
    lengths_ms: [u32; 6],
    thresholds: [f64; 9],
    counts: [u32; 3],
    /// 16-bit samples, so that a mutated file sounds; `scale` makes them absurd.
    samples: Vec<i16>,
    scale: Option<f32>,
}

fuzz_target!(|input: Input| {
    let rate_hz =
        if input.usual_rate { [8_000, 16_000, 44_100, 48_000][input.rate_hz as usize % 4] } else { input.rate_hz };
    let scale = input.scale.unwrap_or(1.0 / 32_768.0);
    let samples: Vec<f32> = input.samples.iter().map(|x| f32::from(*x) * scale).collect();
    let clip = Clip { rate_hz, channels: input.channels, bits: input.bits, samples };
    let policy = policy(&input);
    let _ = policy.check();
    for policy in [&policy, &Policy::default()] {
        assert_finite(&measure(&clip, policy));
    }
    let resampled = to_16k(&clip.samples, rate_hz);
    assert!(resampled.iter().all(|x| x.is_finite()));
    let described = descriptors(&resampled);
    for features in [log_mel(&resampled), mfcc(&resampled), described.features] {
        assert_eq!(features.values.len(), features.rows * features.frames);
        assert!(features.values.iter().all(|x| x.is_finite()), "{}", features.spec);
        assert_eq!(heat(&features).len(), features.values.len());
    }
    assert!(described.summary.voiced_ratio.is_finite() && described.summary.syllables_per_s.is_finite());
    assert!(described.summary.median_pitch_hz.is_none_or(f64::is_finite));
    assert_eq!(envelope(&clip.samples, 100).len(), 100);
    let print = fingerprint(&resampled);
    assert_eq!(print.to_string().parse(), Ok(print.clone()));
    assert!(print.bit_error_rate(&print).is_none_or(|rate| rate == 0.0));
});

fn policy(input: &Input) -> Policy {
    let [min_length_ms, max_length_ms, min_speech_ms, min_margin_ms, trim_margin_ms, utterance_gap_ms] =
        input.lengths_ms;
    let [
        silence_dbfs,
        min_speech_dbfs,
        min_snr_db,
        max_clipped_ratio,
        cut_noise_ratio,
        speech_range_db,
        warn_snr_db,
        decay_snr_db,
        cut_range_db,
    ] = input.thresholds;
    let [max_dropouts, max_repeats, max_utterances] = input.counts;
    Policy {
        min_length_ms,
        max_length_ms,
        min_speech_ms,
        min_margin_ms,
        trim_margin_ms,
        utterance_gap_ms,
        silence_dbfs,
        min_speech_dbfs,
        min_snr_db,
        max_clipped_ratio,
        cut_noise_ratio,
        speech_range_db,
        warn_snr_db,
        decay_snr_db,
        cut_range_db,
        max_dropouts,
        max_repeats,
        max_utterances,
        ..Policy::default()
    }
}

/// Whatever fields a report has: no word of it, thresholds aside, is "NaN" or "inf".
fn assert_finite(report: &Report) {
    let mut measured = Report { policy: Policy::default(), ..report.clone() };
    measured.checks.iter_mut().for_each(|check| check.threshold = 0.0);
    let words = format!("{measured:?}");
    assert!(!words.split(|c: char| !c.is_alphanumeric()).any(|word| matches!(word, "NaN" | "inf")), "{words}");
    assert!(report.speech_start_ms <= report.speech_end_ms && report.trim_start_ms <= report.trim_end_ms, "{report:?}");
    assert!(report.faults.is_sorted(), "{report:?}");
}
