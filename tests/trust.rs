//! Trust: who guesses is paused, told why, asked again about by others, and finds a way back.

use crate::helpers::{Person, Scene, TestApp, sound, until};
use crate::on_both_pairs;
use sayso::{trust::ReaskWork, verdicts::reask::reask_work};
use serde_json::{Value, json};

const DAY_US: i64 = 86_400_000_000;

/// Recordings, and a list that makes half of them gold that says another word than asked for.
async fn recorded(app: &TestApp, admin: &Person, clips: u64) -> (Scene, String) {
    // One prompt is left for later.
    let prompts = vec!["Alexa"; usize::try_from(clips + 1).unwrap()];
    let judge = json!({ "answers_wanted": 1, "answers_max": 3, "gold_rate": 0.5, "max_per_person": 0 });
    let scene = Scene::set_with(admin, &prompts, json!({}), judge).await;
    let speaker = scene.speaker(app, "Sue Speaker").await;
    let mut gold = String::from("recording,phrase,label,reason\n");
    for n in 0..clips {
        let view = scene.recorded(&speaker, &sound::clean(n)).await;
        if n % 2 == 0 {
            gold += &format!("{},Computer,no,wrong_word\n", view["id"].as_str().unwrap());
        }
    }
    (scene, gold)
}

async fn imports(admin: &Person, scene: &Scene, gold: String) {
    admin.post_file(&format!("/api/v1/batches/{}/gold", scene.judge), "text/csv", gold).await.expect(201);
}

/// A scene in which half of the work is gold that says another word than asked for.
pub async fn planted(app: &TestApp, admin: &Person, clips: u64) -> Scene {
    let (scene, gold) = recorded(app, admin, clips).await;
    imports(admin, &scene, gold).await;
    scene
}

/// Says yes to everything until there is nothing, or a pause; gives the refusal.
async fn says_yes(person: &Person, batch: &str) -> Value {
    loop {
        let reply = person.next_task(batch).await;
        if reply.status != 200 {
            return reply.json();
        }
        // Gold is looked at a moment later, so a pause may come between asking and answering.
        person.answers(&reply.expect(200), "yes", None).await.expect(200);
    }
}

/// Somebody who says yes until they are paused, and what they read then.
pub async fn paused(app: &TestApp, scene: &Scene, name: &str) -> (Person, Value) {
    let person = app.person(name).await;
    let refusal = goes_on(&person, scene).await;
    (person, refusal)
}

async fn goes_on(person: &Person, scene: &Scene) -> Value {
    says_yes(person, &scene.judge).await;
    until(async || {
        let reply = person.next_task(&scene.judge).await;
        (reply.code() == "paused").then(|| reply.json())
    })
    .await
}

on_both_pairs! {
    async fn who_says_yes_to_everything_is_paused_told_why_and_back_when_the_time_is_over(app: TestApp) {
        let admin = app.admin().await;
        let scene = planted(&app, &admin, 16).await;
        let (ben, refusal) = paused(&app, &scene, "Ben").await;
        let detail = refusal["detail"].as_str().unwrap();
        assert!(detail.contains("“yes” to recordings that say another word"), "{detail}");
        assert_eq!(refusal["available_at"], "2026-01-06T09:00:00Z");
        let mine = ben.get("/api/v1/trust").await.expect(200);
        let pause = &mine["pauses"][0];
        assert_eq!((&pause["in_force"], &pause["may_appeal"]), (&json!(true), &json!(true)), "{mine}");
        assert_eq!(mine["examples"], json!([]), "gold in use is never shown");
        assert_eq!(mine["crafts"][0]["measured"], json!(null), "what was answered today shows tomorrow");
        app.clock.advance_us(DAY_US);
        let ben = ben.signed_in_again().await;
        scene.recorded(&scene.speaker(&app, "Sam").await, &sound::clean(99)).await;
        until(async || Some(ben.next_task(&scene.judge).await).filter(|reply| reply.status == 200)).await;
        let ended = app.rows("select ended_by, person_id from pauses").await;
        assert_eq!(ended, [("time".to_owned(), ben.id.clone())]);
        let window = app
            .rows("select cast(yes_wrong + no_wrong as text), cast(pauses as text) from standings where craft = 'judge'")
            .await;
        assert_eq!(window, [("0".to_owned(), "1".to_owned())], "earlier mistakes do not count any more");
    }

    async fn an_appeal_is_decided_by_somebody_who_did_not_cause_the_pause(app: TestApp) {
        let admin = app.admin().await;
        let scene = planted(&app, &admin, 16).await;
        let reviewer = app.person_with_role(&admin, "Rita", "reviewer").await;
        let (ben, _) = paused(&app, &scene, "Ben").await;
        let id = ben.get("/api/v1/trust").await.expect(200)["pauses"][0]["id"].as_str().unwrap().to_owned();
        let (appeal, decision) = (format!("/api/v1/trust/pauses/{id}/appeal"), format!("/api/v1/trust/pauses/{id}/decision"));
        let text = json!({ "text": "My headphones were broken, I heard nothing at all." });
        reviewer.post(&appeal, text.clone()).await.refused(404, "not_found");
        ben.post(&appeal, json!({ "text": "no" })).await.refused(422, "invalid_appeal");
        ben.post(&appeal, text.clone()).await.expect(204);
        ben.post(&appeal, text).await.expect(204);
        ben.post(&appeal, json!({ "text": "Another text that is long enough." })).await.refused(409, "appealed");
        let answer = json!({ "won": true, "note": "That happens. Check the sound before you begin." });
        ben.post(&decision, answer.clone()).await.refused(403, "forbidden");
        admin.post(&decision, answer.clone()).await.refused(403, "own_decision");
        let rows = reviewer.get("/api/v1/trust/pauses").await.expect(200);
        assert_eq!((&rows[0]["waits"], &rows[0]["barred"], &rows[0]["name"]), (&json!(true), &json!(null), &json!("Ben")));
        reviewer.post(&decision, answer.clone()).await.expect(204);
        reviewer.post(&decision, answer).await.expect(204);
        reviewer.post(&decision, json!({ "won": false, "note": "On second thoughts: it stays." })).await.refused(409, "appeal_decided");
        assert_ne!(ben.next_task(&scene.judge).await.code(), "paused");
        let mine = ben.get("/api/v1/trust").await.expect(200);
        assert_eq!(mine["pauses"][0]["ended_by"], "appeal");
        assert!(mine["pauses"][0]["appeal"]["note"].as_str().unwrap().starts_with("That happens"));
    }

    async fn others_are_asked_again_about_what_a_paused_person_answered_and_the_cost_is_shown(app: TestApp) {
        let admin = app.admin().await;
        let (scene, gold) = recorded(&app, &admin, 24).await;
        let ben = app.person("Ben").await;
        for _ in 0..3 {
            let task = ben.next_task(&scene.judge).await.expect(200);
            ben.answers(&task, "yes", None).await.expect(200);
        }
        imports(&admin, &scene, gold).await;
        goes_on(&ben, &scene).await;
        let work = app
            .rows("select a.item_id, a.label from answers a join items i on i.id = a.item_id and i.gold_label is null")
            .await;
        let pause = app.rows("select id, person_id from pauses").await[0].0.parse().unwrap();
        for _twice in 0..2 {
            reask_work(app.site().clone(), ReaskWork { pause }).await.unwrap();
        }
        let rows = admin.get("/api/v1/trust/pauses").await.expect(200);
        assert!(!work.is_empty() && rows[0]["person"] == ben.id.as_str(), "{rows}");
        assert_eq!((&rows[0]["costs"][0]["answers"], &rows[0]["costs"][0]["cents"]), (&json!(work.len()), &json!(3 * work.len())));
        let wanted = app.rows("select q.item_id, cast(q.target - q.answers as text) from queue q
            where q.lane = 0 and exists (select 1 from answers a where a.item_id = q.item_id) and q.open = 1").await;
        assert_eq!(wanted.len(), work.len(), "each has a place for somebody else: {wanted:?}");
        let kept = app.rows("select a.item_id, a.label from answers a join items i on i.id = a.item_id and i.gold_label is null").await;
        assert_eq!(kept, work, "answers stay as given");
    }

    async fn gold_is_retired_when_enough_people_have_seen_it(app: TestApp) {
        let admin = app.admin().await;
        let scene = planted(&app, &admin, 8).await;
        let seen = app.rows("select item_id, cast(target as text) from queue where lane = 1").await;
        assert!(seen.len() == 4 && seen.iter().all(|(_, target)| target == "30"), "{seen:?}");
        app.try_sql("update queue set target = 1 where lane = 1").await.unwrap();
        let (ben, chi) = (app.person("Ben").await, app.person("Chi").await);
        let mut skipped = 0;
        while let Ok(task) = serde_json::from_slice::<Value>(&ben.next_task(&scene.judge).await.body) {
            if task["code"] == "no_task" {
                break;
            }
            ben.post(&format!("/api/v1/tasks/{}/skip", task["id"].as_str().unwrap()), json!({})).await.expect(204);
            skipped += 1;
        }
        assert!(skipped > 0);
        let open = app.rows("select item_id, batch_id from queue where lane = 1 and open = 1").await;
        let given = app.rows("select q.item_id, t.id from queue q join tasks t on t.item_id = q.item_id where q.lane = 1").await;
        assert_eq!(open.len() + given.len(), 4, "who skips gold has seen it");
        chi.next_task(&scene.judge).await.expect(200);
    }
}
