//! Rows in, release files out.
//!
//! A release is a set of files that never changes: two Parquet tables ([`CLIPS_FILE`] and
//! [`ANSWERS_FILE`]), the recordings, other [formats] of the same, documents ([`CARD_FILE`] first),
//! a [manifest](release::manifest) and checksums ([`SUMS_FILE`]). This crate makes the bytes of all
//! of them from plain rows. It is pure, so the same rows give the same bytes, and a release can be
//! built again and compared. Rows are taken as they come and bytes are written as they are made, so
//! memory does not grow with a release.
//!
//! - [`rows`]: one clip, one answer. [`columns`]: what each column means, for files and card.
//! - [`anonymity`], [`pseudonym()`]: what may be told about people. [`split`]: train, dev or test.
//! - [`formats`]: the rows and the sound as files.
//! - [`augment`]: variants of clips, made by a program.
//! - [`counts`]: what the rows add up to. [`documents`]: the pages that go with them, and the gate.
//! - [`release`]: version, manifest, checksums, shards, differences, withdrawals.

pub mod anonymity;
pub mod augment;
pub mod columns;
pub mod counts;
pub mod documents;
mod error;
mod escape;
pub mod formats;
pub mod pseudonym;
pub mod release;
pub mod rows;
pub mod split;

pub use counts::{Bin, Counts, PhraseCount, Quantiles, SplitCount, Tally};
pub use documents::card::{About, CalibrationBin, Card, LabelNoise, Period, html, html_sections, markdown};
pub use error::DatasetError;
pub use formats::{Format, parquet};
pub use pseudonym::pseudonym;
pub use release::checksums::{sha256_hex, sums, sums_line};
pub use rows::{AnswerRow, ClipRow, FeatureRow};
pub use split::{Split, split_of};

/// Path in the release of the table with one row per clip.
pub const CLIPS_FILE: &str = "clips.parquet";

/// Path in the release of the table with one row per answer.
pub const ANSWERS_FILE: &str = "answers.parquet";

/// Path in the release of the table with the features of each clip, if it has one.
pub const FEATURES_FILE: &str = "features.parquet";

/// Path in the release of the data card.
pub const CARD_FILE: &str = "README.md";

/// Path in the release of the data card for the browser and for print.
pub const CARD_PAGE_FILE: &str = "card.html";

/// Path in the release of the description for machines.
pub const CROISSANT_FILE: &str = "croissant.json";

/// Path in the release of the licence.
pub const LICENCE_FILE: &str = "LICENSE";

/// Path in the release of the withdrawal policy.
pub const WITHDRAWALS_FILE: &str = "WITHDRAWALS.md";

/// Path in the release of the manifest.
pub const MANIFEST_FILE: &str = "manifest.json";

/// Path in the release of the checksums of all other files.
pub const SUMS_FILE: &str = "SHA256SUMS";
