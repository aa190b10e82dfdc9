//! What the recording page reacts to, and where it comes from.

use super::view::View;
use crate::api::ApiError;
use crate::checked::Checked;
use crate::inbox::Inbox;
use crate::microphone::{self, Sound, WarmContext};
use crate::queue::Note;
use crate::{dom, keys, lease, take};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{EventTarget, VisibilityState};
use wire::{SkipCode, Task};

const KEYS: &[(&str, &str)] = &[
    (" ", "record"),
    ("enter", "send"),
    ("r", "retake"),
    ("s", "skip"),
    ("1", "skip-technical"),
    ("2", "skip-too_hard"),
    ("3", "skip-language"),
    ("4", "skip-upsetting"),
    ("5", "skip-other"),
];

/// What the page reacts to.
pub enum Event {
    /// `#record`: begin, stop or cancel.
    Record,
    /// `#play`.
    Play,
    /// `#retake`.
    Retake,
    /// `#send`.
    Send,
    /// `#download`.
    Download,
    /// `#skip`: asks why, or takes that back.
    AskSkip,
    /// A reason to skip.
    Skip(SkipCode),
    /// Time to look at the lease.
    Look,
    /// Somebody is at it.
    Active,
    /// The lease of a task lasts until then, RFC 3339.
    Renewed(String, String),
    /// `#reload`.
    Reload,
    /// The network is back.
    Online,
    /// The network is gone.
    Offline,
    /// The page went to the background.
    Hidden,
    /// Another microphone was chosen.
    Device,
    /// Microphones were connected or taken away.
    Devices,
    /// From the microphone.
    Sound(Sound),
    /// A second of the n-th countdown is over.
    Counted(u32),
    /// The n-th deadline has passed.
    Overdue(u32),
    /// The take was checked.
    Checked(Box<Result<Checked, String>>),
    /// A prompt was fetched ahead, or none; absent when nobody asked, as there are enough.
    Ahead(Option<Box<Result<Task, ApiError>>>),
    /// From the upload queue.
    Queue(Note),
    /// A take of this task was kept by another tab.
    Elsewhere(String),
}

/// Turns buttons, keys and changes of the page into events.
pub fn listen(view: &View, events: &Inbox<Event>, warm: &Rc<WarmContext>) {
    keys::listen(KEYS);
    let pass = |target: &EventTarget, name: &str, make: fn() -> Event| {
        let events = events.clone();
        dom::on(target, name, move |_| events.post(make()));
    };
    // First in line: a context must be made while the browser sees the person's action.
    let clicked = Rc::clone(warm);
    dom::on(&view.record, "click", move |_| clicked.clicked());
    let chosen = Rc::clone(warm);
    dom::on(&view.choices.device, "change", move |_| chosen.make());
    pass(&view.record, "click", || Event::Record);
    pass(&view.choices.device, "change", || Event::Device);
    pass(&view.play, "click", || Event::Play);
    pass(&view.retake, "click", || Event::Retake);
    pass(&view.send, "click", || Event::Send);
    pass(&view.download, "click", || Event::Download);
    view.skip.listen(events, || Event::AskSkip, Event::Skip);
    pass(&view.reload, "click", || Event::Reload);
    pass(&dom::window(), "online", || Event::Online);
    pass(&dom::window(), "offline", || Event::Offline);
    pass(&dom::window(), "pagehide", || Event::Hidden);
    pass(&dom::window(), "keydown", || Event::Active);
    pass(&dom::window(), "pointerdown", || Event::Active);
    if let Some(devices) = microphone::devices() {
        pass(&devices, "devicechange", || Event::Devices);
    }
    let looked = events.clone();
    spawn_local(async move {
        loop {
            dom::sleep(lease::LOOK_EVERY_MS).await;
            looked.post(Event::Look);
        }
    });
    let told = events.clone();
    dom::on(&dom::window(), "storage", move |event| {
        if let Some(task) = take::kept_elsewhere(&event) {
            told.post(Event::Elsewhere(task));
        }
    });
    let events = events.clone();
    dom::on(&dom::document(), "visibilitychange", move |_| {
        if dom::document().visibility_state() == VisibilityState::Hidden {
            events.post(Event::Hidden);
        }
    });
}
