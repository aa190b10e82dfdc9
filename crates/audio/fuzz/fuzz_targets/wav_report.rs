//! A WAV file whose header is mostly right, so that the samples are reached: decoded and judged.
#![no_main]

use audio::wav::{self, Limits};
use audio::{Policy, measure};
use libfuzzer_sys::{arbitrary, fuzz_target};

/// The fields of a header, and the bytes after it.
#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    /// Of the formats, rates and depths below; beyond the end a field is taken as it is.
    format: u16,
    channels: u16,
    rate: u32,
    bits: u16,
    /// Added to the sizes in the header.
    lie: Option<i32>,
    data: &'a [u8],
}

fuzz_target!(|input: Input| {
    let format = [1, 3, 0xFFFE].get(usize::from(input.format)).copied().unwrap_or(input.format);
    let bits = [16, 24, 32, 8].get(usize::from(input.bits)).copied().unwrap_or(input.bits);
    let rate_hz = [16_000, 44_100, 48_000, 8_000, 192_000].get(input.rate as usize).copied().unwrap_or(input.rate);
    let frame = input.channels.wrapping_mul(bits / 8);
    let length = (input.data.len() as u32).wrapping_add_signed(input.lie.unwrap_or(0));
    let mut file = b"RIFF".to_vec();
    file.extend(length.wrapping_add(36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend(format.to_le_bytes());
    file.extend(input.channels.to_le_bytes());
    file.extend(rate_hz.to_le_bytes());
    file.extend(rate_hz.wrapping_mul(u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(input.data);

    let Ok(clip) = wav::decode(&file, &Limits { min_rate_hz: 8_000, ..Limits::default() }) else { return };
    assert!(clip.samples.iter().all(|x| (-1.0..=1.0).contains(x)));
    let report = measure(&clip, &Policy::default());
    assert!(report.checks.iter().all(|check| check.value.is_finite() && check.threshold.is_finite()), "{report:?}");
    // The browser sends what it measured: both must come to the same from the same bytes.
    assert_eq!(report.disagreement(&measure(&clip, &Policy::default())), None);
    let encoded = wav::encode_pcm16(&clip.samples, clip.rate_hz);
    let again = wav::decode(&encoded, &Limits { min_rate_hz: 8_000, ..Limits::default() });
    assert!(again.is_ok_and(|again| again.samples.len() == clip.samples.len()));
});
