//! The thresholds by which a take is judged.

use serde::{Deserialize, Serialize};

/// What a project asks of a take. Missing fields in JSON get their defaults.
///
/// Defaults were tuned on synthetic speech in four kinds of noise at 0 to 40 dB, so a project
/// with real recordings may well move them.
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
    /// Largest share of clipped samples in the speech. Default 0.001: catches 97 % of takes
    /// overdriven by 3 dB and no clean one.
    pub max_clipped_ratio: f64,
    /// A take is cut when its first or last 30 ms have more than this many times the noise
    /// power. Default 2: finds 94 % of starts and 76 % of ends cut by 120 ms, and no whole take.
    pub cut_noise_ratio: f64,
    /// Sound this many dB below the speech level is not speech, however quiet the background.
    /// Default 30: keeps breath, reverberation and a noise gate from looking like speech where
    /// the background is digital silence.
    pub speech_range_db: f64,
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
            max_clipped_ratio: 0.001,
            cut_noise_ratio: 2.0,
            speech_range_db: 30.0,
        }
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
}
