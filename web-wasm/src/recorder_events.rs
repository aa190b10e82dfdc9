//! What the recording page reacts to, and where it comes from.

use crate::inbox::Inbox;
use crate::microphone::{Sound, WarmContext};
use crate::queue::Note;
use crate::recorder_view::View;
use crate::{dom, keys};
use std::rc::Rc;
use web_sys::{EventTarget, VisibilityState};

const KEYS: &[(&str, &str)] = &[(" ", "record"), ("enter", "send"), ("r", "retake")];

/// What the page reacts to.
pub enum Event {
    /// `#record`: begin or stop.
    Record,
    /// `#play`.
    Play,
    /// `#retake`.
    Retake,
    /// `#send`.
    Send,
    /// `#skip`.
    Skip,
    /// `#reload`.
    Reload,
    /// The network is back.
    Online,
    /// The page went to the background.
    Hidden,
    /// From the microphone.
    Sound(Sound),
    /// The n-th deadline has passed.
    Overdue(u32),
    /// From the upload queue.
    Queue(Note),
}

/// Turns buttons, keys and changes of the page into events.
pub fn listen(view: &View, events: &Inbox<Event>, warm: &Rc<WarmContext>) {
    keys::listen(KEYS);
    let warm = Rc::clone(warm);
    let pass = |target: &EventTarget, name: &str, make: fn() -> Event| {
        let events = events.clone();
        dom::on(target, name, move |_| events.post(make()));
    };
    // First in line: the context must be made inside the click.
    dom::on(&view.record, "click", move |_| warm.clicked());
    pass(&view.record, "click", || Event::Record);
    pass(&view.play, "click", || Event::Play);
    pass(&view.retake, "click", || Event::Retake);
    pass(&view.send, "click", || Event::Send);
    pass(&view.skip, "click", || Event::Skip);
    pass(&view.reload, "click", || Event::Reload);
    pass(&dom::window(), "online", || Event::Online);
    pass(&dom::window(), "pagehide", || Event::Hidden);
    let events = events.clone();
    dom::on(&dom::document(), "visibilitychange", move |_| {
        if dom::document().visibility_state() == VisibilityState::Hidden {
            events.post(Event::Hidden);
        }
    });
}
