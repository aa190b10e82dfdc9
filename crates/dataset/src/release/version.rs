//! Semantic versions of datasets, and which part of one must rise.

use crate::error::DatasetError;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A version of three numbers (Semantic Versioning 2.0.0, without pre-releases), ordered by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// Rises when rows were taken out or changed.
    pub major: u32,
    /// Rises when rows were added and all else stayed.
    pub minor: u32,
    /// Rises when the rows are the same, in other files or words.
    pub patch: u32,
}

/// The part of a version that must rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The rows are the same.
    Patch,
    /// Only additions.
    Minor,
    /// Something was removed or relabelled.
    Major,
}

impl Step {
    /// The part that must rise for these numbers of changed rows, by the rules of Croissant 1.1
    /// ("Version": data that was there before and is not the same now is a major change). A
    /// withdrawal is a removal.
    pub fn of(added: u64, removed: u64, relabelled: u64) -> Step {
        if removed > 0 || relabelled > 0 {
            Step::Major
        } else if added > 0 {
            Step::Minor
        } else {
            Step::Patch
        }
    }

    fn name(self) -> &'static str {
        match self {
            Step::Patch => "patch",
            Step::Minor => "minor",
            Step::Major => "major",
        }
    }
}

impl Version {
    /// The lowest version after this one that says as much as `step`.
    pub fn next(self, step: Step) -> Version {
        let Version { major, minor, patch } = self;
        match step {
            Step::Major => Version { major: major + 1, minor: 0, patch: 0 },
            Step::Minor => Version { major, minor: minor + 1, patch: 0 },
            Step::Patch => Version { major, minor, patch: patch + 1 },
        }
    }

    /// Whether `new` may follow this version when rows changed by `step`.
    ///
    /// # Errors
    ///
    /// [`DatasetError::VersionTooLow`] with the lowest version that may.
    pub fn allow(self, new: Version, step: Step) -> Result<(), DatasetError> {
        let lowest = self.next(step);
        if new >= lowest {
            return Ok(());
        }
        Err(DatasetError::VersionTooLow { new, previous: self, lowest, part: step.name() })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl FromStr for Version {
    type Err = DatasetError;

    fn from_str(text: &str) -> Result<Version, DatasetError> {
        let number = |part: &str| {
            let canonical = part.len() == 1 || !part.starts_with('0');
            let digits = (1..=6).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| canonical && digits)
        };
        let parts: Option<Vec<u32>> = text.split('.').map(number).collect();
        match parts.as_deref() {
            Some(&[major, minor, patch]) => Ok(Version { major, minor, patch }),
            _ => Err(DatasetError::NotAVersion { text: text.to_owned() }),
        }
    }
}

impl TryFrom<String> for Version {
    type Error = DatasetError;

    fn try_from(text: String) -> Result<Version, DatasetError> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> String {
        version.to_string()
    }
}
