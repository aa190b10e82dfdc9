//! The judging page: fetch a clip, play it, send the answer, next.

use crate::api::{self, ApiError, Clip};
use crate::inbox::Inbox;
use crate::judge_view::{Phase, View};
use crate::lease::{self, Lease};
use crate::player::Player;
use crate::words::sentences;
use crate::{backoff, dom, keys, queue};
use wasm_bindgen_futures::spawn_local;
use wire::{AnswerBody, Kind, Label, NextTask, Reason, SkipCode, Task};

const KEYS: &[(&str, &str)] = &[
    (" ", "play"),
    ("p", "play"),
    ("y", "yes"),
    ("n", "no"),
    ("u", "unsure"),
    ("x", "leave"),
    ("1", "reason-wrong_word"),
    ("2", "reason-cut_off"),
    ("3", "reason-noise"),
    ("4", "reason-several_voices"),
    ("5", "reason-silence"),
    ("s", "skip"),
    ("1", "skip-technical"),
    ("2", "skip-too_hard"),
    ("3", "skip-language"),
    ("4", "skip-upsetting"),
    ("5", "skip-known_person"),
    ("6", "skip-other"),
];

/// Clips kept ready behind the one that is heard, so that nobody waits for the network: with it, as
/// many as a person may have open.
const AHEAD: usize = 2;

/// A task whose clip is here.
#[derive(Clone)]
struct Loaded {
    task: Task,
    clip: Clip,
}

/// What the page reacts to.
#[derive(Clone)]
enum Event {
    /// The next clip came ahead, or none.
    Ahead(Option<Box<Loaded>>),
    /// Time to look at the lease.
    Look,
    /// Somebody is at it.
    Active,
    Play,
    Answer(Label, Option<Reason>),
    AskReason,
    AskSkip,
    Skip(SkipCode),
    /// It is more upsetting than it says.
    Report,
    /// It upset the person.
    Distress,
    Proceed,
    Reload,
    /// The network is back.
    Online,
}

/// Starts the page, and the upload queue for takes that still wait in this browser.
pub fn start() {
    let view = View::find();
    let inbox = Inbox::default();
    listen(&view, &inbox);
    keys::listen(KEYS);
    queue::start(dom::attribute(&view.root, "data-person"), Box::new(|_| {}));
    let judge = Judge {
        batch: dom::attribute(&view.root, "data-batch"),
        player: Player::new(view.audio.clone()),
        view,
        phase: Phase::Loading,
        task: None,
        lease: Lease::default(),
        ahead: Vec::new(),
        fetching: false,
        events: inbox.clone(),
        shown_ms: 0.0,
    };
    spawn_local(judge.run(inbox));
}

fn listen(view: &View, events: &Inbox<Event>) {
    let pass = |target: &web_sys::EventTarget, name: &str, event: Event| {
        let events = events.clone();
        dom::on(target, name, move |_| events.post(event.clone()));
    };
    pass(&view.play, "click", Event::Play);
    pass(&view.yes, "click", Event::Answer(Label::Yes, None));
    pass(&view.no, "click", Event::AskReason);
    pass(&view.unsure, "click", Event::Answer(Label::Unsure, None));
    for (reason, button) in &view.reasons {
        pass(button, "click", Event::Answer(Label::No, Some(*reason)));
    }
    view.skip.listen(events, || Event::AskSkip, Event::Skip);
    pass(&view.leave, "click", Event::Skip(SkipCode::Upsetting));
    pass(&view.report, "click", Event::Report);
    pass(&view.distress, "click", Event::Distress);
    pass(&view.proceed, "click", Event::Proceed);
    pass(&view.reload, "click", Event::Reload);
    pass(&dom::window(), "online", Event::Online);
    pass(&dom::window(), "keydown", Event::Active);
    pass(&dom::window(), "pointerdown", Event::Active);
    let events = events.clone();
    spawn_local(async move {
        loop {
            dom::sleep(lease::LOOK_EVERY_MS).await;
            events.post(Event::Look);
        }
    });
}

struct Judge {
    view: View,
    batch: String,
    player: Player,
    phase: Phase,
    task: Option<Task>,
    lease: Lease,
    /// What comes next.
    ahead: Vec<Loaded>,
    fetching: bool,
    events: Inbox<Event>,
    /// When the clip could first be heard, on the page's monotonic clock.
    shown_ms: f64,
}

impl Judge {
    async fn run(mut self, inbox: Inbox<Event>) {
        self.next("").await;
        loop {
            match (inbox.next().await, self.phase) {
                (Event::Play, Phase::Ready | Phase::Reason) => self.player.toggle(),
                (Event::AskReason, Phase::Ready) => {
                    self.go(Phase::Reason, "Why not? Choose a reason.");
                }
                (Event::AskReason, Phase::Reason) => self.go(Phase::Ready, "Your answer?"),
                (Event::Answer(label, reason), Phase::Ready | Phase::Reason) => {
                    self.answer(label, reason).await;
                }
                (Event::AskSkip, Phase::Warning | Phase::Ready | Phase::Reason) => self.ask_skip(),
                (Event::Skip(code), Phase::Warning | Phase::Ready | Phase::Reason) => self.skip(code).await,
                (Event::Report, Phase::Warning | Phase::Ready | Phase::Reason) => self.report().await,
                (Event::Distress, Phase::Warning | Phase::Ready | Phase::Reason) => self.distress().await,
                (Event::Proceed, Phase::Warning) => self.present("", None).await,
                (Event::Ahead(loaded), _) => self.came(loaded.map(|loaded| *loaded)),
                (Event::Look, Phase::Warning | Phase::Ready | Phase::Reason) => self.look().await,
                (Event::Active, _) if self.lease.touch() => self.look().await,
                (Event::Reload | Event::Online, Phase::Error) => self.next("").await,
                // Pressed too late.
                _ => {}
            }
        }
    }

    fn go(&mut self, phase: Phase, status: &str) {
        self.phase = phase;
        self.view.phase(phase, status);
    }

    /// Shows the next task; `lead` is said before what to do.
    async fn next(&mut self, lead: &str) {
        self.player.clear();
        self.task = None;
        self.ahead.retain(|loaded| !Lease::until(&loaded.task.expires_at).is_over());
        if !self.ahead.is_empty() {
            // What upsets is lent for a short time only: it comes first.
            let first = self.ahead.iter().position(|loaded| loaded.task.sensitivity > 0).unwrap_or(0);
            let Loaded { task, clip } = self.ahead.remove(first);
            return self.take(task, lead, Some(clip)).await;
        }
        self.go(Phase::Loading, "Fetching the next clip…");
        match api::next_task(&self.wish()).await {
            Ok(task) => self.take(task, lead, None).await,
            Err(error) => self.halt(lead, &error),
        }
    }

    /// What is asked for: nothing that is here.
    fn wish(&self) -> NextTask {
        let here = self.task.iter().chain(self.ahead.iter().map(|loaded| &loaded.task));
        NextTask {
            batch: (!self.batch.is_empty()).then(|| self.batch.clone()),
            kind: Some(Kind::Judge),
            held: here.map(|task| task.id.clone()).collect(),
            count: None,
        }
    }

    async fn take(&mut self, task: Task, lead: &str, clip: Option<Clip>) {
        // It may be on its way ahead as well.
        self.ahead.retain(|loaded| loaded.task.id != task.id);
        self.view.task(&task);
        self.lease = Lease::until(&task.expires_at);
        let upsetting = task.sensitivity > 0;
        self.task = Some(task);
        if upsetting {
            self.go(Phase::Warning, lead);
        } else {
            self.present(lead, clip).await;
        }
    }

    /// Loads, unless it is here, and shows the clip of the current task.
    async fn present(&mut self, lead: &str, clip: Option<Clip>) {
        let clip = match clip {
            Some(clip) => Ok(clip),
            None => {
                let url = self.task.as_ref().and_then(|task| task.audio_url.clone());
                self.go(Phase::Loading, "Loading the clip…");
                api::clip(&url.unwrap_or_default()).await
            }
        };
        match clip {
            Ok(Clip { wav, gain_db }) => {
                self.player.load(&wav);
                if self.task.as_ref().is_some_and(|task| task.sensitivity > 0) {
                    self.player.soften(gain_db);
                }
                self.shown_ms = now_ms();
                self.go(Phase::Ready, &sentences(&[lead, "Play the clip, then answer."]));
                self.view.draw(&wav.to_vec());
                self.fetch_ahead();
            }
            Err(error) => self.halt(lead, &error),
        }
    }

    /// Fetches a clip while this one is heard, unless there are enough.
    fn fetch_ahead(&mut self) {
        if self.fetching || self.ahead.len() >= AHEAD {
            return;
        }
        self.fetching = true;
        let (wish, events) = (self.wish(), self.events.clone());
        spawn_local(async move {
            events.post(Event::Ahead(load(&wish).await.ok().map(Box::new)));
        });
    }

    fn came(&mut self, loaded: Option<Loaded>) {
        self.fetching = false;
        // Without more for now, the next try is with the next clip.
        let Some(loaded) = loaded else { return };
        if !self.wish().held.contains(&loaded.task.id) {
            self.ahead.push(loaded);
            self.fetch_ahead();
        }
    }

    /// Holds the task for somebody who is at it, and warns somebody who is not.
    async fn look(&mut self) {
        let Some(task) = &mut self.task else { return };
        match self.lease.step() {
            lease::Step::Wait => {}
            lease::Step::Warn => {
                self.view.say("This clip is reserved for you for one more minute. Press any key to keep it.");
            }
            lease::Step::Renew => {
                // An answer says so itself when the lease has ended.
                if let Ok(renewal) = api::renew(&task.id).await {
                    self.lease = Lease::until(&renewal.expires_at);
                    task.expires_at = renewal.expires_at;
                    self.view.terms(task);
                }
            }
        }
    }

    /// Sends the answer until the server has it: repeating it changes nothing.
    async fn answer(&mut self, label: Label, reason: Option<Reason>) {
        let Some(task) = self.task.clone() else {
            return;
        };
        let body = AnswerBody { label, reason, duration_ms: (now_ms() - self.shown_ms).round() as i64 };
        self.go(Phase::Sending, "Sending your answer…");
        let mut failures = 0;
        loop {
            match api::answer(&task.id, &body).await {
                Ok(receipt) => {
                    let pay = dom::money(receipt.pay_cents, &receipt.currency);
                    let lead = format!("Answer saved: {} ({pay}).", receipt.label.as_str());
                    return self.next(&lead).await;
                }
                Err(error) if passes(&error) => {
                    failures += 1;
                    let status = format!("{} Your answer is kept here; we try again.", error.sentence());
                    self.view.say(&status);
                    dom::sleep(backoff::delay_ms(failures, js_sys::Math::random())).await;
                }
                Err(error) => return self.halt("Your answer was not saved.", &error),
            }
        }
    }

    /// It does not go on by itself.
    fn halt(&mut self, lead: &str, error: &ApiError) {
        self.player.clear();
        self.task = None;
        let to_learn = ["qualification_required", "paused"].contains(&error.code());
        let nothing_to_do = [
            "no_task",
            "exposure_limit",
            "opt_in_required",
            "daily_cap",
            "consent_required",
            "person_limit",
            "quota_full",
        ];
        if error.signed_out() {
            self.go(Phase::Error, &sentences(&[lead, "You are signed out. Log in to go on."]));
            self.view.offer_login();
        } else {
            let done = to_learn || nothing_to_do.contains(&error.code());
            let phase = if done { Phase::Done } else { Phase::Error };
            self.go(phase, &sentences(&[lead, &error.sentence()]));
            if to_learn {
                self.view.offer_training();
            }
        }
    }

    /// Asks why, or takes that back.
    fn ask_skip(&mut self) {
        if self.phase == Phase::Reason {
            self.go(Phase::Ready, "");
        }
        let asks = self.view.skip.toggle();
        self.view.say(if asks { "Why skip it? Choose a reason: it costs you nothing." } else { "Your answer?" });
    }

    /// Tells that the clip is more upsetting than it says, and leaves it.
    async fn report(&mut self) {
        let Some(task) = &self.task else { return };
        let Some(body) = self.view.report() else { return };
        match api::report(&task.id.clone(), &body).await {
            Ok(()) => self.next("Reported, thank you.").await,
            Err(error) => self.view.say(&error.sentence()),
        }
    }

    /// Stops the sound at once, tells the server, and leads to help.
    async fn distress(&mut self) {
        self.player.clear();
        let Some(task) = &self.task else { return };
        match api::distress(&task.id.clone()).await {
            Ok(()) => drop(dom::window().location().set_href("/exposure/help")),
            Err(error) => self.view.say(&error.sentence()),
        }
    }

    async fn skip(&mut self, code: SkipCode) {
        let Some(task) = &self.task else { return };
        let id = task.id.clone();
        match api::skip(&id, code).await {
            Err(error @ ApiError::NoConnection) => self.view.say(&error.sentence()),
            Err(error) if error.signed_out() => self.halt("", &error),
            // A lease that has ended needs no skipping.
            _ => self.next("Skipped.").await,
        }
    }
}

/// The next task with its clip.
async fn load(wish: &NextTask) -> Result<Loaded, ApiError> {
    let task = api::next_task(wish).await?;
    let clip = api::clip(task.audio_url.as_deref().unwrap_or_default()).await?;
    Ok(Loaded { task, clip })
}

/// Whether the error passes by itself.
fn passes(error: &ApiError) -> bool {
    match error {
        ApiError::NoConnection => true,
        ApiError::Problem(problem) => matches!(problem.status, 408 | 425 | 429 | 500..),
    }
}

fn now_ms() -> f64 {
    dom::window().performance().map_or(0.0, |clock| clock.now())
}
