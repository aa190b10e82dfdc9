//! FLAC files are read like the WAV files they were made of, and damaged or lying ones refused.
#![cfg(feature = "flac")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "support/flac.rs"]
mod encoder;
mod support;

use std::process::Command;

use audio::decode;
use audio::wav::{Limits, encode_pcm16};
use encoder::{Subframe, description, encode, frame};
use support::Random;

fn noise(len: usize, bits: u32) -> Vec<i32> {
    let mut random = Random(u64::from(bits));
    (0..len).map(|_| (random.next() as i32) >> (32 - bits)).collect()
}

fn code(file: &[u8]) -> &'static str {
    match decode(file, &Limits::default()) {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

#[test]
fn every_depth_and_channel_count_is_read_exactly() {
    for bits in [8, 16, 24] {
        let (left, right) = (noise(3_000, bits), noise(3_001, bits)[1..].to_vec());
        let scale = (1u32 << (bits - 1)) as f32;
        let mono = decode(&encode(&[&left], 22_050, bits, 1_024, Subframe::Verbatim), &Limits::default()).unwrap();
        assert_eq!((mono.rate_hz, mono.channels, u32::from(mono.bits)), (22_050, 1, bits));
        assert!(mono.samples.iter().eq(left.iter().map(|x| *x as f32 / scale).collect::<Vec<_>>().iter()));
        let file = encode(&[&left, &right], 48_000, bits, 1_024, Subframe::Verbatim);
        let stereo = decode(&file, &Limits::default()).unwrap();
        let mixed = left.iter().zip(&right).map(|(l, r)| (*l as f32 / scale + *r as f32 / scale) / 2.0);
        assert_eq!((stereo.channels, stereo.samples), (2, mixed.collect()));
    }
}

/// As an encoder of the world packs it: predicted, in stereo, with metadata and a checksum.
#[test]
fn a_real_encoders_file_is_the_wav_it_was_made_of() {
    let folder = std::env::temp_dir().join(format!("sayso-flac-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (wav, flac) = (folder.join("a.wav"), folder.join("a.flac"));
    std::fs::write(&wav, encode_pcm16(&support::wav("ref_alexa.wav").samples, 16_000)).unwrap();
    let status = Command::new("sox").arg(&wav).arg(&flac).args(["channels", "2"]).status();
    assert!(status.expect("sox is installed: apt-get install sox").success());
    let [wav, flac] = [wav, flac].map(|path| std::fs::read(path).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    let clip = decode(&flac, &Limits::default()).unwrap();
    assert_eq!((clip.channels, &clip.samples), (2, &decode(&wav, &Limits::default()).unwrap().samples));
    #[cfg(feature = "digest")]
    {
        let digest = audio::fingerprint::pcm_sha256;
        assert_eq!(digest(&clip), digest(&decode(&wav, &Limits::default()).unwrap()));
    }

    // One bit of the sound, and one of its checksum.
    for at in [flac.len() / 2, 30] {
        let mut damaged = flac.clone();
        damaged[at] ^= 1;
        assert_eq!(code(&damaged), "damaged", "{at}");
    }
    assert_eq!(code(&flac[..flac.len() / 2]), "damaged");
}

#[test]
fn a_lying_header_is_refused() {
    let good = encode(&[&noise(3_000, 16)], 16_000, 16, 1_024, Subframe::Verbatim);
    assert_eq!(code(&good), "ok");
    let with = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        code(&file)
    };
    assert_eq!(code(b"fLaC"), "truncated");
    assert_eq!(code(&good[..30]), "truncated");
    assert_eq!(code(&good[..42]), "empty");
    assert_eq!(with(0, b"fLaX"), "unknown_format");
    assert_eq!(with(4, &[0x81]), "bad_header");
    assert_eq!(with(7, &[0x21]), "bad_header");
    assert_eq!(with(8, &[0, 0]), "bad_header");
    assert_eq!(with(18, &[0, 0, 0]), "unsupported_rate");
    // More samples promised than there are, and fewer.
    assert_eq!(with(24, &[0x0C, 0]), "damaged");
    assert_eq!(with(24, &[0x0A, 0]), "damaged");
    // Frames of another number of channels than promised.
    let stereo = encode(&[&noise(99, 16), &noise(99, 16)], 16_000, 16, 64, Subframe::Verbatim);
    assert_ne!(code(&[&good[..42], &stereo[42..]].concat()), "ok");
    assert_eq!(code(&[&good[..], b"TAG"].concat()), "damaged");
}

#[test]
fn limits_hold_whatever_the_header_says() {
    let silence = |samples: usize| vec![0; samples];
    let of = |channels: &[&[i32]], rate_hz, bits| encode(channels, rate_hz, bits, 4_096, Subframe::Constant);
    assert_eq!(code(&of(&[&silence(480_000)], 16_000, 16)), "ok");
    assert_eq!(code(&of(&[&silence(500_000)], 16_000, 16)), "too_long");
    assert_eq!(code(&of(&[&silence(99)], 8_000, 16)), "unsupported_rate");
    assert_eq!(code(&of(&[&silence(99)[..]; 3], 16_000, 16)), "too_many_channels");
    assert_eq!(
        code(&[b"fLaC\x80\0\0\x22", &description(1, 0, 16_000, 32, 4_096)[..]].concat()),
        "unsupported_encoding"
    );
    let small = Limits { max_bytes: 10, ..Limits::default() };
    assert_eq!(decode(&of(&[&silence(99)], 16_000, 16), &small).unwrap_err().code(), "too_large");

    // A few bytes a frame, each of 65 535 samples, of an unknown number: an hour of nothing.
    let block = silence(65_535);
    let mut bomb = [b"fLaC\x80\0\0\x22", &description(1, 0, 16_000, 16, 65_535)[..]].concat();
    (0..1_000).for_each(|number| bomb.extend(frame(number, &[&block], 16, Subframe::Constant)));
    assert!(bomb.len() < 20_000);
    assert_eq!(code(&bomb), "too_long");
}

#[test]
fn damaged_files_never_panic() {
    let mut random = Random(3);
    let kinds = [(1, 16), (2, 24), (1, 8)];
    for round in 0..3_000 {
        let (channels, bits) = kinds[round % kinds.len()];
        let sound = noise(200, bits);
        let mut file = encode(&vec![&sound[..]; channels], 16_000, bits, 64, Subframe::Verbatim);
        for _ in 0..=random.below(4) {
            let at = random.below(if round % 2 == 0 { file.len() } else { 60 });
            file[at] = random.next() as u8;
        }
        file.truncate(file.len() - random.below(2) * random.below(file.len()));
        if let Ok(clip) = decode(&file, &Limits::default()) {
            assert!(clip.samples.iter().all(|x| (-1.0..=1.0).contains(x)));
        }
    }
}
