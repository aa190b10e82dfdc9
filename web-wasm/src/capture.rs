//! One take being recorded: which samples are thrown away, which are kept, when it ends.

/// Thrown away after Record: the microphone settles, and the click itself is heard.
const SETTLE_MS: u32 = 200;
/// Kept after Stop: people press it with the last sound still in their mouth.
const TAIL_MS: u32 = 300;
/// Recording stops by itself this long before the take would be too long.
const MARGIN_MS: u32 = 100;

/// What the newest samples meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Thrown away.
    Settling,
    /// The last to be thrown away: the person may speak.
    Settled,
    /// Kept.
    Kept,
    /// Kept, and the take is complete.
    Full,
}

/// Samples of one take.
#[derive(Clone, Debug)]
pub struct Capture {
    rate_hz: u32,
    settling: usize,
    stop_at: usize,
    samples: Vec<f32>,
}

impl Capture {
    /// A take at `rate_hz` that a policy limits to `max_length_ms`.
    pub fn new(rate_hz: u32, max_length_ms: u32) -> Capture {
        Capture {
            rate_hz,
            settling: samples_in(SETTLE_MS, rate_hz),
            stop_at: samples_in(max_length_ms.saturating_sub(MARGIN_MS), rate_hz),
            samples: Vec::new(),
        }
    }

    /// Takes in the newest samples.
    pub fn push(&mut self, chunk: &[f32]) -> Heard {
        if self.settling > 0 {
            self.settling = self.settling.saturating_sub(chunk.len());
            return if self.settling > 0 { Heard::Settling } else { Heard::Settled };
        }
        let room = self.stop_at.saturating_sub(self.samples.len());
        self.samples.extend(chunk.iter().take(room));
        if self.samples.len() < self.stop_at { Heard::Kept } else { Heard::Full }
    }

    /// Stop was pressed: the take ends a moment later.
    pub fn stop_soon(&mut self) {
        let tail = samples_in(TAIL_MS, self.rate_hz);
        self.stop_at = self.stop_at.min(self.samples.len() + tail);
    }

    /// How many samples the take has at most.
    pub fn longest(&self) -> usize {
        self.stop_at
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
    use super::{Capture, Heard};

    /// 100 ms at 16 kHz.
    const CHUNK: [f32; 1600] = [0.1; 1600];

    #[test]
    fn the_click_is_not_kept() {
        let mut capture = Capture::new(16_000, 10_000);
        assert_eq!(capture.push(&CHUNK), Heard::Settling);
        assert_eq!(capture.push(&CHUNK), Heard::Settled);
        assert_eq!(capture.push(&CHUNK), Heard::Kept);
        assert_eq!(capture.finished().0.len(), 1600);
    }

    #[test]
    fn the_end_of_the_last_sound_is_kept() {
        let mut capture = Capture::new(16_000, 10_000);
        for _ in 0..7 {
            capture.push(&CHUNK);
        }
        capture.stop_soon();
        assert_eq!(capture.push(&CHUNK), Heard::Kept);
        assert_eq!(capture.push(&CHUNK), Heard::Kept);
        assert_eq!(capture.push(&CHUNK), Heard::Full);
        assert_eq!(capture.finished().0.len(), 8 * 1600);
    }

    #[test]
    fn an_endless_take_stops_before_it_is_too_long() {
        let mut capture = Capture::new(16_000, 1_000);
        let heard: Vec<Heard> = (0..12).map(|_| capture.push(&CHUNK)).collect();
        assert_eq!(heard.iter().filter(|heard| **heard == Heard::Full).count(), 2);
        assert_eq!(capture.finished().0.len(), 9 * 1600);
    }
}
