//! Seeded chance, `.npy` files and clips for the tests of this crate.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

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
    decode(&encode_pcm16(samples, rate_hz), &Limits::default()).unwrap()
}

pub fn largest_difference(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max)
}

/// A word by espeak-ng in one of its voices, at so many words a minute.
pub fn espeak(voice: &str, words_per_minute: &str, word: &str) -> Clip {
    let output = Command::new("espeak-ng").args(["-v", voice, "-s", words_per_minute, "--stdout", word]).output();
    let mut file = output.expect("espeak-ng is installed: apt-get install espeak-ng").stdout;
    // Written to a pipe, its header does not know the length.
    let length = file.len() as u32;
    file[4..8].copy_from_slice(&(length - 8).to_le_bytes());
    file[40..44].copy_from_slice(&(length - 44).to_le_bytes());
    decode(&file, &Limits::default()).unwrap()
}
