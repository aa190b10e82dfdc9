//! The demo: its release is whole, every tool reads it, and a model learns from it.

use crate::exports::accept_terms;
use crate::helpers::{Backend, Pair, Person, TestApp, python};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_release_of_the_demo_is_whole_and_a_model_learns_from_it() {
    // As `sayso demo` does: nobody else takes its jobs while it is filled.
    let app = TestApp::spawn_with(Backend::fresh(Pair::LiteFolder), |config| config.no_jobs = true).await;
    let said = sayso::demo::fill(app.site()).await.unwrap();
    let password = said.split(['“', '”']).nth(1).unwrap().to_owned();
    let mut researcher = Person::named(&app.url, &app.http, "Researcher");
    researcher.password = password;
    let researcher = researcher.signed_in().await;
    let releases = researcher.get("/api/v1/releases").await.expect(200);
    let (release, card) = (&releases[0], &releases[0]["card"]);
    assert_eq!((&release["state"], &release["version"]), (&"ready".into(), &"1.0.0".into()), "{release}");
    for split in card["counts"]["splits"].as_array().unwrap() {
        assert!(split["speakers"].as_u64().unwrap() > 0, "every split has speakers: {split}");
    }
    let release = release["id"].as_str().unwrap();
    accept_terms(&researcher, release).await;
    let tar = researcher.get(&format!("/api/v1/releases/{release}/archive.tar")).await;
    assert_eq!(tar.status, 200, "{}", tar.text());
    tar::Archive::new(tar.body.as_slice()).unpack(app.backend.folder()).unwrap();
    let folder = app.backend.folder().join("demo_wake_words-1.0.0");

    let seen = python::load_formats(&folder, &["croissant", "audio_parquet", "webdataset", "speech_commands"]);
    assert_eq!((&seen["clips"], &seen["answers"]), (&card["counts"]["clips"], &card["counts"]["answers"]), "{seen}");
    let labels: BTreeSet<&str> =
        seen["labels"].as_object().unwrap().values().map(|label| label.as_str().unwrap()).collect();
    assert_eq!(labels, BTreeSet::from(["Alexa", "Computer", "Hey Sayso"]));

    let said = python::train_keywords(&folder, &["--keyword", "Alexa"]);
    let accuracy = said.lines().find_map(|line| line.strip_prefix("accuracy: ")).unwrap();
    let accuracy: f64 = accuracy.split(' ').next().unwrap().parse().unwrap();
    assert!(accuracy > 0.9, "{said}");
}
