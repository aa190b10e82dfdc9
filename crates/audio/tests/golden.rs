//! Features and resampling against librosa 0.11 and SciPy 1.17.

mod support;

use audio::mel::{log_mel, mfcc};
use audio::resample::to_16k;
use support::{Random, largest_difference, npy, wav};

const CLIPS: [&str; 3] = ["alexa", "chirp", "tone440"];

#[test]
fn log_mel_is_librosas() {
    for name in CLIPS {
        let features = log_mel(&wav(&format!("ref_{name}.wav")).samples);
        assert_eq!((features.rows, features.frames), (40, 97));
        assert_eq!(features.spec, "logmel-v1");
        let difference = largest_difference(&features.values, &npy(&format!("ref_{name}.logmel.npy")));
        println!("log-mel {name}: {difference:.2e} dB");
        assert!(difference <= 1e-4, "{name}: {difference} dB");
    }
}

#[test]
fn mfcc_are_librosas() {
    for name in CLIPS {
        let features = mfcc(&wav(&format!("ref_{name}.wav")).samples);
        assert_eq!((features.rows, features.frames), (40, 97));
        assert_eq!(features.spec, "mfcc-v1");
        let difference = largest_difference(&features.values, &npy(&format!("ref_{name}.mfcc.npy")));
        println!("mfcc {name}: {difference:.2e}");
        assert!(difference <= 1e-3, "{name}: {difference}");
    }
}

/// The references are `resample_poly` of the same seeded noise, `rate / 10 + 7` samples of it.
#[test]
fn resampling_is_scipys() {
    for rate_hz in [48_000u32, 44_100, 22_050] {
        let mut random = Random(u64::from(rate_hz));
        let noise: Vec<f32> = (0..rate_hz / 10 + 7).map(|_| random.sample()).collect();
        let wanted = npy(&format!("resample_{rate_hz}.npy"));
        let difference = largest_difference(&to_16k(&noise, rate_hz), &wanted);
        println!("resample {rate_hz}: {difference:.2e}");
        assert!(difference <= 1e-6, "{rate_hz} Hz: {difference}");
    }
}
