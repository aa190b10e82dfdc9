//! What one second of sound costs: `cargo bench -p audio`.

use std::hint::black_box;

use audio::descriptors::descriptors;
use audio::fingerprint::fingerprint;
use audio::mel::{log_mel, mfcc};
use audio::resample::{RATE_HZ, to_16k};
use audio::synth::{Voice, scene, speech};
use audio::wav::{Clip, Limits, decode, encode_pcm16};
use audio::{Policy, measure};
use criterion::{Criterion, criterion_group, criterion_main};

/// A word in a second of quiet, as it comes out of a file.
fn second(rate_hz: u32) -> Clip {
    let word = speech(1, "alexa", &Voice::default(), rate_hz);
    let mut take = scene(&word, 200, 400, -60.0, 1, rate_hz);
    take.truncate(rate_hz as usize);
    decode(&encode_pcm16(&take, rate_hz), &Limits::default()).expect("our own file")
}

fn features(c: &mut Criterion) {
    let clip = second(RATE_HZ);
    c.bench_function("features/logmel-v1", |b| b.iter(|| log_mel(black_box(&clip.samples))));
    c.bench_function("features/mfcc-v1", |b| b.iter(|| mfcc(black_box(&clip.samples))));
    c.bench_function("features/descriptors-v1", |b| b.iter(|| descriptors(black_box(&clip.samples))));
}

fn report(c: &mut Criterion) {
    for rate_hz in [16_000, 48_000] {
        let clip = second(rate_hz);
        c.bench_function(&format!("report/{rate_hz}"), |b| b.iter(|| measure(black_box(&clip), &Policy::default())));
    }
}

fn resample(c: &mut Criterion) {
    for rate_hz in [8_000, 44_100, 48_000, 192_000] {
        let clip = second_of_noise(rate_hz);
        c.bench_function(&format!("resample/{rate_hz}"), |b| b.iter(|| to_16k(black_box(&clip), rate_hz)));
    }
}

/// Below the rates that a take may have there is still a filter.
fn second_of_noise(rate_hz: u32) -> Vec<f32> {
    scene(&[], 1_000, 0, -20.0, 1, rate_hz)
}

fn fingerprints(c: &mut Criterion) {
    let clip = second(RATE_HZ);
    c.bench_function("fingerprint/calculate", |b| b.iter(|| fingerprint(black_box(&clip.samples))));
    let (one, other) = (fingerprint(&clip.samples), fingerprint(&clip.samples[160..]));
    c.bench_function("fingerprint/compare", |b| b.iter(|| black_box(&one).bit_error_rate(black_box(&other))));
}

criterion_group!(clip, features, report, resample, fingerprints);
criterion_main!(clip);
