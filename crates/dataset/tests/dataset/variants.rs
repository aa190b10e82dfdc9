//! Augmented variants: the same for the same seed, as strong as asked, and marked.

use super::clip;
use dataset::augment::{Masks, Recipe, applies_to, augment, mask, variant};
use dataset::{FeatureRow, Split};

fn tone(hz: f64) -> Vec<f32> {
    (0..16_000).map(|at| (0.25 * (std::f64::consts::TAU * hz * f64::from(at) / 16_000.0).sin()) as f32).collect()
}

fn rms(samples: &[f32]) -> f64 {
    (samples.iter().map(|x| f64::from(x * x)).sum::<f64>() / samples.len() as f64).sqrt()
}

/// How many times the tone rises through zero.
fn cycles(samples: &[f32]) -> usize {
    samples.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count()
}

#[test]
fn the_same_seed_gives_the_same_variant_and_another_gives_another() {
    let recipe = |seed| Recipe { seed, noise_snr_db: Some(10.0), room_ms: Some(120), ..Recipe::default() };
    let samples = tone(440.0)[..2_000].to_vec();
    assert_eq!(augment(&samples, None, &recipe(1)), augment(&samples, None, &recipe(1)));
    assert_ne!(augment(&samples, None, &recipe(1)), augment(&samples, None, &recipe(2)));
    assert_eq!(augment(&samples, None, &Recipe::default()), samples);
}

#[test]
fn noise_has_the_ratio_that_was_asked_for() {
    let samples = tone(440.0);
    let hum: Vec<f32> = tone(50.0)[..3_000].to_vec();
    for noise in [None, Some(hum.as_slice())] {
        for snr_db in [0.0, 12.0] {
            let recipe = Recipe { seed: 3, noise_snr_db: Some(snr_db), ..Recipe::default() };
            let noisy = augment(&samples, noise, &recipe);
            let added: Vec<f32> = noisy.iter().zip(&samples).map(|(noisy, plain)| noisy - plain).collect();
            let measured_db = 20.0 * (rms(&samples) / rms(&added)).log10();
            assert!((measured_db - snr_db).abs() < 0.05, "{measured_db} dB, not {snr_db}");
        }
    }
}

#[test]
fn speed_gain_and_shift_do_what_they_say() {
    let samples = tone(400.0);
    let fast = augment(&samples, None, &Recipe { speed_percent: Some(125), ..Recipe::default() });
    assert_eq!(fast.len(), 12_800);
    assert!(cycles(&fast).abs_diff(400) <= 2, "all cycles in less time: {}", cycles(&fast));
    let soft = augment(&samples, None, &Recipe { gain_db: Some(-6.0), ..Recipe::default() });
    assert!((rms(&soft) / rms(&samples) - 0.501).abs() < 0.001);
    let loud = augment(&samples, None, &Recipe { gain_db: Some(40.0), ..Recipe::default() });
    assert!(loud.iter().all(|x| x.abs() <= 1.0));
    let late = augment(&samples, None, &Recipe { shift_ms: Some(100), ..Recipe::default() });
    assert_eq!((&late[..1_600], &late[1_600..]), ([0.0; 1_600].as_slice(), &samples[..14_400]));
    let early = augment(&samples, None, &Recipe { shift_ms: Some(-5_000), ..Recipe::default() });
    assert!(early.len() == samples.len() && early.iter().all(|x| *x == 0.0));
}

/// Schroeder's backward integration of the room's answer to a click.
#[test]
fn a_room_falls_by_sixty_decibels_in_the_time_that_was_asked_for() {
    let mut click = vec![0.0; 16_000];
    click[0] = 0.5;
    for room_ms in [200, 500] {
        let heard = augment(&click, None, &Recipe { seed: 4, room_ms: Some(room_ms), ..Recipe::default() });
        // Without the direct sound.
        let mut left: f64 = heard[1..].iter().map(|x| f64::from(*x).powi(2)).sum();
        let all = left;
        let mut fallen_ms = [0.0; 2];
        for (at, sample) in heard[1..].iter().enumerate() {
            for (place, db) in fallen_ms.iter_mut().zip([-5.0, -25.0]) {
                if *place == 0.0 && 10.0 * (left / all).log10() <= db {
                    *place = at as f64 / 16.0;
                }
            }
            left -= f64::from(*sample).powi(2);
        }
        let measured_ms = 3.0 * (fallen_ms[1] - fallen_ms[0]);
        assert!((measured_ms / f64::from(room_ms) - 1.0).abs() < 0.1, "{measured_ms} ms, not {room_ms}");
    }
}

#[test]
fn a_room_rings_on_after_the_sound_and_is_not_louder() {
    let mut samples = tone(440.0)[..2_000].to_vec();
    samples.extend([0.0; 2_000]);
    let heard = augment(&samples, None, &Recipe { seed: 1, room_ms: Some(75), ..Recipe::default() });
    assert!((rms(&heard) / rms(&samples) - 1.0).abs() < 0.01);
    let (soon, later) = (rms(&heard[2_025..2_125]), rms(&heard[2_750..2_850]));
    assert!(soon > 20.0 * later && soon > 1e-3, "{soon} then {later}");
    assert!(heard[3_250..].iter().all(|x| *x == 0.0));
}

#[test]
fn a_variant_names_its_parent_and_keeps_its_split() {
    let parent = clip(1, "speaker-1", "stop");
    let recipe = Recipe { seed: 9, noise_snr_db: Some(5.0), ..Recipe::default() };
    let row = variant(&parent, 2, &recipe).unwrap();
    assert_eq!((row.clip_id.as_str(), row.file.as_str()), ("clip-0001-a002", "audio/clip-0001-a002.wav"));
    assert_eq!(row.parent_clip_id.as_deref(), Some("clip-0001"));
    assert!(row.synthetic && row.split == parent.split && row.speaker == parent.speaker);
    let told: Recipe = serde_json::from_str(row.augmentation.as_deref().unwrap()).unwrap();
    assert_eq!(told, recipe);
    assert!(applies_to(Split::Train, false) && !applies_to(Split::Test, false) && applies_to(Split::Dev, true));
}

#[test]
fn masks_are_stretches_of_the_mean() {
    let plain = FeatureRow {
        clip_id: "a".to_owned(),
        spec: "logmel-v1".to_owned(),
        bands: 8,
        frames: 50,
        values: (0..400).map(|at| at as f32).collect(),
    };
    let masks = Masks { bands: 1, bands_max: 3, frames: 2, frames_max: 10 };
    let masked = |seed| {
        let mut row = plain.clone();
        mask(&mut row, masks, seed);
        row
    };
    let once = masked(6);
    assert_eq!(once, masked(6));
    assert_ne!(once, masked(7));
    let changed: Vec<usize> = (0..400).filter(|at| once.values[*at] != plain.values[*at]).collect();
    assert!(!changed.is_empty() && changed.len() <= 3 * 50 + 20 * 8);
    assert!(changed.iter().all(|at| once.values[*at] == 199.5));
    // Whole bands and whole frames only.
    let whole_band = |band: usize| once.values[band * 50..][..50].iter().all(|x| *x == 199.5);
    let whole_frame = |frame: usize| once.values[frame..].iter().step_by(50).all(|x| *x == 199.5);
    for at in changed {
        let (band, frame) = (at / 50, at % 50);
        assert!(whole_band(band) || whole_frame(frame), "{band}, {frame}");
    }
}
