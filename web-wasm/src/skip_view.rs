//! Skipping, on both pages: the button asks for a reason, a second press takes the question back.

use crate::dom;
use crate::inbox::Inbox;
use web_sys::{HtmlButtonElement, HtmlElement};
use wire::SkipCode;

const CODES: [SkipCode; 6] = [
    SkipCode::Technical,
    SkipCode::TooHard,
    SkipCode::Language,
    SkipCode::Upsetting,
    SkipCode::KnownPerson,
    SkipCode::Other,
];

/// `#skip`, and `#skip-reasons` with a button for each reason that makes sense on the page.
pub struct SkipView {
    button: HtmlButtonElement,
    reasons: HtmlElement,
    codes: Vec<(SkipCode, HtmlButtonElement)>,
}

impl SkipView {
    /// Finds the elements.
    pub fn find() -> SkipView {
        let named = |code: SkipCode| Some((code, dom::get(&format!("skip-{}", code.as_str()))?));
        SkipView {
            button: dom::must("skip"),
            reasons: dom::must("skip-reasons"),
            codes: CODES.into_iter().filter_map(named).collect(),
        }
    }

    /// Turns its buttons into events: to ask for a reason, and a reason.
    pub fn listen<E: 'static>(&self, events: &Inbox<E>, ask: fn() -> E, skip: fn(SkipCode) -> E) {
        let asked = events.clone();
        dom::on(&self.button, "click", move |_| asked.post(ask()));
        for (code, button) in &self.codes {
            let (events, code) = (events.clone(), *code);
            dom::on(button, "click", move |_| events.post(skip(code)));
        }
    }

    /// Offers to skip, or not; nothing is asked yet.
    pub fn offer(&self, visible: bool) {
        dom::show(&self.button, visible);
        self.ask(false);
    }

    /// Asks for a reason, or takes the question back; true when it asks.
    pub fn toggle(&self) -> bool {
        let asks = self.reasons.hidden();
        self.ask(asks);
        if asks {
            self.codes[0].1.focus().ok();
        }
        asks
    }

    fn ask(&self, asks: bool) {
        dom::set(&self.button, "aria-expanded", if asks { "true" } else { "false" });
        dom::show(&self.reasons, asks);
    }
}
