//! Train, dev or test, decided by the speaker alone.

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

/// The largest number that the rule of Speech Commands takes from a hash.
const LARGEST: u32 = (1 << 27) - 1;

/// Share of speakers in the dev split, in percent.
const DEV_PERCENT: f64 = 10.0;

/// Share of speakers in the test split, in percent.
const TEST_PERCENT: f64 = 10.0;

/// A part of the dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// For training: about 80 % of the speakers.
    Train,
    /// For choosing between models ("validation" in Speech Commands): about 10 %.
    Dev,
    /// For the final measurement: about 10 %.
    Test,
}

impl Split {
    /// All splits, in the order in which they are listed.
    pub const ALL: [Split; 3] = [Split::Train, Split::Dev, Split::Test];

    /// The word used in the files of a release.
    pub fn as_str(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Dev => "dev",
            Split::Test => "test",
        }
    }
}

/// The split of everything that the speaker with this pseudonym said.
///
/// The rule of Speech Commands (P. Warden, arXiv:1804.03209; `which_set` in the README of its
/// files), applied to the pseudonym: SHA-1, the lowest 27 bits, as a percentage. A speaker is
/// thus in one split only, and stays there however many clips or speakers are added, as long as
/// the pseudonym stays.
pub fn split_of(speaker: &str) -> Split {
    let percentage = percentage(speaker);
    if percentage < DEV_PERCENT {
        Split::Dev
    } else if percentage < DEV_PERCENT + TEST_PERCENT {
        Split::Test
    } else {
        Split::Train
    }
}

/// Between a speaker's pseudonym and a number, in the names of files.
pub const NOHASH: &str = "_nohash_";

/// Label of clips with none of the wanted phrases, in Speech Commands.
pub const UNKNOWN: &str = "_unknown_";

/// Label of clips in which nobody speaks, in Speech Commands.
pub const SILENCE: &str = "_silence_";

/// Folder of long recordings of noise, from which silence is cut, in Speech Commands.
pub const BACKGROUND_NOISE: &str = "_background_noise_";

/// The split of a file, as `which_set` of Speech Commands gives it: what stands before
/// [`NOHASH`] in the last part of `path` decides.
pub fn split_of_file(path: &str) -> Split {
    let name = path.rsplit('/').next().unwrap_or(path);
    split_of(name.split(NOHASH).next().unwrap_or(name))
}

/// The labels of a keyword model that tells the phrases `wanted` apart, by its output: silence is
/// 0, any other phrase is 1, then the wanted in their order.
pub fn keyword_labels(wanted: &[String]) -> Vec<String> {
    [SILENCE, UNKNOWN].into_iter().map(str::to_owned).chain(wanted.iter().cloned()).collect()
}

/// The label that such a model learns for a clip with this label.
pub fn keyword_label<'a>(label: &'a str, wanted: &[String]) -> &'a str {
    match label {
        BACKGROUND_NOISE => SILENCE,
        SILENCE => label,
        _ if wanted.iter().any(|phrase| phrase == label) => label,
        _ => UNKNOWN,
    }
}

/// Where the speaker falls between 0 and 100.
fn percentage(speaker: &str) -> f64 {
    let digest = Sha1::digest(speaker.as_bytes());
    // The remainder by 2^27 of the hash as one big-endian number: its last 27 bits.
    let tail = digest[16..].iter().fold(0, |number, &byte| (number << 8) | u32::from(byte));
    f64::from(tail & LARGEST) * (100.0 / f64::from(LARGEST))
}

#[cfg(test)]
mod tests {
    use super::percentage;

    #[test]
    fn percentages_are_those_of_the_python_original() {
        // int(hashlib.sha1(name).hexdigest(), 16) % (MAX + 1) * (100.0 / MAX), MAX = 2**27 - 1
        for (name, expected) in [
            ("", 98.048_217_580_081_65),
            ("speaker-1", 73.719_998_253_285_87),
            ("speaker-2", 2.237_292_395_809_981_3),
            ("s10", 20.497_197_065_481_522),
            ("4fb2e1c0d9a8b7665544", 12.168_955_148_525_201),
        ] {
            assert_eq!(percentage(name), expected, "{name}");
        }
    }
}
