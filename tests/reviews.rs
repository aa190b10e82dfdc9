//! A refusal has a reason and a way back; nobody judges their own; too many of them stop a batch.

use crate::helpers::{Person, Scene, TestApp, sound, until};
use crate::on_both_pairs;
use sayso::reviews::jobs;
use serde_json::{Value, json};

const WHY: &str = "The phrase was Alexa, and something else was said.";
const DAY_US: i64 = 86_400_000_000;

/// A project with one clip to judge, whose pay waits for a week.
async fn stage(app: &TestApp, answers: usize) -> (Person, Scene) {
    let admin = app.admin().await;
    let judge = json!({ "pay_cents": 50, "answers_wanted": answers, "gold_rate": 0.0, "accept_after_s": 604_800 });
    let scene = Scene::set_with(&admin, &["Alexa"], json!({}), judge).await;
    let speaker = scene.speaker(app, "Sam").await;
    scene.recorded(&speaker, &sound::clean(1)).await;
    (admin, scene)
}

/// The task that somebody has judged.
async fn judges(person: &Person, scene: &Scene) -> String {
    let task = person.next_task(&scene.judge).await.expect(200);
    person.answers(&task, "yes", None).await.expect(200);
    task["id"].as_str().unwrap().to_owned()
}

async fn balance(person: &Person) -> Value {
    person.get("/api/v1/ledger/statement").await.expect(200)["balances"][0].clone()
}

on_both_pairs! {
    async fn a_refusal_is_explained_appealed_and_won_once_and_never_decided_by_its_refuser(app: TestApp) {
        let (admin, scene) = stage(&app, 3).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let rolf = app.person_with_role(&admin, "Rolf", "reviewer").await;
        let ann = app.person("Ann").await;
        let task = judges(&ann, &scene).await;
        let refusal = format!("/api/v1/tasks/{task}/refusal");
        ann.post(&refusal, json!({ "code": "careless", "text": WHY })).await.refused(403, "forbidden");
        rita.post(&refusal, json!({ "code": "careless", "text": "bad" })).await.refused(422, "text_length");
        rita.post(&refusal, json!({ "code": "because", "text": WHY })).await.refused(422, "unknown_reason");
        for _ in 0..2 {
            rita.post(&refusal, json!({ "code": "careless", "text": WHY })).await.expect(204);
        }
        rolf.post(&refusal, json!({ "code": "unusable", "text": WHY })).await.refused(409, "already_settled");
        assert_eq!((&balance(&ann).await["pending_cents"], &balance(&ann).await["payable_cents"]), (&json!(0), &json!(0)));

        let mine = ann.get("/api/v1/refusals").await.expect(200);
        assert_eq!(mine[0]["work"], "Judgement of “Alexa”");
        assert_eq!((&mine[0]["text"], &mine[0]["may_appeal"], &mine[0]["amount_cents"]), (&json!(WHY), &json!(true), &json!(50)));
        let appeal = format!("/api/v1/refusals/{task}/appeal");
        rita.post(&appeal, json!({ "text": "This is not mine at all, is it?" })).await.refused(404, "not_found");
        ann.post(&appeal, json!({ "text": "no!" })).await.refused(422, "text_length");
        let says = json!({ "text": "I heard Alexa, whole and clear, twice." });
        let sent: Vec<_> = (0..50).map(|_| {
            let (ann, appeal, says) = (ann.clone(), appeal.clone(), says.clone());
            tokio::spawn(async move { ann.post(&appeal, says).await.status })
        }).collect();
        for one in sent {
            assert_eq!(one.await.unwrap(), 204);
        }
        ann.post(&appeal, json!({ "text": "Let me say something else now." })).await.refused(409, "appealed");

        assert_eq!(rita.get("/api/v1/appeals").await.expect(200), json!([]), "the refuser does not see it");
        let queue = rolf.get("/api/v1/appeals").await.expect(200);
        assert_eq!(queue.as_array().unwrap().len(), 1);
        assert!(!queue.to_string().contains(&ann.id), "nobody sees whose appeal it is: {queue}");
        let decide = format!("/api/v1/appeals/{task}");
        let right = json!({ "won": true, "text": "You are right, the phrase is there." });
        rita.post(&decide, right.clone()).await.refused(403, "own_work");
        let decided: Vec<_> = (0..50).map(|_| {
            let (rolf, decide, right) = (rolf.clone(), decide.clone(), right.clone());
            tokio::spawn(async move { rolf.post(&decide, right).await.status })
        }).collect();
        for one in decided {
            assert_eq!(one.await.unwrap(), 204);
        }
        admin.post(&decide, json!({ "won": false, "text": "I would have said no to this one." })).await.refused(409, "already_decided");
        assert_eq!(balance(&ann).await["payable_cents"], 50, "won, and paid once");
        assert_eq!(ann.get("/api/v1/refusals").await.expect(200)[0]["appeal"], "won");
    }

    async fn an_appeal_has_two_weeks_and_its_decision_five_days(app: TestApp) {
        let (admin, scene) = stage(&app, 3).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let (ann, ben) = (app.person("Ann").await, app.person("Ben").await);
        let mut tasks = Vec::new();
        for person in [&ann, &ben] {
            let task = judges(person, &scene).await;
            rita.post(&format!("/api/v1/tasks/{task}/refusal"), json!({ "code": "careless", "text": WHY })).await.expect(204);
            tasks.push(task);
        }
        app.clock.advance_us(14 * DAY_US);
        let (ann, ben, admin) = (ann.signed_in_again().await, ben.signed_in_again().await, admin.signed_in_again().await);
        let says = json!({ "text": "I heard Alexa, whole and clear, twice." });
        ann.post(&format!("/api/v1/refusals/{}/appeal", tasks[0]), says.clone()).await.expect(204);
        app.clock.advance_us(1);
        ben.post(&format!("/api/v1/refusals/{}/appeal", tasks[1]), says).await.refused(410, "appeal_over");
        app.clock.advance_us(5 * DAY_US);
        let admin = admin.signed_in_again().await;
        for _ in 0..2 {
            jobs::escalate(app.site().clone()).await.unwrap();
        }
        let queue = admin.get("/api/v1/appeals").await.expect(200);
        assert_eq!(queue[0]["overdue"], true, "{queue}");
        let noted = app.rows("select action, subject from audit_entries where action = 'appeal.escalate'").await;
        assert_eq!(noted, [("appeal.escalate".to_owned(), tasks[0].clone())], "escalated once");
    }

    async fn more_than_one_refusal_in_ten_stops_a_batch_until_somebody_else_has_looked(app: TestApp) {
        let (admin, scene) = stage(&app, 30).await;
        let other = app.person_with_role(&admin, "Otto", "admin").await;
        let mut tasks = Vec::new();
        for n in 0..20 {
            tasks.push(judges(&app.person(&format!("Person {n}")).await, &scene).await);
        }
        let refuse = async |n: usize| {
            let path = format!("/api/v1/tasks/{}/refusal", tasks[n]);
            admin.post(&path, json!({ "code": "careless", "text": WHY })).await.expect(204);
            jobs::stop_refusals(app.site().clone()).await.unwrap();
            admin.get(&format!("/api/v1/batches/{}", scene.judge)).await.expect(200)["state"].clone()
        };
        assert_eq!(refuse(0).await, "open");
        assert_eq!(refuse(1).await, "open");
        assert_eq!(refuse(2).await, "paused", "three of twenty");
        let state = format!("/api/v1/batches/{}/state", scene.judge);
        admin.post(&state, json!({ "state": "open" })).await.refused(403, "second_admin");
        other.post(&state, json!({ "state": "open" })).await.expect(200);
        jobs::stop_refusals(app.site().clone()).await.unwrap();
        assert_eq!(admin.get(&format!("/api/v1/batches/{}", scene.judge)).await.expect(200)["state"], "open", "looked at");
    }

    async fn what_was_accepted_stays_accepted_and_a_rule_s_refusal_can_be_appealed_too(app: TestApp) {
        let (admin, scene) = stage(&app, 3).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let ann = app.person("Ann").await;
        let task = judges(&ann, &scene).await;
        rita.post(&format!("/api/v1/tasks/{task}/acceptance"), json!({})).await.expect(204);
        rita.post(&format!("/api/v1/tasks/{task}/refusal"), json!({ "code": "careless", "text": WHY })).await.refused(409, "already_settled");
        assert_eq!(balance(&ann).await["payable_cents"], 50);

        let batch = json!({ "name": "More", "kind": "record", "pay_cents": 10, "answers_wanted": 1 });
        let batch = admin.post(&format!("/api/v1/projects/{}/batches", scene.project), batch).await.expect(201);
        let batch = batch["id"].as_str().unwrap().to_owned();
        admin.post_file(&format!("/api/v1/batches/{batch}/prompts"), "text/csv", "phrase\nAlexa\n").await.expect(201);
        admin.post(&format!("/api/v1/batches/{batch}/state"), json!({ "state": "open" })).await.expect(200);
        let sam = scene.speaker(&app, "Sue").await;
        let task = sam.next_task(&batch).await.expect(200);
        let silent = sam.records(&task, &sound::silent()).await;
        crate::helpers::settled(&sam, silent["id"].as_str().unwrap()).await;
        let mine = sam.get("/api/v1/refusals").await.expect(200);
        assert_eq!((&mine[0]["by_rule"], &mine[0]["may_appeal"]), (&json!(true), &json!(true)), "{mine}");
        let appeal = format!("/api/v1/refusals/{}/appeal", task["id"].as_str().unwrap());
        sam.post(&appeal, json!({ "text": "I spoke, but my microphone was broken." })).await.expect(204);
        let queue = rita.get("/api/v1/appeals").await.expect(200);
        assert_eq!(queue[0]["clip"], silent["id"], "the reviewer can listen to it: {queue}");
    }

    async fn the_database_itself_keeps_refusals_explained_and_appeals_in_other_hands(app: TestApp) {
        let (admin, scene) = stage(&app, 3).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let ann = app.person("Ann").await;
        let task = judges(&ann, &scene).await;
        rita.post(&format!("/api/v1/tasks/{task}/refusal"), json!({ "code": "careless", "text": WHY })).await.expect(204);
        let says = json!({ "text": "I heard Alexa, whole and clear, twice." });
        ann.post(&format!("/api/v1/refusals/{task}/appeal"), says).await.expect(204);
        for wrong in [
            "insert into refusals values ('t', 'p', 'q', 'b', 'i', 'careless', 'too short', 'r', 1, 'USD', 1)",
            "insert into refusals values ('t', 'p', 'q', 'b', 'i', 'careless', '                         ', 'r', 1, 'USD', 1)",
            "insert into refusals values ('t', 'p', 'q', 'b', 'i', '', 'long enough to be understood', 'r', 1, 'USD', 1)",
            "insert into refusals values ('t', 'p', 'q', 'b', '', 'careless', 'long enough to be understood', 'r', 1, 'USD', 1)",
            "update refusals set text = 'another text that is long enough'",
            "delete from refusals",
            "update refusal_appeals set state = 'won', answer = 'long enough to be understood',
               decided_by = (select r.refused_by from refusals r where r.task_id = refusal_appeals.task_id)",
            "update refusal_appeals set state = 'won', answer = 'long enough to be understood', decided_by = person_id",
            "update refusal_appeals set state = 'lost', answer = 'long enough to be understood'",
            "update refusal_appeals set state = 'lost', answer = 'no', decided_by = 'somebody'",
        ] {
            assert!(app.try_sql(wrong).await.is_err(), "the database took {wrong}");
        }
        assert_eq!(ann.get("/api/v1/refusals").await.expect(200)[0]["appeal"], "open");
    }

    async fn a_recording_on_which_nobody_decides_is_paid_after_a_week(app: TestApp) {
        let (admin, _) = stage(&app, 3).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let sam = app.known("Sam").await;
        assert_eq!((&balance(&sam).await["pending_cents"], &balance(&sam).await["payable_cents"]), (&json!(10), &json!(0)));
        app.clock.advance_us(7 * DAY_US);
        let (sam, rita) = (sam.signed_in_again().await, rita.signed_in_again().await);
        until(async || (balance(&sam).await["payable_cents"] == 10).then_some(())).await;
        let task = app.rows("select task_id, state from clips").await.remove(0).0;
        let refusal = json!({ "code": "unusable", "text": WHY });
        rita.post(&format!("/api/v1/tasks/{task}/refusal"), refusal).await.refused(409, "already_settled");
    }
}
