//! Health, metrics, dead letters, audit, and many processes on one database.

use crate::helpers::{Backend, Pair, Reply, Scene, TestApp, id, sound, until};
use crate::on_both_pairs;
use serde_json::json;

on_both_pairs! {
    async fn health_readiness_and_metrics_answer_without_telling_strangers(app: TestApp) {
        assert_eq!(app.get("/healthz").await.status, 200);
        assert_eq!(app.get("/readyz").await.status, 200);
        let metrics = app.get("/metrics").await;
        assert!(metrics.status == 200 && metrics.text().contains("sayso_jobs"), "{}", metrics.text());
        let proxied = app.http.get(format!("{}/metrics", app.url)).header("x-forwarded-for", "203.0.113.9");
        assert_eq!(Reply::of(proxied).await.status, 404);
        let api = app.get("/api/openapi.json").await.expect(200);
        assert!(api["paths"]["/api/v1/tasks/next"]["post"].is_object());
        app.get("/api/v1/nothing").await.refused(404, "not_found");
        let page = app.get("/nothing").await;
        assert!(page.status == 404 && page.text().contains("<h1"), "{}", page.text());
    }

    async fn admin_actions_leave_a_chain_that_shows_tampering(app: TestApp) {
        let admin = app.admin().await;
        Scene::set(&admin, &["Alexa"]).await;
        let entries = admin.get("/api/v1/audit").await.expect(200);
        let actions: Vec<&str> = entries.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        for action in ["account.first_admin", "project.create", "batch.create", "batch.import_prompts", "batch.open"] {
            assert!(actions.contains(&action), "{action} is not among {actions:?}");
        }
        assert!(!entries.to_string().contains("ada.admin"), "no personal data in the log");
        let refused = app.try_sql("update audit_entries set action = 'nothing' where seq = 1").await;
        assert!(refused.is_err(), "the database refuses to change an entry");
        assert!(app.try_sql("delete from ledger_entries").await.is_err() || app.rows("select id, cause from ledger_entries").await.is_empty());
    }

    async fn several_processes_start_at_once_on_one_empty_database(app: TestApp) {
        let others = futures_util::future::join_all((0..3).map(|_| app.neighbour())).await;
        let admin = app.admin().await;
        for other in others {
            assert_eq!(admin.at(&other.url).get("/api/v1/me").await.expect(200)["role"], "admin");
            other.stop().await;
        }
    }
}

/// A server that leaves the jobs to others, so that the test decides when they run.
async fn without_jobs() -> TestApp {
    TestApp::spawn_with(Backend::fresh(Pair::LiteFolder), |config| config.no_jobs = true).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_fails_for_good_is_seen_retried_or_dropped_and_nobody_loses_pay() {
    let app = without_jobs().await;
    let admin = app.admin().await;
    let scene = Scene::set(&admin, &["Alexa", "Alexa"]).await;
    let mut clips = Vec::new();
    for (n, name) in ["Ann", "Ben"].into_iter().enumerate() {
        let speaker = scene.speaker(&app, name).await;
        let task = speaker.next_task(&scene.record).await.expect(200);
        let view = speaker.records(&task, &sound::clean(n as u64)).await;
        clips.push((speaker, id(&view)));
    }
    // The folder is gone for a while: a fault of ours, not of the speakers.
    let (blobs, away) = (app.backend.objects().join("blobs"), app.backend.objects().join("away"));
    std::fs::rename(&blobs, &away).unwrap();
    let worker = app.worker().await;
    let letters = until(async || {
        app.clock.advance_us(70_000_000);
        let letters = admin.signed_in_again().await.get("/api/v1/dead-letters").await.expect(200);
        (letters.as_array().unwrap().len() == 2).then_some(letters)
    })
    .await;
    std::fs::rename(&away, &blobs).unwrap();
    let admin = admin.signed_in_again().await;
    let of = |clip: &str| {
        let letter =
            letters.as_array().unwrap().iter().find(|letter| letter["payload"].as_str().unwrap().contains(clip));
        letter.expect("each clip has a letter")["id"].as_str().unwrap().to_owned()
    };
    let (ann, retried) = &clips[0];
    let (ben, dropped) = &clips[1];
    let (ann, ben) = (ann.signed_in_again().await, ben.signed_in_again().await);
    assert_eq!(ann.get(&format!("/api/v1/recordings/{retried}")).await.expect(200)["state"], "dead");
    admin.post(&format!("/api/v1/dead-letters/{}/retry", of(retried)), json!({})).await.expect(204);
    let view = until(async || {
        let view = ann.get(&format!("/api/v1/recordings/{retried}")).await.expect(200);
        (view["state"] != "dead").then_some(view)
    })
    .await;
    assert_eq!(view["state"], "verified");
    admin.post(&format!("/api/v1/dead-letters/{}/drop", of(dropped)), json!({})).await.expect(204);
    let statement = ben.get("/api/v1/ledger/statement").await.expect(200);
    assert_eq!(statement["balances"][0]["payable_cents"], 10, "our fault is paid");
    let chi = scene.speaker(&app, "Chi").await;
    chi.next_task(&scene.record).await.expect(200);
    assert!(admin.get("/api/v1/dead-letters").await.expect(200).as_array().unwrap().is_empty());
    worker.stop().await;
}
