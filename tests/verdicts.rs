//! Consensus: agreement settles, disagreement asks once more, doubt goes to a reviewer; pay follows.

use crate::helpers::{Person, Scene, TestApp, sound, until};
use crate::on_both_pairs;
use serde_json::{Value, json};

async fn judges(app: &TestApp, scene: &Scene, votes: &[(&str, &str)]) {
    for (name, label) in votes {
        let person = app.person(name).await;
        let task = until(async || Some(person.next_task(&scene.judge).await).filter(|reply| reply.status == 200))
            .await
            .expect(200);
        let reason = (*label == "no").then_some("wrong_word");
        person.answers(&task, label, reason).await.expect(200);
    }
}

async fn balance(person: &Person) -> (Value, Value) {
    let statement = person.get("/api/v1/ledger/statement").await.expect(200);
    (statement["balances"][0]["pending_cents"].clone(), statement["balances"][0]["payable_cents"].clone())
}

on_both_pairs! {
    async fn two_who_agree_settle_a_clip_and_its_speaker_is_paid(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        assert_eq!(balance(&ann).await, (json!(10), json!(0)));
        judges(&app, &scene, &[("Ben", "yes"), ("Chi", "yes")]).await;
        until(async || (balance(&ann).await == (json!(0), json!(10))).then_some(())).await;
        let verdict = app.rows("select state, label from verdicts").await;
        assert_eq!(verdict, [("settled".to_owned(), "yes".to_owned())]);
    }

    async fn a_clip_that_listeners_reject_is_not_paid(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        judges(&app, &scene, &[("Ben", "no"), ("Chi", "no")]).await;
        until(async || (balance(&ann).await == (json!(0), json!(0))).then_some(())).await;
    }

    async fn disagreement_asks_one_more_and_then_a_reviewer_who_is_not_involved(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"], json!({}), json!({ "answers_max": 3, "threshold": 0.95, "gold_rate": 0.0 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        judges(&app, &scene, &[("Ben", "yes"), ("Chi", "no"), ("Dan", "yes")]).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let contested = until(async || {
            let list = rita.get("/api/v1/verdicts/contested").await.expect(200);
            list.as_array().unwrap().first().cloned()
        })
        .await;
        assert_eq!(contested["opinions"].as_array().unwrap().len(), 3);
        assert!(!contested.to_string().contains("Ben"), "names stay out");
        let path = format!("/api/v1/verdicts/{}", contested["item"].as_str().unwrap());
        ann.post(&path, json!({ "label": "yes" })).await.refused(403, "forbidden");
        admin.put(&format!("/api/v1/people/{}/role", ann.id), json!({ "role": "reviewer" })).await.expect(204);
        ann.post(&path, json!({ "label": "yes" })).await.refused(403, "own_clip");
        rita.post(&path, json!({ "label": "no" })).await.refused(422, "reason_required");
        rita.post(&path, json!({ "label": "yes" })).await.expect(204);
        rita.post(&path, json!({ "label": "yes" })).await.expect(204);
        rita.post(&path, json!({ "label": "no", "reason": "noise" })).await.refused(409, "not_contested");
        assert_eq!(balance(&ann).await, (json!(0), json!(10)));
        assert!(rita.get("/api/v1/verdicts/contested").await.expect(200).as_array().unwrap().is_empty());
    }

    async fn an_answer_may_be_repeated_but_not_changed_and_its_pay_follows_after_a_while(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        let ben = app.person("Ben").await;
        let task = ben.next_task(&scene.judge).await.expect(200);
        ben.answers(&task, "no", None).await.refused(422, "reason_required");
        ben.answers(&task, "yes", Some("noise")).await.refused(422, "reason_unexpected");
        let first = ben.answers(&task, "no", Some("noise")).await.expect(200);
        assert_eq!(first, ben.answers(&task, "no", Some("noise")).await.expect(200));
        ben.answers(&task, "yes", None).await.refused(422, "idempotency_mismatch");
        ann.answers(&task, "yes", None).await.refused(403, "foreign_task");
        assert_eq!(balance(&ben).await, (json!(3), json!(0)));
        app.clock.advance_us(61_000_000);
        until(async || (balance(&ben).await == (json!(0), json!(3))).then_some(())).await;
    }
}
