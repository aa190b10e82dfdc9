//! What can be wrong with the rows of a release.

/// Why no table could be made of these rows.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A clip may appear once only.
    #[error("the clip {clip_id} appears more than once; give one row per clip")]
    DuplicateClip {
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
    /// The columns do not fit the schema.
    #[error("the rows do not fit the table: {0}")]
    Table(#[from] arrow_schema::ArrowError),
    /// The file could not be encoded.
    #[error("the table could not be written as Parquet: {0}")]
    Encoding(#[from] ::parquet::errors::ParquetError),
}
