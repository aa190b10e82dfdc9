//! Nobody is paid less than the floor: a batch that does is paused, and everybody is lifted to it.

use crate::helpers::{Person, Scene, sound, until};
use crate::on_both_pairs;
use sayso::wages::{TopUp, jobs};
use serde_json::json;
use std::collections::BTreeMap;

const SECOND_US: i64 = 1_000_000;

/// Pending and payable cents of a person.
async fn earned(person: &Person) -> (i64, i64) {
    let statement = person.get("/api/v1/ledger/statement").await.expect(200);
    let cents = |name: &str| statement["balances"][0][name].as_i64().unwrap_or(0);
    (cents("pending_cents"), cents("payable_cents"))
}

on_both_pairs! {
    async fn a_batch_below_the_floor_is_paused_after_the_tenth_task_and_everybody_is_lifted_once(app: TestApp) {
        let admin = app.admin().await;
        let judge = json!({ "pay_cents": 2, "answers_wanted": 8, "gold_rate": 0.0, "accept_after_s": 604_800 });
        let scene = Scene::set_with(&admin, &["Alexa", "Computer"], json!({}), judge).await;
        let speaker = scene.speaker(&app, "Sam").await;
        for n in 0..2 {
            scene.recorded(&speaker, &sound::clean(n)).await;
        }
        let people = [app.person("Ann").await, app.person("Ben").await, app.person("Chi").await,
            app.person("Dan").await, app.person("Eve").await];
        let answer = async |person: &Person| {
            let task = person.next_task(&scene.judge).await.expect(200);
            // Half a minute at 12.00 an hour is 10 cents.
            app.clock.advance_us(30 * SECOND_US);
            let path = format!("/api/v1/tasks/{}/answer", task["id"].as_str().unwrap());
            person.post(&path, json!({ "label": "yes", "duration_ms": 40_000 })).await.expect(200);
        };
        for person in &people[..4] {
            answer(person).await;
            answer(person).await;
        }
        answer(&people[4]).await;
        jobs::watch(app.site().clone()).await.unwrap();
        let batch = format!("/api/v1/batches/{}", scene.judge);
        assert_eq!(admin.get(&batch).await.expect(200)["state"], "open", "nine tasks are too few to tell");
        answer(&people[4]).await;
        for _ in 0..3 {
            jobs::watch(app.site().clone()).await.unwrap();
        }
        assert_eq!(admin.get(&batch).await.expect(200)["state"], "paused");
        people[0].next_task(&scene.judge).await.refused(404, "no_task");

        let lifted = until(async || (earned(&people[4]).await == (4, 16)).then_some(())).await;
        let again: Vec<_> = (0..50)
            .map(|_| {
                let (site, job) = (app.site().clone(), TopUp { batch: scene.judge.parse().unwrap(), round: 1 });
                tokio::spawn(jobs::top_up(site, job))
            })
            .collect();
        for one in again {
            one.await.unwrap().unwrap();
        }
        let mut all = BTreeMap::new();
        for person in &people {
            all.insert(person.id.clone(), earned(person).await);
        }
        assert!(all.values().all(|cents| *cents == (4, 16)), "2 tasks of 10 cents, to the cent and once: {lifted:?} {all:?}");

        let wage = people[0].get(&format!("{batch}/wage")).await.expect(200);
        assert_eq!((&wage["hourly_cents"], &wage["due_cents"]), (&json!(240), &json!(10)), "{wage}");
        let state = format!("{batch}/state");
        let raise = format!("{batch}/pay");
        admin.post(&raise, json!({ "pay_cents": 1 })).await.refused(409, "pay_lowered");
        admin.post(&raise, json!({ "pay_cents": 10 })).await.expect(200);
        admin.post(&state, json!({ "state": "open" })).await.expect(200);
        let newcomer = app.person("Fay").await;
        answer(&newcomer).await;
        jobs::watch(app.site().clone()).await.unwrap();
        assert_eq!(admin.get(&batch).await.expect(200)["state"], "open");
        assert_eq!(earned(&newcomer).await, (10, 0));
    }

    async fn a_page_left_open_and_a_task_loaded_ahead_are_not_work(app: TestApp) {
        let admin = app.admin().await;
        let judge = json!({ "pay_cents": 3, "answers_wanted": 1, "gold_rate": 0.0 });
        let scene = Scene::set_with(&admin, &["Alexa", "Computer"], json!({}), judge).await;
        let speaker = scene.speaker(&app, "Sam").await;
        for n in 0..2 {
            scene.recorded(&speaker, &sound::clean(n)).await;
        }
        let ann = app.person("Ann").await;
        let first = ann.next_task(&scene.judge).await.expect(200);
        let ahead = ann.post("/api/v1/tasks/next", json!({ "batch": scene.judge, "held": [first["id"]] })).await.expect(200);
        app.clock.advance_us(100 * SECOND_US);
        for (task, claimed_ms) in [(first, 7_000), (ahead, 90_000)] {
            let path = format!("/api/v1/tasks/{}/answer", task["id"].as_str().unwrap());
            app.clock.advance_us(5 * SECOND_US);
            ann.post(&path, json!({ "label": "yes", "duration_ms": claimed_ms })).await.expect(200);
        }
        let times = app.rows("select cast(active_ms as text), person_id from wage_times where pay_cents = 3 order by at_us").await;
        let times: Vec<&str> = times.iter().map(|(ms, _)| ms.as_str()).collect();
        assert_eq!(times, ["7000", "5000"], "the shorter clock, and no second twice");
    }

    async fn the_floor_is_the_administrators_and_is_checked(app: TestApp) {
        let admin = app.admin().await;
        let ann = app.person("Ann").await;
        let floors = ann.get("/api/v1/wage-floors").await.expect(200);
        assert_eq!(floors, json!([{ "currency": "USD", "cents_per_hour": 1200 }]));
        ann.put("/api/v1/wage-floors", json!({ "currency": "USD", "cents_per_hour": 1 })).await.refused(403, "forbidden");
        for bad in [json!({ "currency": "usd", "cents_per_hour": 900 }), json!({ "currency": "EUR", "cents_per_hour": 0 })] {
            admin.put("/api/v1/wage-floors", bad).await.refused(422, "invalid_floor");
        }
        admin.put("/api/v1/wage-floors", json!({ "currency": "EUR", "cents_per_hour": 1350 })).await.expect(204);
        assert_eq!(ann.get("/api/v1/wage-floors").await.expect(200).as_array().unwrap().len(), 2);
    }
}
