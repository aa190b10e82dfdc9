//! The gate: whatever is left unsaid stops the release and is named.

use super::{card::card, clip, three_clips};
use dataset::anonymity::Told;
use dataset::documents::croissant::description;
use dataset::documents::gate::{REQUIRED, blanks, check};
use dataset::documents::licence;
use dataset::release::manifest::FileEntry;
use dataset::{Card, DatasetError};
use serde_json::{Value, json};

fn files() -> Vec<FileEntry> {
    let entry = |path: &str| FileEntry { path: path.to_owned(), sha256: dataset::sha256_hex(b""), size_bytes: 0 };
    vec![entry("clips.parquet"), entry("answers.parquet"), entry("webdataset/train-00000.tar")]
}

fn good() -> (Card, Value) {
    let card = card(&three_clips(), &[]);
    let description = description(&card, &files());
    (card, description)
}

fn told() -> Told {
    let mut told = Told::default();
    (0..11).for_each(|number| told.clip(&clip(number, &format!("speaker {number}"), "stop")));
    told
}

fn missing(card: &Card, description: &Value) -> (&'static str, String) {
    let error = check(card, description, &told()).unwrap_err();
    match error {
        DatasetError::Blank { field, .. } => (field, error.to_string()),
        other => panic!("{other}"),
    }
}

#[test]
fn a_complete_release_passes() {
    let (card, description) = good();
    assert_eq!(blanks(&description), []);
    check(&card, &description, &told()).unwrap();
}

#[test]
fn each_required_field_is_missed_when_it_is_gone_and_when_it_is_blank() {
    let (card, description) = good();
    assert_eq!(REQUIRED.len(), 10 + 12);
    for (field, _) in REQUIRED {
        for blank in [None, Some(json!("  ")), Some(json!([])), Some(Value::Null)] {
            let mut broken = description.clone();
            match blank {
                None => drop(broken.as_object_mut().unwrap().remove(field).unwrap()),
                Some(blank) => broken[field] = blank,
            }
            let (named, sentence) = missing(&card, &broken);
            assert_eq!(named, field);
            assert!(sentence.contains(field), "{sentence}");
        }
    }
}

#[test]
fn what_the_project_does_not_tell_is_missed_by_name() {
    let without = |change: fn(&mut Card)| {
        let (mut card, _) = good();
        change(&mut card);
        missing(&card, &description(&card, &files())).0
    };
    assert_eq!(without(|card| card.about.description.clear()), "description");
    assert_eq!(without(|card| card.about.creator = " ".to_owned()), "creator");
    assert_eq!(without(|card| card.about.url.clear()), "url");
    assert_eq!(without(|card| card.licence.clear()), "license");
    assert_eq!(without(|card| card.licence = "Our own".to_owned()), "license");
    assert_eq!(without(|card| card.consent_versions.clear()), "consent");
    assert_eq!(without(|card| card.collected = None), "rai:dataCollectionTimeframe");
    assert_eq!(without(|card| card.about.biases.clear()), "rai:dataBiases");
    assert_eq!(without(|card| card.about.annotator_demographics.clear()), "rai:annotatorDemographics");
    let (card, _) = good();
    assert_eq!(missing(&card, &description(&card, &[])).0, "distribution");
}

#[test]
fn details_that_too_few_share_stop_the_release() {
    let (card, description) = good();
    let mut told = told();
    let mut row = clip(12, "speaker 12", "stop");
    row.gender = Some("non-binary".to_owned());
    told.clip(&row);
    let error = check(&card, &description, &told).unwrap_err();
    assert!(matches!(error, DatasetError::TooRare { people: 1, k: 11, .. }), "{error}");
    assert!(error.to_string().contains("non-binary"), "{error}");
}

#[test]
fn every_file_has_its_checksum_and_every_column_its_field() {
    let (_, description) = good();
    let distribution = description["distribution"].as_array().unwrap();
    assert_eq!(distribution.len(), 3);
    assert!(distribution.iter().all(|file| file["sha256"] == dataset::sha256_hex(b"")));
    let sets = description["recordSet"].as_array().unwrap();
    let names: Vec<&str> = sets.iter().map(|set| set["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["splits", "clips", "answers"]);
    assert_eq!(sets[1]["field"].as_array().unwrap().len(), dataset::columns::CLIP_COLUMNS.len());
    assert_eq!(description["license"], "https://creativecommons.org/licenses/by/4.0/");
}

#[test]
fn the_licence_names_its_terms_and_how_to_cite() {
    let (mut card, _) = good();
    let text = licence::text(&card).unwrap();
    for part in
        ["https://creativecommons.org/licenses/by/4.0/", "Example University (2026). Hello Sayso (version 1.2.0)"]
    {
        assert!(text.contains(part), "{text}");
    }
    card.licence = "Our own".to_owned();
    card.about.licence_text = "Ask us first.".to_owned();
    assert!(licence::text(&card).unwrap().contains("Ask us first."));
}
