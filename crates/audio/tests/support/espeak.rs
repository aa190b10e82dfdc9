//! Spoken words from `espeak-ng`, which the corpus test needs: a free synthesiser with over a
//! hundred languages, so that thresholds meet sounds they were not tuned on.

use std::process::Command;

/// Samples per second of what [`say`] gives: espeak-ng's own rate.
pub const RATE_HZ: u32 = 22_050;

/// Who speaks, and how.
#[derive(Clone, Copy, Debug)]
pub struct Speaker {
    /// Voice of espeak-ng, with a variant after `+`.
    pub voice: &'static str,
    /// Words per minute.
    pub speed: u32,
    /// Pitch, 0 to 99.
    pub pitch: u32,
}

/// The word without the silence around it, at [`RATE_HZ`]: from the first to the last sample
/// within 60 dB of the peak. Panics with what to install if there is no espeak-ng.
pub fn say(speaker: Speaker, text: &str) -> Vec<f32> {
    let output = Command::new("espeak-ng")
        .args(["-v", speaker.voice, "-s", &speaker.speed.to_string(), "-p", &speaker.pitch.to_string()])
        .args(["--stdout", text])
        .output()
        .expect("this test speaks with espeak-ng: install it first (apt-get install espeak-ng)");
    assert!(output.status.success(), "espeak-ng failed: {}", String::from_utf8_lossy(&output.stderr));
    // The header has 44 bytes and, written to a pipe, no true lengths.
    let samples: Vec<f32> = output.stdout[44..]
        .chunks_exact(2)
        .map(|bytes| f32::from(i16::from_le_bytes([bytes[0], bytes[1]])) / 32_768.0)
        .collect();
    let least = 1e-3 * super::peak(&samples);
    let start = samples.iter().position(|x| x.abs() > least).expect("espeak-ng said nothing");
    let end = samples.iter().rposition(|x| x.abs() > least).expect("espeak-ng said nothing");
    samples[start..=end].to_vec()
}
