//! A release is built from rows, and read back as its users would.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

mod card;
mod exchange;
mod files;
mod gate;
mod people;
mod releases;
mod tables;
mod variants;

use dataset::{AnswerRow, ClipRow, split_of};

/// A good clip by `speaker`, different for each `number`.
fn clip(number: i32, speaker: &str, phrase: &str) -> ClipRow {
    ClipRow {
        clip_id: format!("clip-{number:04}"),
        file: format!("audio/clip-{number:04}.wav"),
        sha256: dataset::sha256_hex(&number.to_be_bytes()),
        original_file: None,
        original_sha256: dataset::sha256_hex(&number.to_le_bytes()),
        speaker: speaker.to_owned(),
        phrase: phrase.to_owned(),
        language: "en-GB".to_owned(),
        label: "yes".to_owned(),
        probability: 0.97,
        answers: 2,
        yes_answers: 2,
        no_answers: 0,
        method: "one-coin".to_owned(),
        length_ms: 1_200 + number,
        rate_hz: 48_000,
        snr_db: 20.0 + f64::from(number),
        noise_floor_dbfs: -61.5,
        speech_level_dbfs: -23.25,
        peak_dbfs: -6.0,
        rms_dbfs: -27.5,
        dc_offset: 0.001,
        clipped_ratio: 0.0,
        speech_start_ms: 300,
        speech_end_ms: 900,
        report_version: "0.1.0".to_owned(),
        device: Some("phone".to_owned()),
        echo_cancellation: Some(false),
        noise_suppression: None,
        auto_gain_control: Some(true),
        age: Some("thirties".to_owned()),
        gender: None,
        accent: None,
        synthetic: false,
        parent_clip_id: None,
        augmentation: None,
        split: split_of(speaker).as_str().to_owned(),
    }
}

fn answer(clip: &ClipRow, annotator: &str, label: &str, reason: Option<&str>) -> AnswerRow {
    AnswerRow {
        clip_id: clip.clip_id.clone(),
        annotator: annotator.to_owned(),
        label: label.to_owned(),
        reason: reason.map(str::to_owned),
        seconds: 3.5,
        weight: 1.25,
        counted: label != "unsure",
    }
}

/// Speakers of all three splits: train, dev and test.
fn three_clips() -> Vec<ClipRow> {
    vec![
        clip(1, "speaker-1", "hello sayso"),
        clip(2, "speaker-2", "hello sayso"),
        clip(3, "4fb2e1c0d9a8b7665544", "stop"),
    ]
}
