//! Who may have a release, and what happens when people take their clips back.

use crate::exports::{accept_terms, built};
use crate::helpers::{Person, Reply, TestApp, corpus, id};
use crate::on_both_pairs;
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;

/// Speaker `n` takes the consent back.
async fn withdraws(app: &TestApp, n: usize) {
    let mut tx = app.site().db.begin().await.unwrap();
    corpus::consent(&mut tx, n, 0).await;
    tx.commit().await.unwrap();
}

async fn ready(admin: &Person, new: Value) -> Value {
    let release = built(admin, corpus::PROJECT, new).await;
    assert_eq!(release["state"], "ready", "{release}");
    release
}

fn feed_path(kind: &str) -> String {
    format!("/api/v1/projects/{}/withdrawals.{kind}", corpus::PROJECT)
}

/// Ids of a release's clips.
async fn clips(app: &TestApp, release: &str) -> Vec<String> {
    let mut tx = app.site().db.read().await.unwrap();
    let rows: Vec<(String,)> =
        tx.all("select clip_id from release_clips where release_id = $1 order by clip_id", (release,)).await.unwrap();
    rows.into_iter().map(|(clip,)| clip).collect()
}

/// What `sayso release …` says, and whether it is content.
fn sayso(arguments: &[&str]) -> (bool, String) {
    sayso_at(&[], arguments)
}

/// The same, on given stores.
fn sayso_at(environment: &[(&'static str, String)], arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let output = command.arg("release").args(arguments).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

on_both_pairs! {
    async fn terms_come_before_bytes_and_every_download_is_noted(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 2, 1).await;
        let release = id(&ready(&admin, json!({ "version": "1.0.0" })).await);
        let rosa = app.person_with_role(&admin, "Rosa", "researcher").await;
        let base = format!("/api/v1/releases/{release}");
        assert_eq!(rosa.get(&format!("{base}/files/README.md")).await.status, 200, "what it is, may be read");
        assert_eq!(rosa.get(&format!("{base}/samples/0")).await.status, 200, "and heard");
        for path in ["archive.tar", "files/clips.parquet"] {
            rosa.get(&format!("{base}/{path}")).await.refused(403, "terms_not_accepted");
        }
        rosa.post(&format!("{base}/terms"), json!({ "dated": "2020-01-01" })).await.refused(409, "terms_changed");
        accept_terms(&rosa, &release).await;
        assert_eq!(rosa.get(&format!("{base}/files/clips.parquet")).await.status, 200);
        let noted = app.rows("select actor, detail from audit_entries where action = 'release.download'").await;
        assert_eq!(noted, [(rosa.id.clone(), r#"{"path":"clips.parquet"}"#.to_owned())]);
    }

    async fn what_is_given_on_request_waits_for_an_administrator(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 2, 1).await;
        let release = id(&ready(&admin, json!({ "version": "1.0.0", "access": "contract" })).await);
        let rosa = app.person_with_role(&admin, "Rosa", "researcher").await;
        accept_terms(&rosa, &release).await;
        let path = format!("/api/v1/releases/{release}/files/clips.parquet");
        rosa.get(&path).await.refused(403, "not_granted");
        rosa.post(&format!("/api/v1/releases/{release}/access"), json!({})).await.expect(204);
        rosa.get(&path).await.refused(403, "not_granted");
        let requests = admin.get(&format!("/api/v1/projects/{}/access", corpus::PROJECT)).await.expect(200);
        assert_eq!((&requests[0]["person_id"], &requests[0]["state"]), (&json!(rosa.id), &json!("asked")), "{requests}");
        let word = format!("/api/v1/projects/{}/access/{}", corpus::PROJECT, rosa.id);
        rosa.put(&word, json!({ "state": "granted" })).await.refused(403, "forbidden");
        admin.put(&word, json!({ "state": "granted" })).await.expect(204);
        assert_eq!(rosa.get(&path).await.status, 200);
        admin.put(&word, json!({ "state": "refused" })).await.expect(204);
        rosa.get(&path).await.refused(403, "not_granted");
    }

    async fn a_link_works_without_an_account_for_a_day_and_for_one_file(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 2, 1).await;
        let release = id(&ready(&admin, json!({ "version": "1.0.0" })).await);
        accept_terms(&admin, &release).await;
        let links = format!("/api/v1/releases/{release}/links");
        let link = admin.post(&links, json!({ "path": "archive.tar", "phrase": "Hey Sayso" })).await.expect(201);
        let url = link["url"].as_str().unwrap();
        let get = async |url: &str, range: &str| Reply::of(app.http.request(Method::GET, url).header("range", range)).await;
        let whole = Reply::of(app.http.request(Method::GET, url)).await;
        assert_eq!(whole.status, 200, "{}", whole.text());
        let tail = get(url, "bytes=1000-").await;
        assert_eq!((tail.status, tail.body), (206, whole.body[1000..].to_vec()));
        let mut tar = tar::Archive::new(whole.body.as_slice());
        let paths: Vec<String> = tar.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string()).collect();
        assert!(paths.iter().any(|path| path.contains("clips/hey_sayso/")) && paths.iter().any(|path| path.ends_with("clips.parquet")));
        assert!(!paths.iter().any(|path| path.contains("clips/alexa/")), "{paths:?}");
        let later = url.replacen("until_us=1", "until_us=2", 1);
        let nobody_s = url.replace(&admin.id, &corpus::id('a', 0));
        for changed in [url.replace("Hey", "Hay"), url.replace("archive.tar", "files/answers.parquet"), later, nobody_s, format!("{url}0")] {
            assert_ne!(changed, url);
            Reply::of(app.http.request(Method::GET, changed)).await.refused(403, "link_expired");
        }
        app.clock.advance_us(25 * 3_600_000_000);
        Reply::of(app.http.request(Method::GET, url)).await.refused(403, "link_expired");
    }

    async fn too_many_downloads_in_an_hour_wait(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 1, 1).await;
        let release = id(&ready(&admin, json!({ "version": "1.0.0" })).await);
        accept_terms(&admin, &release).await;
        let mut tx = app.site().db.begin().await.unwrap();
        for n in 0..sayso::exports::access::DOWNLOADS_PER_HOUR {
            tx.exec(
                "insert into release_downloads (id, release_id, person_id, path, at_us) values ($1, $2, $3, 'x', $4)",
                (n.to_string(), release.as_str(), admin.id.as_str(), app.clock.now_us()),
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let path = format!("/api/v1/releases/{release}/files/clips.parquet");
        let problem = admin.get(&path).await.refused(429, "too_many_downloads");
        assert!(problem["available_at"].is_string(), "{problem}");
        app.clock.advance_us(3_600_000_001);
        assert_eq!(admin.signed_in_again().await.get(&path).await.status, 200);
    }

    /// One before, one during, one after the build of 1.0.0: none leaks, the feed names who was out.
    async fn what_is_taken_back_leaves_and_is_named(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 6, 1).await;
        withdraws(&app, 0).await;
        let first = id(&ready(&admin, json!({ "version": "1.0.0", "formats": ["webdataset"] })).await);
        assert_eq!(clips(&app, &first).await.len(), 15);
        let empty = admin.get(&feed_path("json")).await.expect(200);
        assert_eq!(empty["withdrawals"], json!([]), "what was never released needs no word");
        withdraws(&app, 1).await;
        let reply = app.get(&feed_path("json")).await;
        let signature = reply.headers["x-signature-ed25519"].to_str().unwrap().to_owned();
        let feed = reply.json();
        let named: Vec<&str> = feed["withdrawals"].as_array().unwrap().iter().map(|row| row["clip_id"].as_str().unwrap()).collect();
        assert_eq!(named, [1, 7, 13].map(|n| corpus::id('c', n)), "{feed}");
        let csv = app.get(&feed_path("csv")).await.text();
        assert!(csv.starts_with("clip_id,sha256,withdrawn_on\n") && csv.lines().count() == 4, "{csv}");

        let too_low = admin.post(&format!("/api/v1/projects/{}/releases", corpus::PROJECT), json!({ "version": "1.1.0" })).await;
        let problem = too_low.refused(422, "version_too_low");
        assert!(problem["detail"].as_str().unwrap().contains("2.0.0"), "{problem}");

        let folder = app.backend.folder().join("copy");
        accept_terms(&admin, &first).await;
        let view = admin.get(&format!("/api/v1/releases/{first}")).await.expect(200);
        crate::exports::download(&admin, &view, &folder).await;
        let copy = folder.to_str().unwrap();
        let (whole, said) = sayso(&["verify", copy]);
        assert!(whole, "{said}");
        let key = app.get("/api/v1/withdrawals/key").await.text();
        let url = format!("{}{}", app.url, feed_path("json"));
        let (whole, said) = tokio::task::spawn_blocking({
            let (copy, url, key) = (copy.to_owned(), url.clone(), key.trim().to_owned());
            move || sayso(&["verify", &copy, "--feed", &url, "--key", &key])
        }).await.unwrap();
        assert!(!whole && named.iter().all(|clip| said.contains(clip)), "{said}");
        std::fs::write(folder.join("clips.parquet"), "spoilt").unwrap();
        let (whole, said) = sayso(&["verify", copy]);
        assert!(!whole && said.contains("changed: clips.parquet"), "{said}");
        let forged = app.backend.folder().join("feed.json");
        std::fs::write(&forged, String::from_utf8(reply.body).unwrap().replace(named[0], &corpus::id('c', 2))).unwrap();
        std::fs::write(forged.with_extension("json.sig"), signature).unwrap();
        let (content, said) = sayso(&["verify", copy, "--feed", forged.to_str().unwrap(), "--key", key.trim()]);
        assert!(!content && said.contains("not signed"), "{said}");

        let second = id(&ready(&admin, json!({ "version": "2.0.0", "formats": ["webdataset"] })).await);
        let left = clips(&app, &second).await;
        assert!(left.len() == 12 && !left.iter().any(|clip| named.contains(&clip.as_str())));
        admin.get(&format!("/api/v1/releases/{first}/files/answers.parquet")).await.refused(410, "superseded");
    }

    async fn a_withdrawal_during_the_build_begins_it_anew(app: TestApp) {
        // Nobody works on the queue but this test.
        let backend = crate::helpers::Backend::fresh(app.backend.pair);
        let app = TestApp::spawn_with(backend, |config| config.no_jobs = true).await;
        let admin = app.admin().await;
        corpus::settle(&app, 4, 1).await;
        let release = corpus::frozen(&app, &admin, json!({ "version": "1.0.0" })).await;
        let path = format!("/api/v1/releases/{release}");
        while admin.get(&path).await.expect(200)["stage"] != "publish" {
            assert!(corpus::step(&app).await, "the build goes on until it can be published");
        }
        withdraws(&app, 2).await;
        corpus::finish(&app).await;
        assert_eq!(admin.get(&path).await.expect(200)["state"], "ready");
        let left = clips(&app, &release).await;
        assert!(left.len() == 9 && !left.contains(&corpus::id('c', 2)), "{left:?}");
        let listed = app.rows("select path, sha256 from release_files").await;
        let wavs = listed.iter().filter(|(path, _)| path.starts_with("clips/")).count();
        assert_eq!(wavs, 9, "no file of the clip that left stays behind");
    }

    /// One takes a clip back while 2.0.0 is built, another after it is published: the feed, and whoever
    /// looks at a copy of 1.0.0 with it, learn of both, and 3.0.0 has neither.
    async fn clips_taken_back_during_and_after_a_build_are_both_named_and_neither_leaks(app: TestApp) {
        let backend = crate::helpers::Backend::fresh(app.backend.pair);
        let app = TestApp::spawn_with(backend, |config| config.no_jobs = true).await;
        let admin = app.admin().await;
        corpus::settle(&app, 5, 1).await;
        let asked = |version: &str| json!({ "version": version, "formats": [], "originals": false });
        let releases = format!("/api/v1/projects/{}/releases", corpus::PROJECT);
        let first = id(&admin.post(&releases, asked("1.0.0")).await.expect(202));
        corpus::finish(&app).await;
        let folder = app.backend.folder().join("copy");
        let view = admin.get(&format!("/api/v1/releases/{first}")).await.expect(200);
        crate::exports::download(&admin, &view, &folder).await;

        let second = id(&admin.post(&releases, asked("2.0.0")).await.expect(202));
        corpus::step(&app).await;
        corpus::step(&app).await;
        withdraws(&app, 1).await;
        corpus::finish(&app).await;
        withdraws(&app, 3).await;
        admin.post(&releases, asked("2.0.1")).await.refused(422, "version_too_low");
        let third = id(&admin.post(&releases, asked("3.0.0")).await.expect(202));
        corpus::finish(&app).await;
        let of = |speaker: usize| [0, 5, 10].map(|n| corpus::id('c', n + speaker));
        for (release, withdrawn) in [(&second, of(1).to_vec()), (&third, [of(1), of(3)].concat())] {
            let left = clips(&app, release).await;
            assert_eq!(left.len(), 15 - withdrawn.len());
            assert!(!left.iter().any(|clip| withdrawn.contains(clip)), "{left:?}");
        }
        let reply = app.get(&feed_path("json")).await;
        let feed = app.backend.folder().join("feed.json");
        std::fs::write(feed.with_extension("json.sig"), reply.headers["x-signature-ed25519"].as_bytes()).unwrap();
        std::fs::write(&feed, reply.body).unwrap();
        let key = app.get("/api/v1/withdrawals/key").await.text();
        let arguments = ["verify", folder.to_str().unwrap(), "--feed", feed.to_str().unwrap(), "--key", key.trim()];
        let (whole, said) = sayso(&arguments);
        assert!(!whole && [of(1), of(3)].concat().iter().all(|clip| said.contains(clip.as_str())), "{said}");
    }

    async fn two_copies_are_compared_clip_by_clip(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 3, 1).await;
        let mut folders = Vec::new();
        for (version, phrases) in [("1.0.0", ["Alexa", "Computer"]), ("2.0.0", ["Computer", "Hey Sayso"])] {
            let new = json!({ "version": version, "formats": [], "filter": { "phrases": phrases } });
            let release = ready(&admin, new).await;
            accept_terms(&admin, &id(&release)).await;
            let folder = app.backend.folder().join(version);
            crate::exports::download(&admin, &release, &folder).await;
            folders.push(folder.to_str().unwrap().to_owned());
        }
        let (done, said) = sayso(&["diff", &folders[0], &folders[1]]);
        assert!(done && said.contains("3 added, 3 removed, 0 relabelled, 3 as before"), "{said}");
        assert!(said.contains(&format!("removed {} Alexa", corpus::id('c', 0))) && said.contains(&format!("added {} Hey Sayso", corpus::id('c', 6))));
        let minor = json!({ "version": "2.1.0", "filter": { "phrases": ["Alexa"] }, "formats": [] });
        let failed = built(&admin, corpus::PROJECT, minor).await;
        assert!(failed["error"].as_str().unwrap().contains("take 3.0.0"), "{failed}");
    }

    async fn features_are_served_as_they_were_at_a_moment(app: TestApp) {
        let admin = app.admin().await;
        corpus::settle(&app, 2, 1).await;
        app.clock.advance_us(1_000_000);
        let clip = corpus::id('c', 1);
        let path = format!("/api/v1/features/{clip}?spec=mfcc-v1");
        let view = admin.get(&path).await.expect(200);
        assert_eq!(view["label"], Value::Null, "nobody had decided");
        app.try_sql(
            "insert into verdict_history (id, item_id, batch_id, cause, cause_id, state, label, probability, answers, method,
               evidence, at_us)
             select 'h', i.id, i.batch_id, 'answer', 'a', 'settled', 'yes', 0.75, 3, 'one-coin', '', p.created_us + 2000000
             from items i, projects p where i.clip_id like '%1' and i.clip_id = (select min(clip_id) from items where clip_id like '%1')",
        )
        .await
        .unwrap();
        assert_eq!(admin.get(&path).await.expect(200)["label"], Value::Null, "it is decided a second from now");
        app.clock.advance_us(1_000_000);
        let before = view;
        let view = admin.get(&path).await.expect(200);
        assert_eq!((&view["label"], &view["probability"]), (&json!("Alexa"), &json!(0.75)));
        assert_eq!(admin.get(&format!("{path}&as_of=2026-01-05T09:00:01Z")).await.expect(200), before);
        let (bands, frames) = (view["bands"].as_u64().unwrap(), view["frames"].as_u64().unwrap());
        assert_eq!((bands, view["values"].as_array().unwrap().len() as u64), (40, bands * frames));
        admin.get(&format!("{path}&as_of=2025-12-31T00:00:00Z")).await.refused(404, "not_found");
        admin.get(&format!("{path}&as_of=yesterday")).await.refused(422, "invalid_moment");
        let unknown = admin.get(&format!("/api/v1/features/{clip}?spec=mfcc-v9")).await.refused(422, "invalid_spec");
        assert!(unknown["detail"].as_str().unwrap().contains("logmel-v1, mfcc-v1"), "{unknown}");
        admin.get("/api/v1/features/nothing?spec=mfcc-v1").await.refused(404, "not_found");
        let rosa = app.person_with_role(&admin, "Rosa", "researcher").await;
        rosa.get(&path).await.refused(404, "not_found");
        let release = id(&ready(&admin, json!({ "version": "1.0.0", "formats": [] })).await);
        rosa.get(&path).await.refused(403, "forbidden");
        accept_terms(&rosa, &release).await;
        assert_eq!(rosa.get(&path).await.expect(200), view);
        withdraws(&app, 1).await;
        for person in [&rosa, &admin] {
            person.get(&path).await.refused(404, "not_found");
        }
    }

    /// The worker was killed with a step in its hands: whoever asks next takes it over.
    async fn a_build_whose_worker_is_gone_is_taken_over_at_the_command_line(app: TestApp) {
        let backend = crate::helpers::Backend::fresh(app.backend.pair);
        let mut app = TestApp::spawn_with(backend, |config| config.no_jobs = true).await;
        let admin = app.admin().await;
        corpus::settle(&app, 3, 1).await;
        corpus::frozen(&app, &admin, json!({ "version": "1.0.0", "formats": [] })).await;
        let held = app
            .try_sql("update jobs set state = 'running', lease_until_us = 1 where kind = 'build_release'")
            .await
            .unwrap();
        assert_eq!(held, 1);
        app.stop().await;
        let (fine, said) = sayso_at(&app.backend.environment(), &["build", "--project", "Synthetic words", "--version", "1.0.0"]);
        assert!(fine && said.contains("ready"), "{said}");
    }

    async fn an_operator_builds_a_release_at_the_command_line(app: TestApp) {
        let mut app = app;
        corpus::settle(&app, 3, 1).await;
        app.stop().await;
        let environment = app.backend.environment();
        let folder = app.backend.folder().join("copy");
        let out = folder.to_str().unwrap();
        let build = |project| sayso_at(&environment, &["build", "--project", project, "--version", "1.0.0", "--out", out]);
        let (fine, said) = build("Nothing");
        assert!(!fine && said.contains("there is no project"), "{said}");
        let (fine, said) = build("Synthetic words");
        assert!(fine && said.contains("ready"), "{said}");
        let (fine, said) = sayso(&["verify", out]);
        assert!(fine && said.contains("as released"), "{said}");
        std::fs::write(folder.join("README.md"), "spoilt").unwrap();
        let (fine, said) = sayso(&["verify", out]);
        assert!(!fine && said.contains("changed: README.md"), "{said}");
        let (fine, said) = build("Synthetic words");
        assert!(fine, "what is not whole is written again: {said}");
        assert!(sayso(&["verify", out]).0);
    }
}
