//! Speech in a running stream: whether it has begun, and how long it has been quiet since.
//!
//! A detector for starting and stopping a recording, not for judging it: it must decide at once
//! and without knowing what comes. The noise floor is the smallest power of the last two seconds
//! (minimum statistics: R. Martin, IEEE Transactions on Speech and Audio Processing 9(5), 2001).

use std::collections::VecDeque;

use crate::frame::{finite, ratio};

/// Length of a frame.
const FRAME_MS: u32 = 10;
/// Frames whose mean is one value of the noise floor's history: 100 ms.
const WINDOW: usize = 10;
/// Values in that history: 2 s.
const HISTORY: usize = 20;
/// So many frames in a row are sound; fewer are a click.
const RUN: usize = 3;
/// So many frames of sound in a row are speech: 80 ms, longer than a key or a door.
const SPEECH_RUN: u32 = 6;
/// Sound lies this far above the noise floor.
const OVER_NOISE_DB: f64 = 9.0;
/// A quiet after speech is believed if the speech was this far above what is now the floor.
const CLEAR_DB: f64 = 12.0;
/// What lies this far below the loudest sound is breath or the room.
const RANGE_DB: f64 = 30.0;
/// Nothing quieter is sound, however quiet the room.
const LEAST_DBFS: f64 = -60.0;
/// The floor that is assumed at first, until there was time for a pause.
const FIRST_DBFS: f64 = -45.0;
/// How long it is assumed.
const FIRST_FRAMES: u64 = 50;
/// Corner of the high-pass, so that hum and offset are not sound.
const HIGH_PASS_HZ: f64 = 100.0;

/// Follows a stream of samples (−1..1); the block size does not change what it finds.
#[derive(Clone, Debug)]
pub struct Listener {
    frame_len: usize,
    keep: f64,
    last_in: f64,
    last_out: f64,
    filled: usize,
    energy: f64,
    frames: u64,
    window: f64,
    history: VecDeque<f64>,
    recent: [f64; RUN],
    run: u32,
    begun: bool,
    loudest: f64,
    last_sound: u64,
}

impl Listener {
    /// At the start of a stream at `rate_hz` (below 1000 counts as 1000).
    pub fn new(rate_hz: u32) -> Listener {
        let rate_hz = rate_hz.max(1_000);
        Listener {
            frame_len: (rate_hz * FRAME_MS / 1_000) as usize,
            keep: std::f64::consts::E.powf(-std::f64::consts::TAU * HIGH_PASS_HZ / f64::from(rate_hz)),
            last_in: 0.0,
            last_out: 0.0,
            filled: 0,
            energy: 0.0,
            frames: 0,
            window: 0.0,
            history: VecDeque::with_capacity(HISTORY),
            recent: [0.0; RUN],
            run: 0,
            begun: false,
            loudest: 0.0,
            last_sound: 0,
        }
    }

    /// Takes the next samples.
    pub fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            let x = f64::from(finite(*sample));
            // A one-pole high-pass; a click at its start is over long before speech can be.
            self.last_out = self.keep * (self.last_out + x - self.last_in);
            self.last_in = x;
            self.energy += self.last_out * self.last_out;
            self.filled += 1;
            if self.filled == self.frame_len {
                self.frame(self.energy / self.frame_len as f64);
                self.filled = 0;
                self.energy = 0.0;
            }
        }
    }

    /// Whether somebody has begun to speak, at most some 100 ms ago if this is new.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// How long it has been quiet since the last sound; `None` before speech, and as long as the
    /// speech does not stand out from what may be just noise.
    pub fn quiet_ms(&self) -> Option<u32> {
        let is_clear = self.begun && self.loudest > self.noise() * ratio(CLEAR_DB);
        is_clear.then(|| u32::try_from(self.frames - self.last_sound).unwrap_or(u32::MAX).saturating_mul(FRAME_MS))
    }

    fn frame(&mut self, power: f64) {
        self.frames += 1;
        self.window += power / WINDOW as f64;
        if self.frames.is_multiple_of(WINDOW as u64) {
            if self.history.len() == HISTORY {
                self.history.pop_front();
            }
            self.history.push_back(self.window);
            self.window = 0.0;
        }
        self.recent.rotate_left(1);
        self.recent[RUN - 1] = power;
        // The smallest of the last frames: a click fills only one or two.
        let steady = self.recent.iter().copied().fold(f64::INFINITY, f64::min);
        let threshold =
            (self.noise() * ratio(OVER_NOISE_DB)).max(ratio(LEAST_DBFS)).max(self.loudest * ratio(-RANGE_DB));
        if steady <= threshold {
            self.run = 0;
            return;
        }
        self.run += 1;
        self.last_sound = self.frames;
        self.loudest = self.loudest.max(steady);
        self.begun |= self.run >= SPEECH_RUN;
    }

    fn noise(&self) -> f64 {
        let least = self.history.iter().copied().fold(f64::INFINITY, f64::min);
        if self.frames < FIRST_FRAMES { least.min(ratio(FIRST_DBFS)) } else { least }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::{Voice, scene, speech};

    const RATE_HZ: u32 = 16_000;

    /// Feeds a take in blocks; tells when speech was first seen and when 800 ms of quiet were.
    fn follow(samples: &[f32], block: usize) -> (Option<u32>, Option<u32>) {
        let mut listener = Listener::new(RATE_HZ);
        let (mut begun, mut ended) = (None, None);
        for (n, chunk) in samples.chunks(block).enumerate() {
            listener.push(chunk);
            let at_ms = ((n + 1) * block) as u32 * 1_000 / RATE_HZ;
            if listener.has_begun() {
                begun = begun.or(Some(at_ms));
            }
            if listener.quiet_ms().is_some_and(|quiet_ms| quiet_ms >= 800) {
                ended = ended.or(Some(at_ms));
            }
        }
        (begun, ended)
    }

    fn word(noise_dbfs: f64, seed: u64) -> (Vec<f32>, u32) {
        let voice = Voice::ALL[seed as usize % Voice::ALL.len()];
        let spoken = speech(seed, "alexa", &voice, RATE_HZ);
        let length_ms = spoken.len() as u32 * 1_000 / RATE_HZ;
        (scene(&spoken, 1_000, 2_000, noise_dbfs, seed, RATE_HZ), length_ms)
    }

    #[test]
    fn a_word_begins_when_it_is_spoken_and_ends_after_the_pause() {
        for noise_dbfs in [-90.0, -60.0, -45.0] {
            for seed in 0..8 {
                let (take, length_ms) = word(noise_dbfs, seed);
                let (begun, ended) = follow(&take, 512);
                let begun = begun.unwrap_or_else(|| panic!("never begun: {noise_dbfs} dBFS, voice {seed}"));
                let ended = ended.unwrap_or_else(|| panic!("never ended: {noise_dbfs} dBFS, voice {seed}"));
                assert!((1_000..1_450).contains(&begun), "{noise_dbfs} dBFS, voice {seed}: begun at {begun}");
                let last = 1_000 + length_ms + 800;
                assert!(ended <= last + 150, "{noise_dbfs} dBFS, voice {seed}: ended at {ended}, spoken to {last}");
                assert!(ended >= last - 500, "{noise_dbfs} dBFS, voice {seed}: ended at {ended}, spoken to {last}");
            }
        }
    }

    #[test]
    fn noise_alone_never_ends_a_take() {
        for noise_dbfs in [-80.0, -50.0, -35.0, -20.0] {
            let noise = scene(&[], 4_000, 0, noise_dbfs, 3, RATE_HZ);
            assert_eq!(follow(&noise, 512).1, None, "{noise_dbfs} dBFS");
        }
        let quiet = scene(&[], 4_000, 0, -50.0, 3, RATE_HZ);
        assert_eq!(follow(&quiet, 512).0, None);
    }

    #[test]
    fn a_click_is_no_speech() {
        let mut take = scene(&[], 3_000, 0, -70.0, 3, RATE_HZ);
        for (n, sample) in take[16_000..16_320].iter_mut().enumerate() {
            *sample = if n % 8 < 4 { 0.5 } else { -0.5 };
        }
        assert_eq!(follow(&take, 512), (None, None));
    }

    #[test]
    fn blocks_of_any_size_find_the_same() {
        let (take, _) = word(-60.0, 2);
        let mut one = Listener::new(RATE_HZ);
        let mut other = Listener::new(RATE_HZ);
        take.chunks(37).for_each(|chunk| one.push(chunk));
        other.push(&take);
        assert_eq!((one.has_begun(), one.quiet_ms()), (other.has_begun(), other.quiet_ms()));
    }
}
