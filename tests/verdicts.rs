//! Consensus: agreement settles, disagreement asks once more, doubt goes to a reviewer; pay follows.

use crate::helpers::{Person, Scene, TestApp, sound, until};
use crate::on_both_pairs;
use serde_json::{Value, json};

pub async fn judges(app: &TestApp, scene: &Scene, votes: &[(&str, &str)]) {
    for (name, label) in votes {
        let person = app.person(name).await;
        let task = until(async || Some(person.next_task(&scene.judge).await).filter(|reply| reply.status == 200))
            .await
            .expect(200);
        let reason = (*label == "no").then_some("wrong_word");
        person.answers(&task, label, reason).await.expect(200);
    }
}

/// A judging batch that asks up to so many, with nothing left to chance.
async fn scene_of(admin: &Person, wanted: u32, most: u32, settings: Value) -> Scene {
    let judge = json!({ "answers_wanted": wanted, "answers_max": most, "gold_rate": 0.0 });
    let scene = Scene::set_with(admin, &["Alexa", "Alexa", "Alexa"], json!({}), judge).await;
    let path = format!("/api/v1/batches/{}/consensus", scene.judge);
    let mut all = admin.get(&path).await.expect(200);
    assert_eq!((&all["audit_ppm"], &all["recheck_ppm"]), (&json!(40_000), &json!(10_000)), "the documented defaults");
    for (name, value) in settings.as_object().unwrap() {
        all[name] = value.clone();
    }
    admin.put(&path, all).await.expect(204);
    scene
}

/// The verdict on the only item that has one in this state.
async fn verdict(app: &TestApp, reviewer: &Person, state: &str) -> Value {
    let item = until(async || {
        let rows = app.rows("select state, item_id from verdicts").await;
        rows.into_iter().find(|row| row.0 == state).map(|row| row.1)
    })
    .await;
    reviewer.get(&format!("/api/v1/verdicts/{item}")).await.expect(200)
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

    async fn a_verdict_tells_which_answers_made_it_and_replays_to_the_bit(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene_of(&admin, 2, 5, json!({ "audit_ppm": 0 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        judges(&app, &scene, &[("Ben", "yes"), ("Chi", "unsure"), ("Dan", "no"), ("Eve", "yes"), ("Fay", "yes")]).await;
        let verdict = verdict(&app, &admin, "settled").await;
        assert_eq!(verdict["replayed"], true, "{verdict}");
        let mut made: Vec<&str> = verdict["evidence"]["counted"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        let mut answers: Vec<String> = app.rows("select id, label from answers where label <> 'unsure'").await.into_iter().map(|row| row.0).collect();
        made.sort_unstable();
        answers.sort();
        assert_eq!(made, answers);
        let history = verdict["history"].as_array().unwrap();
        assert_eq!(history.last().unwrap()["probability"], verdict["probability"]);
        assert!(history.iter().rev().skip(1).all(|entry| entry["state"] == "open" && entry["cause"] == "answer"), "{history:?}");
        for sql in ["update verdict_history set label = 'no'", "delete from verdict_history", "delete from answers"] {
            assert!(app.try_sql(sql).await.is_err(), "{sql}");
        }
        ann.get(&format!("/api/v1/verdicts/{}", verdict["item"].as_str().unwrap())).await.refused(403, "forbidden");
    }

    async fn an_audited_item_is_settled_early_and_still_asked_to_the_cap(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene_of(&admin, 2, 4, json!({ "audit_ppm": 1_000_000 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        judges(&app, &scene, &[("Ben", "yes"), ("Chi", "yes")]).await;
        verdict(&app, &admin, "settled").await;
        assert!(admin.get(&format!("/batches/{}/quality", scene.judge)).await.text().contains("None has got all its answers yet"));
        judges(&app, &scene, &[("Dan", "yes"), ("Eve", "yes")]).await;
        app.person("Fay").await.next_task(&scene.judge).await.refused(404, "no_task");
        until(async || (verdict(&app, &admin, "settled").await["evidence"]["counted"].as_array().unwrap().len() == 4).then_some(())).await;
        let page = admin.get(&format!("/batches/{}/quality", scene.judge)).await.text();
        assert!(page.contains("Of 1 so far, the label did not last for 0 %"), "{page}");
        let settings = json!({ "audit_ppm": 2_000_000, "recheck_ppm": 0, "recheck_after_s": 0, "budget_cents": 0 });
        admin.put(&format!("/api/v1/batches/{}/consensus", scene.judge), settings).await.refused(422, "invalid_settings");
    }

    async fn where_speakers_are_paid_one_listener_never_settles_a_clip(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene_of(&admin, 1, 1, json!({ "audit_ppm": 1_000_000 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        judges(&app, &scene, &[("Ben", "yes"), ("Chi", "yes")]).await;
        let verdict = verdict(&app, &admin, "settled").await;
        assert_eq!(verdict["evidence"]["counted"].as_array().unwrap().len(), 2);
        app.person("Dan").await.next_task(&scene.judge).await.refused(404, "no_task");
    }

    async fn a_batch_without_money_for_more_answers_asks_a_reviewer_instead(app: TestApp) {
        let admin = app.admin().await;
        let scene = scene_of(&admin, 2, 5, json!({ "audit_ppm": 0, "budget_cents": 3 })).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        // Three cents pay one answer beyond the two that every clip gets.
        judges(&app, &scene, &[("Ben", "yes"), ("Chi", "no"), ("Dan", "unsure")]).await;
        verdict(&app, &admin, "contested").await;
        app.person("Eve").await.next_task(&scene.judge).await.refused(404, "no_task");
    }

    async fn a_share_of_what_is_settled_is_asked_once_more_after_a_while(app: TestApp) {
        let mut app = app;
        let admin = app.admin().await;
        let settings = json!({ "audit_ppm": 0, "recheck_ppm": 1_000_000, "recheck_after_s": 86_400 });
        let scene = scene_of(&admin, 2, 2, settings).await;
        let ann = scene.speaker(&app, "Ann").await;
        scene.recorded(&ann, &sound::clean(1)).await;
        judges(&app, &scene, &[("Ben", "yes"), ("Chi", "yes")]).await;
        verdict(&app, &admin, "settled").await;
        app.person("Dan").await.next_task(&scene.judge).await.refused(404, "no_task");
        app.clock.advance_us(2 * 86_400_000_000);
        // Chores run when a process starts, and every so often after that.
        app.restart().await;
        judges(&app, &scene, &[("Eve", "no")]).await;
        app.person("Fay").await.next_task(&scene.judge).await.refused(404, "no_task");
        // Two against one is not certain any more: a reviewer decides, and the history says why.
        until(async || app.rows("select state, item_id from verdicts where state = 'contested'").await.pop()).await;
        let states = app.rows("select state, cause from verdict_history order by id").await;
        let last = [("settled", "answer"), ("contested", "answer")].map(|(state, cause)| (state.to_owned(), cause.to_owned()));
        assert!(states.ends_with(&last), "{states:?}");
    }
}
