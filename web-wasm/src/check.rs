//! The check of a take before it is sent, exactly as the server will measure it afterwards.

use audio::mel::{Features, log_mel, mfcc};
use audio::wav::{Limits, WavError, decode, encode_pcm16};
use audio::{Policy, Report};

/// A measured take.
#[derive(Clone, Debug)]
pub struct Measured {
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
pub fn measure(samples: &[f32], rate_hz: u32, policy: &Policy) -> Result<Measured, WavError> {
    let wav = encode_pcm16(samples, rate_hz);
    let clip = decode(&wav, &Limits::default())?;
    let report = audio::measure(&clip, policy);
    let at_16k = audio::resample::to_16k(&clip.samples, clip.rate_hz);
    Ok(Measured { wav, log_mel: log_mel(&at_16k), mfcc: mfcc(&at_16k), samples: clip.samples, report })
}

#[cfg(test)]
mod tests {
    use super::measure;
    use audio::synth::{Voice, scene, speech};
    use audio::{Fault, Policy};

    fn take() -> Vec<f32> {
        let spoken = speech(7, "alexa", &Voice::default(), 48_000);
        scene(&spoken, 500, 500, -60.0, 7, 48_000)
    }

    #[test]
    fn the_server_measures_the_same_from_the_same_bytes() {
        let measured = measure(&take(), 48_000, &Policy::default()).unwrap();
        assert_eq!(measured.report.faults, []);
        let clip = audio::wav::decode(&measured.wav, &Default::default()).unwrap();
        let again = audio::measure(&clip, &Policy::default());
        assert_eq!(measured.report.disagreement(&again), None);
    }

    #[test]
    fn silence_is_stopped() {
        let silence = vec![0.0; 48_000];
        let measured = measure(&silence, 48_000, &Policy::default()).unwrap();
        assert_eq!(measured.report.first_fault(), Some(Fault::Silence));
    }
}
