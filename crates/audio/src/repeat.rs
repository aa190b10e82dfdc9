//! Blocks of sound played twice: what a starved audio system sends instead of nothing.

use crate::frame::finite;

/// Samples that must be alike before a repetition is looked at.
const KEY_LEN: usize = 32;

/// A block is at least this long, in ms: 128 samples at 48 kHz are 2.7 ms.
const MIN_BLOCK_MS: f64 = 2.5;

/// Without background noise a synthetic voice repeats itself exactly, pitch period by pitch
/// period; only what is longer, in ms, counts there.
const MAX_PITCH_MS: f64 = 20.0;

/// A block is at most this long, in ms.
const MAX_BLOCK_MS: f64 = 100.0;

/// A signal that matches itself for so many of its periods is a tone.
const TONE_PERIODS: usize = 3;

/// A lost block is played again whole, so that the match ends with it, give or take so many
/// samples that are alike by chance; a looped sound ends anywhere.
const CHANCE: usize = 3;

/// Places remembered, a power of two.
const TABLE_LEN: usize = 1 << 15;

/// Counts the blocks that follow themselves, sample by sample, over a background that is
/// [`crate::dropout::is_live`] or not. Silence, constants and tones, which repeat by nature, do
/// not count.
pub fn repeated_blocks(samples: &[f32], rate_hz: u32, is_live: bool) -> u32 {
    let len = |ms: f64| (f64::from(rate_hz) * ms / 1000.0) as usize;
    let (least, most) = (len(if is_live { MIN_BLOCK_MS } else { MAX_PITCH_MS }), len(MAX_BLOCK_MS));
    let mut places: Vec<u32> = vec![u32::MAX; TABLE_LEN];
    let mut count = 0u32;
    let mut place = 0;
    let mut hash = RollingHash::default();
    let mut done = 0;
    while place < samples.len() {
        hash.push(samples, place);
        place += 1;
        if place < KEY_LEN || place <= done {
            continue;
        }
        let slot = &mut places[hash.slot()];
        let earlier = std::mem::replace(slot, place as u32);
        if earlier == u32::MAX {
            continue;
        }
        let lag = place - earlier as usize;
        let key = &samples[place - KEY_LEN..place];
        if lag < KEY_LEN || lag > most || *key != samples[place - KEY_LEN - lag..place - lag] || is_dull(key) {
            continue;
        }
        let rest = samples[place..].iter().zip(&samples[place - lag..]).take_while(|(a, b)| a == b).count();
        let key_start = place - KEY_LEN;
        let before = samples[..key_start].iter().rev().zip(samples[..key_start - lag].iter().rev());
        let run = before.take(TONE_PERIODS * lag).take_while(|(a, b)| a == b).count() + KEY_LEN + rest;
        if lag >= least.max(KEY_LEN) && run >= lag && run < TONE_PERIODS * lag && run % lag <= CHANCE {
            count = count.saturating_add(1);
        }
        done = place + rest;
    }
    count
}

/// Whether a key is silence, a constant or a few steps, which repeat by chance.
fn is_dull(key: &[f32]) -> bool {
    key.windows(2).filter(|pair| pair[0] != pair[1]).count() < KEY_LEN / 2
}

/// A polynomial hash of the last [`KEY_LEN`] samples (Karp & Rabin, IBM J. Res. Dev. 31(2), 1987).
#[derive(Default)]
struct RollingHash(u64);

impl RollingHash {
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

    fn push(&mut self, samples: &[f32], place: usize) {
        let word = |x: f32| u64::from(finite(x).to_bits()) + 1;
        self.0 = self.0.wrapping_mul(Self::BASE).wrapping_add(word(samples[place]));
        if place >= KEY_LEN {
            let oldest = word(samples[place - KEY_LEN]);
            self.0 = self.0.wrapping_sub(oldest.wrapping_mul(Self::BASE.wrapping_pow(KEY_LEN as u32)));
        }
    }

    fn slot(&self) -> usize {
        (self.0 >> 49) as usize % TABLE_LEN
    }
}
