//! A release in the tools of researchers: every format says the same, and a model learns from it.

use crate::exports::{accept_terms, built};
use crate::helpers::{Pair, TestApp, corpus, id, python};
use crate::on_both_pairs;
use serde_json::{Value, json};
use std::path::PathBuf;

/// A release of a crowd that is large enough for each split, unpacked from its archive.
async fn unpacked(app: &TestApp, admin: &crate::helpers::Person, speakers: usize, takes: usize) -> (Value, PathBuf) {
    corpus::settle(app, speakers, takes).await;
    let release = corpus::frozen(app, admin, json!({ "version": "1.0.0" })).await;
    corpus::finish(app).await;
    let view = admin.get(&format!("/api/v1/releases/{release}")).await.expect(200);
    assert_eq!(view["state"], "ready", "{view}");
    accept_terms(admin, &release).await;
    let tar = admin.get(&format!("/api/v1/releases/{release}/archive.tar")).await;
    assert_eq!(tar.status, 200, "{}", tar.text());
    tar::Archive::new(tar.body.as_slice()).unpack(app.backend.folder()).unwrap();
    (view, app.backend.folder().join("synthetic_words-1.0.0"))
}

async fn without_jobs(pair: Pair) -> TestApp {
    TestApp::spawn_with(crate::helpers::Backend::fresh(pair), |config| config.no_jobs = true).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_tool_reads_the_same_release_and_a_model_learns_from_it() {
    let app = without_jobs(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let (view, folder) = unpacked(&app, &admin, 60, 2).await;
    let formats = [
        "checksums",
        "tables",
        "recordings",
        "croissant",
        "partitions",
        "audio_parquet",
        "webdataset",
        "speech_commands",
        "common_voice",
        "mswc",
        "label_studio",
        "edge_impulse",
        "features",
    ];
    let seen = python::load_formats(&folder, &formats);
    let clips = 60 * corpus::PHRASES.len() * 2;
    assert_eq!((&seen["clips"], &seen["answers"]), (&json!(clips), &json!(3 * clips)), "{seen}");
    assert_eq!(seen["loaded"].as_object().unwrap().len(), formats.len(), "{seen}");
    assert_eq!(seen["labels"][&corpus::id('c', 0)], "Alexa");
    assert_eq!(view["card"]["counts"]["clips"], clips);

    let said = python::train_keywords(&folder, &["--keyword", "Alexa"]);
    let accuracy = said.lines().find_map(|line| line.strip_prefix("accuracy: ")).unwrap();
    let accuracy: f64 = accuracy.split(' ').next().unwrap().parse().unwrap();
    assert!(accuracy > 0.9, "{said}");
}

on_both_pairs! {
    async fn a_small_release_loads_in_every_tool_too(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 3, 1).await;
        let release = built(&admin, corpus::PROJECT, json!({ "version": "1.0.0" })).await;
        assert_eq!(release["state"], "ready", "{release}");
        accept_terms(&admin, &id(&release)).await;
        let tar = admin.get(&format!("/api/v1/releases/{}/archive.tar", id(&release))).await;
        tar::Archive::new(tar.body.as_slice()).unpack(app.backend.folder()).unwrap();
        let seen = python::load_formats(&app.backend.folder().join("synthetic_words-1.0.0"), &[]);
        assert_eq!((&seen["clips"], &seen["answers"]), (&json!(9), &json!(27)), "{seen}");
    }
}
