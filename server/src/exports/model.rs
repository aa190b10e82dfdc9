//! A release: an immutable, versioned set of files.

pub use super::frozen::{AnswerOf, Frozen, Speaker, StoredRow, StoredVariant};
pub use super::people::{Gate, Grant, Withdrawn};
use crate::batches::ProjectId;
use crate::platform::queue::Job;
use crate::typed_id;
use dataset::anonymity::Access;
use dataset::augment::Recipe;
use dataset::{About, CalibrationBin, Format, LabelNoise, Period};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

typed_id!(
    /// One version of a project's dataset.
    ReleaseId
);
typed_id!(
    /// One request for bytes of a release.
    DownloadId
);

/// A release as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Release {
    /// The release.
    pub id: ReleaseId,
    /// Its project.
    pub project_id: ProjectId,
    /// Semantic version.
    pub version: String,
    /// `building`, `ready` or `failed`.
    pub state: String,
    /// Why it failed.
    pub error: String,
    /// Key of its pseudonyms, 64 hexadecimal digits; never shown.
    pub pseudonym_key: String,
    /// JSON of the data card, once its tables are written.
    pub card: String,
    /// JSON of [`Options`].
    pub options: String,
    /// The instant whose rows it holds, UTC microseconds.
    pub snapshot_us: i64,
    /// JSON of [`Facts`], once rows are frozen.
    pub facts: String,
    /// See [`Stage`].
    pub stage: String,
    /// What the stage has done.
    pub done: i64,
    /// What the stage has to do.
    pub total: i64,
    /// When it was asked for, UTC microseconds.
    pub created_us: i64,
}

impl Release {
    /// The data card, once the release is ready.
    pub fn card(&self) -> Option<dataset::Card> {
        if self.state == "ready" { serde_json::from_str(&self.card).ok() } else { None }
    }

    /// What was asked for.
    pub fn options(&self) -> Options {
        serde_json::from_str(&self.options).unwrap_or_default()
    }

    /// The step that comes next.
    pub fn stage(&self) -> Stage {
        Stage::ALL.into_iter().find(|stage| stage.as_str() == self.stage).unwrap_or(Stage::Publish)
    }
}

/// The steps of a build, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Freeze the rows.
    Plan,
    /// Make the 16 kHz recordings.
    Recordings,
    /// Write the files with sound inside.
    Archives,
    /// Write the table of features.
    Features,
    /// Write the tables and lists.
    Tables,
    /// Write the card, the descriptions and the checksums.
    Documents,
    /// Check consents once more, and publish.
    Publish,
}

impl Stage {
    /// All of them.
    pub const ALL: [Stage; 7] = [
        Stage::Plan,
        Stage::Recordings,
        Stage::Archives,
        Stage::Features,
        Stage::Tables,
        Stage::Documents,
        Stage::Publish,
    ];

    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Plan => "plan",
            Stage::Recordings => "recordings",
            Stage::Archives => "archives",
            Stage::Features => "features",
            Stage::Tables => "tables",
            Stage::Documents => "documents",
            Stage::Publish => "publish",
        }
    }
}

/// Which accepted clips a release holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Filter {
    /// Only these phrases; empty for all.
    pub phrases: Vec<String>,
    /// Lowest probability of the label.
    pub probability_min: f64,
    /// Whether clips that a machine made are included.
    pub synthetic: bool,
}

impl Default for Filter {
    fn default() -> Self {
        Self { phrases: Vec::new(), probability_min: 0.0, synthetic: true }
    }
}

/// Variants that a build makes of the recordings and puts beside them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Variants {
    /// How each is made: `seed`, `speed_percent`, `shift_ms`, `room_ms`, `noise_snr_db`, `gain_db`,
    /// `masks`; what is absent is not done. At most eight.
    #[schema(value_type = Vec<Object>)]
    pub recipes: Vec<Recipe>,
    /// Whether clips of dev and test get them too.
    pub all_splits: bool,
}

/// What was asked for: stored with the release, told in its manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Which clips.
    pub filter: Filter,
    /// Formats beside the two tables and the recordings.
    pub formats: Vec<Format>,
    /// Whether the recordings as uploaded are included.
    pub originals: bool,
    /// Who may have it.
    pub access: Access,
    /// Largest archive.
    pub shard_max_bytes: u64,
    /// What is made of the recordings.
    pub variants: Variants,
    /// Phrases that a keyword model is to tell apart; empty for all.
    pub keywords: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            formats: Format::ALL.to_vec(),
            originals: true,
            access: Access::Public,
            shard_max_bytes: dataset::release::shards::SHARD_MAX_BYTES,
            variants: Variants::default(),
            keywords: Vec::new(),
        }
    }
}

/// What was true at the instant of the snapshot; nothing later changes the files.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// The project's name.
    pub project: String,
    /// Language of the phrases.
    pub language: String,
    /// Licence.
    pub licence: String,
    /// What the people behind the project told.
    pub about: About,
    /// Versions of the consent text.
    pub consent_versions: Vec<String>,
    /// The policies in force: name to value.
    pub policies: BTreeMap<String, String>,
    /// Days of the first and the last recording.
    pub collected: Option<Period>,
    /// Share of the settled clips that were accepted.
    pub accepted_share: Option<f64>,
    /// How labels were decided.
    pub method: String,
    /// Probabilities against gold.
    pub calibration: Vec<CalibrationBin>,
    /// Clips that the site had accepted and the batch fit does not confirm.
    #[serde(default)]
    pub left_out: usize,
    /// Wrong labels among those compared with gold.
    pub label_noise: Option<LabelNoise>,
    /// Key that decides who is in which split, 64 hexadecimal digits; never shown. Empty in releases
    /// of before there was one: that of their pseudonyms.
    #[serde(default)]
    pub splits_key: String,
}

impl Facts {
    /// The key that decides who is in which split of `release`, whose facts these are.
    pub fn splits_key<'a>(&'a self, release: &'a Release) -> &'a str {
        if self.splits_key.is_empty() { &release.pseudonym_key } else { &self.splits_key }
    }
}

/// A file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct ReleaseFile {
    /// Path within the release.
    pub path: String,
    /// SHA-256 of its bytes: also where they are kept.
    pub sha256: String,
    /// Size of its bytes.
    pub size_bytes: i64,
}

/// Job: build a release's files.
#[derive(Serialize, Deserialize)]
pub struct BuildRelease {
    /// The release.
    pub release: ReleaseId,
}

impl Job for BuildRelease {
    const KIND: &'static str = "build_release";
}

/// Body of `POST /api/v1/projects/{id}/releases`.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct NewRelease {
    /// Semantic version, such as `1.0.0`.
    pub version: String,
    /// Which accepted clips; absent for all.
    pub filter: Option<Filter>,
    /// Formats beside the two tables and the recordings, such as `webdataset`; absent for all.
    #[schema(value_type = Option<Vec<String>>)]
    pub formats: Option<Vec<Format>>,
    /// Whether the recordings as uploaded are included; yes if absent.
    pub originals: Option<bool>,
    /// `public` (any researcher) or `contract` (whom an administrator lets); absent for public.
    #[schema(value_type = Option<String>)]
    pub access: Option<Access>,
    /// Largest archive; 1 GiB if absent.
    pub shard_max_bytes: Option<u64>,
    /// Augmented variants; absent for none.
    pub variants: Option<Variants>,
    /// Phrases that a keyword model is to tell apart: in the Speech Commands archives all others are
    /// `_unknown_`. Absent for all.
    pub keywords: Option<Vec<String>>,
}

/// A release as the API shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ReleaseView {
    /// The release.
    pub id: String,
    /// Its project.
    pub project: String,
    /// Semantic version.
    pub version: String,
    /// `building`, `ready` or `failed`.
    pub state: String,
    /// Why it failed; empty otherwise.
    pub error: String,
    /// The step that is under way.
    pub stage: String,
    /// What that step has done.
    pub done: i64,
    /// What that step has to do.
    pub total: i64,
    /// `public` or `contract`.
    pub access: String,
    /// The data card's content, once ready.
    #[schema(value_type = Option<Object>)]
    pub card: Option<dataset::Card>,
    /// Its files, once ready.
    pub files: Vec<ReleaseFile>,
}

impl ReleaseView {
    /// The view of a release with its files.
    pub fn of(release: &Release, files: Vec<ReleaseFile>) -> Self {
        Self {
            id: release.id.to_string(),
            project: release.project_id.to_string(),
            version: release.version.clone(),
            state: release.state.clone(),
            error: release.error.clone(),
            stage: release.stage.clone(),
            done: release.done,
            total: release.total,
            access: release.options().access.as_str().to_owned(),
            card: release.card(),
            files: if release.state == "ready" { files } else { Vec::new() },
        }
    }
}
