//! The judging page's elements: what is shown in which phase.

use crate::skip_view::SkipView;
use crate::{dom, draw, words};
use audio::mel::log_mel;
use audio::wav::{Limits, decode};
use web_sys::{HtmlAudioElement, HtmlButtonElement, HtmlCanvasElement, HtmlElement, HtmlSelectElement};
use wire::{Category, Reason, ReportBody, Task};

/// Where the page stands; `data-state` of `#judge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waiting for the server.
    Loading,
    /// The next clip may be upsetting: go on or skip?
    Warning,
    /// A clip can be heard and answered.
    Ready,
    /// The answer is no: why?
    Reason,
    /// The answer is on its way.
    Sending,
    /// There is nothing to judge for now.
    Done,
    /// Something failed that trying again may heal.
    Error,
}

impl Phase {
    fn as_str(self) -> &'static str {
        match self {
            Phase::Loading => "loading",
            Phase::Warning => "warning",
            Phase::Ready => "ready",
            Phase::Reason => "reason",
            Phase::Sending => "sending",
            Phase::Done => "done",
            Phase::Error => "error",
        }
    }
}

/// The elements that `templates/tasks/judge.html` promises.
pub struct View {
    /// `#judge`, with `data-batch`, `data-person`, `data-state`.
    pub root: HtmlElement,
    /// Hear the clip.
    pub play: HtmlButtonElement,
    /// The phrase, whole and clear.
    pub yes: HtmlButtonElement,
    /// Not so; asks for a reason.
    pub no: HtmlButtonElement,
    /// Cannot tell.
    pub unsure: HtmlButtonElement,
    /// Each reason and its button.
    pub reasons: Vec<(Reason, HtmlButtonElement)>,
    /// Another clip, please.
    pub skip: SkipView,
    /// Away from it at once.
    pub leave: HtmlButtonElement,
    /// It is more upsetting than it says.
    pub report: HtmlButtonElement,
    /// It upset the person.
    pub distress: HtmlButtonElement,
    /// Go on despite the warning.
    pub proceed: HtmlButtonElement,
    /// Try again after an error.
    pub reload: HtmlButtonElement,
    /// Plays the clip.
    pub audio: HtmlAudioElement,
    task: HtmlElement,
    clip: HtmlElement,
    phrase: HtmlElement,
    hint: HtmlElement,
    pay: HtmlElement,
    warning: HtmlElement,
    warning_text: HtmlElement,
    why: HtmlElement,
    status: HtmlElement,
    wave: HtmlCanvasElement,
    spectrogram: HtmlCanvasElement,
    login: HtmlElement,
    learn: HtmlElement,
    care: HtmlElement,
    about: HtmlSelectElement,
    how: HtmlSelectElement,
    rest: HtmlElement,
    back: HtmlElement,
}

impl View {
    /// Finds the elements.
    pub fn find() -> View {
        let reasons = [Reason::WrongWord, Reason::CutOff, Reason::Noise, Reason::SeveralVoices, Reason::Silence];
        let button = |reason: Reason| (reason, dom::must(&format!("reason-{}", reason.as_str())));
        View {
            root: dom::must("judge"),
            play: dom::must("play"),
            yes: dom::must("yes"),
            no: dom::must("no"),
            unsure: dom::must("unsure"),
            reasons: reasons.into_iter().map(button).collect(),
            skip: SkipView::find(),
            leave: dom::must("leave"),
            report: dom::must("report"),
            distress: dom::must("distress"),
            proceed: dom::must("proceed"),
            reload: dom::must("reload"),
            audio: dom::must("audio"),
            task: dom::must("task"),
            clip: dom::must("clip"),
            phrase: dom::must("phrase"),
            hint: dom::must("hint"),
            pay: dom::must("pay"),
            warning: dom::must("warning"),
            warning_text: dom::must("warning-text"),
            why: dom::must("reasons"),
            status: dom::must("status"),
            wave: dom::must("wave"),
            spectrogram: dom::must("spectrogram"),
            login: dom::must("login"),
            learn: dom::must("learn"),
            care: dom::must("care"),
            about: dom::must("report-category"),
            how: dom::must("report-level"),
            rest: dom::must("rest"),
            back: dom::must("back"),
        }
    }

    /// Shows the controls of a phase and says where things stand.
    pub fn phase(&self, phase: Phase, status: &str) {
        use Phase::{Done, Error, Loading, Ready, Reason, Sending, Warning};
        dom::set(&self.root, "data-state", phase.as_str());
        let busy = matches!(phase, Loading | Sending);
        dom::set(&self.root, "aria-busy", if busy { "true" } else { "false" });
        let open = matches!(phase, Ready | Reason);
        for button in [&self.play, &self.yes, &self.no, &self.unsure] {
            button.set_disabled(!open);
        }
        dom::set(&self.no, "aria-expanded", if phase == Reason { "true" } else { "false" });
        dom::show(&self.task, matches!(phase, Loading | Warning | Ready | Reason | Sending));
        dom::show(&self.clip, matches!(phase, Loading | Ready | Reason | Sending));
        dom::show(&self.warning, phase == Warning);
        dom::show(&self.why, phase == Reason);
        self.skip.offer(open || phase == Warning);
        dom::show(&self.leave, open || phase == Warning);
        dom::show(&self.care, open || phase == Warning);
        dom::show(&self.reload, phase == Error);
        dom::show(&self.back, matches!(phase, Done | Error));
        dom::show(&self.login, false);
        dom::show(&self.learn, false);
        dom::say(&self.status, status);
        match phase {
            Ready => dom::keep_focus(&self.play),
            Reason => {
                self.reasons[0].1.focus().ok();
            }
            Warning => dom::keep_focus(&self.proceed),
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

    /// Offers the training of the batch, if the page knows of one.
    pub fn offer_training(&self) {
        dom::show(&self.learn, self.learn.has_attribute("href"));
    }

    /// Shows a task; its clip comes later.
    pub fn task(&self, task: &Task) {
        dom::say(&self.phrase, &task.phrase);
        dom::set(&self.phrase, "lang", &task.language);
        dom::set(&self.root, "data-task", &task.id);
        dom::say(&self.hint, &task.hint);
        dom::show(&self.hint, !task.hint.is_empty());
        self.terms(task);
        let warning = words::warning("clip", task.sensitivity, &task.categories);
        dom::say(&self.warning_text, &warning);
        dom::show(&self.rest, task.rest);
    }

    /// What is reported; nothing while it is not said what it is about.
    pub fn report(&self) -> Option<ReportBody> {
        let about = self.about.value();
        let category = Category::ALL.into_iter().find(|category| category.as_str() == about);
        let Some(category) = category else {
            self.say("Say what it is about first.");
            self.about.focus().ok();
            return None;
        };
        let level = if self.how.value() == "3" {
            3
        } else if self.how.value() == "1" {
            1
        } else {
            2
        };
        Some(ReportBody { level, categories: vec![category] })
    }

    /// Says what a task pays and how long it is reserved.
    pub fn terms(&self, task: &Task) {
        dom::say(&self.pay, &dom::terms(task));
    }

    /// Draws a clip. One that cannot be decoded here can still be heard.
    pub fn draw(&self, wav: &[u8]) {
        draw::clear(&self.wave);
        draw::clear(&self.spectrogram);
        if let Ok(clip) = decode(wav, &Limits::default()) {
            draw::waveform(&self.wave, &clip.samples);
            let at_16k = audio::resample::to_16k(&clip.samples, clip.rate_hz);
            let length_ms = (clip.samples.len() as u64 * 1_000 / u64::from(clip.rate_hz)) as u32;
            draw::heat_map(&self.spectrogram, &log_mel(&at_16k), length_ms);
        }
    }
}
