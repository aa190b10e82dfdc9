//! The recording page's elements: what is shown in which phase.

use super::choices::Choices;
use super::take_view::TakeView;
use crate::dom;
use crate::meter::Elements;
use crate::skip_view::SkipView;
use web_sys::{HtmlAudioElement, HtmlButtonElement, HtmlElement};
use wire::Task;

/// Where the page stands; `data-state` of `#recorder`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for the server.
    Loading,
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

    /// What the button `#record` does.
    fn verb(self) -> &'static str {
        match self {
            Phase::Recording => "Stop",
            Phase::Counting => "Cancel",
            _ => "Record",
        }
    }
}

/// The elements that `templates/tasks/record.html` promises.
pub struct View {
    /// `#recorder`, with `data-batch`, `data-person`, `data-state`, `data-worklet`, `data-worker`.
    pub root: HtmlElement,
    /// Record and Stop.
    pub record: HtmlButtonElement,
    record_label: HtmlElement,
    /// Hear the take.
    pub play: HtmlButtonElement,
    /// Drop the take and record again.
    pub retake: HtmlButtonElement,
    /// Send the take.
    pub send: HtmlButtonElement,
    /// Save the take as a file, when it cannot be kept.
    pub download: HtmlButtonElement,
    /// Another phrase, please.
    pub skip: SkipView,
    /// Try again after an error.
    pub reload: HtmlButtonElement,
    /// Plays the take.
    pub playback: HtmlAudioElement,
    /// The level meter.
    pub level: Elements,
    /// Pictures and numbers of a finished take.
    pub finished: TakeView,
    /// How this person records.
    pub choices: Choices,
    task: HtmlElement,
    phrase: HtmlElement,
    hint: HtmlElement,
    pay: HtmlElement,
    warning: HtmlElement,
    status: HtmlElement,
    count: HtmlElement,
    pictures: HtmlElement,
    measured: HtmlElement,
    offline: HtmlElement,
    login: HtmlElement,
    back: HtmlElement,
}

impl View {
    /// Finds the elements.
    pub fn find() -> View {
        View {
            root: dom::must("recorder"),
            record: dom::must("record"),
            record_label: dom::must("record-label"),
            play: dom::must("play"),
            retake: dom::must("retake"),
            send: dom::must("send"),
            download: dom::must("download"),
            skip: SkipView::find(),
            reload: dom::must("reload"),
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
            task: dom::must("task"),
            phrase: dom::must("phrase"),
            hint: dom::must("hint"),
            pay: dom::must("pay"),
            warning: dom::must("warning"),
            status: dom::must("status"),
            count: dom::must("count"),
            pictures: dom::must("pictures"),
            measured: dom::must("measured"),
            offline: dom::must("offline"),
            login: dom::must("login"),
            back: dom::must("back"),
        }
    }

    /// Shows the controls of a phase and says where things stand. `sendable` matters in review.
    pub fn phase(&self, phase: Phase, sendable: bool, status: &str) {
        use Phase::{Checking, Counting, Done, Error, Loading, Ready, Recording, Review, Sending, Starting};
        dom::set(&self.root, "data-state", phase.as_str());
        let busy = matches!(phase, Loading | Starting | Checking | Sending);
        dom::set(&self.root, "aria-busy", if busy { "true" } else { "false" });
        dom::say(&self.record_label, phase.verb());
        self.record.set_disabled(!matches!(phase, Ready | Counting | Recording));
        let recordable = matches!(phase, Loading | Ready | Starting | Counting | Recording | Checking);
        dom::show(&self.record, recordable);
        dom::show(&self.play, phase == Review);
        dom::show(&self.retake, phase == Review);
        dom::show(&self.send, phase == Review && sendable);
        dom::show(&self.download, false);
        self.skip.offer(matches!(phase, Ready | Review));
        self.choices.device.set_disabled(matches!(phase, Starting | Counting | Recording | Checking));
        dom::show(&self.reload, phase == Error);
        dom::show(&self.task, !matches!(phase, Done | Error));
        dom::show(&self.pictures, matches!(phase, Starting | Recording | Checking | Review));
        dom::show(&self.level.meter, matches!(phase, Starting | Recording));
        dom::show(&self.count, phase == Counting);
        if phase == Review {
            // From here on the faults tell it.
            dom::show(&self.level.clip, false);
        }
        dom::show(&self.measured, phase == Review);
        self.finished.show(phase == Review);
        dom::show(&self.back, matches!(phase, Done | Error));
        dom::show(&self.login, false);
        self.say(status);
        match phase {
            Ready | Counting | Recording => dom::keep_focus(&self.record),
            Review if sendable => dom::keep_focus(&self.send),
            Review => dom::keep_focus(&self.retake),
            Error => dom::keep_focus(&self.reload),
            _ => {}
        }
    }

    /// Says something in the live region.
    pub fn say(&self, status: &str) {
        dom::say(&self.status, status);
    }

    /// Shows a number of the countdown. The status has said what comes: a live region that
    /// speaks every second would talk into the take.
    pub fn count(&self, number: u32) {
        dom::say(&self.count, &number.to_string());
    }

    /// Says whether there is a network.
    pub fn online(&self, online: bool) {
        dom::show(&self.offline, !online);
    }

    /// Offers the login page.
    pub fn offer_login(&self) {
        dom::show(&self.login, true);
    }

    /// Offers to save a take that could not be kept.
    pub fn offer_download(&self) {
        dom::show(&self.download, true);
    }

    /// Says what a task pays and how long it is reserved.
    pub fn terms(&self, task: &Task) {
        dom::say(&self.pay, &dom::terms(task));
    }

    /// Shows a task.
    pub fn task(&self, task: &Task) {
        dom::say(&self.phrase, &task.phrase);
        dom::set(&self.phrase, "lang", &task.language);
        dom::set(&self.root, "data-task", &task.id);
        dom::say(&self.hint, &task.hint);
        dom::show(&self.hint, !task.hint.is_empty());
        self.terms(task);
        dom::show(&self.warning, task.sensitivity > 0);
        let warning = crate::words::warning("phrase", task.sensitivity, &task.categories);
        dom::say(&self.warning, &warning);
    }
}
