//! Any bytes: a typed refusal with a sentence, or samples within full scale and the limits.
#![no_main]

use audio::fingerprint::{Fingerprint, pcm_sha256};
use audio::wav::Limits;
use audio::{decode, npy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits =
        Limits { max_bytes: 1 << 20, max_length_ms: 300, max_channels: 8, min_rate_hz: 8_000, ..Limits::default() };
    match decode(bytes, &limits) {
        Ok(clip) => {
            assert!(!clip.samples.is_empty());
            assert!(clip.samples.iter().all(|x| (-1.0..=1.0).contains(x)));
            assert!(clip.samples.len() as u64 * 1_000 <= u64::from(clip.rate_hz) * 301);
            assert_eq!(pcm_sha256(&clip).len(), 64);
        }
        Err(error) => assert!(!error.code().is_empty() && error.to_string().ends_with('.')),
    }
    if let Ok(array) = npy::decode(bytes) {
        assert_eq!(npy::decode(&npy::encode(&array.shape, &array.values)).map(|again| again.shape), Ok(array.shape));
    }
    if let Some(Ok(print)) = std::str::from_utf8(bytes).ok().map(str::parse::<Fingerprint>) {
        assert_eq!(print.to_string().as_bytes(), bytes);
    }
});
