//! The rows of a release as files, each format from the same rows and as they come.

mod archive;
pub mod audio_parquet;
mod background;
pub mod cells;
mod columnar;
pub mod common_voice;
pub mod edge_impulse;
pub mod features;
mod groups;
pub mod label_studio;
pub mod mswc;
pub mod parquet;
pub mod read;
pub mod speech_commands;
mod table;
pub mod tags;
pub mod webdataset;

use serde::{Deserialize, Serialize};

/// A format that a release can include beside its two tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// [`parquet::partition`].
    Partitions,
    /// [`audio_parquet`].
    AudioParquet,
    /// [`webdataset`].
    Webdataset,
    /// [`speech_commands`].
    SpeechCommands,
    /// [`common_voice`].
    CommonVoice,
    /// [`mswc`].
    Mswc,
    /// [`label_studio`].
    LabelStudio,
    /// [`edge_impulse`].
    EdgeImpulse,
    /// [`features`].
    Features,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 9] = [
        Format::Partitions,
        Format::AudioParquet,
        Format::Webdataset,
        Format::SpeechCommands,
        Format::CommonVoice,
        Format::Mswc,
        Format::LabelStudio,
        Format::EdgeImpulse,
        Format::Features,
    ];

    /// Where it lies in a release, and what it is.
    pub fn about(self) -> (&'static str, &'static str) {
        match self {
            Format::Partitions => ("tables/clips/", "the clips' rows again, a folder per split and language"),
            Format::AudioParquet => ("audio-parquet/", "rows with the sound inside, for Hugging Face datasets"),
            Format::Webdataset => ("webdataset/", "tar shards with the row and the sound of each clip"),
            Format::SpeechCommands => {
                ("speech_commands/", "the folders, lists and background noise of Speech Commands in tar files")
            }
            Format::CommonVoice => ("common_voice/", "the lists of Common Voice, and the clips in tar files"),
            Format::Mswc => ("mswc/", "the CSV files of MSWC"),
            Format::LabelStudio => ("label_studio/", "tasks with all answers for Label Studio"),
            Format::EdgeImpulse => (edge_impulse::INFO_FILE, "what the Edge Impulse uploader reads"),
            Format::Features => (crate::FEATURES_FILE, "log-mel and MFCC features of each clip"),
        }
    }
}
