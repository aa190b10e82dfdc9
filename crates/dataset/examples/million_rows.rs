//! Writes large tables and says how long it took and how much memory:
//! `million_rows FOLDER [CLIPS] [ANSWERS_PER_CLIP]`.
//!
//! Rows are made as they are written, as a build reads them from its database, while the clock stands
//! still; seconds are the least of three. Columns are encoded by as many threads as there are processors
//! (`RAYON_NUM_THREADS`). `docs/bench/parquet_speed.py` writes the same tables with pyarrow.

use dataset::formats::audio_parquet::{SoundRow, SoundWriter};
use dataset::formats::parquet::{AnswerWriter, ClipWriter};
use dataset::{AnswerRow, ClipRow, DatasetError, split_of};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::{Duration, Instant};

/// As the server has it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Rows that are made at once, outside of the time: many, for what is encoded meanwhile takes none.
const MADE: usize = 200_000;

/// The same where memory is measured.
const FEW: usize = 1_000;

const SPEAKERS: u64 = 20_000;

/// Bytes of a second of sound.
const SOUND_BYTES: u64 = 32_000;

const PHRASES: [&str; 8] = ["alexa", "computer", "hey sayso", "jarvis", "stop", "go", "lights on", "lights off"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let folder = arguments.get(1).ok_or("say into which folder: million_rows FOLDER [CLIPS] [ANSWERS_PER_CLIP]")?;
    let number = |at: usize, default: u64| arguments.get(at).map_or(Ok(default), |text| text.parse());
    let (clips, each) = (number(2, 1_000_000)?, number(3, 5)?);
    std::fs::create_dir_all(folder)?;
    let folder = Path::new(folder);
    let before_kib = peak_kib();
    let (clips_file, answers_file) = (folder.join("clips.parquet"), folder.join("answers.parquet"));
    let sounds = clips / 50;
    write_clips(&clips_file, clips, FEW)?;
    write_answers(&answers_file, clips, each, FEW)?;
    let seconds = write_sounds(&folder.join("sounds.parquet"), sounds)?;
    println!("clips with sound: {sounds} rows of {SOUND_BYTES} bytes in {seconds:.2} s");
    println!("peak memory: {} MiB above {} MiB at the start", (peak_kib() - before_kib) / 1024, before_kib / 1024);
    let seconds = write_clips(&clips_file, clips, MADE)?;
    println!("clips: {clips} rows in {seconds:.2} s");
    let seconds = write_answers(&answers_file, clips, each, MADE)?;
    println!("answers: {} rows in {seconds:.2} s", clips * each);
    Ok(())
}

/// The least seconds that writing takes, of three times: rows are made some at a time, outside of them.
fn least<R, T>(
    (rows, made): (u64, usize),
    make: impl Fn(u64) -> R,
    begin: impl Fn() -> Result<T, DatasetError>,
    push: impl Fn(&mut T, &R) -> Result<(), DatasetError>,
    finish: impl Fn(T) -> Result<(), DatasetError>,
) -> Result<f64, DatasetError> {
    let mut least = f64::INFINITY;
    for _ in 0..3 {
        let mut seconds = Duration::ZERO;
        let mut table = begin()?;
        for first in (0..rows).step_by(made) {
            let some: Vec<R> = (first..rows.min(first + made as u64)).map(&make).collect();
            let begun = Instant::now();
            some.iter().try_for_each(|row| push(&mut table, row))?;
            seconds += begun.elapsed();
        }
        let begun = Instant::now();
        finish(table)?;
        least = least.min((seconds + begun.elapsed()).as_secs_f64());
    }
    Ok(least)
}

fn write_clips(path: &Path, clips: u64, made: usize) -> Result<f64, DatasetError> {
    let begin = || ClipWriter::new(BufWriter::new(File::create(path)?));
    least((clips, made), clip, begin, ClipWriter::push, |table| table.finish().map(drop))
}

fn write_answers(path: &Path, clips: u64, each: u64, made: usize) -> Result<f64, DatasetError> {
    let begin = || AnswerWriter::new(BufWriter::new(File::create(path)?));
    least(
        (clips * each, made),
        |number| answer(number, each),
        begin,
        AnswerWriter::push,
        |table| table.finish().map(drop),
    )
}

fn write_sounds(path: &Path, clips: u64) -> Result<f64, DatasetError> {
    let begin = || SoundWriter::new(BufWriter::new(File::create(path)?));
    let wav =
        |number: u64| (0..SOUND_BYTES / 8).flat_map(|at| mix(number ^ at << 32).to_le_bytes()).collect::<Vec<u8>>();
    let make = |number: u64| SoundRow { clip: clip(number), wav: wav(number).into() };
    least((clips, FEW), make, begin, SoundWriter::push, |table| table.finish().map(drop))
}

/// A number that looks random (SplitMix64).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// 64 digits that look like a digest.
fn digest(number: u64) -> String {
    (0..4).map(|part| format!("{:016x}", mix(number * 4 + part))).collect()
}

fn clip(number: u64) -> ClipRow {
    let random = mix(number);
    let speaker = format!("{:016x}{:04x}", mix(random % SPEAKERS), random % SPEAKERS % 0x1_0000);
    let phrase = PHRASES[(random >> 20) as usize % PHRASES.len()];
    let level = |shift: u32| (random >> shift) as f64 % 4096.0 / 100.0;
    ClipRow {
        clip_id: clip_id(number),
        file: format!("clips/{phrase}/{speaker}_nohash_{number}.wav"),
        sha256: digest(number),
        original_sha256: digest(!number >> 3),
        phrase: phrase.to_owned(),
        language: "en-GB".to_owned(),
        label: phrase.to_owned(),
        probability: 1.0 - level(3) / 1000.0,
        answers: 5,
        yes_answers: 5,
        method: "one-coin".to_owned(),
        length_ms: 800 + (random % 1200) as i32,
        rate_hz: 48_000,
        snr_db: level(7),
        noise_floor_dbfs: -80.0 + level(9),
        speech_level_dbfs: -40.0 + level(11) / 2.0,
        peak_dbfs: -level(13) / 4.0,
        rms_dbfs: -50.0 + level(15),
        dc_offset: level(17) * 1e-5,
        speech_start_ms: 200 + (random % 100) as i32,
        speech_end_ms: 700 + (random % 100) as i32,
        report_version: "0.1.0".to_owned(),
        device: Some("phone".to_owned()),
        echo_cancellation: Some(false),
        auto_gain_control: Some(random.is_multiple_of(3)),
        age: Some(["twenties", "thirties", "fourties"][(random % SPEAKERS % 3) as usize].to_owned()),
        gender: (!(random % SPEAKERS).is_multiple_of(5)).then(|| "female_feminine".to_owned()),
        split: split_of(&speaker).as_str().to_owned(),
        speaker,
        ..ClipRow::default()
    }
}

/// Rising, as ids made in time are.
fn clip_id(number: u64) -> String {
    format!("019a{:04x}-{:04x}-7000-8000-{:012x}", number >> 16, number & 0xffff, mix(number) >> 16)
}

fn answer(number: u64, each: u64) -> AnswerRow {
    let random = mix(number);
    AnswerRow {
        clip_id: clip_id(number / each),
        // Rising within a clip, as the table is sorted.
        annotator: format!("{:x}{:019x}", number % each, mix(random % 5_000)),
        label: if random.is_multiple_of(20) { "no" } else { "yes" }.to_owned(),
        reason: (random.is_multiple_of(20)).then(|| "noise".to_owned()),
        seconds: (random >> 8) as f64 % 20_000.0 / 1000.0,
        weight: (random % 5_000) as f64 / 5_000.0,
        counted: true,
    }
}

/// The most memory that the process has had so far.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}
