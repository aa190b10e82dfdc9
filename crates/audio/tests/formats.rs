//! WAV files of every usual rate, depth and channel count, as the command line reads them.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use audio::wav::{Limits, WavError, decode};
use audio::{Policy, measure};
use support::Random;

const RATES_HZ: [u32; 13] =
    [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

/// A kind of sample: format tag, bits in the file, bits that hold sound.
type Kind = (u16, u16, u16);

const PLAIN: [Kind; 6] = [(1, 8, 8), (1, 16, 16), (1, 24, 24), (1, 32, 32), (3, 32, 32), (3, 64, 64)];
const PADDED: [Kind; 4] = [(1, 16, 12), (1, 24, 20), (1, 32, 24), (1, 32, 20)];

/// The bytes of a sample of −1..1.
fn sample(value: f64, (tag, bits, valid_bits): Kind) -> Vec<u8> {
    if tag == 3 {
        return if bits == 64 { value.to_le_bytes().to_vec() } else { (value as f32).to_le_bytes().to_vec() };
    }
    let steps = f64::from(1u32 << (valid_bits - 1));
    let number = (value * steps).round().clamp(-steps, steps - 1.0) as i64;
    let number = (number << (bits - valid_bits)) + if bits == 8 { 128 } else { 0 };
    number.to_le_bytes()[..usize::from(bits / 8)].to_vec()
}

/// A file with the same samples on every channel, with the extensible header if asked.
fn file(samples: &[f64], kind: Kind, channels: u16, rate_hz: u32, extensible: bool) -> Vec<u8> {
    let (tag, bits, valid_bits) = kind;
    let frame = channels * (bits / 8);
    let data: Vec<u8> = samples.iter().flat_map(|x| sample(*x, kind).repeat(usize::from(channels))).collect();
    let mut fmt = if extensible { 0xFFFEu16 } else { tag }.to_le_bytes().to_vec();
    fmt.extend(channels.to_le_bytes());
    fmt.extend(rate_hz.to_le_bytes());
    fmt.extend((rate_hz * u32::from(frame)).to_le_bytes());
    fmt.extend(frame.to_le_bytes());
    fmt.extend(bits.to_le_bytes());
    if extensible {
        fmt.extend(22u16.to_le_bytes());
        fmt.extend(valid_bits.to_le_bytes());
        fmt.extend([0; 4]);
        fmt.extend(tag.to_le_bytes());
        fmt.extend(b"\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71");
    }
    let mut file = b"RIFF".to_vec();
    file.extend((20 + fmt.len() as u32 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend((fmt.len() as u32).to_le_bytes());
    file.extend(fmt);
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

#[test]
fn every_rate_depth_and_channel_count_is_read() {
    let mut random = Random(11);
    for (round, rate_hz) in RATES_HZ.into_iter().cycle().take(13 * 16).enumerate() {
        let kind = [&PLAIN[..], &PADDED].concat()[round % 10];
        let channels = 1 + (round % 8) as u16;
        let samples: Vec<f64> = (0..rate_hz as usize / 20).map(|_| f64::from(random.sample())).collect();
        let extensible = kind.1 != kind.2 || channels > 2 || round % 3 == 0;
        let clip = decode(&file(&samples, kind, channels, rate_hz, extensible), &Limits::any()).unwrap();
        assert_eq!((clip.rate_hz, clip.channels, clip.bits), (rate_hz, channels, kind.2));
        let step = 2f64.powi(1 - i32::from(kind.2.min(16)));
        let far = samples.iter().zip(&clip.samples).find(|(x, y)| (*x - f64::from(**y)).abs() > step);
        assert_eq!(far, None, "{kind:?} at {rate_hz} Hz with {channels} channels");
        let report = measure(&clip, &Policy::default());
        assert_eq!((report.rate_hz, report.bits, report.channels), (rate_hz, kind.2, channels));
    }
}

#[test]
fn doubles_beyond_full_scale_are_clipped() {
    let values = [2.0, -1e300, f64::NAN, f64::INFINITY, 0.25];
    let clip = decode(&file(&values, (3, 64, 64), 1, 48_000, false), &Limits::default()).unwrap();
    assert_eq!(clip.samples, [1.0, -1.0, 0.0, 0.0, 0.25]);
}

#[test]
fn what_the_command_line_reads_an_upload_may_not_send() {
    let code = |file: &[u8]| decode(file, &Limits::default()).map_err(|error| error.code());
    assert_eq!(code(&file(&[0.0; 99], (1, 16, 16), 1, 8_000, false)), Err("unsupported_rate"));
    assert_eq!(code(&file(&[0.0; 99], (1, 16, 16), 3, 16_000, false)), Err("too_many_channels"));
    let minutes = file(&vec![0.1; 8_000 * 600], (1, 16, 16), 1, 8_000, false);
    assert!(decode(&minutes, &Limits::any()).is_ok());
    let more = file(&vec![0.1; 8_000 * 601], (1, 16, 16), 1, 8_000, false);
    let refused = decode(&more, &Limits::any());
    assert_eq!(refused, Err(WavError::TooLong { length_ms: 601_000, limit_ms: 600_000 }));
}

#[test]
fn more_valid_bits_than_there_are_is_a_lie() {
    let lie = file(&[0.0; 9], (1, 16, 16), 1, 48_000, true);
    let mut lie = lie;
    lie[38] = 24;
    assert_eq!(decode(&lie, &Limits::any()).map_err(|error| error.code()), Err("bad_header"));
}
