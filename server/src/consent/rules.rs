//! Does what somebody agreed to cover what is about to happen? Pure decisions.

use super::model::Event;

/// What every consent covers, in plain words, beside the project's own text.
pub const COVERS: [&str; 5] = [
    "We store the recordings of your voice that you choose to send, exactly as they were made.",
    "Other people who work on this project listen to them and say whether the phrase is right.",
    "They may be published in releases of this dataset, under a code instead of your name. A voice can still be recognised by people who know it.",
    "Anyone who downloads a release may use it to train and test speech software, under the project's licence.",
    "You can withdraw at any time on this page. Later releases leave your recordings out; copies already downloaded cannot be called back.",
];

/// Whether new recordings may be made: the latest event agrees to the version in force.
pub fn covers_recording(latest: Option<&Event>, version: i64) -> bool {
    latest.is_some_and(|event| event.given == 1 && event.version == version)
}

/// Whether recordings made before may be released: agreed to some version, not withdrawn since.
pub fn covers_release(latest: Option<&Event>) -> bool {
    latest.is_some_and(|event| event.given == 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::ids::PersonId;

    fn event(version: i64, given: i64) -> Event {
        Event { person_id: PersonId::new(), version, given, at_us: 0 }
    }

    #[test]
    fn a_new_text_must_be_agreed_to_before_the_next_recording() {
        assert!(covers_recording(Some(&event(2, 1)), 2));
        assert!(!covers_recording(Some(&event(1, 1)), 2));
        assert!(!covers_recording(None, 1));
    }

    #[test]
    fn a_withdrawal_ends_release_and_recording() {
        assert!(covers_release(Some(&event(1, 1))));
        assert!(!covers_release(Some(&event(1, 0))));
        assert!(!covers_recording(Some(&event(1, 0)), 1));
    }
}
