//! One take after another: begin, hear, stop, check, keep.

use super::Recorder;
use super::choices::Start;
use super::events::Event;
use super::view::Phase;
use crate::capture::{Capture, Heard, Manner};
use crate::checked::Checked;
use crate::meter::LiveLevel;
use crate::microphone::Microphone;
use crate::microphone_error::MicrophoneError;
use crate::task::Task;
use crate::{dom, take};

/// Sound that is this late will not come.
const OVERDUE_MS: u32 = 3_000;
/// The countdown, in seconds.
const COUNT: u32 = 3;

impl Recorder {
    pub(super) async fn begin(&mut self) {
        self.forget();
        if self.microphone.is_none() {
            self.go(Phase::Starting, "Opening the microphone. Allow it if the browser asks.");
            if let Err(error) = self.open().await {
                self.go(Phase::Ready, &error.sentence());
                return;
            }
        }
        match self.view.choices.start() {
            Start::Count => {
                self.count_left = COUNT;
                self.view.count(COUNT);
                self.go(Phase::Counting, "Get ready: the recording starts in three seconds.");
                self.count_on();
            }
            Start::Now | Start::Voice => self.capture(true),
        }
    }

    async fn open(&mut self) -> Result<(), MicrophoneError> {
        let silent = || MicrophoneError::Other("the browser gives no audio".to_owned());
        let context = self.warm.take().ok_or_else(silent)?;
        let events = self.events.clone();
        let heard = move |sound| events.post(Event::Sound(sound));
        let worklet = dom::attribute(&self.view.root, "data-worklet");
        let device = self.view.choices.microphone();
        let microphone = Microphone::open(context, &worklet, device.as_deref(), heard).await?;
        self.settings = microphone.settings().clone();
        self.microphone = Some(microphone);
        self.warm.want(false);
        // Only now do browsers tell the names.
        self.show_devices().await;
        Ok(())
    }

    /// Another microphone was chosen: an open one gives way at once, so that it can be seen to
    /// work.
    pub(super) async fn change_device(&mut self) {
        if self.microphone.take().is_none() {
            return;
        }
        match self.open().await {
            Ok(()) => {
                let name = self.microphone.as_ref().map(Microphone::name).unwrap_or_default();
                self.view.say(&format!("The microphone is now “{name}”."));
            }
            Err(error) => {
                self.warm.want(true);
                self.view.say(&error.sentence());
            }
        }
    }

    /// Sets the next second of a countdown.
    fn count_on(&mut self) {
        self.counted += 1;
        let (events, n) = (self.events.clone(), self.counted);
        dom::after(1_000, move || events.post(Event::Counted(n)));
    }

    /// A second of the countdown is over.
    pub(super) fn count(&mut self) {
        self.count_left = self.count_left.saturating_sub(1);
        if self.count_left == 0 {
            return self.capture(false);
        }
        self.view.count(self.count_left);
        self.count_on();
    }

    pub(super) fn cancel(&mut self) {
        self.go(Phase::Ready, "Cancelled. Press Record when you are ready.");
    }

    /// Begins to take in sound; `clicked` a moment ago or not.
    fn capture(&mut self, clicked: bool) {
        let Some(microphone) = &self.microphone else { return };
        let choices = &self.view.choices;
        let manner = Manner {
            settles: clicked,
            waits_for_voice: choices.start() == Start::Voice,
            stops_by_itself: choices.stops_by_itself(),
        };
        let rate_hz = microphone.rate_hz();
        let Some(max_length_ms) = self.task.as_ref().map(Task::max_length_ms) else { return };
        let capture = Capture::new(rate_hz, max_length_ms, manner);
        microphone.start();
        self.go(Phase::Starting, "Wait a moment…");
        self.level = Some(LiveLevel::new(self.view.level.clone(), rate_hz, capture.longest()));
        self.capture = Some(capture);
        self.watch();
    }

    /// Sets a new deadline for sound to come.
    fn watch(&mut self) {
        self.deadline += 1;
        let (events, n) = (self.events.clone(), self.deadline);
        dom::after(OVERDUE_MS, move || events.post(Event::Overdue(n)));
    }

    pub(super) fn overdue(&mut self) {
        match self.phase {
            Phase::Starting => self.lost(&MicrophoneError::Other("it gives no sound".to_owned())),
            // Stop was pressed, but no more sound came.
            _ => self.check(),
        }
    }

    pub(super) fn hear(&mut self, chunk: &[f32]) {
        let Some(capture) = &mut self.capture else { return };
        let heard = capture.push(chunk);
        if self.phase == Phase::Starting && heard != Heard::Settling {
            // From here on only Stop sets a deadline.
            self.deadline += 1;
            self.go(Phase::Recording, self.invitation());
        }
        match heard {
            Heard::Settling | Heard::Settled => return,
            Heard::Full if self.phase == Phase::Recording => self.finish(),
            Heard::Waiting | Heard::Kept | Heard::Full => {}
        }
        if let Some(level) = &mut self.level {
            level.push(chunk);
        }
    }

    /// What to do now that sound comes in.
    fn invitation(&self) -> &'static str {
        match (self.view.choices.start(), self.view.choices.stops_by_itself()) {
            (Start::Voice, _) => "Listening: say the phrase when you are ready.",
            (_, true) => "Speak now. The recording stops by itself when you are done.",
            (_, false) => "Speak now. Press Stop when you are done.",
        }
    }

    /// Stop was pressed: a little more is kept.
    pub(super) fn stop_soon(&mut self) {
        let Some(capture) = &mut self.capture else { return };
        if capture.stop_soon() {
            self.view.say("Finishing…");
            return self.watch();
        }
        if let Some(microphone) = &self.microphone {
            microphone.stop();
        }
        self.rest();
        self.forget();
        self.go(Phase::Ready, "Stopped before you spoke. Press Record, then say the phrase.");
    }

    fn rest(&mut self) {
        if let Some(level) = self.level.take() {
            level.rest();
        }
    }

    fn finish(&mut self) {
        if let Some(microphone) = &self.microphone {
            microphone.stop();
        }
        self.go(Phase::Checking, "Checking the take…");
        self.watch();
    }

    pub(super) fn check(&mut self) {
        self.rest();
        self.deadline += 1;
        let Some((samples, rate_hz)) = self.capture.take().map(Capture::finished) else { return };
        self.go(Phase::Checking, "Checking the take…");
        let policy = self.task.as_ref().map(Task::policy);
        self.checker.check(&samples, rate_hz, policy.unwrap_or_default());
    }

    /// The take was checked.
    pub(super) fn show(&mut self, result: Result<Checked, String>) {
        let checked = match result {
            Ok(checked) => checked,
            Err(why) => return self.go(Phase::Ready, &why),
        };
        let status = match checked.is_good() {
            true => checked.summary(),
            false => "This take cannot be used. Please record it again.".to_owned(),
        };
        self.player.load(&checked.wav);
        self.checked = Some(checked);
        self.go(Phase::Review, &status);
        if let Some(checked) = &self.checked {
            self.view.finished.take(checked);
        }
    }

    pub(super) fn retake(&mut self) {
        self.forget();
        self.go(Phase::Ready, "Press Record, then say the phrase again.");
    }

    /// The microphone is gone.
    pub(super) fn lost(&mut self, why: &MicrophoneError) {
        if self.microphone.is_none() {
            return;
        }
        let was_ready = self.phase == Phase::Ready;
        self.release(&why.sentence());
        if was_ready {
            self.view.say(&why.sentence());
        }
    }

    /// Lets go of the microphone; a take under way is lost, and `why` says so.
    pub(super) fn release(&mut self, why: &str) {
        self.microphone = None;
        self.warm.want(true);
        self.rest();
        let is_complete = self.phase == Phase::Checking && self.capture.is_none();
        let is_under_way = matches!(self.phase, Phase::Starting | Phase::Counting | Phase::Recording | Phase::Checking);
        if is_under_way && !is_complete {
            self.forget();
            self.go(Phase::Ready, why);
        }
    }

    pub(super) async fn send(&mut self) {
        let (Some(task), Some(checked)) = (self.task.clone(), self.checked.take()) else { return };
        self.go(Phase::Sending, "Keeping your take safe…");
        let settings = self.settings.clone();
        match take::keep(&self.person, &task, &checked.wav, &checked.report, settings).await {
            Ok(_) => {
                self.drop_current();
                self.next(&format!("“{}” is kept and will be sent.", task.phrase())).await;
            }
            Err(why) => {
                self.checked = Some(checked);
                self.go(Phase::Review, &why);
                self.view.offer_download();
            }
        }
    }
}
