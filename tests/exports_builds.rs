//! Builds of releases: the same bytes everywhere, through every crash, or no release at all.

use crate::helpers::{Backend, Pair, TestApp, corpus, forms::Visitor, id, process::Process, until};
use crate::on_both_pairs;
use sayso::platform::db::Db;
use sayso::verdicts;
use serde_json::{Value, json};
use std::time::Duration;

const KILLS: usize = 20;
const SPEAKERS: usize = 12;
/// So small that every clip has archives of its own: more steps than kills.
const SHARD_BYTES: u64 = 1 << 16;

/// A release in every format.
fn asked() -> Value {
    json!({ "version": "1.0.0", "shard_max_bytes": SHARD_BYTES })
}

/// The same, with everything that can be made of the recordings of train.
fn asked_with_variants() -> Value {
    let mut asked = asked();
    asked["shard_max_bytes"] = json!(1 << 18);
    asked["keywords"] = json!(["Alexa"]);
    asked["variants"] = json!({ "recipes": [
        { "seed": 7, "noise_snr_db": 10.0, "shift_ms": 20, "masks": { "bands": 1, "bands_max": 8, "frames": 2, "frames_max": 20 } },
        { "speed_percent": 110, "room_ms": 60, "gain_db": -3.0 },
    ]});
    asked
}

async fn without_jobs(pair: Pair) -> TestApp {
    TestApp::spawn_with(Backend::fresh(pair), |config| config.no_jobs = true).await
}

/// Paths and digests of a release's files.
async fn files(db: &Db) -> Vec<(String, String)> {
    let mut tx = db.read().await.unwrap();
    tx.all("select path, sha256 from release_files order by path", ()).await.unwrap()
}

/// The files of a release of the crowd, built without any trouble.
async fn untroubled(pair: Pair, asked: Value) -> Vec<(String, String)> {
    let app = without_jobs(pair).await;
    let admin = app.admin().await;
    corpus::settle(&app, SPEAKERS, 1).await;
    let release = corpus::frozen(&app, &admin, asked).await;
    corpus::finish(&app).await;
    let release = admin.get(&format!("/api/v1/releases/{release}")).await.expect(200);
    assert_eq!(release["state"], "ready", "{release}");
    files(&app.site().db).await
}

/// Kills the worker again and again, between steps and in the middle of them.
async fn through_crashes(pair: Pair) -> Vec<(String, String)> {
    let mut app = without_jobs(pair).await;
    let admin = app.admin().await;
    corpus::settle(&app, SPEAKERS, 1).await;
    corpus::frozen(&app, &admin, asked()).await;
    app.stop().await;
    let db = Db::open(&app.backend.database_url).await.unwrap();
    let scratch = app.backend.folder().join("scratch");
    let mut kills = 0;
    loop {
        // As when the lease of the killed worker has run out.
        let mut tx = db.begin().await.unwrap();
        tx.exec("update jobs set state = 'ready', run_at_us = 0 where kind = 'build_release'", ()).await.unwrap();
        tx.commit().await.unwrap();
        std::fs::remove_dir_all(&scratch).ok();
        let before = progress(&db).await;
        let server = Process::start(&app.backend, &["serve"]).await;
        let mut every = tokio::time::interval(Duration::from_millis(2));
        while kills < KILLS || progress(&db).await.0 != "ready" {
            every.tick().await;
            let now = progress(&db).await;
            let writing = std::fs::read_dir(&scratch).is_ok_and(|mut folder| folder.next().is_some());
            let moment = if kills % 2 == 0 { now != before } else { now != before && writing };
            if now.0 == "ready" || (kills < KILLS && moment) {
                break;
            }
        }
        server.kill();
        kills += 1;
        if progress(&db).await.0 == "ready" {
            break;
        }
    }
    assert!(kills >= KILLS, "only {kills} kills: the build was too fast to be killed");
    files(&db).await
}

async fn progress(db: &Db) -> (String, String, i64) {
    let mut tx = db.read().await.unwrap();
    tx.one("select state, stage, done from releases", ()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_snapshot_gives_the_same_bytes_on_both_pairs_of_stores() {
    let (lite, pg) = (
        untroubled(Pair::LiteFolder, asked_with_variants()).await,
        untroubled(Pair::PgS3, asked_with_variants()).await,
    );
    assert!(lite.len() > 100, "{lite:?}");
    for (ours, theirs) in lite.iter().zip(&pg) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(lite.len(), pg.len());
    let archives = lite.iter().filter(|(path, _)| path.starts_with("webdataset/train-")).count();
    assert!(archives > 1, "several archives: {archives}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_is_killed_again_and_again_ends_with_the_same_bytes_on_sqlite_and_folder() {
    assert_eq!(through_crashes(Pair::LiteFolder).await, untroubled(Pair::LiteFolder, asked()).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_that_is_killed_again_and_again_ends_with_the_same_bytes_on_postgres_and_s3() {
    assert_eq!(through_crashes(Pair::PgS3).await, untroubled(Pair::PgS3, asked()).await);
}

/// The same without one field.
fn without(about: &Value, field: &str) -> Value {
    let mut about = about.clone();
    about.as_object_mut().unwrap().remove(field);
    about
}

/// Some clips of the corpus are less certain than this.
const PROBABILITY_MIN: f64 = 0.99;

/// Phrase and probability of each clip, by all answers together.
async fn fitted(app: &TestApp) -> Vec<(String, f64)> {
    let items = app.rows("select id, phrase from items").await;
    let mut tx = app.site().db.read().await.unwrap();
    let fit = verdicts::fit(&mut tx, corpus::PROJECT.parse().unwrap()).await.unwrap();
    let probability = |item: &String| fit.verdict(item.parse().unwrap()).unwrap().probability;
    items.iter().map(|(item, phrase)| (phrase.clone(), probability(item))).collect()
}

on_both_pairs! {
    async fn a_clip_of_which_all_answers_together_are_not_certain_enough_is_left_out_and_counted(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 6, 2).await;
        app.try_sql("update batches set threshold = 0.99").await.unwrap();
        let certain = fitted(&app).await.iter().filter(|(_, probability)| *probability >= PROBABILITY_MIN).count();
        let release = crate::exports::built(&admin, corpus::PROJECT, json!({ "version": "1.0.0", "formats": [] })).await;
        assert_eq!((&release["state"], &release["card"]["method"]), (&json!("ready"), &json!(verdicts::FIT)), "{release}");
        assert_eq!(release["card"]["counts"]["clips"], certain, "{release}");
        assert!(certain < 36);
        let limits = release["card"]["known_limits"].to_string();
        assert!(limits.contains(&format!("{} recording", 36 - certain)) || certain == 35 && limits.contains("One recording"), "{limits}");
    }

    /// Asked for too early, or spoilt while it is built: the sentence names what is missing.
    async fn what_nobody_told_stops_a_release_and_is_named(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 2, 1).await;
        let path = format!("/api/v1/projects/{}/releases", corpus::PROJECT);
        let about_path = format!("/api/v1/projects/{}/about", corpus::PROJECT);
        let fields = [
            ("description", "description"), ("creator", "creator"), ("url", "url"),
            ("annotator_demographics", "rai:annotatorDemographics"), ("biases", "rai:dataBiases"),
            ("maintenance", "rai:dataReleaseMaintenancePlan"),
        ];
        for (field, name) in fields {
            admin.put(&about_path, without(&corpus::about(), field)).await.expect(204);
            let problem = admin.post(&path, json!({ "version": "1.0.0" })).await.refused(422, "about_incomplete");
            assert!(problem["detail"].as_str().unwrap().contains(&format!("{name} is missing")), "{problem}");
        }
        admin.put(&about_path, corpus::about()).await.expect(204);
        app.try_sql("update projects set licence = ''").await.unwrap();
        let problem = admin.post(&path, json!({ "version": "1.0.0" })).await.refused(422, "about_incomplete");
        assert!(problem["detail"].as_str().unwrap().contains("license is missing"), "{problem}");
        app.try_sql("update projects set licence = 'CC-BY-4.0', name = ''").await.unwrap();
        let failed = crate::exports::built(&admin, corpus::PROJECT, json!({ "version": "1.0.0" })).await;
        assert_eq!(failed["state"], "failed");
        assert!(failed["error"].as_str().unwrap().contains("name is missing"), "{failed}");
        app.try_sql("update projects set name = 'Words'").await.unwrap();
        // A version that failed may be asked for again.
        let ready = crate::exports::built(&admin, corpus::PROJECT, json!({ "version": "1.0.0" })).await;
        assert_eq!(ready["state"], "ready", "{ready}");
        app.try_sql("delete from consent_texts").await.unwrap();
        let failed = crate::exports::built(&admin, corpus::PROJECT, json!({ "version": "1.1.0" })).await;
        assert!(failed["error"].as_str().unwrap().contains("consent is missing"), "{failed}");
        let mut tx = app.site().db.begin().await.unwrap();
        for speaker in [0, 1] {
            corpus::consent(&mut tx, speaker, 0).await;
        }
        tx.commit().await.unwrap();
        let failed = crate::exports::built(&admin, corpus::PROJECT, json!({ "version": "2.0.0" })).await;
        assert!(failed["error"].as_str().unwrap().contains("consent in force"), "{failed}");
        let empty = json!({ "version": "2.1.0", "filter": { "phrases": ["Never said"] } });
        let failed = crate::exports::built(&admin, corpus::PROJECT, empty).await;
        assert!(failed["error"].as_str().unwrap().contains("No recording"), "{failed}");
    }

    async fn a_filter_chooses_and_stays_on_record(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 4, 2).await;
        let filter = json!({ "phrases": ["Alexa", "Hey Sayso"], "probability_min": PROBABILITY_MIN });
        let new = json!({ "version": "1.0.0", "filter": filter, "formats": [], "originals": false });
        let release = crate::exports::built(&admin, corpus::PROJECT, new).await;
        assert_eq!(release["state"], "ready", "{release}");
        let probabilities = fitted(&app).await;
        let expected = probabilities.iter().filter(|(phrase, probability)| phrase != "Computer" && *probability >= PROBABILITY_MIN).count();
        assert!(expected > 0 && expected < 16, "{probabilities:?}");
        assert_eq!(release["card"]["counts"]["clips"], expected, "{release}");
        let paths: Vec<&str> = release["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
        assert!(!paths.iter().any(|path| path.contains("computer") || path.starts_with("originals/") || path.ends_with(".tar")), "{paths:?}");
        crate::exports::accept_terms(&admin, &id(&release)).await;
        let manifest = admin.get(&format!("/api/v1/releases/{}/files/manifest.json", id(&release))).await.expect(200);
        let told: Value = serde_json::from_str(manifest["filter"].as_str().unwrap()).unwrap();
        assert_eq!((&told["phrases"], &told["probability_min"]), (&filter["phrases"], &filter["probability_min"]));
        assert_eq!((&manifest["policies"]["k_anonymity"], &manifest["version"]), (&json!("11"), &json!("1.0.0")));
    }

    /// Phrases that a spreadsheet would calculate, and a reason that it would: in no cell of any list.
    async fn no_cell_of_a_release_is_a_formula(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 6, 1).await;
        for (phrase, formula) in [("Alexa", "=HYPERLINK(\"https://a.example\")"), ("Computer", "@SUM(A1)\tb"), ("Hey Sayso", "\t+1\r")] {
            let mut tx = app.site().db.begin().await.unwrap();
            for table in ["update clips set phrase = $2 where phrase = $1", "update items set phrase = $2 where phrase = $1"] {
                tx.exec(table, (phrase, formula)).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        let release = crate::exports::built(&admin, corpus::PROJECT, json!({ "version": "1.0.0" })).await;
        assert_eq!(release["state"], "ready", "{release}");
        let mut guarded = 0;
        for file in release["files"].as_array().unwrap() {
            let path = file["path"].as_str().unwrap();
            let delimiter = if path.ends_with(".tsv") { b'\t' } else { b',' };
            if !path.ends_with(".csv") && !path.ends_with(".tsv") {
                continue;
            }
            let bytes = app.site().blobs.get(file["sha256"].as_str().unwrap()).await.unwrap();
            let mut lines = csv::ReaderBuilder::new().delimiter(delimiter).quoting(delimiter == b',').from_reader(bytes.as_ref());
            for line in lines.records() {
                let line = line.unwrap();
                assert!(!line.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{path}: {line:?}");
                guarded += line.iter().filter(|cell| cell.starts_with('\'')).count();
            }
        }
        assert!(guarded > 18, "{guarded}");
    }

    async fn a_form_asks_for_keywords_and_a_variant(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 6, 1).await;
        let visitor = Visitor::signed_in(&app, &admin).await;
        let path = format!("/projects/{}/releases", corpus::PROJECT);
        let page = visitor.get(&format!("/projects/{}", corpus::PROJECT)).await.text();
        for field in ["keywords", "noise_snr_db", "mask_bands", "mask_bands_max", "mask_frames", "mask_frames_max", "seed"] {
            assert!(page.contains(&format!("name=\"{field}\"")), "{field}");
        }
        for (field, value, said) in [
            ("keywords", "Alexa\r\nAlexia", "“Alexia”"),
            ("noise_snr_db", "loud", "“Noise”"),
            ("speed_percent", "500", "50 to 200 percent"),
            ("mask_bands", "2", "both numbers"),
        ] {
            let refusal = visitor.submits(&path, &[("version", "1.0.0"), (field, value)]).await;
            let status = refusal.status;
            let text = refusal.text();
            assert!(status == 422 && text.contains(said), "{status} {text}");
        }
        let fields = [
            ("version", "1.0.0"), ("keywords", "Alexa\r\n"), ("seed", "3"), ("mask_bands", "2"), ("mask_bands_max", "8"),
        ];
        let reply = visitor.submits(&path, &fields).await;
        assert_eq!(reply.status, 303, "{}", reply.text());
        let place = reply.headers["location"].to_str().unwrap().to_owned();
        let release = until(async || {
            let release = admin.get(&format!("/api/v1{place}")).await.expect(200);
            (release["state"] != "building").then_some(release)
        })
        .await;
        assert_eq!(release["state"], "ready", "{release}");
        let files = files(&app.site().db).await;
        assert!(files.iter().any(|(path, _)| path.ends_with("-a000.wav")), "{files:?}");
        let (_, archive) = files.iter().find(|(path, _)| path == "speech_commands/part-00000.tar").unwrap();
        let archive = app.site().blobs.get(archive).await.unwrap();
        let mut archive = tar::Archive::new(archive.as_ref());
        let folders: std::collections::BTreeSet<String> = archive.entries().unwrap()
            .map(|entry| entry.unwrap().path().unwrap().components().next().unwrap().as_os_str().to_str().unwrap().to_owned())
            .collect();
        assert!(["_unknown_", "alexa"].iter().all(|folder| folders.contains(*folder)), "{folders:?}");
        assert!(!folders.contains("computer"), "{folders:?}");
    }

    async fn nobody_has_the_same_name_in_two_releases(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 12, 1).await;
        for version in ["1.0.0", "1.0.1"] {
            let release = crate::exports::built(&admin, corpus::PROJECT, json!({ "version": version, "formats": [] })).await;
            assert_eq!(release["state"], "ready", "{release}");
        }
        let split = app.rows("select clip_id, min(split) || ' ' || max(split) from release_clips group by clip_id").await;
        assert!(split.iter().all(|(_, splits)| matches!(splits.as_str(), "train train" | "dev dev" | "test test")), "everybody stays in a split: {split:?}");
        let names = app.rows("select release_id, speaker from release_speakers").await;
        let mut speakers: Vec<&String> = names.iter().map(|(_, speaker)| speaker).collect();
        speakers.sort();
        speakers.dedup();
        assert_eq!((names.len(), speakers.len()), (24, 24), "12 speakers, each with another name in each release");
    }
}
