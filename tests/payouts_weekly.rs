//! Once a week everybody is paid out by itself, once, however many processes there are.

use crate::helpers::{Person, Scene};
use crate::on_both_pairs;
use sayso::ledger::payouts::schedule::run_weekly;
use serde_json::{Value, json};

const DAY_US: i64 = 86_400_000_000;

async fn earns(admin: &Person, project: &str, person: &Person, cents: i64, reason: &str) {
    let rows = format!("person,cents,reason\n{},{cents},{reason}\n", person.id);
    admin.post_file(&format!("/api/v1/projects/{project}/bonuses"), "text/csv", rows).await.expect(201);
    let to = format!("{}@pay.example", person.name.to_lowercase());
    person.put("/api/v1/ledger/destination", json!({ "destination": to })).await.expect(204);
}

async fn waiting(admin: &Person) -> Vec<Value> {
    admin.get("/api/v1/payouts").await.expect(200).as_array().unwrap().clone()
}

on_both_pairs! {
    async fn a_weekly_run_pays_everybody_once_a_week_and_catches_up(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let (ann, ben) = (app.person("Ann").await, app.person("Ben").await);
        earns(&admin, &scene.project, &ann, 1_200, "For many accents").await;
        earns(&admin, &scene.project, &ben, 590, "For a quiet room").await;
        run_weekly(app.site().clone()).await.unwrap();
        ann.put("/api/v1/payout-schedule", json!({ "weekday": 2, "least_cents": 600 })).await.refused(403, "forbidden");
        for bad in [json!({ "weekday": 8, "least_cents": 600 }), json!({ "weekday": 2, "least_cents": 0 })] {
            admin.put("/api/v1/payout-schedule", bad).await.refused(422, "invalid_schedule");
        }
        let tuesday = json!({ "weekday": 2, "least_cents": 600 });
        admin.put("/api/v1/payout-schedule", tuesday.clone()).await.expect(204);
        assert_eq!(admin.get("/api/v1/payout-schedule").await.expect(200), tuesday);
        run_weekly(app.site().clone()).await.unwrap();
        assert!(waiting(&admin).await.is_empty(), "it is Monday, and last Tuesday nobody had asked for this");

        app.clock.advance_us(DAY_US);
        let admin = admin.signed_in_again().await;
        let neighbour = app.neighbour().await;
        let runs: Vec<_> = (0..16).map(|n| {
            let site = if n % 2 == 0 { app.site().clone() } else { neighbour.site.clone() };
            tokio::spawn(run_weekly(site))
        }).collect();
        for run in runs {
            run.await.unwrap().unwrap();
        }
        neighbour.stop().await;
        let made = waiting(&admin).await;
        assert_eq!(made.len(), 1, "Ann once, and Ben has too little: {made:?}");
        assert_eq!((&made[0]["person"], &made[0]["amount_cents"], &made[0]["state"]), (&json!(ann.id), &json!(1_200), &json!("requested")));

        // What failed is payable again, and waits for the next week.
        let state = format!("/api/v1/payouts/{}/state", made[0]["id"].as_str().unwrap());
        admin.post(&state, json!({ "state": "failed", "reference": "account closed" })).await.expect(200);
        assert_eq!(app.try_sql("delete from payout_runs").await.unwrap(), 1, "as if it had been cut short");
        run_weekly(app.site().clone()).await.unwrap();
        assert!(waiting(&admin).await.is_empty(), "one payout a person and week");

        // Nothing ran on the next Tuesday: it is made up for on Friday.
        app.clock.advance_us(10 * DAY_US);
        let admin = admin.signed_in_again().await;
        run_weekly(app.site().clone()).await.unwrap();
        assert_eq!(waiting(&admin).await.len(), 1);
        admin.put("/api/v1/payout-schedule", json!({ "weekday": null, "least_cents": 600 })).await.expect(204);
        app.clock.advance_us(7 * DAY_US);
        run_weekly(app.site().clone()).await.unwrap();
        let admin = admin.signed_in_again().await;
        assert_eq!(waiting(&admin).await.len(), 1, "switched off");
    }
}
