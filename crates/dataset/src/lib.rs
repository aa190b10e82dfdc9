//! Rows in, release files out.
//!
//! A release is a set of files that never changes: two Parquet tables ([`CLIPS_FILE`] and
//! [`ANSWERS_FILE`]), the recordings, a data card ([`CARD_FILE`]) and checksums ([`SUMS_FILE`]).
//! This crate makes the bytes of the tables, the card and the checksums from plain rows. It is
//! pure, so the same rows give the same bytes, and a release can be built again and compared.
//!
//! - [`rows`]: one clip, one answer. [`columns`]: what each column means, for files and card.
//! - [`mod@crate::parquet`]: the two tables.
//! - [`pseudonym()`]: names that mean nothing outside the release. [`split`]: train, dev or test.
//! - [`counts`]: what the rows add up to. [`data_card`]: the page that goes with them.
//! - [`checksums`]: to see that nothing was lost on the way.

pub mod checksums;
pub mod columns;
pub mod counts;
pub mod data_card;
mod error;
mod escape;
mod front_matter;
pub mod parquet;
pub mod pseudonym;
pub mod rows;
pub mod split;

pub use checksums::{sha256_hex, sums};
pub use counts::{Counts, PhraseCount, Quantiles, SplitCount};
pub use data_card::{Card, Period, markdown};
pub use error::DatasetError;
pub use pseudonym::pseudonym;
pub use rows::{AnswerRow, ClipRow};
pub use split::{Split, split_of};

/// Path in the release of the table with one row per clip.
pub const CLIPS_FILE: &str = "clips.parquet";

/// Path in the release of the table with one row per answer.
pub const ANSWERS_FILE: &str = "answers.parquet";

/// Path in the release of the data card.
pub const CARD_FILE: &str = "README.md";

/// Path in the release of the checksums of all other files.
pub const SUMS_FILE: &str = "SHA256SUMS";
