//! The recording page's elements: what is shown in which phase.

use crate::precheck::{self, Checked};
use crate::{dom, draw};
use wasm_bindgen::JsValue;
use web_sys::{HtmlAudioElement, HtmlButtonElement, HtmlCanvasElement, HtmlElement};
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
            Phase::Recording => "recording",
            Phase::Checking => "checking",
            Phase::Review => "review",
            Phase::Sending => "sending",
            Phase::Done => "done",
            Phase::Error => "error",
        }
    }
}

/// The elements that `templates/tasks/record.html` promises.
pub struct View {
    /// `#recorder`, with `data-batch`, `data-person`, `data-state`.
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
    /// Another phrase, please.
    pub skip: HtmlButtonElement,
    /// Try again after an error.
    pub reload: HtmlButtonElement,
    /// Plays the take.
    pub playback: HtmlAudioElement,
    /// The level meter, its filled part and its word.
    pub level: [HtmlElement; 3],
    /// The waveform.
    pub wave: HtmlCanvasElement,
    task: HtmlElement,
    phrase: HtmlElement,
    hint: HtmlElement,
    pay: HtmlElement,
    warning: HtmlElement,
    status: HtmlElement,
    faults: HtmlElement,
    pictures: HtmlElement,
    spectrogram: HtmlCanvasElement,
    measured: HtmlElement,
    measures: HtmlElement,
    login: HtmlElement,
    back: HtmlElement,
}

impl View {
    /// Finds the elements.
    ///
    /// # Errors
    /// When the page lacks one; the message names it.
    pub fn find() -> Result<View, JsValue> {
        Ok(View {
            root: dom::must("recorder")?,
            record: dom::must("record")?,
            record_label: dom::must("record-label")?,
            play: dom::must("play")?,
            retake: dom::must("retake")?,
            send: dom::must("send")?,
            skip: dom::must("skip")?,
            reload: dom::must("reload")?,
            playback: dom::must("playback")?,
            level: [dom::must("level")?, dom::must("level-fill")?, dom::must("level-text")?],
            wave: dom::must("wave")?,
            task: dom::must("task")?,
            phrase: dom::must("phrase")?,
            hint: dom::must("hint")?,
            pay: dom::must("pay")?,
            warning: dom::must("warning")?,
            status: dom::must("status")?,
            faults: dom::must("faults")?,
            pictures: dom::must("pictures")?,
            spectrogram: dom::must("spectrogram")?,
            measured: dom::must("measured")?,
            measures: dom::must("measures")?,
            login: dom::must("login")?,
            back: dom::must("back")?,
        })
    }

    /// Shows the controls of a phase and says where things stand. `sendable` matters in review.
    pub fn phase(&self, phase: Phase, sendable: bool, status: &str) {
        use Phase::{Checking, Done, Error, Loading, Ready, Recording, Review, Sending, Starting};
        dom::set(&self.root, "data-state", phase.as_str());
        let busy = matches!(phase, Loading | Starting | Checking | Sending);
        dom::set(&self.root, "aria-busy", if busy { "true" } else { "false" });
        let label = if phase == Recording { "Stop" } else { "Record" };
        dom::say(&self.record_label, label);
        self.record.set_disabled(!matches!(phase, Ready | Recording));
        let recordable = matches!(phase, Loading | Ready | Starting | Recording | Checking);
        dom::show(&self.record, recordable);
        dom::show(&self.play, phase == Review);
        dom::show(&self.retake, phase == Review);
        dom::show(&self.send, phase == Review && sendable);
        dom::show(&self.skip, matches!(phase, Ready | Review));
        dom::show(&self.reload, phase == Error);
        dom::show(&self.task, !matches!(phase, Done | Error));
        dom::show(&self.pictures, matches!(phase, Starting | Recording | Checking | Review));
        dom::show(&self.level[0], matches!(phase, Starting | Recording));
        dom::show(&self.measured, phase == Review);
        dom::show(&self.spectrogram, phase == Review);
        dom::show(&self.back, matches!(phase, Done | Error));
        dom::show(&self.login, false);
        self.say(status);
        match phase {
            Ready | Recording => dom::keep_focus(&self.record),
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

    /// Offers the login page.
    pub fn offer_login(&self) {
        dom::show(&self.login, true);
    }

    /// Shows a task.
    pub fn task(&self, task: &Task) {
        dom::say(&self.phrase, &task.phrase);
        dom::set(&self.phrase, "lang", &task.language);
        dom::set(&self.root, "data-task", &task.id);
        dom::say(&self.hint, &task.hint);
        dom::show(&self.hint, !task.hint.is_empty());
        let pay = dom::money(task.pay_cents, &task.currency);
        let until = dom::clock(&task.expires_at);
        dom::say(&self.pay, &format!("Pays {pay}. Reserved for you until {until}."));
        dom::show(&self.warning, task.sensitivity > 0);
        let warning =
            format!("This phrase may be upsetting (level {} of 3). Skipping costs you nothing.", task.sensitivity);
        dom::say(&self.warning, &warning);
    }

    /// Shows a finished take: its faults, pictures and numbers.
    pub fn take(&self, checked: &Checked) {
        let report = &checked.report;
        self.no_faults();
        for fault in &report.faults {
            let code = [("data-fault", fault.code())];
            dom::append(&self.faults, "li", fault.sentence(), &code);
        }
        dom::show(&self.faults, !report.faults.is_empty());
        let bounds = [report.speech_start_ms, report.speech_end_ms, report.length_ms];
        let bounds = (report.speech_ms > 0).then_some(bounds);
        draw::waveform(&self.wave, &checked.samples, bounds);
        draw::spectrogram(&self.spectrogram, &checked.log_mel);
        self.measures.set_inner_html("");
        for (name, value) in precheck::rows(checked) {
            let row = dom::append(&self.measures, "tr", "", &[]);
            dom::append(&row, "th", name, &[("scope", "row")]);
            dom::append(&row, "td", &value, &[]);
        }
    }

    /// Forgets the faults of the last take.
    pub fn no_faults(&self) {
        self.faults.set_inner_html("");
        dom::show(&self.faults, false);
    }
}
