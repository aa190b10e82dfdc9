//! Measures a take before it is sent, exactly as the server will measure it afterwards.

use crate::decimal::{decimal, seconds};
use audio::mel::{Features, log_mel, mfcc};
use audio::wav::{Limits, WavError, decode, encode_pcm16};
use audio::{Policy, Report};

/// A take, ready to be heard, sent or dropped.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The WAV file: PCM16, mono, at the device's rate.
    pub wav: Vec<u8>,
    /// The file's samples, as decoded from it.
    pub samples: Vec<f32>,
    /// What was measured.
    pub report: Report,
    /// 40 rows of log-mel energies in dB (`logmel-v1`).
    pub log_mel: Features,
    /// 40 rows of cepstral coefficients (`mfcc-v1`).
    pub mfcc: Features,
}

/// Quantises the samples to 16 bits, reads the file back and measures that: the server sees the
/// same bytes, so both reports must agree.
///
/// # Errors
/// When there are no samples, or the device's rate is outside the limits.
pub fn check(samples: &[f32], rate_hz: u32, policy: &Policy) -> Result<Checked, WavError> {
    let wav = encode_pcm16(samples, rate_hz);
    let clip = decode(&wav, &Limits::default())?;
    let report = audio::measure(&clip, policy);
    let at_16k = audio::resample::to_16k(&clip.samples, clip.rate_hz);
    Ok(Checked { wav, log_mel: log_mel(&at_16k), mfcc: mfcc(&at_16k), samples: clip.samples, report })
}

/// A good take in one sentence.
pub fn summary(report: &Report) -> String {
    format!("Good: {} of speech, {} dB above the noise.", seconds(report.speech_ms, 1), decimal(report.snr_db, 0))
}

/// The measurements by name, with units.
pub fn rows(checked: &Checked) -> Vec<(&'static str, String)> {
    let report = &checked.report;
    let seconds = |ms: u32| seconds(ms, 2);
    let level = |dbfs: f64| format!("{} dBFS", decimal(dbfs, 1));
    let size = |features: &Features| format!("{}×{}", features.rows, features.frames);
    vec![
        ("Length", seconds(report.length_ms)),
        ("Speech", seconds(report.speech_ms)),
        ("Speech starts", seconds(report.speech_start_ms)),
        ("Speech ends", seconds(report.speech_end_ms)),
        ("Speech level", level(report.speech_level_dbfs)),
        ("Noise floor", level(report.noise_floor_dbfs)),
        ("Signal to noise", format!("{} dB", decimal(report.snr_db, 1))),
        ("Peak", level(report.peak_dbfs)),
        ("Average level (RMS)", level(report.rms_dbfs)),
        ("Clipped samples", clipped(report)),
        ("DC offset", format!("{} of full scale", decimal(report.dc_offset, 4))),
        ("Format", format!("{} Hz, {} bit, mono", report.rate_hz, report.bits)),
        ("Features", format!("log-mel {}, MFCC {}", size(&checked.log_mel), size(&checked.mfcc))),
    ]
}

fn clipped(report: &Report) -> String {
    format!("{} ({} %)", report.clipped_samples, decimal(report.clipped_ratio * 100.0, 2))
}

#[cfg(test)]
mod tests {
    use super::{check, rows, summary};
    use audio::synth::{Voice, scene, speech};
    use audio::{Fault, Policy};

    fn take() -> Vec<f32> {
        let spoken = speech(7, "alexa", &Voice::default(), 48_000);
        scene(&spoken, 500, 500, -60.0, 7, 48_000)
    }

    #[test]
    fn a_good_take_is_summed_up_in_words() {
        let checked = check(&take(), 48_000, &Policy::default()).unwrap();
        assert_eq!(checked.report.faults, []);
        assert!(summary(&checked.report).starts_with("Good: "));
        let (name, features) = rows(&checked).pop().unwrap();
        assert_eq!(name, "Features");
        assert!(features.contains("MFCC 40×"), "{features}");
    }

    #[test]
    fn the_server_measures_the_same_from_the_same_bytes() {
        let checked = check(&take(), 48_000, &Policy::default()).unwrap();
        let clip = audio::wav::decode(&checked.wav, &Default::default()).unwrap();
        let again = audio::measure(&clip, &Policy::default());
        assert_eq!(checked.report.disagreement(&again), None);
    }

    #[test]
    fn silence_is_stopped() {
        let silence = vec![0.0; 48_000];
        let checked = check(&silence, 48_000, &Policy::default()).unwrap();
        assert_eq!(checked.report.first_fault(), Some(Fault::Silence));
    }
}
