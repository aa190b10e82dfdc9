//! One take being recorded: which samples are thrown away, which are kept, when it ends.

use audio::live::Listener;

/// Thrown away after a click on Record: the microphone settles, and the click itself is heard.
const SETTLE_MS: u32 = 200;
/// Kept from before the first sound when the voice starts the take, so that nothing is cut off.
const BEFORE_MS: u32 = 700;
/// Kept after Stop: people press it with the last sound still in their mouth.
const TAIL_MS: u32 = 300;
/// A take stops by itself after so much quiet, all of which is kept.
const QUIET_MS: u32 = 800;
/// Recording stops by itself this long before the take would be too long.
const MARGIN_MS: u32 = 100;

/// What the newest samples meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Thrown away.
    Settling,
    /// The last to be thrown away: the person may speak.
    Settled,
    /// Kept for the moment: nobody has spoken yet.
    Waiting,
    /// Kept.
    Kept,
    /// Kept, and the take is complete.
    Full,
}

/// How a take begins and ends.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner {
    /// Whether a click was just made, which must not be heard.
    pub settles: bool,
    /// Whether the take begins with the first sound rather than at once.
    pub waits_for_voice: bool,
    /// Whether the take ends by itself once it is quiet.
    pub stops_by_itself: bool,
}

/// Samples of one take.
#[derive(Clone, Debug)]
pub struct Capture {
    rate_hz: u32,
    manner: Manner,
    settling: usize,
    longest: usize,
    stop_at: usize,
    waiting: bool,
    listener: Listener,
    samples: Vec<f32>,
}

impl Capture {
    /// A take at `rate_hz` that a policy limits to `max_length_ms`.
    pub fn new(rate_hz: u32, max_length_ms: u32, manner: Manner) -> Capture {
        let longest = samples_in(max_length_ms.saturating_sub(MARGIN_MS), rate_hz);
        Capture {
            rate_hz,
            manner,
            settling: if manner.settles { samples_in(SETTLE_MS, rate_hz) } else { 0 },
            longest,
            stop_at: longest,
            waiting: manner.waits_for_voice,
            listener: Listener::new(rate_hz),
            samples: Vec::new(),
        }
    }

    /// Takes in the newest samples.
    pub fn push(&mut self, chunk: &[f32]) -> Heard {
        if self.settling > 0 {
            self.settling = self.settling.saturating_sub(chunk.len());
            return if self.settling > 0 { Heard::Settling } else { Heard::Settled };
        }
        self.listener.push(chunk);
        if self.waiting {
            return self.wait(chunk);
        }
        let room = self.stop_at.saturating_sub(self.samples.len());
        self.samples.extend(chunk.iter().take(room));
        let is_over = self.manner.stops_by_itself && self.listener.quiet_ms().is_some_and(|ms| ms >= QUIET_MS);
        if is_over || self.samples.len() >= self.stop_at { Heard::Full } else { Heard::Kept }
    }

    /// Keeps only what may turn out to be just before the first sound.
    fn wait(&mut self, chunk: &[f32]) -> Heard {
        self.samples.extend(chunk);
        let before = samples_in(BEFORE_MS, self.rate_hz).min(self.longest);
        let surplus = self.samples.len().saturating_sub(before);
        self.samples.drain(..surplus);
        self.waiting = !self.listener.has_begun();
        if self.waiting { Heard::Waiting } else { Heard::Kept }
    }

    /// Stop was pressed: the take ends a moment later. Whether there is one.
    pub fn stop_soon(&mut self) -> bool {
        let tail = samples_in(TAIL_MS, self.rate_hz);
        self.stop_at = self.stop_at.min(self.samples.len() + tail);
        !self.waiting
    }

    /// How many samples the take has at most.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The samples kept and their rate.
    pub fn finished(self) -> (Vec<f32>, u32) {
        (self.samples, self.rate_hz)
    }
}

fn samples_in(ms: u32, rate_hz: u32) -> usize {
    (u64::from(ms) * u64::from(rate_hz) / 1000) as usize
}

#[cfg(test)]
mod tests {
    use super::{Capture, Heard, Manner};
    use audio::synth::{Voice, scene, speech};

    /// 100 ms at 16 kHz.
    const CHUNK: [f32; 1600] = [0.1; 1600];
    const CLICKED: Manner = Manner { settles: true, waits_for_voice: false, stops_by_itself: false };

    /// A word after a second and a half of quiet, and three seconds after it, in blocks of 43 ms.
    fn said() -> (Vec<Vec<f32>>, usize) {
        let word = speech(3, "alexa", &Voice::default(), 16_000);
        let take = scene(&word, 1_500, 3_000, -65.0, 3, 16_000);
        (take.chunks(683).map(<[f32]>::to_vec).collect(), word.len())
    }

    fn record(manner: Manner) -> (Vec<f32>, usize) {
        let (chunks, word) = said();
        let mut capture = Capture::new(16_000, 10_000, manner);
        let end = chunks.iter().position(|chunk| capture.push(chunk) == Heard::Full);
        assert!(end.is_some(), "it never stopped by itself");
        (capture.finished().0, word)
    }

    #[test]
    fn the_click_is_not_kept() {
        let mut capture = Capture::new(16_000, 10_000, CLICKED);
        assert_eq!(capture.push(&CHUNK), Heard::Settling);
        assert_eq!(capture.push(&CHUNK), Heard::Settled);
        assert_eq!(capture.push(&CHUNK), Heard::Kept);
        assert_eq!(capture.finished().0.len(), 1600);
    }

    #[test]
    fn the_end_of_the_last_sound_is_kept() {
        let mut capture = Capture::new(16_000, 10_000, CLICKED);
        for _ in 0..7 {
            capture.push(&CHUNK);
        }
        assert!(capture.stop_soon());
        assert_eq!(capture.push(&CHUNK), Heard::Kept);
        assert_eq!(capture.push(&CHUNK), Heard::Kept);
        assert_eq!(capture.push(&CHUNK), Heard::Full);
        assert_eq!(capture.finished().0.len(), 8 * 1600);
    }

    #[test]
    fn an_endless_take_stops_before_it_is_too_long() {
        let mut capture = Capture::new(16_000, 1_000, CLICKED);
        let heard: Vec<Heard> = (0..12).map(|_| capture.push(&CHUNK)).collect();
        assert_eq!(heard.iter().filter(|heard| **heard == Heard::Full).count(), 2);
        assert_eq!(capture.finished().0.len(), 9 * 1600);
    }

    #[test]
    fn a_take_ends_after_the_word_and_keeps_the_quiet() {
        let (samples, word) = record(Manner { stops_by_itself: true, ..Manner::default() });
        let after_ms = (samples.len() - 24_000 - word) / 16;
        assert!((300..1_000).contains(&after_ms), "{after_ms} ms after the word");
    }

    #[test]
    fn a_take_that_the_voice_starts_keeps_what_was_before() {
        let (samples, word) = record(Manner { waits_for_voice: true, stops_by_itself: true, settles: false });
        let around_ms = (samples.len() - word) / 16;
        // At least 500 ms before and 300 ms after; not the whole wait.
        assert!((800..1_800).contains(&around_ms), "{around_ms} ms around the word");
        let loudest = |part: &[f32]| part.iter().fold(0.0f32, |most, sample| most.max(sample.abs()));
        assert!(loudest(&samples[..8_000]) < 0.01, "the word starts within the first 500 ms");
    }

    #[test]
    fn stopping_before_a_word_gives_no_take() {
        let mut capture = Capture::new(16_000, 10_000, Manner { waits_for_voice: true, ..Manner::default() });
        assert_eq!(capture.push(&[0.0; 1600]), Heard::Waiting);
        assert!(!capture.stop_soon());
    }
}
