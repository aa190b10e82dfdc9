//! What can be wrong with a take, and how to tell the speaker.

use serde::{Deserialize, Serialize};

/// A reason to record again. The order of the variants is the order in which faults are told:
/// the first one is the one whose cure helps most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Nothing that could be speech.
    Silence,
    /// Speech, but too faint to use.
    TooQuiet,
    /// The microphone or its gain was overdriven.
    Clipped,
    /// The take starts in the middle of sound.
    CutStart,
    /// The take ends in the middle of sound.
    CutEnd,
    /// The noise is nearly as loud as the speech.
    TooNoisy,
    /// The take, or the speech in it, is too short.
    TooShort,
    /// The take is too long.
    TooLong,
}

impl Fault {
    /// Every fault, worst first.
    pub const ALL: [Fault; 8] = [
        Fault::Silence,
        Fault::TooQuiet,
        Fault::Clipped,
        Fault::CutStart,
        Fault::CutEnd,
        Fault::TooNoisy,
        Fault::TooShort,
        Fault::TooLong,
    ];

    /// The stable code, as in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Fault::Silence => "silence",
            Fault::TooQuiet => "too_quiet",
            Fault::Clipped => "clipped",
            Fault::CutStart => "cut_start",
            Fault::CutEnd => "cut_end",
            Fault::TooNoisy => "too_noisy",
            Fault::TooShort => "too_short",
            Fault::TooLong => "too_long",
        }
    }

    /// The fault of a stable code; `None` for an unknown one.
    pub fn from_code(code: &str) -> Option<Fault> {
        Fault::ALL.into_iter().find(|fault| fault.code() == code)
    }

    /// What happened and what to do, for the person who spoke.
    pub fn sentence(self) -> &'static str {
        match self {
            Fault::Silence => {
                "We heard nothing. Check that the right microphone is chosen and not muted, then try again."
            }
            Fault::TooQuiet => {
                "You are hard to hear. Come closer to the microphone or speak up a little, then try again."
            }
            Fault::Clipped => {
                "That was too loud for the microphone. Move back a little or lower its level, then try again."
            }
            Fault::CutStart => "The beginning is missing. Wait a moment after you start the recording, then speak.",
            Fault::CutEnd => "The end is missing. Finish speaking and wait a moment before you stop the recording.",
            Fault::TooNoisy => {
                "There is too much noise around you. Find a quieter place or come closer to the microphone, then try again."
            }
            Fault::TooShort => "That was too short. Say the whole phrase calmly, then try again.",
            Fault::TooLong => "That was too long. Say only the phrase, then stop the recording and try again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_code() {
        for fault in Fault::ALL {
            assert_eq!(Fault::from_code(fault.code()), Some(fault));
        }
        assert_eq!(Fault::from_code("nonsense"), None);
    }

    #[test]
    fn json_and_code_are_the_same_word() {
        for fault in Fault::ALL {
            let json = serde_json::to_string(&fault).ok();
            assert_eq!(json, Some(format!("\"{}\"", fault.code())));
        }
    }

    #[test]
    fn the_list_is_in_order() {
        assert!(Fault::ALL.is_sorted());
    }
}
