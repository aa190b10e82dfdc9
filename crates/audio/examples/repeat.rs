//! Calculates features of a file again and again, for `docs/bench/audio.py` to take the time:
//! `cargo run --release -p audio --example repeat -- FILE.wav logmel|mfcc|descriptors|report TIMES`.

use std::hint::black_box;

use audio::descriptors::descriptors;
use audio::mel::{log_mel, mfcc};
use audio::wav::{Clip, Limits, decode};
use audio::{Policy, measure};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, kind, times] = arguments.as_slice() else {
        return Err("usage: repeat FILE.wav logmel|mfcc|descriptors|report TIMES".into());
    };
    let clip = decode(&std::fs::read(file)?, &Limits::default())?;
    let once: fn(&Clip) = match kind.as_str() {
        "logmel" => |clip| drop(black_box(log_mel(black_box(&clip.samples)))),
        "mfcc" => |clip| drop(black_box(mfcc(black_box(&clip.samples)))),
        "descriptors" => |clip| drop(black_box(descriptors(black_box(&clip.samples)))),
        "report" => |clip| drop(black_box(measure(black_box(clip), &Policy::default()))),
        other => return Err(format!("no such kind: {other}").into()),
    };
    for _ in 0..times.parse()? {
        once(&clip);
    }
    Ok(())
}
