//! What each column of a release means: the one source for the files and for the data card.

use self::Kind::{Flag, Floats, Integer, Number, OptionalFlag, OptionalText, Sound, Text};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8.
    Text,
    /// UTF-8, or missing.
    OptionalText,
    /// 32-bit signed integer.
    Integer,
    /// 64-bit float, always finite.
    Number,
    /// True or false.
    Flag,
    /// True, false, or missing.
    OptionalFlag,
    /// A list of 32-bit floats.
    Floats,
    /// A sound file: its bytes, and the path that it has in the release.
    Sound,
}

impl Kind {
    /// The word for it in the data card.
    pub fn as_str(self) -> &'static str {
        match self {
            Text => "text",
            OptionalText => "text or null",
            Integer => "int32",
            Number => "float64",
            Flag => "bool",
            OptionalFlag => "bool or null",
            Floats => "list of float32",
            Sound => "struct of bytes and path",
        }
    }

    /// Whether a value may be missing.
    pub fn is_optional(self) -> bool {
        matches!(self, OptionalText | OptionalFlag)
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name, with the unit last where there is one.
    pub name: &'static str,
    /// Type of its values.
    pub kind: Kind,
    /// Unit; empty where there is none.
    pub unit: &'static str,
    /// One line on what it holds.
    pub meaning: &'static str,
}

const fn column(name: &'static str, kind: Kind, unit: &'static str, meaning: &'static str) -> Column {
    Column { name, kind, unit, meaning }
}

/// The columns of [`crate::CLIPS_FILE`], in order: the fields of [`crate::ClipRow`].
#[rustfmt::skip]
pub const CLIP_COLUMNS: [Column; 37] = [
    column("clip_id", Text, "", "Id of the clip, unique in the release"),
    column("file", Text, "", "Path in the release of the recording as a 16 kHz mono WAV file"),
    column("sha256", Text, "hex", "SHA-256 of that file"),
    column("original_file", OptionalText, "", "Path in the release of the recording as it was uploaded, without its tags; null if it is not included"),
    column("original_sha256", Text, "hex", "SHA-256 of the file as it was uploaded"),
    column("speaker", Text, "", "Pseudonym of the speaker, made for this release only"),
    column("phrase", Text, "", "What the speaker was asked to say"),
    column("language", Text, "BCP 47", "Language of the phrase"),
    column("label", Text, "", "The label decided from the answers"),
    column("probability", Number, "0 to 1", "Probability of that label, as the method estimates it"),
    column("answers", Integer, "answers", "Answers given on this clip"),
    column("yes_answers", Integer, "answers", "Answers that heard the phrase"),
    column("no_answers", Integer, "answers", "Answers that did not hear the phrase"),
    column("method", Text, "", "How the label was decided"),
    column("length_ms", Integer, "ms", "Length of the recording"),
    column("rate_hz", Integer, "Hz", "Sample rate of the recording as it was uploaded"),
    column("snr_db", Number, "dB", "Signal-to-noise ratio"),
    column("noise_floor_dbfs", Number, "dBFS", "Level of the noise around the speech"),
    column("speech_level_dbfs", Number, "dBFS", "Level of the speech"),
    column("peak_dbfs", Number, "dBFS", "Level of the highest sample"),
    column("rms_dbfs", Number, "dBFS", "Root mean square of the samples"),
    column("dc_offset", Number, "full scale 1", "Mean of the samples"),
    column("clipped_ratio", Number, "0 to 1", "Clipped samples as a share of the speech"),
    column("speech_start_ms", Integer, "ms", "Where speech starts, from the start of the recording"),
    column("speech_end_ms", Integer, "ms", "Where speech ends, from the start of the recording"),
    column("report_version", Text, "", "Version of the code that took the measurements"),
    column("device", OptionalText, "", "Kind of the recording device; null if not known or held back"),
    column("echo_cancellation", OptionalFlag, "", "Whether the recording device cancelled echo; null if it did not say"),
    column("noise_suppression", OptionalFlag, "", "Whether the recording device suppressed noise; null if it did not say"),
    column("auto_gain_control", OptionalFlag, "", "Whether the recording device controlled the gain; null if it did not say"),
    column("age", OptionalText, "", "Age group of the speaker, perhaps widened; null if not told or held back"),
    column("gender", OptionalText, "", "Gender that the speaker gave; null if not told or held back"),
    column("accent", OptionalText, "", "Accent that the speaker gave; null if not told or held back"),
    column("synthetic", Flag, "", "True if a program made or changed the sound, false if a person spoke it so"),
    column("parent_clip_id", OptionalText, "", "The clip of which this is an augmented variant; null if it is none"),
    column("augmentation", OptionalText, "JSON", "How the variant was made from its parent; null if it is none"),
    column("split", Text, "", "train, dev or test, by speaker"),
];

/// The columns of [`crate::ANSWERS_FILE`], in order: the fields of [`crate::AnswerRow`].
#[rustfmt::skip]
pub const ANSWER_COLUMNS: [Column; 7] = [
    column("clip_id", Text, "", "Id of the clip that was judged"),
    column("annotator", Text, "", "Pseudonym of the annotator, made for this release only"),
    column("label", Text, "", "The answer"),
    column("reason", OptionalText, "", "Why, if the annotator said"),
    column("seconds", Number, "s", "Time from seeing the task to answering"),
    column("weight", Number, "", "Weight of the answer in the decision on the label"),
    column("counted", Flag, "", "Whether the answer took part in that decision"),
];

/// The columns of [`crate::FEATURES_FILE`], in order: the fields of [`crate::FeatureRow`].
#[rustfmt::skip]
pub const FEATURE_COLUMNS: [Column; 5] = [
    column("clip_id", Text, "", "Id of the clip"),
    column("spec", Text, "", "Definition of the features: logmel-v1 or mfcc-v1"),
    column("bands", Integer, "rows", "Mel bands or cepstral coefficients"),
    column("frames", Integer, "columns", "Frames, one every 10 ms"),
    column("values", Floats, "dB", "The matrix row by row: the value of band b at frame f is at b x frames + f"),
];

/// The column that precedes [`CLIP_COLUMNS`] in tables with the sound inside.
pub const SOUND_COLUMN: Column = column("audio", Sound, "16 kHz mono WAV", "The recording");
