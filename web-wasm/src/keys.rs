//! Keyboard shortcuts: a key presses a visible button. They can be switched off (WCAG 2.1.4).

use crate::dom;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlButtonElement, HtmlInputElement, KeyboardEvent};

/// Where the person's choice is remembered.
const CHOICE: &str = "sayso-shortcuts";

/// Listens as long as the page lives. `shortcuts` pairs a lower-case key with a button's id;
/// the first visible, enabled button of a key is pressed. `#shortcuts` switches them off.
pub fn listen(shortcuts: &'static [(&'static str, &'static str)]) {
    let switch = dom::get::<HtmlInputElement>("shortcuts");
    if let Some(switch) = &switch {
        remember(switch);
    }
    dom::on(&dom::document(), "keydown", move |event| {
        let event: KeyboardEvent = event.unchecked_into();
        let off = switch.as_ref().is_some_and(|switch| !switch.checked());
        let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
        if off || modified || event.repeat() || event.is_composing() {
            return;
        }
        let key = event.key().to_ascii_lowercase();
        if taken(event.target().and_then(|target| target.dyn_into().ok()), &key) {
            return;
        }
        let ids = shortcuts.iter().filter(|(wanted, _)| *wanted == key);
        let mut buttons = ids.filter_map(|(_, id)| dom::get::<HtmlButtonElement>(id));
        let visible = |button: &HtmlButtonElement| button.get_client_rects().length() > 0;
        if let Some(button) = buttons.find(|button| visible(button) && !button.disabled()) {
            event.prevent_default();
            button.click();
        }
    });
}

/// Whether the focused element needs the key for itself.
fn taken(target: Option<Element>, key: &str) -> bool {
    let tag = target.map(|target| target.tag_name()).unwrap_or_default();
    match tag.as_str() {
        "INPUT" | "TEXTAREA" | "SELECT" => true,
        "BUTTON" | "A" | "SUMMARY" | "AUDIO" => matches!(key, " " | "enter"),
        _ => false,
    }
}

fn remember(switch: &HtmlInputElement) {
    switch.set_checked(dom::remembered(CHOICE).as_deref() != Some("off"));
    let changed = switch.clone();
    dom::on(switch, "change", move |_| {
        dom::remember(CHOICE, if changed.checked() { "on" } else { "off" });
    });
}
