//! Predictions of models: imported whole or not at all, measured like a person, asked about where unsure.

use crate::helpers::{Scene, id, sound, until};
use crate::on_both_pairs;
use serde_json::json;

on_both_pairs! {
    async fn a_model_is_one_more_worker_and_what_it_doubts_is_asked_first(app: TestApp) {
        let admin = app.admin().await;
        let judge = json!({ "answers_max": 2, "gold_rate": 0.0, "threshold": 0.95 });
        let scene = Scene::set_with(&admin, &["Alexa", "Alexa", "Alexa"], json!({}), judge).await;
        let ann = scene.speaker(&app, "Ann").await;
        let mut clips = Vec::new();
        for seed in 1..=3 {
            clips.push(id(&scene.recorded(&ann, &sound::clean(seed)).await));
        }
        let path = format!("/api/v1/batches/{}/predictions?model=wakenet&version=2.1", scene.judge);
        let bad = format!("recording,label,probability\n{},yes,1.5\nnonsense,no,0.9\n", clips[0]);
        let problem = admin.post_file(&path, "text/csv", bad).await.refused(422, "import_rows");
        assert_eq!(problem["rows"][0]["field"], "probability", "{problem}");
        admin.post_file(&path, "text/csv", "recording,label,probability\nnonsense,no,0.9\n").await.refused(422, "import_rows");
        assert!(app.rows("select model, version from predictions").await.is_empty());
        let nameless = path.replace("wakenet", "a%20b");
        let rows = format!("recording,label,probability\n{},yes,0.99\n{},no,0.98\n{},yes,0.52\n", clips[0], clips[1], clips[2]);
        admin.post_file(&nameless, "text/csv", rows.clone()).await.refused(422, "invalid_model");
        ann.post_file(&path, "text/csv", rows.clone()).await.refused(403, "forbidden");
        assert_eq!(admin.post_file(&path, "text/csv", rows.clone()).await.expect(201)["imported"], 3);
        admin.post_file(&path, "text/csv", rows).await.refused(422, "import_rows");
        until(async || (app.rows("select item_id, cause from verdict_history").await.len() == 3).then_some(())).await;

        let (ben, chi) = (app.person("Ben").await, app.person("Chi").await);
        let first = ben.next_task(&scene.judge).await.expect(200);
        ben.answers(&first, "yes", None).await.expect(200);
        let asked = app.rows("select i.clip_id, a.label from answers a join items i on i.id = a.item_id").await;
        assert_eq!(asked, [(clips[2].clone(), "yes".to_owned())], "the doubtful one comes first");
        let task = chi.next_task(&scene.judge).await.expect(200);
        chi.answers(&task, "no", Some("noise")).await.expect(200);
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let contested = until(async || {
            rita.get("/api/v1/verdicts/contested").await.expect(200).as_array().unwrap().first().cloned()
        })
        .await;
        assert_eq!(contested["models"][0]["model"], "wakenet@2.1", "{contested}");
        let verdict = rita.get(&format!("/api/v1/verdicts/{}", contested["item"].as_str().unwrap())).await.expect(200);
        assert_eq!(verdict["replayed"], true);
        let sources: Vec<&str> = verdict["evidence"]["counted"].as_array().unwrap().iter().map(|one| one["source"].as_str().unwrap()).collect();
        assert_eq!(sources.iter().filter(|source| **source == "model").count(), 1, "{verdict}");
        assert!((verdict["probability"].as_f64().unwrap() - 0.5).abs() < 1e-6, "a model that nothing was measured of says nothing: {verdict}");
    }

    async fn gold_measures_a_model_as_it_measures_people(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa", "Alexa"], json!({}), json!({ "gold_rate": 0.5 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        let (one, two) = (id(&scene.recorded(&ann, &sound::clean(1)).await), id(&scene.recorded(&ann, &sound::clean(2)).await));
        let gold = format!("recording,phrase,label,reason\n{one},Computer,no,wrong_word\n{two},Computer,no,wrong_word\n");
        admin.post_file(&format!("/api/v1/batches/{}/gold", scene.judge), "text/csv", gold).await.expect(201);
        let rows = format!("recording,phrase,label,probability\n{one},Computer,no,0.9\n{two},Computer,yes,0.6\n");
        let path = format!("/api/v1/batches/{}/predictions?model=wakenet&version=2.1", scene.judge);
        admin.post_file(&path, "text/csv", rows).await.expect(201);
        until(async || {
            let rows = app.rows("select worker_id, cast(no_yes as text) || ' ' || cast(no_no as text) from confusions").await;
            (rows == [("model:wakenet@2.1".to_owned(), "1000000 1000000".to_owned())]).then_some(())
        })
        .await;
    }
}
