//! The upload queue: sends the takes kept in this browser, one after another, until the server
//! has every one of them.

use crate::api::ApiError;
use crate::inbox::Inbox;
use crate::queue_view::{Board, Standing};
use crate::store;
use crate::take::Take;
use crate::upload::{self, Outcome};
use crate::{backoff, dom, lock};

/// What the queue reports to its page.
pub enum Note {
    /// The server has acknowledged a take of this phrase.
    Sent(String),
    /// Nothing can be sent for now; perhaps because the person must log in again.
    Waiting {
        /// Whether a login would help.
        signed_out: bool,
    },
}

/// Why the queue looks at its takes.
enum Wake {
    /// Something changed: a new take, the network, the person's wish.
    Now,
    /// The wait that followed the n-th attempt is over.
    Rested(u32),
}

/// A handle on the running queue.
#[derive(Clone)]
pub struct Queue {
    wake: Inbox<Wake>,
}

impl Queue {
    /// Tells the queue that a take was added or dropped.
    pub fn wake(&self) {
        self.wake.post(Wake::Now);
    }
}

/// The event of a page's window that wakes its queue.
const KEPT: &str = "sayso-kept";

/// Tells the queue of this page, if it runs one, that a take was kept.
pub fn tell_kept() {
    if let Ok(event) = web_sys::Event::new(KEPT) {
        dom::window().dispatch_event(&event).ok();
    }
}

/// Starts the queue of `person`; call it once per page. `told` hears what happens.
pub fn start(person: String, told: Box<dyn Fn(Note)>) {
    let queue = Queue { wake: Inbox::default() };
    let online = queue.clone();
    dom::on(&dom::window(), "online", move |_| online.wake());
    let kept = queue.clone();
    dom::on(&dom::window(), KEPT, move |_| kept.wake());
    let board = Board::new(queue.clone());
    let runner =
        Runner { person, wake: queue.wake.clone(), told, standing: Standing::default(), refused: Vec::new(), board };
    dom::spawn(runner.run());
    queue.wake();
}

struct Runner {
    person: String,
    wake: Inbox<Wake>,
    told: Box<dyn Fn(Note)>,
    standing: Standing,
    refused: Vec<Take>,
    board: Board,
}

impl Runner {
    async fn run(mut self) {
        let mut failures = 0;
        loop {
            match self.wake.next().await {
                Wake::Now => failures = 0,
                // A wait that something else has cut short.
                Wake::Rested(attempt) if attempt != failures => continue,
                Wake::Rested(_) => {}
            }
            self.look().await;
            let stopped = self.drain().await;
            self.standing.trouble = stopped.as_ref().map(trouble);
            self.standing.signed_out = stopped.as_ref().is_some_and(ApiError::signed_out);
            self.show();
            if let Some(error) = stopped {
                failures += 1;
                self.rest(failures, &error);
                (self.told)(Note::Waiting { signed_out: error.signed_out() });
            }
        }
    }

    /// Sends what waits. A take that cannot go now does not hold up the others, unless the
    /// error would meet them all.
    async fn drain(&mut self) -> Option<ApiError> {
        if self.standing.waiting == 0 {
            return None;
        }
        let _lock = lock::Lock::upload().await;
        let mut stuck: Vec<String> = Vec::new();
        let mut last = None;
        // Listed again until nothing is new: other tabs send and delete, this page adds.
        loop {
            let mut takes = self.look().await;
            takes.retain(|take| !stuck.contains(&take.id));
            if takes.is_empty() {
                return last;
            }
            for take in takes {
                match self.send(&take).await {
                    Ok(()) => self.standing.trouble = None,
                    Err(None) => stuck.push(take.id),
                    Err(Some(error)) if meets_all(&error) => return Some(error),
                    Err(error) => {
                        stuck.push(take.id);
                        last = error;
                    }
                }
                self.show();
            }
        }
    }

    /// Sends one take. An error without a reason is one of this browser's storage.
    async fn send(&mut self, take: &Take) -> Result<(), Option<ApiError>> {
        let Some(wav) = store::wav(&take.id).await.map_err(|_| None)? else {
            // Another tab has sent it.
            self.standing.waiting = self.standing.waiting.saturating_sub(1);
            return Ok(());
        };
        match upload::send(take, &wav).await {
            Outcome::Sent => {
                store::delete(&take.id).await.map_err(|_| None)?;
                self.standing.sent += 1;
                (self.told)(Note::Sent(take.phrase.clone()));
            }
            Outcome::Refused(problem) => {
                let refused = Some(ApiError::Problem(problem).sentence());
                let take = Take { refused, ..take.clone() };
                store::update(&take).await.map_err(|_| None)?;
                self.refused.push(take);
            }
            Outcome::Later(error) => return Err(Some(error)),
        }
        self.standing.waiting = self.standing.waiting.saturating_sub(1);
        Ok(())
    }

    /// Looks at the takes and shows how things stand. Returns those to send.
    async fn look(&mut self) -> Vec<Take> {
        let takes = store::list(&self.person).await.unwrap_or_default();
        let (refused, waiting): (Vec<Take>, Vec<Take>) = takes.into_iter().partition(|take| take.refused.is_some());
        self.standing.waiting = waiting.len();
        self.refused = refused;
        self.show();
        waiting
    }

    fn show(&mut self) {
        self.board.show(&self.standing, &self.refused);
    }

    /// Wakes the queue again after a while.
    fn rest(&self, failures: u32, error: &ApiError) {
        let wake = self.wake.clone();
        let backoff_ms = backoff::delay_ms(failures, js_sys::Math::random());
        dom::after(backoff_ms.max(asked_wait_ms(error)), move || {
            wake.post(Wake::Rested(failures));
        });
    }
}

fn trouble(error: &ApiError) -> String {
    match error {
        _ if error.signed_out() => "You are signed out. Log in and your takes will be sent.".to_owned(),
        ApiError::NoConnection => "No connection: takes are kept in this browser and sent as \
             soon as you are back online."
            .to_owned(),
        ApiError::Problem(_) => format!("We will try again by ourselves. {}", error.sentence()),
    }
}

/// Whether every other take would meet the same error.
fn meets_all(error: &ApiError) -> bool {
    match error {
        ApiError::NoConnection => true,
        ApiError::Problem(problem) => matches!(problem.status, 401 | 403 | 429 | 503),
    }
}

/// How long the server asked us to stay away, at most ten minutes.
fn asked_wait_ms(error: &ApiError) -> u32 {
    let ApiError::Problem(problem) = error else {
        return 0;
    };
    let Some(available_at) = &problem.available_at else {
        return 0;
    };
    let wait_ms = js_sys::Date::parse(available_at) - js_sys::Date::now();
    // A date that cannot be read gives NaN, and NaN becomes 0.
    wait_ms.clamp(0.0, 600_000.0) as u32
}
