//! The quality report of a take.

use serde::{Deserialize, Serialize};

use crate::band::{self, Splitter};
use crate::checks::{self, Check};
use crate::cut::{self, Edges};
use crate::frame::{finite, length_ms};
use crate::level::levels;
use crate::noise::{self, NoiseProfile};
use crate::resample::to_16k;
use crate::speech::{self, Bounds};
use crate::wav::Clip;
use crate::{Fault, Policy, VERSION, dropout, loudness, proximity, repeat, utterance};

/// What was measured on a take and what is wrong with it. Every number is finite; levels start
/// at −120 dBFS. Reports stored by earlier versions lack the later fields and get their defaults.
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
    /// Those runs.
    #[serde(default)]
    pub clipped_runs: u32,
    /// `clipped_samples` as a share of the speech (of the take if there is no speech).
    pub clipped_ratio: f64,
    /// Noise floor (`snr-v1`).
    pub noise_floor_dbfs: f64,
    /// Level of the loudest 300 ms (`snr-v1`).
    pub speech_level_dbfs: f64,
    /// Speech level over noise floor (`snr-v1`).
    pub snr_db: f64,
    /// Integrated loudness (EBU R128), from −70 up; `None` below 400 ms.
    #[serde(default)]
    pub loudness_lufs: Option<f64>,
    /// Start of the first sound.
    pub speech_start_ms: u32,
    /// End of the last sound.
    pub speech_end_ms: u32,
    /// From the first to the last sound.
    pub speech_ms: u32,
    /// Where a trimmed take should start: `trim_margin_ms` before the speech.
    #[serde(default)]
    pub trim_start_ms: u32,
    /// Where a trimmed take should end: `trim_margin_ms` after the speech.
    #[serde(default)]
    pub trim_end_ms: u32,
    /// How far the sound at the start rises over the background, in multiples of the
    /// background's own spread.
    #[serde(default)]
    pub start_rise: f64,
    /// The same at the end.
    #[serde(default)]
    pub end_rise: f64,
    /// Whether the take starts in the middle of sound.
    pub cut_start: bool,
    /// Whether the take ends in the middle of sound.
    pub cut_end: bool,
    /// How often somebody spoke.
    #[serde(default)]
    pub utterances: u32,
    /// Gaps of exact zeros inside the sound.
    #[serde(default)]
    pub dropouts: u32,
    /// Length of these gaps together.
    #[serde(default)]
    pub dropout_ms: u32,
    /// Blocks of sound that were played twice.
    #[serde(default)]
    pub repeated_blocks: u32,
    /// Treble (4.3 to 7.6 kHz) against voice band in the most treble-rich sounds; `None` without
    /// speech.
    #[serde(default)]
    pub treble_db: Option<f64>,
    /// Steepest falls of the speech within 80 ms: high for a near voice; `None` in noise.
    #[serde(default)]
    pub decay_db: Option<f64>,
    /// The thresholds by which the take was judged.
    #[serde(default)]
    pub policy: Policy,
    /// Every measure against its threshold, in a fixed order: the gating checks as in
    /// [`Fault::ALL`], then the advice.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// What is wrong, worst first: the gating checks that failed. Empty for a good take.
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
    let length_ms = length_ms(clip.samples.len(), clip.rate_hz);
    let heard = Heard::new(&profile, policy);
    let trim = heard.bounds.trim(policy.trim_margin_ms, length_ms);
    let is_live = dropout::is_live(profile.noise_power, clip.bits);
    let dropouts = dropout::dropouts(&clip.samples, clip.rate_hz, clip.bits, is_live);
    let mut report = Report {
        version: VERSION.to_owned(),
        rate_hz: clip.rate_hz,
        bits: clip.bits,
        channels: clip.channels,
        length_ms,
        peak_dbfs: levels.peak_dbfs,
        rms_dbfs: levels.rms_dbfs,
        dc_offset: levels.dc_offset,
        clipped_samples: levels.clipped_samples,
        clipped_runs: levels.clipped_runs,
        clipped_ratio: 0.0,
        noise_floor_dbfs: profile.noise_floor_dbfs(),
        speech_level_dbfs: profile.speech_level_dbfs(),
        snr_db: profile.snr_db(),
        loudness_lufs: loudness::integrated_lufs(&clip.samples, clip.rate_hz),
        speech_start_ms: heard.bounds.start_ms,
        speech_end_ms: heard.bounds.end_ms,
        speech_ms: heard.bounds.end_ms - heard.bounds.start_ms,
        trim_start_ms: trim.start_ms,
        trim_end_ms: trim.end_ms,
        start_rise: heard.edges.start,
        end_rise: heard.edges.end,
        cut_start: heard.edges.start > policy.cut_noise_ratio,
        cut_end: heard.edges.end > policy.cut_noise_ratio,
        utterances: heard.utterances,
        dropouts: dropouts.count,
        dropout_ms: dropouts.length_ms,
        repeated_blocks: repeat::repeated_blocks(&clip.samples, clip.rate_hz, is_live),
        treble_db: heard.treble_db,
        decay_db: heard.decay_db,
        policy: policy.clone(),
        checks: Vec::new(),
        faults: Vec::new(),
    };
    report.clipped_ratio = clipped_ratio(&report);
    report.checks = checks::checks(&report);
    report.faults = checks::faults(&report.checks);
    report
}

/// What only a take with sound in it has.
#[derive(Default)]
struct Heard {
    bounds: Bounds,
    edges: Edges,
    utterances: u32,
    treble_db: Option<f64>,
    decay_db: Option<f64>,
}

impl Heard {
    fn new(profile: &NoiseProfile, policy: &Policy) -> Heard {
        if checks::is_silent(profile.speech_level_dbfs(), profile.noise_floor_dbfs(), policy) {
            return Heard::default();
        }
        let mut splitter = Splitter::new();
        let bands = splitter.split_all(profile);
        Heard {
            bounds: speech::bounds(profile, policy),
            edges: cut::edges(profile, &bands, &mut splitter, policy),
            utterances: utterance::count(profile, policy),
            treble_db: band::treble_db(profile, &bands, speech::threshold(profile, policy)),
            decay_db: proximity::decay_db(profile, policy),
        }
    }
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

impl Report {
    /// The worst fault; `None` for a good take.
    pub fn first_fault(&self) -> Option<Fault> {
        self.faults.first().copied()
    }
}
