//! How this person likes to record: when a take begins and ends, and with which microphone.
//! Remembered in this browser.

use crate::dom;
use web_sys::{HtmlInputElement, HtmlSelectElement};

const START: &str = "sayso-start";
const AUTO_STOP: &str = "sayso-auto-stop";
const DEVICE: &str = "sayso-microphone";

/// When a take begins after Record was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Right away.
    Now,
    /// After 3, 2, 1.
    Count,
    /// With the first sound.
    Voice,
}

/// The controls in "Microphone and start".
pub struct Choices {
    count: HtmlInputElement,
    voice: HtmlInputElement,
    auto_stop: HtmlInputElement,
    /// The microphones.
    pub device: HtmlSelectElement,
}

impl Choices {
    /// Finds the controls, sets them as remembered, and remembers what is changed.
    pub fn find() -> Choices {
        let now: HtmlInputElement = dom::must("start-now");
        let choices = Choices {
            count: dom::must("start-count"),
            voice: dom::must("start-voice"),
            auto_stop: dom::must("auto-stop"),
            device: dom::must("device"),
        };
        match dom::remembered(START).as_deref() {
            Some("count") => choices.count.set_checked(true),
            Some("voice") => choices.voice.set_checked(true),
            _ => now.set_checked(true),
        }
        choices.auto_stop.set_checked(dom::remembered(AUTO_STOP).as_deref() != Some("off"));
        for radio in [now, choices.count.clone(), choices.voice.clone()] {
            let chosen = radio.clone();
            dom::on(&radio, "change", move |_| dom::remember(START, &chosen.value()));
        }
        let switch = choices.auto_stop.clone();
        dom::on(&choices.auto_stop, "change", move |_| {
            dom::remember(AUTO_STOP, if switch.checked() { "on" } else { "off" });
        });
        let select = choices.device.clone();
        dom::on(&choices.device, "change", move |_| dom::remember(DEVICE, &select.value()));
        choices
    }

    /// When a take begins.
    pub fn start(&self) -> Start {
        match (self.count.checked(), self.voice.checked()) {
            (true, _) => Start::Count,
            (_, true) => Start::Voice,
            _ => Start::Now,
        }
    }

    /// Whether a take ends by itself once it is quiet.
    pub fn stops_by_itself(&self) -> bool {
        self.auto_stop.checked()
    }

    /// The microphone that was chosen; `None` for whatever the browser takes.
    pub fn microphone(&self) -> Option<String> {
        dom::remembered(DEVICE).filter(|id| !id.is_empty())
    }

    /// Shows the microphones that there are now, by id and name. One that was chosen and is not
    /// connected stays chosen: it may come back.
    pub fn show_devices(&self, devices: &[(String, String)]) {
        let chosen = self.microphone().unwrap_or_default();
        self.device.set_inner_html("");
        dom::append(&self.device, "option", "Chosen by the browser", &[("value", "")]);
        for (id, name) in devices {
            dom::append(&self.device, "option", name, &[("value", id)]);
        }
        let is_known = |id: &str| id.is_empty() || devices.iter().any(|(known, _)| known == id);
        if !is_known(&chosen) {
            dom::append(&self.device, "option", "The chosen one (not connected)", &[("value", &chosen)]);
        }
        self.device.set_value(&chosen);
    }
}
