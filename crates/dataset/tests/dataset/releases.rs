//! Versions, manifests, differences, shards and withdrawals.

use super::three_clips;
use dataset::release::diff::{Change, Changes, Labelled, compare};
use dataset::release::manifest::{Digesting, FileEntry, FileFault, Manifest};
use dataset::release::shards::{SHARD_MAX_BYTES, plan};
use dataset::release::version::{Step, Version};
use dataset::release::withdrawals::{Feed, Withdrawal};
use dataset::{DatasetError, Split};
use std::collections::BTreeMap;
use std::io::Write;

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

fn labelled(clip_id: &str, label: &str) -> Labelled {
    Labelled { clip_id: clip_id.to_owned(), label: label.to_owned() }
}

#[test]
fn versions_are_three_plain_numbers() {
    assert!(version("1.10.0") > version("1.9.9"));
    assert_eq!(version("10.2.33").to_string(), "10.2.33");
    for bad in ["", "1", "1.0", "1.0.0.0", "01.0.0", "1.0.x", "-1.0.0", "1.0.0-rc1", " 1.0.0", "1..0"] {
        assert!(bad.parse::<Version>().is_err(), "{bad}");
    }
}

#[test]
fn a_withdrawal_asks_for_a_major_version() {
    let previous = version("1.4.2");
    for (changes, lowest) in [((0, 0, 0), "1.4.3"), ((5, 0, 0), "1.5.0"), ((5, 1, 0), "2.0.0"), ((0, 0, 1), "2.0.0")] {
        let step = Step::of(changes.0, changes.1, changes.2);
        assert_eq!(previous.next(step), version(lowest));
        assert!(previous.allow(version(lowest), step).is_ok());
    }
    let error = previous.allow(version("1.5.0"), Step::Major).unwrap_err().to_string();
    assert!(error.contains("major") && error.contains("2.0.0"), "{error}");
    assert!(previous.allow(version("1.4.2"), Step::Patch).is_err());
}

#[test]
fn differences_name_what_was_added_removed_and_relabelled() {
    let older = [labelled("a", "yes"), labelled("b", "yes"), labelled("d", "no"), labelled("e", "yes")];
    let newer = [labelled("b", "yes"), labelled("c", "no"), labelled("d", "yes"), labelled("f", "yes")];
    let mut found = Vec::new();
    let changes = compare(older, newer, |change| found.push(change)).unwrap();
    assert_eq!(changes, Changes { added: 2, removed: 2, relabelled: 1, kept: 1 });
    assert_eq!(changes.step(), Step::Major);
    let text = |text: &str| text.to_owned();
    let expected = [
        Change::Removed { clip_id: text("a"), label: text("yes") },
        Change::Added { clip_id: text("c"), label: text("no") },
        Change::Relabelled { clip_id: text("d"), from: text("no"), to: text("yes") },
        Change::Removed { clip_id: text("e"), label: text("yes") },
        Change::Added { clip_id: text("f"), label: text("yes") },
    ];
    assert_eq!(found, expected);
    let rows = three_clips();
    let same = || rows.iter().map(Labelled::from);
    assert_eq!(compare(same(), same(), |_| ()).unwrap().step(), Step::Patch);
    let error = compare([labelled("b", ""), labelled("a", "")], [], |_| ()).unwrap_err();
    assert!(matches!(error, DatasetError::OutOfOrder { clip_id } if clip_id == "a"));
}

fn entry(path: &str, bytes: &[u8]) -> FileEntry {
    let mut out = Digesting::new(Vec::new());
    out.write_all(bytes).unwrap();
    out.finish(path).1
}

#[test]
fn a_manifest_tells_files_that_are_missing_changed_or_strange() {
    let manifest = Manifest {
        dataset: "Hello".to_owned(),
        version: version("1.0.0"),
        snapshot_at: "2026-01-31T12:00:00Z".to_owned(),
        code_version: "0.1.0".to_owned(),
        filter: "accepted".to_owned(),
        policies: BTreeMap::from([("k_anonymity".to_owned(), "11".to_owned())]),
        rows: BTreeMap::from([("clips".to_owned(), 3)]),
        files: vec![entry("b", b"two"), entry("a", b"one"), entry("c", b"three")],
    };
    assert_eq!(manifest.files[1].sha256, dataset::sha256_hex(b"one"));
    assert_eq!(manifest.files[2].size_bytes, 5);
    let text = manifest.to_json().unwrap();
    let read = Manifest::from_json(&text).unwrap();
    assert_eq!(read.files.iter().map(|file| file.path.as_str()).collect::<Vec<&str>>(), ["a", "b", "c"]);
    assert_eq!(read.to_json().unwrap(), text);
    assert_eq!(read.faults(&manifest.files), []);
    let fault = |path: &str| path.to_owned();
    let found = [entry("a", b"one"), entry("b", b"2"), entry("z", b"")];
    let expected = [
        FileFault::Changed { path: fault("b") },
        FileFault::Missing { path: fault("c") },
        FileFault::Unknown { path: fault("z") },
    ];
    assert_eq!(read.faults(&found), expected);
}

#[test]
fn shards_fill_up_and_no_split_shares_one() {
    let sizes = [(Split::Train, 40), (Split::Train, 60), (Split::Train, 1), (Split::Dev, 10), (Split::Test, 500)];
    let shards = plan(sizes, 100);
    let seen: Vec<(String, usize, usize, u64)> =
        shards.iter().map(|shard| (shard.name(), shard.first, shard.clips, shard.size_bytes)).collect();
    let expected =
        [("train-00000", 0, 2, 100), ("train-00001", 2, 1, 1), ("dev-00000", 3, 1, 10), ("test-00000", 4, 1, 500)];
    assert!(seen.iter().map(|(name, a, b, c)| (name.as_str(), *a, *b, *c)).eq(expected), "{seen:?}");
    assert_eq!(SHARD_MAX_BYTES, 1_073_741_824);
    assert_eq!(plan([], 100), []);
}

#[test]
fn the_feed_names_what_a_copy_still_holds() {
    let withdrawal = |clip: &str, bytes: &[u8]| Withdrawal {
        clip_id: clip.to_owned(),
        sha256: dataset::sha256_hex(bytes),
        withdrawn_on: "2026-02-01".to_owned(),
    };
    let rows = vec![withdrawal("c", b"3"), withdrawal("a", b"1"), withdrawal("a", b"1"), withdrawal("=b", b"2")];
    let feed = Feed::new("Hello", "2026-02-02T00:00:00Z", rows);
    assert_eq!(feed.withdrawals.len(), 3);
    assert_eq!(Feed::from_json(&feed.to_json().unwrap()).unwrap(), feed);
    let mut csv = Vec::new();
    feed.write_csv(&mut csv).unwrap();
    let csv = String::from_utf8(csv).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "clip_id,sha256,withdrawn_on");
    assert!(lines[1].starts_with("'=b,"), "{csv}");
    // One is found by its bytes under another name, one by its id alone.
    let copy = [entry("renamed.wav", b"1"), entry("other.wav", b"9")];
    let held = feed.held_in(&copy, ["c", "x"]);
    let held: Vec<(&str, usize)> = held.iter().map(|(row, paths)| (row.clip_id.as_str(), paths.len())).collect();
    assert_eq!(held, [("a", 1), ("c", 0)]);
}
