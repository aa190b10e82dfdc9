//! What a limit of exposure says and does: when to come back, pay for what is taken back, and a project's
//! least sensitivity.

use crate::exposure::{agree, path};
use crate::helpers::{Person, Scene, id};
use crate::on_both_pairs;
use futures_util::future::join_all;
use sayso::ledger;
use serde_json::{Value, json};

const SECOND_US: i64 = 1_000_000;

/// Another open recording batch of the scene's project.
async fn recording(admin: &Person, scene: &Scene, fields: Value, prompts: &str) -> String {
    let mut new = json!({ "name": "More", "kind": "record", "pay_cents": 10, "answers_wanted": 1 });
    for (name, value) in fields.as_object().cloned().unwrap_or_default() {
        new[name] = value;
    }
    let batch = id(&admin.post(&format!("/api/v1/projects/{}/batches", scene.project), new).await.expect(201));
    admin.post_file(&format!("/api/v1/batches/{batch}/prompts"), "text/csv", prompts.to_owned()).await.expect(201);
    state(admin, &batch, "open").await;
    batch
}

async fn state(admin: &Person, batch: &str, to: &str) {
    admin.post(&format!("/api/v1/batches/{batch}/state"), json!({ "state": to })).await.expect(200);
}

/// Says when there is more, or what it depends on, or that nobody knows.
fn says_when(refused: &Value) {
    let detail = refused["detail"].as_str().unwrap();
    let depends = ["No time is known", "as soon as", "time brings no more", "does not open again", "begin at once"];
    let told = refused["available_at"].is_string() || depends.iter().any(|words| detail.contains(words));
    assert!(told, "nobody learns when to come back: {refused}");
}

on_both_pairs! {
    async fn too_many_distressing_tasks_are_refused_with_when_to_ask_again_and_others_make_room(app: TestApp) {
        let admin = app.admin().await;
        let record = json!({ "sensitivity": 2, "categories": ["screams"] });
        let scene = Scene::set_with(&admin, &["Alexa"; 8], record, json!({})).await;
        let calm = recording(&admin, &scene, json!({}), &format!("phrase\n{}", "Computer\n".repeat(20))).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        let given = async |batch: &str| {
            let task = ann.next_task(batch).await.expect(200);
            ann.post(&path(&task, "skip"), json!({})).await.expect(204);
        };
        for _ in 0..6 {
            given(&scene.record).await;
        }
        let full = ann.next_task(&scene.record).await.refused(403, "exposure_limit");
        assert_eq!(full["available_at"], "2026-01-05T09:07:00Z", "fourteen other tasks of half a minute: {full}");
        assert!(full["detail"].as_str().unwrap().contains("Other tasks in between make room"), "{full}");
        for _ in 0..14 {
            given(&calm).await;
        }
        given(&scene.record).await;
        // What was set to nothing is not promised for any time.
        ann.put("/api/v1/exposure/limits", json!({ "strong_day_min": 0 })).await.expect(204);
        let never = ann.next_task(&scene.record).await.refused(403, "exposure_limit");
        assert_eq!(never["available_at"], Value::Null, "{never}");
        assert!(never["detail"].as_str().unwrap().contains("more comes at no time"), "{never}");
    }

    async fn whoever_gets_no_task_learns_when_or_that_nobody_knows(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"], json!({ "max_per_person": 1 }), json!({})).await;
        let [ann, ben] = [scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await];
        let task = ann.next_task(&scene.record).await.expect(200);
        says_when(&ben.next_task(&scene.record).await.refused(404, "no_task"));
        ann.post(&path(&task, "skip"), json!({})).await.expect(204);
        says_when(&ann.next_task(&scene.record).await.refused(403, "person_limit"));
        says_when(&ann.next_task(&scene.judge).await.refused(404, "no_task"));

        let spent = recording(&admin, &scene, json!({ "budget_cents": 10 }), "phrase\nAlexa\nComputer\n").await;
        let task = ann.next_task(&spent).await.expect(200);
        let out = ben.next_task(&spent).await.refused(404, "no_task");
        assert_eq!((&out["reason"], &out["available_at"]), (&json!("budget_exhausted"), &task["expires_at"]), "{out}");
        ann.records(&task, &crate::helpers::sound::clean(1)).await;
        let out = ben.next_task(&spent).await.refused(404, "no_task");
        assert_eq!((&out["reason"], &out["available_at"]), (&json!("budget_exhausted"), &Value::Null));
        says_when(&out);

        let strong = recording(&admin, &scene, json!({ "sensitivity": 2, "categories": ["hate"] }), "phrase\nAlexa\n").await;
        says_when(&ann.next_task(&strong).await.refused(403, "opt_in_required"));
        state(&admin, &strong, "paused").await;
        says_when(&ann.next_task(&strong).await.refused(404, "no_task"));
        state(&admin, &strong, "closed").await;
        says_when(&ann.next_task(&strong).await.refused(404, "no_task"));

        let many = recording(&admin, &scene, json!({}), "phrase\nAlexa\nComputer\nAlexa\nComputer\n").await;
        let few = ann.post("/api/v1/tasks/next", json!({ "batch": many, "count": 3 })).await.expect(200);
        let held: Vec<&Value> = few["tasks"].as_array().unwrap().iter().map(|task| &task["id"]).collect();
        let full = ann.post("/api/v1/tasks/next", json!({ "batch": many, "held": held })).await.refused(409, "too_many_leases");
        assert_eq!(full["available_at"], few["tasks"][0]["expires_at"], "{full}");
    }

    async fn what_a_limit_forbids_to_hold_is_taken_back_and_paid_once(app: TestApp) {
        let admin = app.admin().await;
        let record = json!({ "sensitivity": 2, "categories": ["screams"], "pay_cents": 600, "budget_cents": 1_200 });
        let scene = Scene::set_with(&admin, &["Alexa"; 3], record, json!({})).await;
        let mut ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        let task = ann.next_task(&scene.record).await.expect(200);
        for _ in 0..13 {
            app.clock.advance_us(90 * SECOND_US);
            ann = ann.signed_in_again().await;
            ann.post(&path(&task, "renew"), json!({})).await.expect(200);
        }
        // Twenty of the twenty minutes' last thirty seconds are left.
        app.clock.advance_us(10 * SECOND_US);
        let renew = path(&task, "renew");
        let replies = join_all((0..16).map(|_| ann.post(&renew, json!({})))).await;
        let (limits, rest): (Vec<_>, Vec<_>) = replies.into_iter().partition(|reply| reply.status == 403);
        assert_eq!(limits.len(), 1, "one of them takes it back");
        let limit = limits.into_iter().next().unwrap().refused(403, "exposure_limit");
        assert!(limit["detail"].as_str().unwrap().contains("taken back, and its time is paid"), "{limit}");
        assert!(limit["available_at"].is_string(), "{limit}");
        for reply in rest {
            reply.refused(409, "task_skipped");
        }
        ann.post(&path(&task, "skip"), json!({})).await.expect(204);
        let paid = ann.get("/api/v1/ledger/statement").await.expect(200);
        assert_eq!(paid["balances"][0]["payable_cents"], 394, "1,180 seconds at 12.00 an hour: {paid}");
        let budget = admin.signed_in_again().await.get(&format!("/api/v1/batches/{}/budget", scene.record)).await.expect(200);
        assert_eq!((&budget["spent_cents"], &budget["left_cents"]), (&json!(394), &json!(806)), "{budget}");
        let mut tx = app.site().db.read().await.unwrap();
        assert_eq!(ledger::verify(&mut tx).await.unwrap().faults, Vec::<String>::new());
    }

    async fn what_is_left_as_upsetting_is_paid_from_the_budget_and_frees_the_rest(app: TestApp) {
        let admin = app.admin().await;
        let record = json!({ "pay_cents": 50, "budget_cents": 100 });
        let scene = Scene::set_with(&admin, &["Alexa"; 4], record, json!({})).await;
        let ann = scene.speaker(&app, "Ann").await;
        for (verb, body) in [("report", json!({ "level": 1, "categories": ["hate"] })), ("distress", json!({}))] {
            let task = ann.next_task(&scene.record).await.expect(200);
            app.clock.advance_us(3 * SECOND_US);
            for _ in 0..2 {
                ann.post(&path(&task, verb), body.clone()).await.expect(204);
            }
        }
        let budget = admin.get(&format!("/api/v1/batches/{}/budget", scene.record)).await.expect(200);
        assert_eq!((&budget["spent_cents"], &budget["reserved_cents"], &budget["left_cents"]), (&json!(2), &json!(0), &json!(98)), "{budget}");
        let paid = ann.get("/api/v1/ledger/statement").await.expect(200);
        assert_eq!(paid["balances"][0]["payable_cents"], 2, "three seconds, twice");
        let mut tx = app.site().db.read().await.unwrap();
        assert_eq!(ledger::verify(&mut tx).await.unwrap().faults, Vec::<String>::new());
    }

    async fn a_project_is_made_more_sensitive_at_once_and_less_for_new_batches_only(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"; 4]).await;
        let exposure = format!("/api/v1/projects/{}/exposure", scene.project);
        let ann = scene.speaker(&app, "Ann").await;
        let open = ann.next_task(&scene.record).await.expect(200);
        ann.put(&exposure, json!({ "sensitivity": 0 })).await.refused(403, "forbidden");
        admin.put(&exposure, json!({ "sensitivity": 4 })).await.refused(422, "invalid_sensitivity");
        admin.put(&exposure, json!({ "sensitivity": 2, "categories": ["hate"] })).await.expect(204);
        // What is open is taken back, and what waits is not given, before she agrees.
        app.clock.advance_us(6 * SECOND_US);
        ann.next_task(&scene.record).await.refused(403, "opt_in_required");
        ann.post(&path(&open, "renew"), json!({})).await.refused(403, "exposure_limit");
        assert_eq!(ann.get("/api/v1/ledger/statement").await.expect(200)["balances"][0]["payable_cents"], 2, "six seconds");
        agree(&ann, &["hate"]).await;
        let task = ann.next_task(&scene.record).await.expect(200);
        assert_eq!((&task["sensitivity"], &task["categories"]), (&json!(2), &json!(["hate"])));
        for batch in [&scene.record, &scene.judge] {
            assert_eq!(admin.get(&format!("/api/v1/batches/{batch}")).await.expect(200)["sensitivity"], 2);
        }
        let rows = "phrase,sensitivity\nAlexa,3\nAlexa,1\nAlexa,\n";
        let mild = admin.post_file(&format!("/api/v1/batches/{}/prompts", scene.record), "text/csv", rows).await.refused(422, "import_rows");
        assert_eq!((&mild["rows"][0]["line"], &mild["rows"][0]["field"], &mild["rows"][1]), (&json!(3), &json!("sensitivity"), &Value::Null));
        let batches = format!("/api/v1/projects/{}/batches", scene.project);
        let mut new = json!({ "name": "Mild", "kind": "record", "pay_cents": 10, "answers_wanted": 1, "sensitivity": 0 });
        admin.post(&batches, new.clone()).await.refused(422, "invalid_sensitivity");

        admin.put(&exposure, json!({ "sensitivity": 0 })).await.expect(204);
        assert_eq!(admin.get(&format!("/api/v1/batches/{}", scene.record)).await.expect(200)["sensitivity"], 2, "it was made under that level");
        assert_eq!(admin.post(&batches, new.clone()).await.expect(201)["sensitivity"], 0);
        // No batch has a say in anybody's limits.
        new["strong_day_min"] = json!(600);
        admin.post(&batches, new).await.refused(422, "invalid_json");
        let audit = app.rows("select action, detail from audit_entries where action = 'project.exposure' order by seq").await;
        assert_eq!(audit.len(), 2, "{audit:?}");
    }

    async fn what_few_people_did_is_not_told(app: TestApp) {
        let admin = app.admin().await;
        let record = json!({ "sensitivity": 2, "categories": ["screams"] });
        let scene = Scene::set_with(&admin, &["Alexa"; 4], record, json!({})).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        let task = ann.next_task(&scene.record).await.expect(200);
        app.clock.advance_us(100 * SECOND_US);
        ann.post(&path(&task, "skip"), json!({})).await.expect(204);
        admin.put("/api/v1/exposure/settings", json!({ "strong_day_min": 1 })).await.expect(204);
        let totals = admin.get("/api/v1/exposure/totals").await.expect(200);
        for hidden in ["people", "mild_day_min", "strong_day_min", "strong_week_min", "at_limit"] {
            assert_eq!(totals[hidden], Value::Null, "{hidden} in {totals}");
        }
        assert_eq!(totals["consents"], json!([["screams", "given", null]]));
        assert_eq!(totals["breaches"], 1, "that somebody is beyond a limit is never hidden");
    }
}
