//! The recording page: fetch a phrase, record it, check it, keep it, send it, next.

use crate::api::{self, ApiError};
use crate::capture::{Capture, Heard};
use crate::inbox::Inbox;
use crate::meter::LiveLevel;
use crate::microphone::{Microphone, MicrophoneError, Sound, WarmContext};
use crate::player::Player;
use crate::precheck::{self, Checked};
use crate::queue::{self, Note};
use crate::recorder_events::{Event, listen};
use crate::recorder_view::{Phase, View};
use crate::{dom, store, take};
use js_sys::Uint8Array;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use wire::{CaptureSettings, Kind, NextTask, Task};

/// Said when another page or app came to the front during a take.
const HIDDEN: &str = "The recording was stopped because this page went to the background.";
/// Sound that is this late will not come.
const OVERDUE_MS: u32 = 3_000;

/// Starts the page.
///
/// # Errors
/// When the page lacks an element that the template promises.
pub fn start() -> Result<(), JsValue> {
    let view = View::find()?;
    let events = Inbox::default();
    let warm = Rc::new(WarmContext::default());
    listen(&view, &events, &warm);
    let person = dom::attribute(&view.root, "data-person");
    let told = events.clone();
    queue::start(person.clone(), Box::new(move |note| told.post(Event::Queue(note))));
    let recorder = Recorder {
        batch: dom::attribute(&view.root, "data-batch"),
        person,
        player: Player::new(view.playback.clone()),
        view,
        events,
        warm,
        phase: Phase::Loading,
        task: None,
        microphone: None,
        settings: CaptureSettings::default(),
        level: None,
        capture: None,
        deadline: 0,
        checked: None,
        closing: String::new(),
    };
    spawn_local(recorder.run());
    Ok(())
}

struct Recorder {
    view: View,
    events: Inbox<Event>,
    warm: Rc<WarmContext>,
    batch: String,
    person: String,
    player: Player,
    phase: Phase,
    task: Option<Task>,
    microphone: Option<Microphone>,
    /// Of the microphone that was opened last.
    settings: CaptureSettings,
    level: Option<LiveLevel>,
    /// The take under way.
    capture: Option<Capture>,
    deadline: u32,
    checked: Option<Checked>,
    /// Why there is nothing more to record.
    closing: String,
}

impl Recorder {
    async fn run(mut self) {
        self.warm.want(true);
        self.next("").await;
        let inbox = self.events.clone();
        loop {
            self.handle(inbox.next().await).await;
        }
    }

    async fn handle(&mut self, event: Event) {
        use Phase::{Checking, Done, Error, Ready, Recording, Review, Starting};
        match (event, self.phase) {
            (Event::Record, Ready) => self.begin().await,
            (Event::Record, Recording) => self.stop_soon(),
            (Event::Sound(Sound::Samples(chunk)), Starting | Recording | Checking) => {
                self.hear(&chunk);
            }
            (Event::Sound(Sound::Stopped), Checking) => self.check(),
            (Event::Sound(Sound::Lost(why)), _) => self.lost(&why),
            (Event::Overdue(n), Starting | Recording | Checking) if n == self.deadline => {
                self.overdue();
            }
            (Event::Hidden, _) => self.release(HIDDEN),
            (Event::Play, Review) => self.player.toggle(),
            (Event::Retake, Review) => self.retake(),
            (Event::Send, Review) => self.send().await,
            (Event::Skip, Ready | Review) => self.skip().await,
            (Event::Reload, Error) => self.next("").await,
            (Event::Online, Error) => self.next("You are back online.").await,
            (Event::Queue(Note::Sent(phrase)), Ready | Done) => {
                let status = format!("Sent: “{phrase}”. {}", self.closing);
                self.view.say(status.trim_end());
            }
            (Event::Queue(Note::Waiting { signed_out: true }), _) => {
                self.view.say("You are signed out. Log in and your takes will be sent.");
                self.view.offer_login();
            }
            // Pressed too late, or told in #queue.
            _ => {}
        }
    }

    fn go(&mut self, phase: Phase, status: &str) {
        self.phase = phase;
        let good = |checked: &Checked| checked.report.faults.is_empty();
        let sendable = self.checked.as_ref().is_some_and(good);
        self.view.phase(phase, sendable, status);
    }

    /// Fetches the next phrase; `lead` is said before what to do.
    async fn next(&mut self, lead: &str) {
        self.forget();
        self.closing.clear();
        self.go(Phase::Loading, "Fetching the next phrase…");
        let takes = store::list(&self.person).await.unwrap_or_default();
        let body = NextTask {
            batch: (!self.batch.is_empty()).then(|| self.batch.clone()),
            kind: Some(Kind::Record),
            held: takes.into_iter().map(|take| take.task).collect(),
        };
        match api::next_task(&body).await {
            Ok(task) => {
                self.view.task(&task);
                self.task = Some(task);
                let open = match self.microphone {
                    Some(_) => "The microphone stays open between takes.",
                    None => "",
                };
                let status = format!("{lead} Press Record, then say the phrase. {open}");
                self.go(Phase::Ready, status.trim());
            }
            Err(error) => self.halt(lead, &error),
        }
    }

    /// No task came.
    fn halt(&mut self, lead: &str, error: &ApiError) {
        self.task = None;
        self.release("");
        let heals = match error {
            ApiError::NoConnection => true,
            ApiError::Problem(problem) => matches!(problem.status, 401 | 429 | 500..),
        };
        if error.signed_out() {
            self.go(Phase::Error, "You are signed out. Log in and your takes will be sent.");
            self.view.offer_login();
        } else if heals {
            let status = format!("{lead} {}", error.sentence());
            self.go(Phase::Error, status.trim());
        } else {
            self.closing = error.sentence();
            let status = format!("{lead} {}", self.closing);
            self.go(Phase::Done, status.trim());
        }
    }

    fn forget(&mut self) {
        self.checked = None;
        self.capture = None;
        self.player.clear();
        self.view.no_faults();
    }

    async fn begin(&mut self) {
        self.forget();
        if self.microphone.is_none() {
            let asking = "Opening the microphone. Allow it if the browser asks.";
            self.go(Phase::Starting, asking);
            if let Err(error) = self.open().await {
                self.go(Phase::Ready, &error.sentence());
                return;
            }
        }
        let Some(microphone) = &self.microphone else {
            return;
        };
        let rate_hz = microphone.rate_hz();
        let capture = Capture::new(rate_hz, self.policy().max_length_ms);
        let size = (rate_hz, capture.longest());
        let [bar, fill, text] = self.view.level.clone();
        microphone.start();
        self.go(Phase::Starting, "Wait a moment…");
        self.capture = Some(capture);
        self.level = Some(LiveLevel::new(bar, fill, text, self.view.wave.clone(), size));
        self.watch();
    }

    async fn open(&mut self) -> Result<(), MicrophoneError> {
        let silent = || MicrophoneError::Other("the browser gives no audio".to_owned());
        let context = self.warm.take().ok_or_else(silent)?;
        let events = self.events.clone();
        let heard = move |sound| events.post(Event::Sound(sound));
        let microphone = Microphone::open(context, heard).await?;
        self.settings = microphone.settings().clone();
        self.microphone = Some(microphone);
        self.warm.want(false);
        Ok(())
    }

    fn policy(&self) -> audio::Policy {
        let task = self.task.as_ref();
        task.and_then(|task| task.policy.clone()).unwrap_or_default()
    }

    /// Sets a new deadline for sound to come.
    fn watch(&mut self) {
        self.deadline += 1;
        let (events, n) = (self.events.clone(), self.deadline);
        dom::after(OVERDUE_MS, move || events.post(Event::Overdue(n)));
    }

    fn overdue(&mut self) {
        match self.phase {
            Phase::Starting => self.lost(&MicrophoneError::Other("it gives no sound".to_owned())),
            // Stop was pressed, but no more sound came.
            _ => self.check(),
        }
    }

    fn hear(&mut self, chunk: &[f32]) {
        let Some(capture) = &mut self.capture else {
            return;
        };
        match capture.push(chunk) {
            Heard::Settling => return,
            Heard::Settled => {
                // From here on only Stop sets a deadline.
                self.deadline += 1;
                return self.go(Phase::Recording, "Speak now.");
            }
            Heard::Full if self.phase == Phase::Recording => self.finish(),
            Heard::Kept | Heard::Full => {}
        }
        if let Some(level) = &mut self.level {
            level.push(chunk);
        }
    }

    /// Stop was pressed: a little more is kept.
    fn stop_soon(&mut self) {
        if let Some(capture) = &mut self.capture {
            capture.stop_soon();
        }
        self.view.say("Finishing…");
        self.watch();
    }

    fn finish(&mut self) {
        if let Some(microphone) = &self.microphone {
            microphone.stop();
        }
        self.go(Phase::Checking, "Checking the take…");
        self.watch();
    }

    fn check(&mut self) {
        if let Some(level) = self.level.take() {
            level.rest();
        }
        let Some((samples, rate_hz)) = self.capture.take().map(Capture::finished) else {
            return;
        };
        match precheck::check(&samples, rate_hz, &self.policy()) {
            Ok(checked) => {
                let status = match checked.report.first_fault() {
                    None => precheck::summary(&checked.report),
                    Some(_) => "This take cannot be used. Please record it again.".to_owned(),
                };
                self.player.load(&checked.wav);
                self.checked = Some(checked);
                self.go(Phase::Review, &status);
                if let Some(checked) = &self.checked {
                    self.view.take(checked);
                }
            }
            Err(error) => self.go(Phase::Ready, &error.to_string()),
        }
    }

    fn retake(&mut self) {
        self.forget();
        self.go(Phase::Ready, "Press Record, then say the phrase again.");
    }

    /// The microphone is gone.
    fn lost(&mut self, why: &MicrophoneError) {
        if self.microphone.is_some() {
            self.release(&why.sentence());
        }
    }

    /// Lets go of the microphone; a take under way is lost, and `why` says so.
    fn release(&mut self, why: &str) {
        self.microphone = None;
        self.warm.want(true);
        if let Some(level) = self.level.take() {
            level.rest();
        }
        if matches!(self.phase, Phase::Starting | Phase::Recording | Phase::Checking) {
            self.forget();
            self.go(Phase::Ready, why);
        }
    }

    async fn send(&mut self) {
        let (Some(task), Some(checked)) = (self.task.clone(), self.checked.take()) else {
            return;
        };
        self.go(Phase::Sending, "Keeping your take safe…");
        let settings = self.settings.clone();
        match take::keep(
            &self.person,
            &task,
            &Uint8Array::from(&*checked.wav),
            &crate::json::write(&checked.report),
            settings,
        )
        .await
        {
            Ok(_) => {
                let lead = format!("“{}” is kept and will be sent.", task.phrase);
                self.next(&lead).await;
            }
            Err(why) => {
                self.checked = Some(checked);
                self.go(Phase::Review, &why);
            }
        }
    }

    async fn skip(&mut self) {
        let Some(task) = &self.task else { return };
        let id = task.id.clone();
        match api::skip(&id).await {
            Err(error @ ApiError::NoConnection) => self.view.say(&error.sentence()),
            Err(error) if error.signed_out() => self.halt("", &error),
            // A lease that has ended needs no skipping.
            _ => self.next("Skipped.").await,
        }
    }
}
