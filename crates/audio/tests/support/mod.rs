//! Seeded chance, `.npy` files and clips for the tests of this crate.

#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

pub mod espeak;
pub mod noises;
pub mod takes;

use std::path::{Path, PathBuf};

use audio::wav::{Clip, Limits, decode, encode_pcm16};

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// A 16-bit sample in −1..1.
    pub fn sample(&mut self) -> f32 {
        ((self.next() >> 48) as f32 - 32_768.0) / 32_768.0
    }
}

pub fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// A reference clip.
pub fn wav(name: &str) -> Clip {
    let bytes = std::fs::read(data(name)).unwrap();
    decode(&bytes, &Limits::default()).unwrap()
}

/// The values of a little-endian f32 `.npy` file, version 1.0.
pub fn npy(name: &str) -> Vec<f32> {
    let bytes = std::fs::read(data(name)).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let header_len = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = std::str::from_utf8(&bytes[10..10 + header_len]).unwrap();
    assert!(header.contains("'<f4'") && header.contains("'fortran_order': False"), "{header}");
    bytes[10 + header_len..].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// The clip as it is after the way through a 16-bit file.
pub fn clip(samples: &[f32], rate_hz: u32) -> Clip {
    decode(&encode_pcm16(samples, rate_hz), &Limits::any()).unwrap()
}

pub fn largest_difference(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max)
}

/// Largest magnitude.
pub fn peak(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |peak, x| peak.max(x.abs()))
}

/// Multiplied.
pub fn scaled(samples: &[f32], gain: f32) -> Vec<f32> {
    samples.iter().map(|x| x * gain).collect()
}

/// Another sample rate, by a Hann-windowed sinc of 24 zero crossings on each side (not the code
/// under test).
pub fn convert(samples: &[f32], from_hz: u32, to_hz: u32) -> Vec<f32> {
    if from_hz == to_hz {
        return samples.to_vec();
    }
    let common = gcd(from_hz, to_hz);
    let (up, down) = ((to_hz / common) as usize, (from_hz / common) as usize);
    let cutoff = 0.97 * (f64::from(to_hz) / f64::from(from_hz)).min(1.0);
    let reach = (24.0 / cutoff).ceil() as usize;
    let phases: Vec<Vec<f32>> = (0..up)
        .map(|phase| {
            let shift = phase as f64 / up as f64;
            (0..=2 * reach)
                .map(|i| {
                    let t = i as f64 - reach as f64 - shift;
                    let x = std::f64::consts::PI * t * cutoff;
                    let sinc = if x == 0.0 { 1.0 } else { x.sin() / x };
                    let window = (std::f64::consts::FRAC_PI_2 * t / (reach as f64 + 1.0)).cos().powi(2);
                    (cutoff * sinc * window) as f32
                })
                .collect()
        })
        .collect();
    let len = (samples.len() * up).div_ceil(down);
    let silence = vec![0.0; reach + 1];
    let padded = [&silence[..], samples, &silence].concat();
    (0..len)
        .map(|i| {
            let first = i * down / up + 1;
            let taps = &phases[i * down % up];
            taps.iter().zip(&padded[first..]).map(|(tap, x)| tap * x).sum()
        })
        .collect()
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
