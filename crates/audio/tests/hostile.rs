//! Damaged, lying and absurd input gives errors or finite numbers, never a panic.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use audio::mel::{log_mel, mfcc};
use audio::meter::Meter;
use audio::resample::to_16k;
use audio::view::{envelope, heat};
use audio::wav::{Clip, Limits, WavError, decode, encode_pcm16};
use audio::{Fault, Policy, Report, measure, synth};
use support::Random;

fn code(bytes: &[u8]) -> &'static str {
    match decode(bytes, &Limits::default()) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

/// A second of 16 kHz PCM16 with some bytes replaced.
fn file_with(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = encode_pcm16(&[0.1; 16_000], 16_000);
    file[at..at + bytes.len()].copy_from_slice(bytes);
    file
}

/// A file of any format around the given data.
fn file_of(tag: u16, channels: u16, rate_hz: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let frame = channels * (bits / 8);
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate_hz.to_le_bytes());
    file.extend((rate_hz * u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

#[test]
fn sixteen_bit_samples_survive_the_round_trip() {
    let samples: Vec<f32> = (-32_768..32_768).map(|i| i as f32 / 32_768.0).collect();
    let clip = decode(&encode_pcm16(&samples, 44_100), &Limits::default()).unwrap();
    assert_eq!((clip.rate_hz, clip.channels, clip.bits), (44_100, 1, 16));
    assert_eq!(clip.samples, samples);
}

#[test]
fn impossible_samples_are_clipped_when_written() {
    let odd = [2.0, -2.0, f32::NAN, f32::INFINITY, 1.0];
    let clip = decode(&encode_pcm16(&odd, 16_000), &Limits::default()).unwrap();
    let top = 32_767.0 / 32_768.0;
    assert_eq!(clip.samples, [top, -1.0, 0.0, 0.0, top]);
}

#[test]
fn every_sample_format_is_read() {
    let read = |file: &[u8]| decode(file, &Limits::default()).unwrap().samples;
    assert_eq!(read(&file_of(1, 1, 16_000, 8, &[0, 128, 192])), [-1.0, 0.0, 0.5]);
    assert_eq!(read(&file_of(1, 1, 16_000, 24, &[0, 0, 0x40, 0, 0, 0x80])), [0.5, -1.0]);
    assert_eq!(read(&file_of(1, 1, 16_000, 32, &[0, 0, 0, 0xC0])), [-0.5]);
    let floats: Vec<u8> = [0.25f32, 7.0, f32::NAN].iter().flat_map(|x| x.to_le_bytes()).collect();
    assert_eq!(read(&file_of(3, 1, 16_000, 32, &floats)), [0.25, 1.0, 0.0]);
    let stereo = [0, 0x40, 0, 0, 0, 0x40, 0, 0xC0];
    assert_eq!(read(&file_of(1, 2, 16_000, 16, &stereo)), [0.25, 0.0]);
}

#[test]
fn an_extensible_header_and_foreign_chunks_are_read() {
    let mut file = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x28\0\0\0".to_vec();
    file.extend(b"\xFE\xFF\x01\0\x80\x3E\0\0\0\x7D\0\0\x02\0\x10\0\x16\0\x10\0\x04\0\0\0");
    file.extend(b"\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71data\x02\0\0\0\0\x40");
    let riff_len = file.len() as u32 - 8;
    file[4..8].copy_from_slice(&riff_len.to_le_bytes());
    let clip = decode(&file, &Limits::default()).unwrap();
    assert_eq!(clip.samples, [0.5]);
}

#[test]
fn a_lying_header_is_refused() {
    assert_eq!(code(b""), "not_wav");
    assert_eq!(code(b"RIFF\0\0\0\0WAVE"), "bad_header");
    assert_eq!(code(&file_with(0, b"OggS")), "not_wav");
    assert_eq!(code(&file_with(4, &[0xFF; 4])), "truncated");
    assert_eq!(code(&file_with(40, &[0xFF; 4])), "truncated");
    assert_eq!(code(&encode_pcm16(&[0.1; 99], 16_000)[..100]), "truncated");
    assert_eq!(code(&file_with(12, b"junk")), "bad_header");
    assert_eq!(code(&file_with(36, b"junk")), "bad_header");
    assert_eq!(code(&file_with(16, &[0xFF; 4])), "truncated");
    assert_eq!(code(b"RIFF\x14\0\0\0WAVEfmt \0\0\0\0data\0\0\0\0"), "bad_header");
    assert_eq!(code(&file_with(22, &[0, 0])), "bad_header");
    assert_eq!(code(&file_with(28, &[1, 2, 3, 4])), "bad_header");
    assert_eq!(code(&file_with(32, &[7, 0])), "bad_header");
    assert_eq!(code(&file_with(20, &[2, 0])), "unsupported_encoding");
    assert_eq!(code(&file_with(34, &[12, 0])), "unsupported_encoding");
    assert_eq!(code(&file_with(20, &[0xFE, 0xFF])), "bad_header");
    assert_eq!(code(&file_of(1, 1, 16_000, 16, &[0; 3])), "bad_header");
}

#[test]
fn limits_hold_and_say_so() {
    assert_eq!(code(&encode_pcm16(&[], 16_000)), "empty");
    assert_eq!(code(&encode_pcm16(&[0.0; 9], 8_000)), "unsupported_rate");
    assert_eq!(code(&encode_pcm16(&[0.0; 9], 4_000_000)), "unsupported_rate");
    assert_eq!(code(&file_of(1, 6, 16_000, 16, &[0; 12])), "too_many_channels");
    assert_eq!(code(&encode_pcm16(&vec![0.0; 500_000], 16_000)), "too_long");
    let tight = Limits { max_bytes: 45, ..Limits::default() };
    let error = decode(&encode_pcm16(&[0.0], 16_000), &tight).unwrap_err();
    assert_eq!(error, WavError::TooLarge { bytes: 46, limit: 45 });
    assert_eq!(error.to_string(), "The file has 46 bytes, the limit is 45. Record a shorter take.");
}

#[test]
fn damaged_files_never_panic() {
    let mut random = Random(7);
    let formats = [(1, 1, 16), (1, 2, 24), (3, 1, 32), (1, 1, 8)];
    for round in 0..4_000 {
        let (tag, channels, bits) = formats[round % formats.len()];
        let mut file = file_of(tag, channels, 48_000, bits, &[0x55; 96]);
        for _ in 0..=random.below(6) {
            // Mostly the header: that is where the lies matter.
            let at = random.below(if round % 3 == 0 { file.len() } else { 44 });
            file[at] = random.next() as u8;
        }
        file.truncate(file.len() - random.below(3) * random.below(60));
        if let Ok(clip) = decode(&file, &Limits::default()) {
            assert!(clip.samples.iter().all(|x| (-1.0..=1.0).contains(x)));
            assert_finite(&measure(&clip, &Policy::default()));
        }
    }
}

fn assert_finite(report: &Report) {
    let numbers = [
        report.peak_dbfs,
        report.rms_dbfs,
        report.clipped_ratio,
        report.noise_floor_dbfs,
        report.speech_level_dbfs,
        report.snr_db,
        report.start_rise,
        report.end_rise,
    ];
    let measured = [report.loudness_lufs, report.treble_db, report.decay_db];
    let numbers = numbers.into_iter().chain(measured.into_iter().flatten());
    assert!(numbers.into_iter().all(|x| x.is_finite() && x >= -120.0), "{report:?}");
    assert!(report.checks.iter().all(|check| check.value.is_finite()), "{report:?}");
    assert!(report.speech_start_ms <= report.speech_end_ms, "{report:?}");
    assert!(report.trim_start_ms <= report.trim_end_ms, "{report:?}");
    assert!(report.trim_end_ms <= report.length_ms, "{report:?}");
    assert!(report.dropout_ms <= report.length_ms + 1, "{report:?}");
    assert!(report.dc_offset.is_finite(), "{report:?}");
    // Bounds are frames of 16 kHz, the length is the file's: a rounding apart.
    assert!(report.speech_end_ms <= report.length_ms + 1, "{report:?}");
    assert!(report.faults.is_sorted(), "{report:?}");
    assert_eq!(report.disagreement(report), None);
    let json = serde_json::to_string(report).unwrap();
    assert_eq!(report.disagreement(&serde_json::from_str(&json).unwrap()), None);
}

/// Thresholds that [`Policy::check`] refuses, but that must not break anything either.
fn odd_policy(random: &mut Random) -> Policy {
    let odd = |random: &mut Random| [f64::NAN, f64::INFINITY, -1e300, 0.0, 1e-300, 30.0][random.below(6)];
    Policy {
        min_length_ms: [0, u32::MAX][random.below(2)],
        trim_margin_ms: [0, u32::MAX][random.below(2)],
        utterance_gap_ms: [0, u32::MAX][random.below(2)],
        silence_dbfs: odd(random),
        min_snr_db: odd(random),
        cut_noise_ratio: odd(random),
        cut_range_db: odd(random),
        speech_range_db: odd(random),
        decay_snr_db: odd(random),
        ..Policy::default()
    }
}

#[test]
fn nonsense_for_a_policy_breaks_nothing() {
    let mut random = Random(3);
    for _ in 0..100 {
        let policy = odd_policy(&mut random);
        let samples = odd_samples(&mut random, 20_000);
        let report = measure(&Clip { rate_hz: 48_000, channels: 1, bits: 16, samples }, &policy);
        assert!(report.snr_db.is_finite() && report.trim_end_ms <= report.length_ms);
        assert_eq!(report.checks.len(), 22);
    }
}

/// Any samples, also ones that no decoder gives.
fn odd_samples(random: &mut Random, len: usize) -> Vec<f32> {
    let kind = random.below(7);
    (0..len)
        .map(|i| match kind {
            0 => 0.0,
            1 => 1.0,
            2 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1.0][random.below(4)],
            3 => random.sample(),
            4 => random.sample() * 1e-30,
            5 => f32::MAX * random.sample(),
            _ => (i as f32 * 0.1).sin() * if i % 5000 < 2500 { 0.0 } else { 0.7 },
        })
        .collect()
}

#[test]
fn any_samples_give_finite_numbers() {
    let mut random = Random(1);
    let rates = [0, 1, 16_000, 22_050, 44_100, 44_101, 48_000, 96_000, u32::MAX];
    let lengths = [0, 1, 2, 159, 160, 319, 320, 321, 479, 512, 3_000, 20_000];
    for round in 0..300 {
        let rate_hz = rates[random.below(rates.len())];
        let samples = odd_samples(&mut random, lengths[round % lengths.len()]);
        let clip = Clip { rate_hz, channels: 1, bits: 32, samples };
        let report = measure(&clip, &Policy::default());
        assert_finite(&report);
        let json = serde_json::to_string(&report).unwrap();
        let again: Report = serde_json::from_str(&json).unwrap();
        assert_eq!(again.faults, report.faults);

        assert!(to_16k(&clip.samples, rate_hz).iter().all(|x| x.is_finite()));
        for features in [log_mel(&clip.samples), mfcc(&clip.samples)] {
            assert!(features.values.iter().all(|x| x.is_finite()));
            assert_eq!(features.values.len(), features.rows * features.frames);
            assert_eq!(heat(&features).len(), features.values.len());
        }
        let columns = random.below(400);
        assert_eq!(envelope(&clip.samples, columns).len(), columns);
        let level = Meter::new(rate_hz).push(&clip.samples);
        assert!(level.peak_dbfs.is_finite() && level.rms_dbfs.is_finite());
    }
}

#[test]
fn an_empty_take_is_silent() {
    let clip = Clip { rate_hz: 48_000, channels: 1, bits: 16, samples: Vec::new() };
    let report = measure(&clip, &Policy::default());
    assert_finite(&report);
    assert_eq!(report.faults, [Fault::Silence]);
}

#[test]
fn the_synthesiser_says_anything_in_any_voice() {
    for (seed, phrase) in ["", " ", "!?", "你好", "a", &"long ".repeat(500)].iter().enumerate() {
        for extreme in [-1e9, 0.0, 1e9, f64::NAN] {
            let voice = synth::Voice::new(extreme, extreme, extreme);
            let word = synth::speech(seed as u64, phrase, &voice, 16_000);
            assert!(!word.is_empty() && word.len() < 32_000);
            assert!(word.iter().all(|x| x.abs() <= 0.5));
        }
    }
}
