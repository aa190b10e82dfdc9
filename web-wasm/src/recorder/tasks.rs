//! Which phrase comes next: fetched ahead while there is a network, kept for when there is none.

use super::Recorder;
use super::events::Event;
use super::view::Phase;
use crate::api::{self, ApiError};
use crate::care::{self, Way};
use crate::dom;
use crate::lease::{self, Lease};
use crate::prompts::{self, Prompt};
use crate::store;
use crate::take::Take;
use crate::task::Task;
use crate::words::sentences;
use wire::{Kind, NextTask, SkipCode};

impl Recorder {
    /// Shows the next phrase; `lead` is said before what to do.
    pub(super) async fn next(&mut self, lead: &str) {
        self.forget();
        self.closing.clear();
        self.exhausted = false;
        let takes = store::list(&self.person).await.unwrap_or_default();
        let recorded: Vec<String> = takes.iter().map(|take| take.task.clone()).collect();
        self.ahead.retain(|prompt| !prompt.is_over() && !recorded.contains(&prompt.task.id()));
        // What may upset is lent for a short time only: it comes first.
        if let Some(place) = self.ahead.iter().position(|prompt| prompt.task.may_upset()) {
            self.ahead.swap(0, place);
        }
        if self.ahead.is_empty() {
            let is_open = |take: &&Take| take.refused.is_none() && (self.batch.is_empty() || take.batch == self.batch);
            if takes.iter().filter(is_open).count() >= prompts::MOST {
                return self.pause(lead);
            }
            self.go(Phase::Loading, "Fetching the next phrase…");
            match api::next_task(&self.wish(recorded.clone())).await {
                Ok(task) => {
                    self.view.online(true);
                    // The server knows better than what was kept: it hands out again what is open.
                    for old in prompts::list(&self.person, &self.batch).await {
                        prompts::forget(&old.task.id()).await;
                    }
                    self.add(task).await;
                }
                Err(ApiError::NoConnection) => self.fall_back(&recorded).await,
                Err(error) => return self.halt(lead, &error),
            }
        }
        match self.ahead.first().map(|prompt| prompt.task.clone()) {
            Some(task) => self.present(task, lead),
            None => return self.halt(lead, &ApiError::NoConnection),
        }
        self.fetch_ahead();
    }

    /// So many takes wait that the server would give no more phrases: the next one is fetched when
    /// one of them has been sent.
    fn pause(&mut self, lead: &str) {
        self.task = None;
        self.release("");
        let why = "You have recorded all phrases that were ready. More come as soon as a take is sent.";
        self.go(Phase::Error, &sentences(&[lead, why]));
    }

    /// The tasks whose takes wait in this browser.
    async fn recorded(&self) -> Vec<String> {
        let takes = store::list(&self.person).await.unwrap_or_default();
        takes.into_iter().map(|take| take.task).collect()
    }

    fn wish(&self, recorded: Vec<String>) -> NextTask {
        let ahead = self.ahead.iter().map(|prompt| prompt.task.id());
        NextTask {
            batch: (!self.batch.is_empty()).then(|| self.batch.clone()),
            kind: Some(Kind::Record),
            held: recorded.into_iter().chain(ahead).collect(),
            count: None,
        }
    }

    async fn add(&mut self, task: Task) {
        let prompt = Prompt::new(&self.person, task);
        prompts::keep(&prompt).await;
        self.ahead.push(prompt);
    }

    /// Without a network: what was kept.
    async fn fall_back(&mut self, recorded: &[String]) {
        self.view.online(false);
        self.ahead = prompts::list(&self.person, &self.batch).await;
        self.ahead.retain(|prompt| !recorded.contains(&prompt.task.id()));
    }

    fn present(&mut self, task: Task, lead: &str) {
        task.show(&self.view.root, "phrase");
        self.lease = Lease::until(&task.expires_at());
        let warns = task.may_upset();
        self.task = Some(task);
        if warns {
            self.go(Phase::Warning, lead);
        } else {
            self.invite(lead);
        }
    }

    /// Asks for the phrase.
    fn invite(&mut self, lead: &str) {
        let open = match self.microphone {
            Some(_) => "The microphone stays open between takes.",
            None => "",
        };
        self.go(Phase::Ready, &sentences(&[lead, "Press Record, then say the phrase.", open]));
    }

    /// Fetches a prompt while this one is recorded, unless there are enough.
    pub(super) fn fetch_ahead(&mut self) {
        if self.fetching || self.exhausted || self.ahead.is_empty() || self.ahead.len() >= prompts::MOST {
            return;
        }
        self.fetching = true;
        let (events, person, mut wish) = (self.events.clone(), self.person.clone(), self.wish(Vec::new()));
        dom::spawn(async move {
            let takes = store::list(&person).await.unwrap_or_default();
            wish.held.extend(takes.into_iter().map(|take| take.task));
            let ahead = match wish.held.len() {
                ..prompts::MOST => Some(Box::new(api::next_task(&wish).await)),
                _ => None,
            };
            events.post(Event::Ahead(ahead));
        });
    }

    /// A prompt came ahead, or none.
    pub(super) async fn came(&mut self, result: Option<Result<Task, ApiError>>) {
        self.fetching = false;
        let Some(result) = result else { return };
        let Ok(task) = result else {
            self.exhausted = true;
            return;
        };
        let is_known = self.ahead.iter().any(|prompt| prompt.task.id() == task.id());
        if is_known || self.recorded().await.contains(&task.id()) {
            self.exhausted = true;
            return;
        }
        self.add(task).await;
        self.fetch_ahead();
    }

    /// No phrase came.
    pub(super) fn halt(&mut self, lead: &str, error: &ApiError) {
        self.task = None;
        self.release("");
        let heals = match error {
            ApiError::NoConnection => true,
            ApiError::Problem(problem) => {
                matches!(problem.status, 401 | 429 | 500..) || problem.code == "too_many_leases"
            }
        };
        if error.signed_out() {
            self.go(Phase::Error, "You are signed out. Log in and your takes will be sent.");
            self.view.offer_login();
        } else if matches!(error, ApiError::NoConnection) {
            self.view.online(false);
            let why = "No connection: the next phrase comes as soon as you are back online.";
            self.go(Phase::Error, &sentences(&[lead, why]));
        } else if heals {
            self.go(Phase::Error, &sentences(&[lead, &error.sentence()]));
        } else {
            self.closing = error.sentence();
            self.go(Phase::Done, &sentences(&[lead, &self.closing]));
        }
    }

    /// Another tab has recorded one of the phrases: here it would be asked for in vain.
    pub(super) async fn recorded_elsewhere(&mut self, task: &str, phase: Phase) {
        let is_shown = self.task.as_ref().is_some_and(|shown| shown.id() == task);
        if !is_shown {
            self.ahead.retain(|prompt| prompt.task.id() != task);
        } else if matches!(phase, Phase::Warning | Phase::Ready) {
            self.drop_current();
            self.next("You have recorded that phrase in another tab.").await;
        }
    }

    /// Takes the phrase that is shown off the list.
    pub(super) fn drop_current(&mut self) {
        if let Some(task) = self.task.take() {
            self.ahead.retain(|prompt| prompt.task.id() != task.id());
        }
    }

    /// Holds the phrase for somebody who is at it, and warns somebody who is not; never into a take.
    pub(super) fn look(&mut self) {
        let Some((id, may_upset)) = self.task.as_ref().map(|task| (task.id(), task.may_upset())) else { return };
        match self.lease.step() {
            // Where a limit forbids to hold it, the phrase is taken back: never from under a take.
            lease::Step::Renew if may_upset && !matches!(self.phase, Phase::Warning | Phase::Ready) => {}
            lease::Step::Warn if self.phase.is_open() => {
                self.view.say("This phrase is reserved for you for one more minute. Press any key to keep it.");
            }
            lease::Step::Wait | lease::Step::Warn => {}
            lease::Step::Renew => {
                let events = self.events.clone();
                dom::spawn(async move {
                    match api::renew(&id).await {
                        Ok(until) => events.post(Event::Renewed(id, until)),
                        Err(error) if error.code() == "exposure_limit" => events.post(Event::TakenBack(id)),
                        // A take that is sent says so itself when the lease has ended.
                        Err(_) => {}
                    }
                });
            }
        }
    }

    /// A phrase is held longer.
    pub(super) async fn renewed(&mut self, task: &str, until: &str) {
        if let Some(prompt) = self.ahead.iter_mut().find(|prompt| prompt.task.id() == task) {
            prompt.renew(until);
            prompts::keep(prompt).await;
        }
        if let Some(shown) = self.task.as_ref().filter(|shown| shown.id() == task) {
            shown.renew(until);
            self.lease = Lease::until(until);
            shown.show_terms();
        }
    }

    /// A limit is reached, and the server has a phrase back.
    pub(super) async fn taken_back(&mut self, task: &str) {
        if self.task.as_ref().is_some_and(|shown| shown.id() == task) {
            self.left(task, "A limit is reached: that phrase was taken back, and its time is paid.").await;
        }
    }

    /// Does something else with the phrase than to record it.
    pub(super) async fn leave(&mut self, way: Way) {
        let Some(id) = self.task.as_ref().map(Task::id) else { return };
        match way {
            Way::Proceed if self.phase == Phase::Warning => self.invite(""),
            Way::Proceed => {}
            Way::Ask => {
                if !care::toggle() {
                    self.view.say(match self.phase {
                        Phase::Warning => "",
                        Phase::Review => "Send this take, or record it again.",
                        _ => "Press Record, then say the phrase.",
                    });
                }
            }
            Way::Skip(code) => self.skip(&id, code).await,
            Way::Report => {
                if care::report(&id).await {
                    self.left(&id, "Reported, thank you.").await;
                }
            }
            Way::Distress => {
                self.release("");
                self.player.clear();
                care::distress(&id).await;
            }
        }
    }

    async fn skip(&mut self, id: &str, code: SkipCode) {
        match api::skip(id, code).await {
            Err(ApiError::NoConnection) if self.ahead.len() > 1 => {
                self.forget();
                let prompt = self.ahead.remove(0);
                self.ahead.push(prompt);
                let task = self.ahead[0].task.clone();
                self.present(task, "You are offline, so that phrase may come again.");
            }
            Err(error @ ApiError::NoConnection) => self.view.say(&error.sentence()),
            Err(error) if error.signed_out() => self.halt("", &error),
            // A lease that has ended needs no skipping.
            _ => self.left(id, "Skipped.").await,
        }
    }

    /// The server has the phrase back.
    async fn left(&mut self, id: &str, lead: &str) {
        prompts::forget(id).await;
        self.drop_current();
        self.next(lead).await;
    }
}
