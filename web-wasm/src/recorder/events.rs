//! What the recording page reacts to, and where it comes from.

use super::view::View;
use crate::api::ApiError;
use crate::care::Way;
use crate::checked::Checked;
use crate::inbox::Inbox;
use crate::microphone::{self, Sound, WarmContext};
use crate::queue::Note;
use crate::task::Task;
use crate::{dom, keys, lease, take};
use std::rc::Rc;
use web_sys::{EventTarget, VisibilityState};

const KEYS: &[(&str, &str)] = &[
    (" ", "record"),
    ("enter", "send"),
    ("r", "retake"),
    ("x", "leave"),
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
    /// Something else than to record.
    Go(Way),
    /// Time to look at the lease.
    Look,
    /// Somebody is at it.
    Active,
    /// The lease of a task lasts until then, RFC 3339.
    Renewed(String, String),
    /// A task was taken back: a limit is reached.
    TakenBack(String),
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

impl Event {
    /// What a button stands for, by its id.
    fn of(button: &str) -> Option<Event> {
        Some(match button {
            "record" => Event::Record,
            "play" => Event::Play,
            "retake" => Event::Retake,
            "send" => Event::Send,
            "download" => Event::Download,
            "reload" => Event::Reload,
            _ => Event::Go(Way::of(button)?),
        })
    }
}

/// Turns buttons, keys and changes of the page into events.
pub fn listen(view: &View, inbox: &Inbox<Event>, warm: &Rc<WarmContext>) {
    keys::listen(KEYS);
    let (events, clicked) = (inbox.clone(), Rc::clone(warm));
    dom::on_press(&view.root, move |button| {
        if button == "record" {
            // First in line: a context must be made while the browser sees the person's action.
            clicked.clicked();
        }
        if let Some(event) = Event::of(button) {
            events.post(event);
        }
    });
    let (events, chosen) = (inbox.clone(), Rc::clone(warm));
    dom::on(&view.choices.device, "change", move |_| {
        chosen.make();
        events.post(Event::Device);
    });
    let pass = |target: &EventTarget, name: &str, make: fn() -> Event| {
        let events = inbox.clone();
        dom::on(target, name, move |_| events.post(make()));
    };
    pass(&dom::window(), "online", || Event::Online);
    pass(&dom::window(), "offline", || Event::Offline);
    pass(&dom::window(), "pagehide", || Event::Hidden);
    if let Some(devices) = microphone::devices() {
        pass(&devices, "devicechange", || Event::Devices);
    }
    lease::watch(inbox, || Event::Active, || Event::Look);
    let told = inbox.clone();
    dom::on(&dom::window(), "storage", move |event| {
        if let Some(task) = take::kept_elsewhere(&event) {
            told.post(Event::Elsewhere(task));
        }
    });
    let events = inbox.clone();
    dom::on(&dom::document(), "visibilitychange", move |_| {
        if dom::document().visibility_state() == VisibilityState::Hidden {
            events.post(Event::Hidden);
        }
    });
}
