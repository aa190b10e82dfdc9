//! Projects, batches, imports, and the states of a batch.

use crate::helpers::{Reply, Scene, id, scene::CONSENT};
use crate::on_both_pairs;
use serde_json::json;

on_both_pairs! {
    async fn an_import_with_bad_rows_names_each_and_imports_nothing(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &[]).await;
        let path = format!("/api/v1/batches/{}/prompts", scene.record);
        let rows = "phrase,hint,count\nAlexa,calm,1\n,calm,1\nComputer,calm,500\nAlexa,calm\n";
        let problem = admin.post_file(&path, "text/csv", rows).await.refused(422, "import_rows");
        let lines: Vec<u64> = problem["rows"].as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [3, 4, 5]);
        let speaker = scene.speaker(&app, "Ann").await;
        speaker.next_task(&scene.record).await.refused(404, "no_task");
        let lines = "{\"phrase\":\"Alexa\"}\n{\"phrase\":\"Computer\",\"sensitivity\":9}\n{not json}\n";
        let problem = admin.post_file(&path, "application/x-ndjson", lines).await.refused(422, "import_rows");
        assert_eq!(problem["rows"].as_array().unwrap().len(), 2);
        let good = admin.post_file(&path, "application/x-ndjson", "{\"phrase\":\"Alexa\",\"hint\":\"calm\"}\n").await.expect(201);
        assert_eq!(good["imported"], 1);
        let task = speaker.next_task(&scene.record).await.expect(200);
        assert_eq!((task["phrase"].as_str(), task["hint"].as_str()), (Some("Alexa"), Some("calm")));
    }

    async fn a_request_that_is_sent_again_under_its_key_happens_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &[]).await;
        let path = format!("/api/v1/batches/{}/prompts", scene.record);
        let send = async |key: &str, rows: &'static str| {
            let request = admin.request(reqwest::Method::POST, &path).header("content-type", "text/csv");
            Reply::of(request.header("idempotency-key", key).body(rows)).await
        };
        let first = send("import-1", "phrase\nAlexa\n").await.expect(201);
        let many = futures_util::future::join_all((0..8).map(|_| send("import-1", "phrase\nAlexa\n"))).await;
        assert!(many.into_iter().all(|reply| reply.expect(201) == first));
        send("import-1", "phrase\nComputer\n").await.refused(422, "idempotency_mismatch");
        send(&"k".repeat(201), "phrase\nAlexa\n").await.refused(422, "invalid_key");
        let queued = app.rows("select batch_id, cast(count(*) as text) from queue group by batch_id").await;
        assert_eq!(queued, [(scene.record.clone(), "1".to_owned())]);
    }

    async fn a_paused_batch_gives_no_tasks_and_a_closed_one_stays_closed(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let speaker = scene.speaker(&app, "Ann").await;
        let to = async |state: &str| admin.post(&format!("/api/v1/batches/{}/state", scene.record), json!({ "state": state })).await;
        to("paused").await.expect(200);
        speaker.next_task(&scene.record).await.refused(404, "no_task");
        to("open").await.expect(200);
        speaker.next_task(&scene.record).await.expect(200);
        to("closed").await.expect(200);
        to("closed").await.expect(200);
        to("open").await.refused(409, "batch_state");
    }

    async fn a_project_and_a_batch_with_a_bad_field_are_refused_with_its_name(app: TestApp) {
        let admin = app.admin().await;
        let good = json!({ "name": "P", "language": "en", "licence": "CC0-1.0", "phrases": ["Alexa"], "consent_text": CONSENT });
        let project = id(&admin.post("/api/v1/projects", good.clone()).await.expect(201));
        admin.post("/api/v1/projects", good.clone()).await.refused(409, "name_taken");
        for (field, value, code) in [
            ("name", json!(""), "invalid_name"),
            ("language", json!("English please"), "invalid_language"),
            ("licence", json!("my own!"), "invalid_licence"),
            ("phrases", json!([]), "invalid_phrase"),
            ("phrases", json!(["x".repeat(81)]), "invalid_phrase"),
            ("currency", json!("dollars"), "invalid_currency"),
            ("consent_text", json!("yes?"), "invalid_consent_text"),
        ] {
            let mut new = good.clone();
            new["name"] = "Q".into();
            new[field] = value;
            admin.post("/api/v1/projects", new).await.refused(422, code);
        }
        let batch = json!({ "name": "B", "kind": "judge", "pay_cents": 1, "answers_wanted": 2 });
        for (field, value, code) in [
            ("pay_cents", json!(-1), "invalid_pay"),
            ("answers_wanted", json!(0), "invalid_answers_wanted"),
            ("answers_max", json!(1), "invalid_answers_max"),
            ("threshold", json!(1.0), "invalid_threshold"),
            ("gold_rate", json!(0.9), "invalid_gold_rate"),
            ("lease_s", json!(1), "invalid_lease"),
            ("sensitivity", json!(4), "invalid_sensitivity"),
        ] {
            let mut new = batch.clone();
            new[field] = value;
            admin.post(&format!("/api/v1/projects/{project}/batches"), new).await.refused(422, code);
        }
        app.person("Ann").await.post("/api/v1/projects", good).await.refused(403, "forbidden");
    }

    async fn a_batch_is_at_least_as_sensitive_as_its_project(app: TestApp) {
        let admin = app.admin().await;
        let new = json!({ "name": "P", "language": "en", "licence": "CC0-1.0", "phrases": ["Alexa"], "consent_text": CONSENT,
            "sensitivity": 1, "categories": ["swearing"] });
        let project = admin.post("/api/v1/projects", new.clone()).await.expect(201);
        assert_eq!((&project["sensitivity"], &project["categories"]), (&json!(1), &json!(["swearing"])));
        let id = id(&project);
        assert_eq!(admin.get(&format!("/api/v1/projects/{id}")).await.expect(200)["sensitivity"], 1);
        let batches = format!("/api/v1/projects/{id}/batches");
        let batch = json!({ "name": "B", "kind": "record", "pay_cents": 1, "answers_wanted": 2 });
        let with = |level: i64, about: &[&str]| {
            let mut batch = batch.clone();
            batch["sensitivity"] = level.into();
            batch["categories"] = about.into();
            batch
        };
        let made = admin.post(&batches, batch.clone()).await.expect(201);
        assert_eq!((&made["sensitivity"], &made["categories"]), (&json!(1), &json!(["swearing"])), "the project's");
        let made = admin.post(&batches, with(2, &["hate"])).await.expect(201);
        assert_eq!((&made["sensitivity"], &made["categories"]), (&json!(2), &json!(["swearing", "hate"])));
        admin.post(&batches, with(0, &[])).await.refused(422, "invalid_sensitivity");
        let form = admin.get(&format!("/projects/{id}/batches/new")).await.text();
        assert!(form.contains("<option value=\"1\" selected>") && !form.contains("<option value=\"0\">"), "{form}");
        let page = admin.get(&format!("/projects/{id}")).await.text();
        assert!(page.contains("mildly unpleasant") && page.contains("swearing"), "{page}");
        let mut worse = new;
        worse["sensitivity"] = 4.into();
        worse["name"] = "Q".into();
        admin.post("/api/v1/projects", worse).await.refused(422, "invalid_sensitivity");
    }
}
