//! Pseudonyms, splits and checksums, against values computed with other programs.

use dataset::{Split, pseudonym, sha256_hex, split_of, sums};

#[test]
fn pseudonyms_are_the_start_of_an_hmac() {
    // hmac.new(bytes(range(32)), b"person-1", "sha256").hexdigest()[:20]
    let key: [u8; 32] = std::array::from_fn(|at| at as u8);
    assert_eq!(pseudonym(&key, "person-1"), "3c5297664e64afdc9df3");
}

#[test]
fn pseudonyms_differ_between_people_and_between_releases() {
    let (this, next) = ([0; 32], [1; 32]);
    assert_eq!(pseudonym(&this, "person-1"), "bfa2edd73b34b2de7c69");
    assert_eq!(pseudonym(&this, "person-1"), pseudonym(&this, "person-1"));
    assert_ne!(pseudonym(&this, "person-1"), pseudonym(&this, "person-2"));
    assert_ne!(pseudonym(&this, "person-1"), pseudonym(&next, "person-1"));
}

#[test]
fn splits_are_those_of_the_speech_commands_rule() {
    // Computed with the rule's Python original.
    for (speaker, expected) in [
        ("", Split::Train),
        ("speaker-1", Split::Train),
        ("nobody", Split::Train),
        ("s10", Split::Train), // 20.50 %
        ("speaker-2", Split::Dev),
        ("s21", Split::Dev),
        ("s26", Split::Dev), // 9.05 %
        ("4fb2e1c0d9a8b7665544", Split::Test),
        ("s19", Split::Test), // 12.43 %
        ("s28", Split::Test), // 17.90 %
    ] {
        assert_eq!(split_of(speaker), expected, "{speaker}");
    }
}

#[test]
fn about_eight_in_ten_speakers_train() {
    let count = |split| {
        let speakers = (0..10_000).map(|number| format!("speaker {number}"));
        speakers.filter(|speaker| split_of(speaker) == split).count()
    };
    for (split, expected) in [(Split::Train, 8_000), (Split::Dev, 1_000), (Split::Test, 1_000)] {
        assert!(count(split).abs_diff(expected) < 150, "{split:?}");
    }
}

#[test]
fn digests_are_sha_256() {
    // FIPS 180-4, example "abc".
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(sha256_hex(b"abc"), expected);
}

#[test]
fn sums_are_sorted_and_escaped_as_sha256sum_does() {
    let file = |path: &str| (path.to_owned(), sha256_hex(path.as_bytes()));
    let text = sums(&[file("clips.parquet"), file("README.md"), file("a\\b\nc")]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], format!("{}  README.md", sha256_hex(b"README.md")));
    let odd = format!("\\{}  a\\\\b\\nc", sha256_hex(b"a\\b\nc"));
    assert_eq!(lines[1], odd);
    assert!(lines[2].ends_with("  clips.parquet"));
    assert!(text.ends_with('\n'));
    assert_eq!(sums(&[]), "");
}
