//! Why a release, or a file of one, cannot be made.

use crate::release::version::Version;

/// Why a release, or a file of one, cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A clip may appear once only.
    #[error("the clip {clip_id} appears more than once; give one row per clip")]
    DuplicateClip {
        /// Id of the clip.
        clip_id: String,
    },
    /// Rows come sorted, so that they can be written as they come.
    #[error("the clip {clip_id} does not come after the row before it; sort the rows by clip_id")]
    OutOfOrder {
        /// Id of the clip.
        clip_id: String,
    },
    /// Measurements, probabilities, weights and times are finite numbers.
    #[error("{column} of the clip {clip_id} is not a finite number; measure it again")]
    NotFinite {
        /// Name of the column.
        column: &'static str,
        /// Id of the clip.
        clip_id: String,
    },
    /// The split follows from the speaker; another one would let a voice leak from train to test.
    #[error(
        "the clip {clip_id} is in the split {split:?}, but its speaker belongs to {expected:?}; \
         take the split from the speaker's pseudonym"
    )]
    WrongSplit {
        /// Id of the clip.
        clip_id: String,
        /// The split in the row.
        split: String,
        /// The one that [`crate::split_of`] gives.
        expected: &'static str,
    },
    /// The matrix of features does not have the size that it claims.
    #[error("the features of the clip {clip_id} are not bands × frames values; calculate them again")]
    WrongSize {
        /// Id of the clip.
        clip_id: String,
    },
    /// A path in an archive may not lead out of it.
    #[error("the path {path:?} is not a plain path below the release; rename the file")]
    BadPath {
        /// The path.
        path: String,
    },
    /// The file is not a WAV file whose tags could be taken out.
    #[error("the recording is not a whole WAV file; export it anew")]
    NotWav,
    /// Not three numbers.
    #[error("{text:?} is not a version; give three numbers, such as 1.0.0")]
    NotAVersion {
        /// What was given.
        text: String,
    },
    /// The version says less than what changed.
    #[error("{new} says too little after {previous}: rows changed, so the {part} part must rise; take {lowest}")]
    VersionTooLow {
        /// The version asked for.
        new: Version,
        /// The version before it.
        previous: Version,
        /// The lowest that will do.
        lowest: Version,
        /// `patch`, `minor` or `major`.
        part: &'static str,
    },
    /// Something that every release must say is not said.
    #[error("the release cannot be published: {field} is missing; {advice}")]
    Blank {
        /// The field, as its standard names it.
        field: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// Fewer than k people share what a release would tell about them.
    #[error("the release cannot be published: only {people} people share {what}; at least {k} must")]
    TooRare {
        /// The combination of values.
        what: String,
        /// How many share it.
        people: usize,
        /// How many must.
        k: usize,
    },
    /// The columns do not fit the schema.
    #[error("the rows do not fit the table: {0}")]
    Table(#[from] arrow_schema::ArrowError),
    /// The file could not be encoded.
    #[error("the table could not be written as Parquet: {0}")]
    Encoding(#[from] ::parquet::errors::ParquetError),
    /// The text is not the JSON that it should be.
    #[error("the text cannot be read as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A row does not fit the CSV file.
    #[error("the rows could not be written as CSV: {0}")]
    Csv(#[from] csv::Error),
    /// The file could not be written on.
    #[error("the file could not be written: {0}")]
    Io(#[from] std::io::Error),
}
