//! Releases: only what is verified, accepted and consented leaves, in files that tools can read.

use crate::helpers::{Person, Scene, TestApp, corpus, id, python, sound, until};
use crate::on_both_pairs;
use serde_json::{Value, json};

async fn accepted_clip(app: &TestApp, scene: &Scene, speaker: &Person, seed: u64, judges: [&Person; 2]) -> String {
    let view = scene.recorded(speaker, &sound::clean(seed)).await;
    for judge in judges {
        let task = until(async || Some(judge.next_task(&scene.judge).await).filter(|reply| reply.status == 200))
            .await
            .expect(200);
        judge.answers(&task, "yes", None).await.expect(200);
    }
    let clip = id(&view);
    until(async || {
        app.rows("select clip_id, state from verdicts").await.iter().any(|(id, _)| *id == clip).then_some(())
    })
    .await;
    clip
}

/// Tells what a release must say, asks for one and waits until it is built.
pub async fn built(admin: &Person, project: &str, new: Value) -> Value {
    let release = admin.post(&format!("/api/v1/projects/{project}/releases"), new).await.expect(202);
    let path = format!("/api/v1/releases/{}", id(&release));
    until(async || {
        let release = admin.get(&path).await.expect(200);
        (release["state"] != "building").then_some(release)
    })
    .await
}

/// The same, of a project that has told what it must.
pub async fn released(admin: &Person, project: &str, version: &str) -> Value {
    admin.put(&format!("/api/v1/projects/{project}/about"), corpus::about()).await.expect(204);
    built(admin, project, json!({ "version": version })).await
}

/// Accepts the terms of use in force.
pub async fn accept_terms(person: &Person, release: &str) {
    let terms = person.get("/api/v1/releases/terms").await.expect(200);
    person.post(&format!("/api/v1/releases/{release}/terms"), json!({ "dated": terms["dated"] })).await.expect(204);
}

/// Writes all files of a release into a folder.
pub async fn download(person: &Person, release: &Value, folder: &std::path::Path) {
    accept_terms(person, &id(release)).await;
    for file in release["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap();
        let reply = person.get(&format!("/api/v1/releases/{}/files/{path}", id(release))).await;
        assert_eq!(reply.status, 200, "{path}");
        let to = folder.join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, reply.body).unwrap();
    }
}

on_both_pairs! {
    async fn a_release_holds_the_accepted_clips_and_common_tools_read_it(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa", "Computer", "Alexa"], json!({}), json!({ "gold_rate": 0.0 })).await;
        let (ann, ben) = (scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await);
        let (chi, dan) = (app.person("Chi").await, app.person("Dan").await);
        let kept = accepted_clip(&app, &scene, &ann, 1, [&chi, &dan]).await;
        let withdrawn = accepted_clip(&app, &scene, &ben, 2, [&chi, &dan]).await;
        let rejected = id(&scene.recorded(&ann, &sound::clean(3)).await);
        ben.delete(&format!("/api/v1/projects/{}/consent", scene.project)).await.expect(204);
        let release = released(&admin, &scene.project, "1.0.0").await;
        assert_eq!(release["state"], "ready", "{release}");
        admin.post(&format!("/api/v1/projects/{}/releases", scene.project), json!({ "version": "1.0.0" })).await.refused(409, "version_taken");
        let rosa = app.person_with_role(&admin, "Rosa", "researcher").await;
        chi.get(&format!("/api/v1/releases/{}", release["id"].as_str().unwrap())).await.refused(403, "forbidden");
        download(&rosa, &release, app.backend.folder()).await;
        let read = python::read_release(app.backend.folder());
        assert_eq!((&read["clips"], &read["answers"]), (&json!(1), &json!(2)), "{read}");
        assert_eq!(read["labels"][&kept], "Alexa");
        assert!(read["labels"].get(&withdrawn).is_none() && read["labels"].get(&rejected).is_none());
        let card = std::fs::read_to_string(app.backend.folder().join("README.md")).unwrap();
        assert!(card.contains("Wake words") && card.contains("CC-BY-4.0"));
        let everything: String = std::fs::read_to_string(app.backend.folder().join("SHA256SUMS")).unwrap() + &card;
        for person in [&ann, &ben, &chi, &dan] {
            assert!(!everything.contains(&person.id) && !everything.contains(&person.email));
        }
        let wav = release["files"].as_array().unwrap().iter().find(|file| file["path"].as_str().unwrap().starts_with("clips/")).unwrap();
        let bytes = std::fs::read(app.backend.folder().join(wav["path"].as_str().unwrap())).unwrap();
        let clip = audio::wav::decode(&bytes, &audio::wav::Limits::default()).unwrap();
        assert_eq!((clip.rate_hz, clip.channels, clip.bits), (16_000, 1, 16));
        assert!(sound::likeness(&bytes, &sound::clean(1)) > 0.99);
    }

    async fn a_download_that_broke_off_goes_on_where_it_ended(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"], json!({}), json!({ "gold_rate": 0.0 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        let (chi, dan) = (app.person("Chi").await, app.person("Dan").await);
        accepted_clip(&app, &scene, &ann, 1, [&chi, &dan]).await;
        let release = released(&admin, &scene.project, "1.0.0").await;
        accept_terms(&admin, &id(&release)).await;
        let base = format!("/api/v1/releases/{}", release["id"].as_str().unwrap());
        for path in [format!("{base}/archive.tar"), format!("{base}/files/clips.parquet")] {
            let whole = admin.get(&path).await;
            assert_eq!((whole.status, whole.headers["accept-ranges"].as_bytes()), (200, b"bytes".as_slice()));
            let middle = whole.body.len() / 2;
            let part = async |range: String| crate::helpers::Reply::of(admin.request(reqwest::Method::GET, &path).header("range", range)).await;
            let (head, tail) = (part(format!("bytes=0-{}", middle - 1)).await, part(format!("bytes={middle}-")).await);
            assert_eq!((head.status, tail.status), (206, 206));
            assert_eq!([head.body, tail.body].concat(), whole.body, "{path}");
            assert_eq!(part(format!("bytes={}-", whole.body.len())).await.status, 416);
        }
        let tar = admin.get(&format!("{base}/archive.tar")).await.body;
        let mut archive = tar::Archive::new(tar.as_slice());
        let names: Vec<String> = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
        assert_eq!(names.len(), release["files"].as_array().unwrap().len());
        assert!(names.iter().all(|name| name.starts_with("wake_words-1.0.0/")), "{names:?}");
    }
}
