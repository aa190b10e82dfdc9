//! `sayso audio` on real files, as a researcher runs it: the program itself, in an empty folder.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use audio::{
    Policy, Report,
    descriptors::{self, descriptors},
    measure,
    mel::{log_mel, mfcc},
    npy,
    resample::to_16k,
    synth,
    wav::{Limits, decode, encode_pcm16},
};
use serde_json::Value;

use crate::helpers::watchdog::scratch;

/// `sayso audio ARGUMENTS…` in this folder.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.current_dir(folder).arg("audio").args(arguments);
    // The address of a database that is not there: nothing may ask for it.
    command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The file of a good take at 16 kHz.
fn take(seed: u64) -> Vec<u8> {
    let word = synth::speech(seed, "alexa", &synth::Voice::default(), 16_000);
    encode_pcm16(&synth::scene(&word, 400, 400, -60.0, seed, 16_000), 16_000)
}

/// What sox makes of `arguments`, the last of which is the file.
fn sox(folder: &Path, arguments: &[&str]) {
    let status = Command::new("sox").current_dir(folder).args(arguments).status();
    assert!(status.expect("sox is installed: see tests/run").success(), "{arguments:?}");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn reports_come_in_order_and_bad_files_are_named() {
    let folder = scratch("cli-");
    let folder = folder.path();
    fs::write(folder.join("a.wav"), take(1)).unwrap();
    fs::write(folder.join("cut.wav"), &take(2)[..20_000]).unwrap();
    fs::write(folder.join("text.wav"), "not sound").unwrap();
    fs::write(folder.join("empty.wav"), "").unwrap();
    fs::create_dir(folder.join("folder")).unwrap();
    sox(folder, &["a.wav", "b.flac"]);
    let files = ["b.flac", "cut.wav", "missing.wav", "a.wav", "folder", "text.wav", "empty.wav"];

    let output = run(folder, &[&["report", "--json"][..], &files].concat());
    assert_eq!(output.status.code(), Some(1));
    let entries: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert!(entries.iter().map(|entry| entry["file"].as_str().unwrap()).eq(files));
    for place in [0, 3] {
        let report: Report = serde_json::from_value(entries[place]["report"].clone()).unwrap();
        let clip = decode(&take(1), &Limits::default()).unwrap();
        assert_eq!(report.disagreement(&measure(&clip, &Policy::default())), None);
    }
    let codes: Vec<&str> = entries.iter().filter_map(|entry| entry["error"]["code"].as_str()).collect();
    assert_eq!(codes, ["truncated", "unreadable", "unreadable", "unknown_format", "unknown_format"]);
    let complaints = said(&output.stderr);
    let lines: Vec<&str> = complaints.lines().collect();
    assert_eq!(lines.len(), 5, "{complaints}");
    assert_eq!(lines[1], "sayso: missing.wav: There is no such file. Check its name and folder.");
    assert_eq!(lines[2], "sayso: folder: This is a folder. Name the files in it, such as FOLDER/*.wav.");

    // For a person: the same files, a table each.
    let output = run(folder, &[&["report"][..], &files].concat());
    assert_eq!((output.status.code(), said(&output.stderr)), (Some(1), complaints));
    let tables = said(&output.stdout);
    assert!(tables.starts_with("b.flac: accepted (1.45 s, 16000 Hz, 16 bits, mono)\n"), "{tables}");
    assert_eq!(tables.matches("a.wav: accepted").count(), 1, "{tables}");
    let line = tables.lines().find(|line| line.trim_start().starts_with("too_noisy")).unwrap();
    assert!(line.contains(" dB ") && line.contains("pass") && line.ends_with('.'), "{line}");

    // Neither a database nor a data folder has been made.
    assert_eq!(names(folder), ["a.wav", "b.flac", "cut.wav", "empty.wav", "folder", "text.wav"]);
    assert_eq!(run(folder, &["report", "a.wav"]).status.code(), Some(0));
}

#[test]
fn a_policy_moves_the_thresholds_and_a_bad_one_is_refused() {
    let folder = scratch("cli-");
    let folder = folder.path();
    fs::write(folder.join("a.wav"), take(1)).unwrap();
    let with = |policy: &str| {
        fs::write(folder.join("policy.json"), policy).unwrap();
        run(folder, &["report", "a.wav", "--policy", "policy.json"])
    };
    let strict = with(r#"{"max_length_ms": 1000}"#);
    assert_eq!(strict.status.code(), Some(0), "a fault is a finding, not a failure");
    assert!(said(&strict.stdout).starts_with("a.wav: refused"), "{}", said(&strict.stdout));
    for (policy, wanted) in [
        (r#"{"max_length": 1000}"#, "`max_length`"),
        (r#"{"max_length_ms": -1}"#, "not a policy in JSON"),
        (r#"{"max_length_ms": 0}"#, "max_length_ms is 0"),
        ("[]", "not a policy in JSON"),
        ("", "not a policy in JSON"),
    ] {
        let output = with(policy);
        assert_eq!((output.status.code(), said(&output.stdout).as_str()), (Some(1), ""), "{policy}");
        let complaint = said(&output.stderr);
        assert!(complaint.starts_with("sayso: policy.json: ") && complaint.contains(wanted), "{complaint}");
    }
}

#[test]
fn features_and_samples_are_the_crates() {
    let folder = scratch("cli-");
    let folder = folder.path();
    fs::write(folder.join("a.wav"), take(1)).unwrap();
    let clip = decode(&take(1), &Limits::default()).unwrap();
    let array = |arguments: &[&str]| {
        let output = run(folder, arguments);
        assert_eq!((output.status.code(), said(&output.stderr).as_str()), (Some(0), ""), "{arguments:?}");
        npy::decode(&fs::read(folder.join("out.npy")).unwrap()).unwrap()
    };
    for (kind, wanted) in [
        ("logmel", log_mel(&clip.samples)),
        ("mfcc", mfcc(&clip.samples)),
        ("descriptors", descriptors(&clip.samples).features),
    ] {
        let found = array(&["features", "a.wav", "--kind", kind, "--out", "out.npy"]);
        assert_eq!(found.shape, [wanted.rows, wanted.frames], "{kind}");
        assert_eq!(found.values, wanted.values, "{kind}");
    }
    let found = array(&["features", "a.wav", "--out", "out.npy"]);
    assert_eq!(found.values, log_mel(&clip.samples).values);

    // Other rates, depths and numbers of channels, WAV and FLAC.
    for (name, rate, bits, channels) in [
        ("b.wav", "8000", "8", "1"),
        ("c.wav", "44100", "24", "2"),
        ("d.wav", "96000", "32", "6"),
        ("e.flac", "22050", "24", "2"),
        ("f.flac", "192000", "16", "4"),
    ] {
        sox(folder, &["-n", "-r", rate, "-b", bits, "-c", channels, name, "synth", "0.5", "sine", "440"]);
        let found = array(&["resample", name, "--out", "out.npy"]);
        assert_eq!(found.shape, [8_000], "{name}");
        let pitch = descriptors(&found.values);
        let row = descriptors::ROWS.iter().position(|row| *row == "pitch_hz").unwrap() * pitch.features.frames;
        assert!((pitch.features.values[row + 20] - 440.0).abs() < 2.0, "{name}");
    }
    assert_eq!(array(&["resample", "a.wav", "--out", "out.npy"]).values, to_16k(&clip.samples, 16_000));
}

#[test]
fn many_files_become_many_arrays_and_nothing_is_half_written() {
    let folder = scratch("cli-");
    let folder = folder.path();
    let files: Vec<String> = (0..150).map(|i| format!("take_{i:03}.wav")).collect();
    let file = take(1);
    for (i, name) in files.iter().enumerate() {
        fs::write(folder.join(name), if i % 50 == 7 { b"no sound" } else { &file[..] }).unwrap();
    }
    let mut arguments: Vec<&str> = vec!["features", "--out", "out"];
    arguments.extend(files.iter().map(String::as_str));
    let output = run(folder, &arguments);
    assert_eq!(output.status.code(), Some(1));
    let good = || files.iter().enumerate().filter(|(i, _)| i % 50 != 7).map(|(_, name)| name.replace("wav", "npy"));
    assert!(said(&output.stdout).lines().eq(good().map(|name| format!("out/{name} [40, 142]"))));
    assert_eq!(said(&output.stderr).lines().count(), 3);
    assert!(names(&folder.join("out")).into_iter().eq(good()));

    let refused = |arguments: &[&str], wanted: &str| {
        let before = names(folder);
        let output = run(folder, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(said(&output.stderr).contains(wanted), "{}", said(&output.stderr));
        assert_eq!(names(folder), before);
    };
    fs::create_dir(folder.join("other")).unwrap();
    fs::write(folder.join("other/take_000.wav"), &file).unwrap();
    refused(&["resample", "take_000.wav", "other/take_000.wav", "--out", "x"], "would both become x/take_000.npy");
    refused(&["resample", "take_000.wav", "--out", "take_000.wav"], "would be overwritten");
    refused(&["resample", "take_000.wav", "take_001.wav", "--out", "take_002.wav"], "is a file");
    refused(&["resample", "take_000.wav", "--out", "take_002.wav/x.npy"], "Name another place");
}

#[test]
fn a_reader_that_stops_early_is_no_failure() {
    let folder = scratch("cli-");
    fs::write(folder.path().join("a.wav"), take(1)).unwrap();
    let mut arguments = vec!["report"];
    arguments.extend(["a.wav"; 200]);
    let mut child = command(folder.path(), &arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), said(&output.stderr).as_str()), (Some(0), ""));
}
