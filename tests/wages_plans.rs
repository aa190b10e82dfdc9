//! What people are owed where they live, and what a price will mean before a batch is made.

use crate::helpers::{Person, Scene, TestApp, forms::Visitor, sound};
use crate::on_both_pairs;
use sayso::wages::{TopUp, jobs};
use serde_json::json;

const SECOND_US: i64 = 1_000_000;

/// A batch that pays 12 for half a minute: fair at 12.00 an hour, and ten people who answered.
async fn ten_answers(app: &TestApp, admin: &Person) -> (Scene, Vec<Person>) {
    let judge = json!({ "pay_cents": 12, "answers_wanted": 12, "gold_rate": 0.0, "accept_after_s": 604_800 });
    let scene = Scene::set_with(admin, &["Alexa"], json!({}), judge).await;
    let speaker = scene.speaker(app, "Sam").await;
    scene.recorded(&speaker, &sound::clean(1)).await;
    let mut people = Vec::new();
    for n in 0..10 {
        let person = app.person(&format!("Judge {n}")).await;
        if n < 2 {
            let region = if n == 0 { "CH" } else { "IN" };
            person.put("/api/v1/me/profile", json!({ "region": region })).await.expect(200);
        }
        let task = person.next_task(&scene.judge).await.expect(200);
        app.clock.advance_us(30 * SECOND_US);
        let body = json!({ "label": "yes", "duration_ms": 30_000 });
        person.post(&format!("/api/v1/tasks/{}/answer", task["id"].as_str().unwrap()), body).await.expect(200);
        people.push(person);
    }
    (scene, people)
}

async fn payable(person: &Person) -> i64 {
    person.get("/api/v1/ledger/statement").await.expect(200)["balances"][0]["payable_cents"].as_i64().unwrap()
}

on_both_pairs! {
    async fn who_lives_where_more_is_due_is_lifted_to_that_and_nobody_else(app: TestApp) {
        let admin = app.admin().await;
        for (region, cents) in [("CH", 2_400), ("IN", 300)] {
            let floor = json!({ "region": region, "currency": "USD", "cents_per_hour": cents });
            admin.put("/api/v1/wage-floors", floor).await.expect(204);
        }
        let bad = json!({ "region": "Bern", "currency": "USD", "cents_per_hour": 2_400 });
        admin.put("/api/v1/wage-floors", bad).await.refused(422, "invalid_floor");
        assert_eq!(admin.get("/api/v1/wage-floors").await.expect(200).as_array().unwrap().len(), 3);
        let (scene, people) = ten_answers(&app, &admin).await;
        people[2].put("/api/v1/me/profile", json!({ "region": "Switzerland" })).await.refused(422, "invalid_region");

        for _ in 0..3 {
            jobs::watch(app.site().clone()).await.unwrap();
            jobs::top_up(app.site().clone(), TopUp { batch: scene.judge.parse().unwrap(), round: 1 }).await.unwrap();
        }
        assert_eq!(admin.get(&format!("/api/v1/batches/{}", scene.judge)).await.expect(200)["state"], "open");
        let mut lifted = Vec::new();
        for person in &people[..3] {
            lifted.push(payable(person).await);
        }
        assert_eq!(lifted, [8, 0, 0], "half a minute is 20 in Switzerland; a lower floor lowers nothing");
    }

    async fn a_price_that_may_be_too_low_is_told_before_the_batch_is_made(app: TestApp) {
        let admin = app.admin().await;
        let (scene, _) = ten_answers(&app, &admin).await;
        let ask = async |kind: &str, cents: i64| {
            let path = format!("/api/v1/projects/{}/forecast?kind={kind}&pay_cents={cents}", scene.project);
            admin.get(&path).await.expect(200)
        };
        let low = ask("judge", 5).await;
        assert_eq!((&low["forecast"]["median_ms"], &low["forecast"]["batches"]), (&json!(30_000), &json!(1)));
        assert_eq!((&low["hourly_cents"], &low["due_cents"], &low["below_floor"]), (&json!(600), &json!(10), &json!(true)));
        assert_eq!(ask("judge", 10).await["below_floor"], false);
        let unknown = ask("record", 5).await;
        assert!(unknown["forecast"].is_null() && unknown["below_floor"] == false, "{unknown}");

        let browser = Visitor::signed_in(&app, &admin).await;
        let path = format!("/projects/{}/batches/new", scene.project);
        let fields = |pay: &'static str| [
            ("name", "Again"), ("kind", "judge"), ("pay_cents", pay), ("answers_wanted", "2"), ("answers_max", "5"),
            ("threshold", "0.9"), ("gold_percent", "10"), ("max_per_person", "0"), ("lease_s", "600"),
            ("sensitivity", "0"), ("budget_cents", "5000"),
        ].to_vec();
        let warned = browser.submits(&path, &fields("5")).await;
        assert_eq!(warned.status, 409, "{}", warned.text());
        assert!(warned.text().contains("6.00 USD") && warned.text().contains("despite_floor"), "{}", warned.text());
        let mut despite = fields("5");
        despite.push(("despite_floor", "true"));
        assert_eq!(browser.submits(&path, &despite).await.status, 303);
        assert_eq!(browser.submits(&path, &fields("10")).await.status, 303);
    }
}
