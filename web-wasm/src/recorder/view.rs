//! The recording page's elements: what is shown in which phase.

use super::choices::Choices;
use super::take_view::TakeView;
use crate::meter::Elements;
use crate::{care, dom};
use web_sys::{HtmlAudioElement, HtmlButtonElement, HtmlElement};

/// Where the page stands; `data-state` of `#recorder`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for the server.
    Loading,
    /// The next phrase may be upsetting: go on or skip?
    Warning,
    /// A phrase is shown; nothing is recorded.
    Ready,
    /// Record was pressed; the microphone is opening and settling.
    Starting,
    /// Three, two, one.
    Counting,
    /// Sound is being kept.
    Recording,
    /// The last samples arrive and are measured.
    Checking,
    /// The take can be heard, sent or made again.
    Review,
    /// The take is being written to the browser's storage.
    Sending,
    /// There is nothing to record for now.
    Done,
    /// Something failed that trying again may heal.
    Error,
}

impl Phase {
    fn as_str(self) -> &'static str {
        match self {
            Phase::Loading | Phase::Starting => "loading",
            Phase::Warning => "warning",
            Phase::Ready => "ready",
            Phase::Counting => "counting",
            Phase::Recording => "recording",
            Phase::Checking => "checking",
            Phase::Review => "review",
            Phase::Sending => "sending",
            Phase::Done => "done",
            Phase::Error => "error",
        }
    }

    /// Whether a task is there to be done or left.
    pub fn is_open(self) -> bool {
        matches!(self, Phase::Warning | Phase::Ready | Phase::Review)
    }

    /// What the button `#record` does.
    fn verb(self) -> &'static str {
        match self {
            Phase::Recording => "Stop",
            Phase::Counting => "Cancel",
            _ => "Record",
        }
    }
}

/// The elements that `templates/tasks/record.html` promises; most are found by their ids.
pub struct View {
    /// `#recorder`, with `data-batch`, `data-person`, `data-state`, `data-worklet`, `data-worker`.
    pub root: HtmlElement,
    /// Plays the take.
    pub playback: HtmlAudioElement,
    /// The level meter.
    pub level: Elements,
    /// Pictures and numbers of a finished take.
    pub finished: TakeView,
    /// How this person records.
    pub choices: Choices,
}

impl View {
    /// Finds the elements.
    pub fn find() -> View {
        View {
            root: dom::must("recorder"),
            playback: dom::must("playback"),
            level: Elements {
                meter: dom::must("level"),
                fill: dom::must("level-fill"),
                mark: dom::must("level-mark"),
                text: dom::must("level-text"),
                clip: dom::must("clip-light"),
                wave: dom::must("wave"),
            },
            finished: TakeView::find(),
            choices: Choices::find(),
        }
    }

    /// Shows the controls of a phase and says where things stand. `sendable` matters in review.
    pub fn phase(&self, phase: Phase, sendable: bool, status: &str) {
        use Phase::{Checking, Counting, Done, Error, Loading, Ready, Recording, Review, Sending, Starting, Warning};
        dom::set(&self.root, "data-state", phase.as_str());
        let busy = matches!(phase, Loading | Starting | Checking | Sending);
        dom::set(&self.root, "aria-busy", if busy { "true" } else { "false" });
        dom::tell("record-label", phase.verb());
        dom::must::<HtmlButtonElement>("record").set_disabled(!matches!(phase, Ready | Counting | Recording));
        self.choices.device.set_disabled(matches!(phase, Starting | Counting | Recording | Checking));
        let is_over = matches!(phase, Done | Error);
        dom::show_each(&[
            ("record", matches!(phase, Loading | Ready | Starting | Counting | Recording | Checking)),
            ("play", phase == Review),
            ("retake", phase == Review),
            ("send", phase == Review && sendable),
            ("download", false),
            ("reload", phase == Error),
            ("task", !is_over),
            ("say", phase != Warning),
            ("pictures", matches!(phase, Starting | Recording | Checking | Review)),
            ("level", matches!(phase, Starting | Recording)),
            ("count", phase == Counting),
            ("measured", phase == Review),
            ("back", is_over),
            ("login", false),
        ]);
        if phase == Review {
            // From here on the faults tell it.
            dom::show(&self.level.clip, false);
        }
        care::offer(phase.is_open(), phase == Warning);
        self.finished.show(phase == Review);
        self.say(status);
        match phase {
            Warning => dom::keep_focus("proceed"),
            Ready | Counting | Recording => dom::keep_focus("record"),
            Review if sendable => dom::keep_focus("send"),
            Review => dom::keep_focus("retake"),
            Error => dom::keep_focus("reload"),
            _ => {}
        }
    }

    /// Says something in the live region.
    pub fn say(&self, status: &str) {
        dom::tell("status", status);
    }

    /// Shows a number of the countdown. The status has said what comes: a live region that
    /// speaks every second would talk into the take.
    pub fn count(&self, number: u32) {
        dom::tell("count", &number.to_string());
    }

    /// Says whether there is a network.
    pub fn online(&self, online: bool) {
        dom::show_each(&[("offline", !online)]);
    }

    /// Offers the login page.
    pub fn offer_login(&self) {
        dom::show_each(&[("login", true)]);
    }

    /// Offers to save a take that could not be kept.
    pub fn offer_download(&self) {
        dom::show_each(&[("download", true)]);
    }
}
