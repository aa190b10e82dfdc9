//! `descriptors-v1` on signals whose pitch, spectrum and syllables are known.

mod support;

use audio::descriptors::{BAND_EDGES_HZ, Descriptors, ROWS, descriptors};
use audio::resample::{RATE_HZ, to_16k};
use audio::synth::{Voice, scene, speech};
use support::Random;
use support::espeak::{self, Speaker, say};

fn row<'a>(described: &'a Descriptors, name: &str) -> &'a [f32] {
    let row = ROWS.iter().position(|row| *row == name).expect("a row of this name");
    let frames = described.features.frames;
    &described.features.values[row * frames..(row + 1) * frames]
}

/// A tone whose frequency is a function of time in seconds, with its harmonics up to the `count`th.
fn glide(seconds: f64, count: u32, hz: impl Fn(f64) -> f64) -> Vec<f32> {
    let mut phase = 0.0;
    (0..(seconds * f64::from(RATE_HZ)) as usize)
        .map(|i| {
            phase += std::f64::consts::TAU * hz(i as f64 / f64::from(RATE_HZ)) / f64::from(RATE_HZ);
            (1..=count).map(|k| 0.2 * (phase * f64::from(k)).sin() / f64::from(k)).sum::<f64>() as f32
        })
        .collect()
}

/// The time of a frame's middle in seconds.
fn time_s(frame: usize) -> f64 {
    (160 * frame + 256) as f64 / f64::from(RATE_HZ)
}

#[test]
fn a_tone_has_its_pitch_centroid_and_level() {
    for hz in [220.0, 440.0] {
        let described = descriptors(&glide(1.0, 1, |_| hz));
        assert_eq!((described.features.spec.as_str(), described.features.rows), ("descriptors-v1", 12));
        assert_eq!(described.features.frames, 97);
        assert!(row(&described, "pitch_hz").iter().all(|pitch| (f64::from(*pitch) - hz).abs() < 1.0), "{hz}");
        assert!(row(&described, "periodicity").iter().all(|p| *p > 0.99), "{hz}");
        assert!(row(&described, "centroid_hz").iter().all(|c| (f64::from(*c) - hz).abs() < 10.0), "{hz}");
        // One bin of 31.25 Hz above at most: the magnitude of a windowed tone lies in four bins.
        assert!(row(&described, "rolloff_hz").iter().all(|r| (f64::from(*r) - hz).abs() < 63.0), "{hz}");
    }
    // An amplitude of 0.2 is −17 dBFS, half of it in power.
    let described = descriptors(&glide(1.0, 1, |_| 440.0));
    assert!(row(&described, "band_300_600_db").iter().all(|level| (level + 16.99).abs() < 0.1));
    assert!(row(&described, "band_2300_3400_db").iter().all(|level| *level < -80.0));
}

#[test]
fn every_band_holds_its_tones() {
    for (band, edges) in BAND_EDGES_HZ.windows(2).enumerate() {
        let described = descriptors(&glide(0.2, 1, |_| f64::from(edges[0] + edges[1]) / 2.0));
        let level = |row: usize| described.features.values[row * described.features.frames + 5];
        let loudest = (0..8).max_by(|a, b| level(*a).total_cmp(&level(*b)));
        assert_eq!(loudest, Some(band), "{edges:?}");
        assert!((level(band) + 16.99).abs() < 0.3, "{edges:?}: {}", level(band));
    }
}

#[test]
fn the_pitch_follows_a_glide() {
    let hz = |t: f64| 100.0 + 200.0 * t;
    let described = descriptors(&glide(1.0, 8, hz));
    for (frame, pitch) in row(&described, "pitch_hz").iter().enumerate().skip(3).take(90) {
        let wanted = hz(time_s(frame));
        assert!((f64::from(*pitch) - wanted).abs() < 0.02 * wanted, "frame {frame}: {pitch} of {wanted}");
    }
    let median = described.summary.median_pitch_hz;
    assert!(median.is_none_or(|hz| (hz - 200.0).abs() < 10.0), "{median:?}");
}

#[test]
fn centroid_and_roll_off_follow_the_spectrum() {
    let mut random = Random(5);
    let white: Vec<f32> = (0..16_000).map(|_| 0.1 * random.sample()).collect();
    let described = descriptors(&white);
    let mean = |name: &str| row(&described, name).iter().sum::<f32>() / described.features.frames as f32;
    // The magnitude of white noise is the same from 0 to 8 kHz.
    assert!((mean("centroid_hz") - 4_000.0).abs() < 100.0, "{}", mean("centroid_hz"));
    assert!((mean("rolloff_hz") - 6_800.0).abs() < 100.0, "{}", mean("rolloff_hz"));
    assert!(row(&described, "pitch_hz").iter().all(|pitch| *pitch == 0.0));
}

#[test]
fn syllables_are_voiced_bursts() {
    for wanted in [1u32, 2, 3, 5] {
        // Bursts of 120 ms with 80 ms between them: five per second.
        let mut sound = vec![0.0f32; 8_000];
        for _ in 0..wanted {
            let burst = glide(0.12, 10, |_| 140.0);
            let len = burst.len();
            sound.extend(
                burst.iter().enumerate().map(|(i, x)| x * (std::f32::consts::PI * i as f32 / len as f32).sin()),
            );
            sound.extend(vec![0.0; 1_280]);
        }
        sound.extend(vec![0.0; 8_000]);
        let summary = descriptors(&scene(&sound, 0, 0, -60.0, 3, RATE_HZ)).summary;
        assert_eq!(summary.syllables, wanted, "{summary:?}");
        assert!((summary.median_pitch_hz.unwrap_or(0.0) - 140.0).abs() < 1.0, "{summary:?}");
        let rate = 1_000.0 * f64::from(wanted) / f64::from(summary.speech_ms);
        assert!((summary.syllables_per_s - rate).abs() < 1e-9, "{summary:?}");
        let spoken_ms = 200 * wanted - 80;
        assert!(summary.speech_ms.abs_diff(spoken_ms) < 60, "{summary:?}");
    }
    // Hiss in bursts is not voiced.
    let mut random = Random(9);
    let hiss: Vec<f32> = (0..32_000).map(|i| if i / 3_200 % 3 == 1 { 0.2 * random.sample() } else { 0.0 }).collect();
    assert_eq!(descriptors(&hiss).summary.syllables, 0);
}

/// espeak-ng's words, as a dictionary counts their syllables.
#[test]
fn the_syllables_of_words_are_counted() {
    let words = [
        ("stop", 1),
        ("alexa", 3),
        ("hey computer", 4),
        ("okay robot", 4),
        ("good morning", 3),
        ("turn it up", 3),
        ("marvin", 2),
        ("hello sayso", 4),
    ];
    let (mut right, mut all) = (0, 0);
    for voice in ["en-us", "en-us+f3", "en-us+m5", "en-us+f2", "en-gb"] {
        for (word, wanted) in words {
            let speech = say(Speaker { voice, speed: 140, pitch: 50 }, word);
            let take = scene(&to_16k(&speech, espeak::RATE_HZ), 300, 300, -60.0, 1, RATE_HZ);
            right += u32::from(descriptors(&take).summary.syllables == wanted);
            all += 1;
        }
    }
    println!("{right} of {all} words have the right number of syllables");
    assert!(right * 10 >= all * 9, "{right} of {all}");
}

#[test]
fn the_demos_voices_have_their_pitch() {
    for voice in Voice::ALL {
        let take = scene(&speech(1, "alexa", &voice, RATE_HZ), 300, 300, -60.0, 1, RATE_HZ);
        let summary = descriptors(&take).summary;
        // The pitch falls from 1.1 to 0.85 of the voice's, which varies by 3 %.
        let ratio = summary.median_pitch_hz.unwrap_or(0.0) / voice.pitch_hz;
        assert!((0.85..1.13).contains(&ratio), "{voice:?}: {summary:?}");
        assert!(summary.voiced_ratio > 0.3, "{summary:?}");
    }
}

#[test]
fn anything_gives_finite_numbers() {
    let mut random = Random(2);
    for round in 0..200 {
        let len = [0, 1, 511, 512, 513, 700, 5_000][round % 7];
        let kind = random.below(6);
        let samples: Vec<f32> = (0..len)
            .map(|_| match kind {
                0 => 0.0,
                1 => 1.0,
                2 => [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0][random.below(4)],
                3 => f32::MAX * random.sample(),
                4 => 1e-30 * random.sample(),
                _ => random.sample(),
            })
            .collect();
        let described = descriptors(&samples);
        assert_eq!(described.features.values.len(), 12 * described.features.frames);
        assert!(described.features.values.iter().all(|x| x.is_finite()), "{kind}, {len}");
        let summary = described.summary;
        assert!(summary.median_pitch_hz.is_none_or(|hz| (60.0..=500.0).contains(&hz)), "{summary:?}");
        assert!((0.0..=1.0).contains(&summary.voiced_ratio) && summary.syllables_per_s.is_finite(), "{summary:?}");
    }
}
