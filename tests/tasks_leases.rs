//! Leases: renewed, late, several at once, few at a time, and why there is nothing.

use crate::helpers::{Person, Scene, id, sound};
use crate::on_both_pairs;
use sayso::{platform::ids::PersonId, tasks, trust::Level};
use serde_json::{Value, json};

fn path(task: &Value, verb: &str) -> String {
    format!("/api/v1/tasks/{}/{verb}", task["id"].as_str().unwrap())
}

async fn some(person: &Person, batch: &str, count: u8, held: &[Value]) -> crate::helpers::Reply {
    let held: Vec<&Value> = held.iter().map(|task| &task["id"]).collect();
    person.post("/api/v1/tasks/next", json!({ "batch": batch, "count": count, "held": held })).await
}

fn list(reply: Value) -> Vec<Value> {
    reply["tasks"].as_array().unwrap_or_else(|| panic!("no list in {reply}")).clone()
}

on_both_pairs! {
    async fn a_lease_can_be_renewed_twenty_times_while_it_stands(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"], json!({ "lease_s": 30 }), json!({})).await;
        let (ann, ben) = (scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await);
        let task = ann.next_task(&scene.record).await.expect(200);
        ben.post(&path(&task, "renew"), json!({})).await.refused(403, "foreign_task");
        for left in (0..20).rev() {
            app.clock.advance_us(20_000_000);
            let renewal = ann.post(&path(&task, "renew"), json!({})).await.expect(200);
            assert_eq!(renewal["renewals_left"], left);
        }
        assert_eq!(ann.get(&format!("/api/v1/tasks/{}", task["id"].as_str().unwrap())).await.expect(200)["expires_at"], "2026-01-05T09:07:10Z");
        ann.post(&path(&task, "renew"), json!({})).await.refused(409, "renewals_used_up");
        app.clock.advance_us(31_000_000);
        ann.post(&path(&task, "renew"), json!({})).await.refused(410, "lease_expired");
        ben.next_task(&scene.record).await.expect(200);
    }

    async fn an_answer_a_little_late_counts_and_is_paid_while_its_place_is_free(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa", "Alexa"], json!({}), json!({ "answers_wanted": 1, "lease_s": 30, "gold_rate": 0.0 })).await;
        let speaker = scene.speaker(&app, "Ann").await;
        scene.recorded(&speaker, &sound::clean(1)).await;
        scene.recorded(&speaker, &sound::clean(2)).await;
        let (ben, chi) = (app.person("Ben").await, app.person("Chi").await);
        let task = ben.next_task(&scene.judge).await.expect(200);
        app.clock.advance_us(80_000_000);
        let receipt = ben.answers(&task, "yes", None).await.expect(200);
        assert_eq!((&receipt["late"], &receipt["pay_cents"]), (&json!(true), &json!(3)));
        assert_eq!(ben.get("/api/v1/ledger/statement").await.expect(200)["lines"].as_array().unwrap().len(), 1);
        let task = chi.next_task(&scene.judge).await.expect(200);
        app.clock.advance_us(400_000_000);
        chi.answers(&task, "yes", None).await.refused(410, "lease_expired");
        let over = app.rows("select item_id, clip_id from queue where answers + leases > target").await;
        assert!(over.is_empty(), "more answers than places");
    }

    async fn several_at_once_are_as_many_as_a_person_may_hold(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"; 8]).await;
        let ann = scene.speaker(&app, "Ann").await;
        some(&ann, &scene.record, 6, &[]).await.refused(422, "invalid_count");
        some(&ann, &scene.record, 0, &[]).await.refused(422, "invalid_count");
        let two = list(some(&ann, &scene.record, 2, &[]).await.expect(200));
        assert_eq!(two.len(), 2);
        assert_ne!(two[0]["id"], two[1]["id"]);
        assert_eq!(list(some(&ann, &scene.record, 2, &[]).await.expect(200)), two, "a lost reply wastes nothing");
        let third = list(some(&ann, &scene.record, 5, &two).await.expect(200));
        assert_eq!(third.len(), 1, "three at a time");
        some(&ann, &scene.record, 5, &[two, third].concat()).await.refused(409, "too_many_leases");
        let one = ann.post("/api/v1/tasks/next", json!({ "batch": scene.record, "count": 1 })).await.expect(200);
        assert!(one["id"].is_string());
    }

    async fn who_turns_to_another_batch_gives_back_what_they_left(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"; 3]).await;
        let new = json!({ "name": "More", "kind": "record", "pay_cents": 10, "answers_wanted": 1 });
        let other = id(&admin.post(&format!("/api/v1/projects/{}/batches", scene.project), new).await.expect(201));
        admin.post_file(&format!("/api/v1/batches/{other}/prompts"), "text/csv", "phrase\nAlexa\n").await.expect(201);
        admin.post(&format!("/api/v1/batches/{other}/state"), json!({ "state": "open" })).await.expect(200);
        let (ann, ben) = (scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await);
        assert_eq!(list(some(&ann, &scene.record, 3, &[]).await.expect(200)).len(), 3);
        ben.next_task(&scene.record).await.refused(404, "no_task");
        ann.next_task(&other).await.expect(200);
        let live = app.rows("select person_id, cast(count(*) as text) from tasks where state = 'leased' group by person_id").await;
        assert_eq!(live, [(ann.id.clone(), "3".to_owned())]);
        ben.next_task(&scene.record).await.expect(200);
    }

    async fn nothing_now_says_why_and_when_to_come_back(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let (ann, ben) = (scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await);
        let task = ann.next_task(&scene.record).await.expect(200);
        let wait = ben.next_task(&scene.record).await.refused(404, "no_task");
        assert_eq!((&wait["reason"], &wait["available_at"]), (&json!("all_out_on_lease"), &task["expires_at"]));
        ann.post(&path(&task, "skip"), json!({ "code": "too_hard", "reason": "a tongue twister" })).await.expect(204);
        assert_eq!(app.rows("select skip_code, note from tasks").await, [("too_hard".to_owned(), "a tongue twister".to_owned())]);
        assert_eq!(ann.next_task(&scene.record).await.refused(404, "no_task")["reason"], "nothing_left_for_you");
        let task = ben.next_task(&scene.record).await.expect(200);
        ben.records(&task, &sound::clean(1)).await;
        assert_eq!(ann.next_task(&scene.record).await.refused(404, "no_task")["reason"], "finished");
        admin.post(&format!("/api/v1/batches/{}/state", scene.record), json!({ "state": "paused" })).await.expect(200);
        assert_eq!(ann.next_task(&scene.record).await.refused(404, "no_task")["reason"], "paused");
    }

    async fn an_item_for_experts_is_given_to_nobody_else(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let ann = scene.speaker(&app, "Ann").await;
        let item = app.rows("select item_id, batch_id from queue").await[0].0.parse().unwrap();
        let mut tx = app.site().db.begin().await.unwrap();
        tasks::set_level(&mut tx, item, Level::Expert, app.site().now_us()).await.unwrap();
        tx.commit().await.unwrap();
        ann.next_task(&scene.record).await.refused(403, "qualification_required");
        let mut tx = app.site().db.begin().await.unwrap();
        tasks::set_level(&mut tx, item, Level::New, app.site().now_us()).await.unwrap();
        tx.commit().await.unwrap();
        let task = ann.next_task(&scene.record).await.expect(200);
        let person: PersonId = ann.id.parse().unwrap();
        let mut tx = app.site().db.read().await.unwrap();
        assert_eq!(tasks::own(&mut tx, task["id"].as_str().unwrap().parse().unwrap(), person).await.unwrap().item_id, item);
    }
}
