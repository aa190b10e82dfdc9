//! The fields of a policy in words, for forms and documents.

use crate::Policy;

/// One threshold in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyField {
    /// The field's name in [`Policy`] and in JSON.
    pub name: &'static str,
    /// What it limits, with its unit.
    pub label: &'static str,
    /// What happens beyond it: a take is refused, or only warned of.
    pub help: &'static str,
}

const fn field(name: &'static str, label: &'static str, help: &'static str) -> PolicyField {
    PolicyField { name, label, help }
}

impl Policy {
    /// Every field, those that refuse a take first.
    pub const FIELDS: &'static [PolicyField] = &[
        field("min_length_ms", "Shortest take, ms", "A shorter take is refused."),
        field("max_length_ms", "Longest take, ms", "Recording stops by itself before it."),
        field("min_speech_ms", "Shortest speech, ms", "From its first to its last sound; less is refused."),
        field("silence_dbfs", "Silence is below, dBFS", "A take whose loudest part is below it is refused as silent."),
        field("min_speech_dbfs", "Lowest speech level, dBFS", "Quieter speech is refused."),
        field("min_snr_db", "Lowest signal-to-noise ratio, dB", "Noisier takes are refused."),
        field(
            "max_clipped_ratio",
            "Largest share of clipped samples, 0 to 1",
            "A take with more of them in its speech is refused.",
        ),
        field(
            "cut_noise_ratio",
            "Sound at an edge rises above the background, times its spread",
            "A take that starts or ends in such sound is refused as cut off.",
        ),
        field("speech_range_db", "Speech lies within, dB below its level", "Fainter sound does not count as speech."),
        field(
            "cut_range_db",
            "Cut-off sound lies within, dB below the speech",
            "Fainter sound at an edge is let pass.",
        ),
        field("warn_snr_db", "Good signal-to-noise ratio, dB", "Below it the speaker is advised; the take is kept."),
        field("max_noise_dbfs", "Loudest background, dBFS", "Above it the speaker is advised to find a quieter place."),
        field("max_speech_dbfs", "Loudest speech, dBFS", "Above it the speaker is advised: clipping is near."),
        field("min_loudness_lufs", "Lowest loudness, LUFS", "Below it the speaker is advised to speak up (EBU R128)."),
        field(
            "max_dc_offset",
            "Largest DC offset, share of full scale",
            "Beyond it the microphone or its cable may be faulty; the speaker is advised.",
        ),
        field(
            "min_margin_ms",
            "Shortest quiet before and after, ms",
            "With less the speaker is advised to wait a moment.",
        ),
        field("trim_margin_ms", "Kept when trimming, ms", "Before and after the speech; at least 200."),
        field("min_treble_db", "Least treble, dB", "The speaker is advised of duller sound, as of a telephone."),
        field(
            "min_decay_db",
            "Least decay in 80 ms, dB",
            "Less means a far microphone: the speaker is advised to come closer.",
        ),
        field("decay_snr_db", "The decay counts from, dB", "In more noise than this it is not judged."),
        field("max_dropouts", "Most dropouts", "The speaker is advised of more gaps in the sound."),
        field("max_repeats", "Most repeated blocks", "The speaker is advised of more pieces that came twice."),
        field("utterance_gap_ms", "Pause between utterances, ms", "A longer pause separates two of them."),
        field("max_utterances", "Most utterances", "With more the speaker is advised to say the phrase once."),
        field("min_rate_hz", "Lowest sample rate, Hz", "The speaker is advised of a lower one."),
        field("min_bits", "Fewest bits per sample", "The speaker is advised of fewer."),
        field("max_channels", "Most channels", "The speaker is advised of more; they are averaged."),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_words() {
        let mut named: Vec<&str> = Policy::FIELDS.iter().map(|field| field.name).collect();
        let mut all: Vec<&str> = Policy::default().ranges().into_iter().map(|(name, ..)| name).collect();
        named.sort_unstable();
        all.sort_unstable();
        assert_eq!(named, all);
    }
}
