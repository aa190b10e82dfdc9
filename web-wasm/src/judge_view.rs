//! The judging page's elements: what is shown in which phase.

use crate::{care, dom, draw};
use audio::mel::log_mel;
use audio::wav::{Limits, decode};
use web_sys::{HtmlAudioElement, HtmlButtonElement, HtmlCanvasElement, HtmlElement};

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

    /// Whether a task is there to be done or left.
    pub fn is_open(self) -> bool {
        matches!(self, Phase::Warning | Phase::Ready | Phase::Reason)
    }
}

/// The elements that `templates/tasks/judge.html` promises; most are found by their ids.
pub struct View {
    /// `#judge`, with `data-batch`, `data-person`, `data-state`.
    pub root: HtmlElement,
    /// Plays the clip.
    pub audio: HtmlAudioElement,
    wave: HtmlCanvasElement,
    spectrogram: HtmlCanvasElement,
}

impl View {
    /// Finds the elements.
    pub fn find() -> View {
        View {
            root: dom::must("judge"),
            audio: dom::must("audio"),
            wave: dom::must("wave"),
            spectrogram: dom::must("spectrogram"),
        }
    }

    /// Shows the controls of a phase and says where things stand.
    pub fn phase(&self, phase: Phase, status: &str) {
        use Phase::{Done, Error, Loading, Ready, Reason, Sending, Warning};
        dom::set(&self.root, "data-state", phase.as_str());
        let busy = matches!(phase, Loading | Sending);
        dom::set(&self.root, "aria-busy", if busy { "true" } else { "false" });
        let answerable = matches!(phase, Ready | Reason);
        for id in ["play", "yes", "no", "unsure"] {
            dom::must::<HtmlButtonElement>(id).set_disabled(!answerable);
        }
        dom::set(&dom::must::<HtmlElement>("no"), "aria-expanded", if phase == Reason { "true" } else { "false" });
        dom::show_each(&[
            ("task", !matches!(phase, Done | Error)),
            ("clip", !matches!(phase, Warning | Done | Error)),
            ("reasons", phase == Reason),
            ("reload", phase == Error),
            ("back", matches!(phase, Done | Error)),
            ("login", false),
            ("learn", false),
        ]);
        care::offer(phase.is_open(), phase == Warning);
        self.say(status);
        match phase {
            Ready => dom::keep_focus("play"),
            Reason => drop(dom::must::<HtmlElement>("reason-wrong_word").focus()),
            Warning => dom::keep_focus("proceed"),
            Error => dom::keep_focus("reload"),
            _ => {}
        }
    }

    /// Says something in the live region.
    pub fn say(&self, status: &str) {
        dom::tell("status", status);
    }

    /// Offers the login page.
    pub fn offer_login(&self) {
        dom::show_each(&[("login", true)]);
    }

    /// Offers the training of the batch, if the page knows of one.
    pub fn offer_training(&self) {
        let learn: HtmlElement = dom::must("learn");
        dom::show(&learn, learn.has_attribute("href"));
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
