//! The judging page: fetch a clip, play it, send the answer, next.

use crate::api::{self, ApiError, Clip};
use crate::care::{self, Way};
use crate::inbox::Inbox;
use crate::judge_view::{Phase, View};
use crate::lease::{self, Lease};
use crate::player::Player;
use crate::task::Task;
use crate::words::sentences;
use crate::{backoff, dom, keys, queue};
use wire::{AnswerBody, Kind, Label, NextTask, Reason, SkipCode};

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

const REASONS: [Reason; 5] = [Reason::WrongWord, Reason::CutOff, Reason::Noise, Reason::SeveralVoices, Reason::Silence];

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
    /// Something else than an answer.
    Go(Way),
    /// Trying again: the person wishes it, or the network is back.
    Reload,
}

impl Event {
    /// What a button stands for, by its id.
    fn of(button: &str) -> Option<Event> {
        Some(match button {
            "play" => Event::Play,
            "yes" => Event::Answer(Label::Yes, None),
            "no" => Event::AskReason,
            "unsure" => Event::Answer(Label::Unsure, None),
            "reload" => Event::Reload,
            _ => match button.strip_prefix("reason-") {
                Some(word) => Event::Answer(Label::No, REASONS.into_iter().find(|reason| reason.as_str() == word)),
                None => Event::Go(Way::of(button)?),
            },
        })
    }
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
    dom::spawn(judge.run(inbox));
}

fn listen(view: &View, inbox: &Inbox<Event>) {
    let events = inbox.clone();
    dom::on_press(&view.root, move |button| {
        if let Some(event) = Event::of(button) {
            events.post(event);
        }
    });
    let events = inbox.clone();
    dom::on(&dom::window(), "online", move |_| events.post(Event::Reload));
    lease::watch(inbox, || Event::Active, || Event::Look);
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
                (Event::Go(way), phase) if phase.is_open() => self.leave(way).await,
                (Event::Ahead(loaded), _) => self.came(loaded.map(|loaded| *loaded)),
                (Event::Look, phase) if phase.is_open() => self.look().await,
                (Event::Active, _) if self.lease.touch() => self.look().await,
                (Event::Reload, Phase::Error) => self.next("").await,
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
        self.ahead.retain(|loaded| !Lease::until(&loaded.task.expires_at()).is_over());
        if !self.ahead.is_empty() {
            // What upsets is lent for a short time only: it comes first.
            let first = self.ahead.iter().position(|loaded| loaded.task.may_upset()).unwrap_or(0);
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
            held: here.map(Task::id).collect(),
            count: None,
        }
    }

    async fn take(&mut self, task: Task, lead: &str, clip: Option<Clip>) {
        // It may be on its way ahead as well.
        self.ahead.retain(|loaded| loaded.task.id() != task.id());
        task.show(&self.view.root, "clip");
        self.lease = Lease::until(&task.expires_at());
        let upsetting = task.may_upset();
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
                let url = self.task.as_ref().map(Task::audio_url);
                self.go(Phase::Loading, "Loading the clip…");
                api::clip(&url.unwrap_or_default()).await
            }
        };
        match clip {
            Ok(Clip { wav, gain_db }) => {
                self.player.load(&wav);
                if self.task.as_ref().is_some_and(Task::may_upset) {
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
        dom::spawn(async move {
            events.post(Event::Ahead(load(&wish).await.ok().map(Box::new)));
        });
    }

    fn came(&mut self, loaded: Option<Loaded>) {
        self.fetching = false;
        // Without more for now, the next try is with the next clip.
        let Some(loaded) = loaded else { return };
        if !self.wish().held.contains(&loaded.task.id()) {
            self.ahead.push(loaded);
            self.fetch_ahead();
        }
    }

    /// Holds the task for somebody who is at it, and warns somebody who is not.
    async fn look(&mut self) {
        let Some(task) = &self.task else { return };
        match self.lease.step() {
            lease::Step::Wait => {}
            lease::Step::Warn => {
                self.view.say("This clip is reserved for you for one more minute. Press any key to keep it.");
            }
            lease::Step::Renew => {
                match api::renew(&task.id()).await {
                    Ok(until) => {
                        self.lease = Lease::until(&until);
                        task.renew(&until);
                        task.show_terms();
                    }
                    Err(error) if error.code() == "exposure_limit" => {
                        self.next("A limit is reached: that clip was taken back, and its time is paid.").await;
                    }
                    // An answer says so itself when the lease has ended.
                    Err(_) => {}
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
            match api::answer(&task.id(), &body).await {
                Ok(pay) => {
                    let lead = format!("Answer saved: {} ({pay}).", label.as_str());
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

    /// Does something else with the task than to answer it.
    async fn leave(&mut self, way: Way) {
        let Some(id) = self.task.as_ref().map(Task::id) else { return };
        match way {
            Way::Proceed if self.phase == Phase::Warning => self.present("", None).await,
            Way::Proceed => {}
            Way::Ask => {
                if self.phase == Phase::Reason {
                    self.go(Phase::Ready, "");
                }
                if !care::toggle() {
                    self.view.say(if self.phase == Phase::Warning { "" } else { "Your answer?" });
                }
            }
            Way::Skip(code) => self.skip(&id, code).await,
            Way::Report => {
                if care::report(&id).await {
                    self.next("Reported, thank you.").await;
                }
            }
            Way::Distress => {
                self.player.clear();
                care::distress(&id).await;
            }
        }
    }

    async fn skip(&mut self, id: &str, code: SkipCode) {
        match api::skip(id, code).await {
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
    let clip = api::clip(&task.audio_url()).await?;
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
