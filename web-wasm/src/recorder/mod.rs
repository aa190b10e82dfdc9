//! The recording page: show a phrase, record it, check it, keep it, send it, next.
//!
//! One actor: [`events`] come in, [`tasks`] decides what is said next, [`takes`] records it,
//! [`view`] and [`take_view`] show it, [`choices`] remembers how this person records.

mod choices;
mod events;
mod take_view;
mod takes;
mod tasks;
mod view;

use crate::capture::Capture;
use crate::checked::Checked;
use crate::checker::Checker;
use crate::inbox::Inbox;
use crate::lease::Lease;
use crate::meter::LiveLevel;
use crate::microphone::{self, Microphone, Sound, WarmContext};
use crate::player::Player;
use crate::prompts::Prompt;
use crate::queue::{self, Note};
use crate::task::Task;
use crate::words::sentences;
use crate::{dom, player};
use events::{Event, listen};
use std::rc::Rc;
use view::{Phase, View};
use wire::CaptureSettings;

/// Said when another page or app came to the front during a take.
const HIDDEN: &str = "The recording was stopped because this page went to the background.";

/// Starts the page.
pub fn start() {
    let view = View::find();
    let events = Inbox::default();
    let warm = Rc::new(WarmContext::default());
    listen(&view, &events, &warm);
    let person = dom::attribute(&view.root, "data-person");
    let told = events.clone();
    queue::start(person.clone(), Box::new(move |note| told.post(Event::Queue(note))));
    let told = events.clone();
    let checked = Box::new(move |result| told.post(Event::Checked(Box::new(result))));
    let recorder = Recorder {
        batch: dom::attribute(&view.root, "data-batch"),
        person,
        player: Player::new(view.playback.clone()),
        checker: Checker::start(&dom::attribute(&view.root, "data-worker"), checked),
        view,
        events,
        warm,
        phase: Phase::Loading,
        ahead: Vec::new(),
        fetching: false,
        exhausted: false,
        task: None,
        lease: Lease::default(),
        microphone: None,
        settings: CaptureSettings::default(),
        level: None,
        capture: None,
        counted: 0,
        count_left: 0,
        deadline: 0,
        checked: None,
        closing: String::new(),
    };
    dom::spawn(recorder.run());
}

struct Recorder {
    view: View,
    events: Inbox<Event>,
    warm: Rc<WarmContext>,
    batch: String,
    person: String,
    player: Player,
    checker: Checker,
    phase: Phase,
    /// Leased prompts: the one that is shown comes first.
    ahead: Vec<Prompt>,
    /// Whether a prompt is on its way.
    fetching: bool,
    /// Whether the server had no more the last time.
    exhausted: bool,
    /// What is shown.
    task: Option<Task>,
    /// How long it is reserved.
    lease: Lease,
    microphone: Option<Microphone>,
    /// Of the microphone that was opened last.
    settings: CaptureSettings,
    level: Option<LiveLevel>,
    /// The take under way.
    capture: Option<Capture>,
    /// Number of the countdown, and its seconds to go.
    counted: u32,
    count_left: u32,
    deadline: u32,
    checked: Option<Checked>,
    /// Why there is nothing more to record.
    closing: String,
}

impl Recorder {
    async fn run(mut self) {
        self.warm.want(true);
        self.view.online(dom::is_online());
        self.show_devices().await;
        self.next("").await;
        let inbox = self.events.clone();
        loop {
            self.handle(inbox.next().await).await;
        }
    }

    async fn handle(&mut self, event: Event) {
        use Phase::{Checking, Counting, Error, Ready, Recording, Review, Starting, Warning};
        match (event, self.phase) {
            (Event::Record, Ready) => self.begin().await,
            (Event::Record, Counting) => self.cancel(),
            (Event::Record, Recording) => self.stop_soon(),
            (Event::Counted(n), Counting) if n == self.counted => self.count(),
            (Event::Sound(Sound::Samples(chunk)), Starting | Recording | Checking) => self.hear(&chunk),
            (Event::Sound(Sound::Stopped), Checking) => self.check(),
            (Event::Sound(Sound::Lost(why)), _) => self.lost(&why),
            (Event::Overdue(n), Starting | Recording | Checking) if n == self.deadline => self.overdue(),
            (Event::Checked(result), Checking) => self.show(*result),
            (Event::Hidden, _) => self.release(HIDDEN),
            (Event::Device, Ready | Review) => self.change_device().await,
            (Event::Devices, _) => self.show_devices().await,
            (Event::Play, Review) => self.player.toggle(),
            (Event::Retake, Review) => self.retake(),
            (Event::Send, Review) => self.send().await,
            (Event::Download, Review) => self.download(),
            (Event::Go(way), phase) if phase.is_open() => self.leave(way).await,
            (Event::Look, Warning | Ready | Review | Starting | Counting | Recording | Checking) => self.look(),
            (Event::Active, _) if self.lease.touch() => self.look(),
            (Event::Renewed(task, until), _) => self.renewed(&task, &until).await,
            (Event::TakenBack(task), Warning | Ready) => self.taken_back(&task).await,
            (Event::Reload, Error) => self.next("").await,
            (Event::Ahead(result), _) => self.came(result.map(|result| *result)).await,
            (Event::Offline, _) => self.view.online(false),
            (Event::Online, phase) => {
                self.view.online(true);
                match phase {
                    Error => self.next("You are back online.").await,
                    _ => self.fetch_ahead(),
                }
            }
            (Event::Queue(note), phase) => self.told(note, phase).await,
            (Event::Elsewhere(task), phase) => self.recorded_elsewhere(&task, phase).await,
            // Pressed too late.
            _ => {}
        }
    }

    /// What the upload queue reports; most of it is told in `#queue`.
    async fn told(&mut self, note: Note, phase: Phase) {
        if let Note::Sent(_) = note {
            // There is room for one more.
            self.fetch_ahead();
        }
        match (note, phase) {
            (Note::Sent(phrase), Phase::Ready | Phase::Done) => {
                self.view.say(&sentences(&[&format!("Sent: “{phrase}”."), &self.closing]));
            }
            // Whatever was in the way is gone: no network, or too many open tasks.
            (Note::Sent(_), Phase::Error) => self.next("").await,
            (Note::Waiting { signed_out: true }, _) => {
                self.view.say("You are signed out. Log in and your takes will be sent.");
                self.view.offer_login();
            }
            _ => {}
        }
    }

    fn go(&mut self, phase: Phase, status: &str) {
        self.phase = phase;
        let sendable = self.checked.as_ref().is_some_and(Checked::is_good);
        self.view.phase(phase, sendable, status);
    }

    fn forget(&mut self) {
        self.checked = None;
        self.capture = None;
        self.player.clear();
        self.view.finished.forget();
    }

    async fn show_devices(&self) {
        self.view.choices.show_devices(&microphone::list().await);
    }

    /// Saves the take as a file of this device.
    fn download(&self) {
        if let (Some(checked), Some(task)) = (&self.checked, &self.task) {
            player::save(&checked.wav, &task.phrase());
        }
    }
}
