//! A release in the tools of researchers: every format says the same, and a model learns from it.

use crate::exports::{accept_terms, built};
use crate::helpers::{Pair, TestApp, corpus, id, python, sound, table};
use crate::on_both_pairs;
use serde_json::{Value, json};
use std::collections::BTreeMap;
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

fn level_db(samples: &[f32]) -> f64 {
    let squares: f64 = samples.iter().map(|x| f64::from(*x).powi(2)).sum();
    10.0 * (squares / samples.len() as f64).log10()
}

/// The log-mel rows of a clip are those of its sound, but for stretches of bands and frames at their mean.
fn masked(features: &[BTreeMap<String, String>], clip: &str, samples: &[f32]) {
    let row = features.iter().find(|row| row["clip_id"] == clip && row["spec"] == "logmel-v1").unwrap();
    let values: Vec<f32> = serde_json::from_str(&row["values"]).unwrap();
    let whole = audio::mel::log_mel(samples);
    let mean = (whole.values.iter().map(|x| f64::from(*x)).sum::<f64>() / whole.values.len() as f64) as f32;
    let is_masked = |at: usize| (values[at] - mean).abs() < 1e-3;
    let changed: Vec<usize> = (0..values.len()).filter(|at| (values[*at] - whole.values[*at]).abs() > 1e-3).collect();
    assert!(
        !changed.is_empty() && changed.len() <= 16 * whole.frames + 40 * 40,
        "{} of {}",
        changed.len(),
        values.len()
    );
    for at in changed {
        let (band, frame) = (at / whole.frames, at % whole.frames);
        let all_of_band = (0..whole.frames).all(|frame| is_masked(band * whole.frames + frame));
        let all_of_frame = (0..40).all(|band| is_masked(band * whole.frames + frame));
        assert!(is_masked(at) && (all_of_band || all_of_frame), "band {band}, frame {frame}");
    }
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

    async fn variants_stand_beside_the_recordings_of_train_and_every_tool_reads_them(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 5, 1).await;
        let masks = json!({ "bands": 2, "bands_max": 8, "frames": 2, "frames_max": 20 });
        let recipes = json!([{ "noise_snr_db": 5.0 }, { "speed_percent": 120 }, { "seed": 3, "masks": masks }, { "gain_db": -6.0 }, { "shift_ms": 40 }]);
        let new = json!({ "version": "1.0.0", "variants": { "recipes": recipes }, "keywords": ["Alexa"] });
        let release = built(&admin, corpus::PROJECT, new).await;
        assert_eq!(release["state"], "ready", "{release}");
        accept_terms(&admin, &id(&release)).await;
        let tar = admin.get(&format!("/api/v1/releases/{}/archive.tar", id(&release))).await;
        tar::Archive::new(tar.body.as_slice()).unpack(app.backend.folder()).unwrap();
        let folder = app.backend.folder().join("synthetic_words-1.0.0");
        let rows = table::rows(std::fs::read(folder.join("clips.parquet")).unwrap());
        let (variants, parents): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row["parent_clip_id"] != "null");
        let of_train = parents.iter().filter(|row| row["split"] == "train").count();
        assert_eq!((parents.len(), variants.len()), (15, 5 * of_train));
        let features = table::rows(std::fs::read(folder.join("features.parquet")).unwrap());
        for variant in &variants {
            let parent = parents.iter().find(|row| row["clip_id"] == variant["parent_clip_id"]).unwrap();
            assert_eq!((&variant["label"], &variant["speaker"], &variant["split"]), (&parent["label"], &parent["speaker"], &parent["split"]));
            assert_eq!((&*variant["synthetic"], &*variant["answers"]), ("true", "0"));
            let recipe: Value = serde_json::from_str(&variant["augmentation"]).unwrap();
            let number = |row: &BTreeMap<String, String>, column: &str| row[column].parse::<f64>().unwrap();
            let heard = sound::samples(&std::fs::read(folder.join(&variant["file"])).unwrap()).0;
            let plain = sound::samples(&std::fs::read(folder.join(&parent["file"])).unwrap()).0;
            if recipe["speed_percent"] == 120 {
                let shorter = number(variant, "length_ms") / number(parent, "length_ms");
                assert!((shorter - 1.0 / 1.2).abs() < 0.01, "{shorter}");
            } else if recipe["noise_snr_db"] == 5.0 {
                assert!(number(variant, "snr_db") < number(parent, "snr_db"));
                let added: Vec<f32> = heard.iter().zip(&plain).map(|(heard, plain)| heard - plain).collect();
                let snr_db = level_db(&plain) - level_db(&added);
                assert!((snr_db - 5.0).abs() < 0.1, "{snr_db} dB");
            } else if recipe["gain_db"] == -6.0 {
                let gain_db = level_db(&heard) - level_db(&plain);
                assert!((gain_db + 6.0).abs() < 0.1, "{gain_db} dB");
            } else if recipe["shift_ms"] == 40 {
                assert!(heard[..640].iter().all(|x| *x == 0.0) && heard[640..] == plain[..plain.len() - 640]);
            } else {
                assert_eq!((&recipe["masks"], heard == plain), (&masks, true));
                masked(&features, &variant["clip_id"], &heard);
            }
        }
        let seen = python::load_formats(&folder, &["features", "webdataset", "audio_parquet", "speech_commands", "common_voice"]);
        assert_eq!(seen["clips"], rows.len(), "{seen}");
        // Whoever takes a recording back takes its variants back.
        let speaker = app.rows("select c.speaker_id, v.clip_id from release_variants v join clips c on c.id = v.parent_clip_id order by v.clip_id").await[0].0.clone();
        let n: usize = speaker.rsplit('-').next().unwrap().parse().unwrap();
        let mut tx = app.site().db.begin().await.unwrap();
        corpus::consent(&mut tx, n, 0).await;
        tx.commit().await.unwrap();
        let feed = admin.get(&format!("/api/v1/projects/{}/withdrawals.json", corpus::PROJECT)).await.expect(200);
        let named = feed["withdrawals"].as_array().unwrap();
        assert_eq!(named.len(), 18, "three recordings with five variants each: {feed}");
    }
}
