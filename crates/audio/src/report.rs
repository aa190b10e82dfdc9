//! The quality report of a take.

use serde::{Deserialize, Serialize};

use crate::frame::{finite, length_ms};
use crate::level::levels;
use crate::noise::{self, NoiseProfile};
use crate::resample::to_16k;
use crate::speech::{Bounds, bounds, cuts};
use crate::wav::Clip;
use crate::{Fault, Policy, VERSION};

/// Two reports of the same bytes may differ by so many dB: room for another FFT or libm.
const TOLERANCE_DB: f64 = 0.1;

/// Two reports of the same bytes may differ by so much in ratios and offsets.
const TOLERANCE_RATIO: f64 = 1e-4;

/// What was measured on a take and what is wrong with it. Every number is finite; levels start
/// at −120 dBFS.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`VERSION`] of the measuring code.
    pub version: String,
    /// Sample rate of the file.
    pub rate_hz: u32,
    /// Bits per sample of the file.
    pub bits: u16,
    /// Channels of the file.
    pub channels: u16,
    /// Length of the whole take.
    pub length_ms: u32,
    /// Largest magnitude of the raw samples.
    pub peak_dbfs: f64,
    /// Root mean square of the raw samples.
    pub rms_dbfs: f64,
    /// Mean of the raw samples, full scale being 1.
    pub dc_offset: f64,
    /// Raw samples in runs of three or more at full scale.
    pub clipped_samples: u32,
    /// `clipped_samples` as a share of the speech (of the take if there is no speech).
    pub clipped_ratio: f64,
    /// Noise floor (`snr-v1`).
    pub noise_floor_dbfs: f64,
    /// Level of the loudest 300 ms (`snr-v1`).
    pub speech_level_dbfs: f64,
    /// Speech level over noise floor (`snr-v1`).
    pub snr_db: f64,
    /// Start of the first sound.
    pub speech_start_ms: u32,
    /// End of the last sound.
    pub speech_end_ms: u32,
    /// From the first to the last sound.
    pub speech_ms: u32,
    /// Whether the take starts in the middle of sound.
    pub cut_start: bool,
    /// Whether the take ends in the middle of sound.
    pub cut_end: bool,
    /// What is wrong, worst first; empty for a good take.
    pub faults: Vec<Fault>,
}

/// Measures a take and judges it. Any clip will do, even an empty one (which is silent).
///
/// Browser and server must measure the same samples: the browser measures what
/// [`crate::wav::decode`] gives back for the bytes that it is about to send.
pub fn measure(clip: &Clip, policy: &Policy) -> Report {
    let levels = levels(&clip.samples);
    // Without its offset a take does not jump at the edges when it is resampled.
    let offset = levels.dc_offset as f32;
    let centred: Vec<f32> = clip.samples.iter().map(|x| finite(*x) - offset).collect();
    let profile = noise::profile(&to_16k(&centred, clip.rate_hz));
    let silent = is_silent(&profile, policy);
    let (Bounds { start_ms, end_ms }, (cut_start, cut_end)) =
        if silent { (Bounds::default(), (false, false)) } else { (bounds(&profile, policy), cuts(&profile, policy)) };
    let mut report = Report {
        version: VERSION.to_owned(),
        rate_hz: clip.rate_hz,
        bits: clip.bits,
        channels: clip.channels,
        length_ms: length_ms(clip.samples.len(), clip.rate_hz),
        peak_dbfs: levels.peak_dbfs,
        rms_dbfs: levels.rms_dbfs,
        dc_offset: levels.dc_offset,
        clipped_samples: levels.clipped_samples,
        clipped_ratio: 0.0,
        noise_floor_dbfs: profile.noise_floor_dbfs(),
        speech_level_dbfs: profile.speech_level_dbfs(),
        snr_db: profile.snr_db(),
        speech_start_ms: start_ms,
        speech_end_ms: end_ms,
        speech_ms: end_ms - start_ms,
        cut_start,
        cut_end,
        faults: Vec::new(),
    };
    report.clipped_ratio = clipped_ratio(&report);
    report.faults = if silent { vec![Fault::Silence] } else { faults(&report, policy) };
    report
}

/// The clipped share of the speech, or of the take if there is no speech: of the whole take it
/// would fall with every second of silence around the word.
fn clipped_ratio(report: &Report) -> f64 {
    let ms = match report.speech_ms {
        0 => report.length_ms,
        speech_ms => speech_ms,
    };
    let samples = f64::from(ms) * f64::from(report.rate_hz) / 1000.0;
    (f64::from(report.clipped_samples) / samples.max(1.0)).min(1.0)
}

/// Nothing louder than the room, or faint noise out of which no speech rises.
fn is_silent(profile: &NoiseProfile, policy: &Policy) -> bool {
    let heard_dbfs = profile.speech_level_dbfs().max(profile.noise_floor_dbfs());
    heard_dbfs < policy.silence_dbfs || (heard_dbfs < policy.min_speech_dbfs && profile.snr_db() < policy.min_snr_db)
}

/// The faults of a take that is not silent, in [`Fault`]'s order. Only what the speaker can act
/// on: a scrap is too short to know its noise, and under loud noise neither the level nor the
/// bounds of the speech mean much.
fn faults(report: &Report, policy: &Policy) -> Vec<Fault> {
    let is_scrap = report.length_ms < policy.min_length_ms;
    let is_noisy = !is_scrap && report.snr_db < policy.min_snr_db;
    let is_clear = !is_scrap && !is_noisy;
    let is_quiet = is_clear && report.speech_level_dbfs < policy.min_speech_dbfs;
    let is_short = is_scrap || (is_clear && report.speech_ms < policy.min_speech_ms);
    [
        (is_quiet, Fault::TooQuiet),
        (report.clipped_ratio > policy.max_clipped_ratio, Fault::Clipped),
        (report.cut_start, Fault::CutStart),
        (report.cut_end, Fault::CutEnd),
        (is_noisy, Fault::TooNoisy),
        (is_short, Fault::TooShort),
        (report.length_ms > policy.max_length_ms, Fault::TooLong),
    ]
    .into_iter()
    .filter_map(|(found, fault)| found.then_some(fault))
    .collect()
}

impl Report {
    /// The worst fault; `None` for a good take.
    pub fn first_fault(&self) -> Option<Fault> {
        self.faults.first().copied()
    }

    /// The first field in which another report of the same bytes differs, with both values;
    /// `None` if they agree. Decibels may differ by 0.1, ratios by 0.0001, everything else must
    /// be equal.
    pub fn disagreement(&self, other: &Report) -> Option<String> {
        let exact = |name: &str, mine: String, theirs: String| {
            (mine != theirs).then(|| format!("{name}: {mine} against {theirs}"))
        };
        let near = |name: &str, mine: f64, theirs: f64, tolerance: f64| {
            // Written so that NaN, which only a foreign report can hold, disagrees.
            let agree = (mine - theirs).abs() <= tolerance;
            (!agree).then(|| format!("{name}: {mine} against {theirs}"))
        };
        macro_rules! compare {
            (exact $($field:ident)* ; db $($db:ident)* ; ratio $($ratio:ident)*) => {
                None
                $(.or_else(|| exact(
                    stringify!($field),
                    format!("{:?}", self.$field),
                    format!("{:?}", other.$field),
                )))*
                $(.or_else(|| near(stringify!($db), self.$db, other.$db, TOLERANCE_DB)))*
                $(.or_else(|| near(stringify!($ratio), self.$ratio, other.$ratio, TOLERANCE_RATIO)))*
            };
        }
        compare!(
            exact version rate_hz bits channels length_ms clipped_samples speech_start_ms
                speech_end_ms speech_ms cut_start cut_end faults;
            db peak_dbfs rms_dbfs noise_floor_dbfs speech_level_dbfs snr_db;
            ratio dc_offset clipped_ratio
        )
    }
}
