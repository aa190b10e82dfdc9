//! The thresholds by which a take is judged.

use serde::{Deserialize, Serialize};

/// What a project asks of a take. Missing fields in JSON get their defaults.
///
/// Defaults were tuned on synthetic speech in four kinds of noise, so a project with real
/// recordings may well move them; [`Policy::check`] refuses nonsense. The figures below are those
/// of `tests/corpus.rs` and `tests/advice.rs`, which print them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Shortest whole take in ms. Default 500: the shortest speech plus 100 ms on each side.
    pub min_length_ms: u32,
    /// Longest whole take in ms. Default 10 000, as Common Voice.
    pub max_length_ms: u32,
    /// Shortest speech, from its first to its last sound, in ms. Default 200: Common Voice asks
    /// 300 ms of a whole clip, but a brisk "up" takes less, and noise hides its ends.
    pub min_speech_ms: u32,
    /// Level in dBFS below which we heard nothing at all. Default −60: the room itself.
    pub silence_dbfs: f64,
    /// Lowest speech level in dBFS. Default −40, where 16-bit rounding and room noise begin to
    /// show in the features.
    pub min_speech_dbfs: f64,
    /// Lowest signal-to-noise ratio in dB (`snr-v1`). Default 3: stationary noise without any
    /// speech gives at most −7.9, babble up to +7.3.
    pub min_snr_db: f64,
    /// Largest share of clipped samples in the speech. Default 0.0003: a few samples, since a
    /// clean take scaled to full scale touches it once. Catches 97 to 98 % of takes overdriven by
    /// 3 dB, and no clean one.
    pub max_clipped_ratio: f64,
    /// A take is cut when the sound at its start or end rises over the background by more than
    /// this many times the background's own spread. Default 2: in digital silence and in noise
    /// of 5 to 40 dB it finds 98 % of starts and 88 to 95 % of ends cut by 120 ms, and refuses
    /// fewer than 1 % of whole takes.
    pub cut_noise_ratio: f64,
    /// Sound this many dB below the speech level is not speech, however quiet the background.
    /// Default 30: keeps breath, reverberation and a noise gate from looking like speech where
    /// the background is digital silence.
    pub speech_range_db: f64,
    /// Sound at an edge this many dB below the speech level cuts nothing off. Default 25: breath
    /// and the room's reverberation lie below.
    pub cut_range_db: f64,
    /// Warns of a signal-to-noise ratio below this, in dB. Default 10.
    pub warn_snr_db: f64,
    /// Warns of a noise floor above this, in dBFS. Default −45.
    pub max_noise_dbfs: f64,
    /// Warns of a speech level above this, in dBFS. Default −9: little is left before clipping.
    pub max_speech_dbfs: f64,
    /// Warns of an integrated loudness (EBU R128) below this, in LUFS. Default −40.
    pub min_loudness_lufs: f64,
    /// Warns of a mean of the samples beyond this, full scale being 1. Default 0.01.
    pub max_dc_offset: f64,
    /// Warns of less than this before or after the speech, in ms. Default 200: with 50 the 95th
    /// percentile of the noise estimate's error grows from 1.6 to 2.8 dB.
    pub min_margin_ms: u32,
    /// What the suggested trim keeps before and after the speech, in ms; at least 200.
    /// Default 300: noise hides the first and last 100 ms of a word.
    pub trim_margin_ms: u32,
    /// Warns of treble this far below the voice band in the most treble-rich sounds, in dB.
    /// Default −38: native sound stays above −18, sound upsampled from 8 kHz below −53.
    pub min_treble_db: f64,
    /// Warns of a decay over 80 ms below this, in dB. Default 11: near voices fall by 12 to 21,
    /// far ones, blurred by the room, by 8 to 11.
    pub min_decay_db: f64,
    /// The decay is believed from this signal-to-noise ratio on, in dB. Default 15.
    pub decay_snr_db: f64,
    /// Warns of more dropouts than this. Default 0.
    pub max_dropouts: u32,
    /// Warns of more repeated blocks than this. Default 0.
    pub max_repeats: u32,
    /// A pause of this length or longer, in ms, separates two utterances. Default 350: pauses
    /// inside a phrase are shorter.
    pub utterance_gap_ms: u32,
    /// Warns of more utterances than this. Default 1.
    pub max_utterances: u32,
    /// Warns of a sample rate below this, in Hz. Default 16 000, the rate of the features.
    pub min_rate_hz: u32,
    /// Warns of fewer bits per sample. Default 16.
    pub min_bits: u16,
    /// Warns of more channels. Default 1: channels are averaged, which can thin the voice.
    pub max_channels: u16,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            min_length_ms: 500,
            max_length_ms: 10_000,
            min_speech_ms: 200,
            silence_dbfs: -60.0,
            min_speech_dbfs: -40.0,
            min_snr_db: 3.0,
            max_clipped_ratio: 0.0003,
            cut_noise_ratio: 2.0,
            speech_range_db: 30.0,
            cut_range_db: 25.0,
            warn_snr_db: 10.0,
            max_noise_dbfs: -45.0,
            max_speech_dbfs: -9.0,
            min_loudness_lufs: -40.0,
            max_dc_offset: 0.01,
            min_margin_ms: 200,
            trim_margin_ms: 300,
            min_treble_db: -38.0,
            min_decay_db: 11.0,
            decay_snr_db: 15.0,
            max_dropouts: 0,
            max_repeats: 0,
            utterance_gap_ms: 350,
            max_utterances: 1,
            min_rate_hz: 16_000,
            min_bits: 16,
            max_channels: 1,
        }
    }
}

/// A threshold that makes no sense; the message names the field and what it takes.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PolicyError {
    /// Outside the range in which the threshold means something, or no number at all.
    #[error("{field} is {value}; give a number from {least} to {most}.")]
    Range {
        /// The field's name.
        field: &'static str,
        /// What it holds.
        value: f64,
        /// Smallest sensible value.
        least: f64,
        /// Largest sensible value.
        most: f64,
    },
    /// Two thresholds between which nothing fits.
    #[error("{low} is above {high}; no recording could meet both.")]
    Order {
        /// The field that must not be larger.
        low: &'static str,
        /// The field that must not be smaller.
        high: &'static str,
    },
}

impl PolicyError {
    /// The offending field (of two, the lower).
    pub fn field(&self) -> &'static str {
        match self {
            PolicyError::Range { field, .. } => field,
            PolicyError::Order { low, .. } => low,
        }
    }
}

impl Policy {
    /// Whether a project may use this policy: every threshold a number in a sensible range, and
    /// no lower bound above its upper bound.
    ///
    /// # Errors
    ///
    /// The first field that makes no sense.
    pub fn check(&self) -> Result<(), PolicyError> {
        for (field, value, least, most) in self.ranges() {
            // Written so that NaN is refused.
            if !(least..=most).contains(&value) {
                return Err(PolicyError::Range { field, value, least, most });
            }
        }
        for (low, high, ordered) in [
            ("min_length_ms", "max_length_ms", self.min_length_ms <= self.max_length_ms),
            ("min_speech_ms", "max_length_ms", self.min_speech_ms <= self.max_length_ms),
            ("silence_dbfs", "min_speech_dbfs", self.silence_dbfs <= self.min_speech_dbfs),
            ("min_speech_dbfs", "max_speech_dbfs", self.min_speech_dbfs <= self.max_speech_dbfs),
            ("min_snr_db", "warn_snr_db", self.min_snr_db <= self.warn_snr_db),
        ] {
            if !ordered {
                return Err(PolicyError::Order { low, high });
            }
        }
        Ok(())
    }

    /// Every field with its value and the range that [`Policy::check`] allows.
    pub(crate) fn ranges(&self) -> [(&'static str, f64, f64, f64); 27] {
        [
            ("min_length_ms", f64::from(self.min_length_ms), 1.0, 600_000.0),
            ("max_length_ms", f64::from(self.max_length_ms), 100.0, 600_000.0),
            ("min_speech_ms", f64::from(self.min_speech_ms), 0.0, 60_000.0),
            ("silence_dbfs", self.silence_dbfs, -120.0, 0.0),
            ("min_speech_dbfs", self.min_speech_dbfs, -120.0, 0.0),
            ("min_snr_db", self.min_snr_db, -30.0, 80.0),
            ("max_clipped_ratio", self.max_clipped_ratio, 0.0, 1.0),
            ("cut_noise_ratio", self.cut_noise_ratio, 0.1, 1e6),
            ("speech_range_db", self.speech_range_db, 3.0, 120.0),
            ("cut_range_db", self.cut_range_db, 3.0, 120.0),
            ("warn_snr_db", self.warn_snr_db, -30.0, 80.0),
            ("max_noise_dbfs", self.max_noise_dbfs, -120.0, 0.0),
            ("max_speech_dbfs", self.max_speech_dbfs, -120.0, 0.0),
            ("min_loudness_lufs", self.min_loudness_lufs, -70.0, 0.0),
            ("max_dc_offset", self.max_dc_offset, 0.0, 1.0),
            ("min_margin_ms", f64::from(self.min_margin_ms), 0.0, 10_000.0),
            ("trim_margin_ms", f64::from(self.trim_margin_ms), 200.0, 10_000.0),
            ("min_treble_db", self.min_treble_db, -120.0, 20.0),
            ("min_decay_db", self.min_decay_db, 0.0, 60.0),
            ("decay_snr_db", self.decay_snr_db, 0.0, 80.0),
            ("max_dropouts", f64::from(self.max_dropouts), 0.0, 1e6),
            ("max_repeats", f64::from(self.max_repeats), 0.0, 1e6),
            ("utterance_gap_ms", f64::from(self.utterance_gap_ms), 50.0, 10_000.0),
            ("max_utterances", f64::from(self.max_utterances), 1.0, 1e6),
            ("min_rate_hz", f64::from(self.min_rate_hz), 1.0, 192_000.0),
            ("min_bits", f64::from(self.min_bits), 1.0, 64.0),
            ("max_channels", f64::from(self.max_channels), 1.0, 64.0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_policy_keeps_the_other_defaults() {
        let policy = serde_json::from_str(r#"{"min_snr_db": 10}"#).ok();
        let wanted = Policy { min_snr_db: 10.0, ..Policy::default() };
        assert_eq!(policy, Some(wanted));
    }

    #[test]
    fn the_defaults_make_sense_and_every_field_has_a_range() {
        assert_eq!(Policy::default().check(), Ok(()));
        let json = serde_json::to_value(Policy::default()).ok();
        let fields = json.as_ref().and_then(|json| json.as_object()).map(|object| object.len());
        assert_eq!(fields, Some(Policy::default().ranges().len()));
        for (field, value, ..) in Policy::default().ranges() {
            assert_eq!(json.as_ref().and_then(|json| json[field].as_f64()), Some(value), "{field}");
        }
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        let base = Policy::default;
        let field = |policy: Policy| policy.check().err().map(|error| error.field());
        assert_eq!(field(Policy { min_snr_db: f64::NAN, ..base() }), Some("min_snr_db"));
        assert_eq!(field(Policy { silence_dbfs: f64::NEG_INFINITY, ..base() }), Some("silence_dbfs"));
        assert_eq!(field(Policy { max_clipped_ratio: -0.1, ..base() }), Some("max_clipped_ratio"));
        assert_eq!(field(Policy { trim_margin_ms: 100, ..base() }), Some("trim_margin_ms"));
        assert_eq!(field(Policy { min_length_ms: 20_000, ..base() }), Some("min_length_ms"));
        let error = Policy { max_length_ms: 0, ..base() }.check();
        let sentence = error.map_err(|error| error.to_string());
        assert_eq!(sentence, Err("max_length_ms is 0; give a number from 100 to 600000.".to_owned()));
        let error = Policy { silence_dbfs: -30.0, ..base() }.check().map_err(|error| error.to_string());
        assert_eq!(error, Err("silence_dbfs is above min_speech_dbfs; no recording could meet both.".to_owned()));
    }
}
