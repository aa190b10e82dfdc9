//! Exposure: limits by the minute, opt-ins, breaks, a person's own limits, whatever tabs and clocks do.

use crate::helpers::{Person, Scene, TestApp, id, sound};
use crate::on_both_pairs;
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;

/// Agrees to hear these, from London, where it is UTC in winter.
pub async fn agree(person: &Person, categories: &[&str]) {
    person.put("/api/v1/exposure/time-zone", json!({ "time_zone": "Europe/London" })).await.expect(204);
    for category in categories {
        person.post("/api/v1/exposure/opt-ins", json!({ "category": category, "adult": true })).await.expect(204);
    }
}

pub fn path(task: &Value, verb: &str) -> String {
    format!("/api/v1/tasks/{}/{verb}", task["id"].as_str().unwrap())
}

/// Two open batches of which the recording one is distressing.
async fn screams(admin: &Person, prompts: usize) -> Scene {
    let record = json!({ "sensitivity": 2, "categories": ["screams"] });
    Scene::set_with(admin, &vec!["Alexa"; prompts], record, json!({ "gold_rate": 0.0 })).await
}

/// Holds a distressing task for as long as the limits let, and then leaves it.
async fn hold(app: &TestApp, person: &Person, scene: &Scene) -> Person {
    let task = person.next_task(&scene.record).await.expect(200);
    for _ in 0..13 {
        app.clock.advance_us(90_000_000);
        person.signed_in_again().await.post(&path(&task, "renew"), json!({})).await.expect(200);
    }
    app.clock.advance_us(30_000_000);
    let person = person.signed_in_again().await;
    person.post(&path(&task, "renew"), json!({})).await.refused(410, "lease_expired");
    person
}

on_both_pairs! {
    async fn the_sixty_first_minute_is_refused_and_says_when_there_is_more(app: TestApp) {
        let admin = app.admin().await;
        let scene = screams(&admin, 8).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        let task = ann.next_task(&scene.record).await.expect(200);
        assert_eq!((&task["sensitivity"], &task["categories"]), (&json!(2), &json!(["screams"])));
        assert_eq!(task["expires_at"], "2026-01-05T09:02:00Z", "what upsets is lent for two minutes");
        ann.post(&path(&task, "skip"), json!({})).await.expect(204);
        let mut ann = hold(&app, &ann, &scene).await;
        for again in ["2026-01-05T09:30:00Z", "2026-01-05T10:00:00Z"] {
            let limit = ann.next_task(&scene.record).await.refused(403, "exposure_limit");
            assert_eq!((&limit["available_at"], &limit["reason"]), (&json!(again), &json!("exposure_limit")), "{limit}");
            assert!(limit["detail"].as_str().unwrap().contains("break"), "{limit}");
            app.clock.advance_us(10 * MINUTE_US);
            ann = hold(&app, &ann.signed_in_again().await, &scene).await;
        }
        let shown = ann.get("/api/v1/exposure").await.expect(200);
        assert_eq!(shown["uses"][1]["used_s"], 3_600, "{shown}");
        app.clock.advance_us(10 * MINUTE_US);
        let ann = ann.signed_in_again().await;
        let limit = ann.next_task(&scene.record).await.refused(403, "exposure_limit");
        assert_eq!(limit["available_at"], "2026-01-06T10:00:00Z", "{limit}");
    }

    async fn sixty_four_clients_of_one_person_get_no_task_beyond_a_limit(app: TestApp) {
        let admin = app.admin().await;
        let scene = screams(&admin, 12).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        ann.put("/api/v1/exposure/limits", json!({ "strong_day_min": 4 })).await.expect(204);
        let mut given = BTreeSet::new();
        for round in 0..4 {
            let ask = (0..64).map(|client| {
                let held: Vec<&String> = given.iter().filter(|_| client % 2 == 0).collect();
                ann.post("/api/v1/tasks/next", json!({ "batch": scene.record, "held": held }))
            });
            let replies = join_all(ask).await;
            let mut open = BTreeSet::new();
            for reply in replies {
                match reply.status {
                    200 => drop(open.insert(id(&reply.expect(200)))),
                    503 => {}
                    _ => drop(reply.refused(403, "exposure_limit")),
                }
            }
            assert_eq!(open.len(), usize::from(round < 2), "round {round}: {open:?}");
            app.clock.advance_us(119_000_000);
            // Others of them ask for a second one while the first is open.
            let held: Vec<&String> = open.iter().collect();
            let more = (0..64).map(|_| ann.post("/api/v1/tasks/next", json!({ "batch": scene.record, "held": held })));
            for reply in join_all(more).await {
                assert!(matches!(reply.status, 403 | 503), "{}", reply.text());
            }
            for task in &open {
                ann.post(&format!("/api/v1/tasks/{task}/skip"), json!({})).await.expect(204);
            }
            given.extend(open);
        }
        let leased = app.rows("select cast(count(*) as text), '' from tasks").await;
        assert_eq!(leased[0].0, "2", "two tasks of two minutes fill four minutes");
    }

    async fn a_clock_that_is_moved_gives_no_minute_more(app: TestApp) {
        let admin = app.admin().await;
        let scene = screams(&admin, 12).await;
        let mut ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        ann.put("/api/v1/exposure/limits", json!({ "strong_day_min": 4 })).await.expect(204);
        for day in 0..2 {
            for _ in 0..2 {
                let task = ann.next_task(&scene.record).await.expect(200);
                app.clock.advance_us(118_000_000);
                ann.post(&path(&task, "skip"), json!({})).await.expect(204);
            }
            for days in [-1, 1, -1, 1] {
                app.clock.advance_us(days * 24 * HOUR_US);
                ann = ann.signed_in_again().await;
                let again = ann.next_task(&scene.record).await;
                assert!(again.status == 403, "day {day}, moved {days}: {}", again.text());
            }
            // A real day passes.
            app.clock.advance_us(25 * HOUR_US);
            ann = ann.signed_in_again().await;
        }
        // The clock goes back while a task is open: all that it was lent for counts.
        let task = ann.next_task(&scene.record).await.expect(200);
        app.clock.advance_us(-24 * HOUR_US);
        ann = ann.signed_in_again().await;
        ann.post(&path(&task, "renew"), json!({})).await.refused(403, "exposure_limit");
        let shown = ann.get("/api/v1/exposure").await.expect(200);
        assert_eq!(shown["uses"][1]["used_s"], 120, "{shown}");
    }

    async fn the_night_is_free_and_moving_ends_none(app: TestApp) {
        let admin = app.admin().await;
        let scene = screams(&admin, 4).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        app.clock.advance_us(14 * HOUR_US);
        let ann = ann.signed_in_again().await;
        let limit = ann.next_task(&scene.record).await.refused(403, "exposure_limit");
        assert_eq!(limit["available_at"], "2026-01-06T06:00:00Z", "{limit}");
        ann.put("/api/v1/exposure/time-zone", json!({ "time_zone": "Mars/Olympus" })).await.refused(422, "invalid_time_zone");
        ann.put("/api/v1/exposure/time-zone", json!({ "time_zone": "America/New_York" })).await.expect(204);
        ann.next_task(&scene.record).await.refused(403, "exposure_limit");
        app.clock.advance_us(24 * HOUR_US);
        let ann = ann.signed_in_again().await;
        ann.next_task(&scene.record).await.expect(200);
    }

    async fn nobody_hears_what_they_did_not_agree_to_or_agree_to_no_more(app: TestApp) {
        let admin = app.admin().await;
        let scene = screams(&admin, 6).await;
        let rows = "phrase,sensitivity,categories\nComputer,2,hate;screams\nComputer,3,hate\nComputer,9,hate\nComputer,2,love\n";
        let import = format!("/api/v1/batches/{}/prompts", scene.record);
        let bad = admin.post_file(&import, "text/csv", rows).await.refused(422, "import_rows");
        assert_eq!(bad["rows"].as_array().unwrap().iter().map(|row| row["field"].clone()).collect::<Vec<_>>(), ["sensitivity", "categories"]);
        let ann = scene.speaker(&app, "Ann").await;
        ann.next_task(&scene.record).await.refused(403, "opt_in_required");
        let agree_to = json!({ "category": "screams", "adult": true });
        ann.post("/api/v1/exposure/opt-ins", agree_to.clone()).await.refused(422, "time_zone_required");
        agree(&ann, &["hate"]).await;
        ann.post("/api/v1/exposure/opt-ins", json!({ "category": "screams" })).await.refused(422, "adults_only");
        ann.next_task(&scene.record).await.refused(403, "opt_in_required");
        agree(&ann, &["screams"]).await;
        let task = ann.next_task(&scene.record).await.expect(200);
        assert_eq!(ann.next_task(&scene.record).await.expect(200)["id"], task["id"]);
        // Withdrawal holds at once, also for what is open; doing it twice is doing it once.
        for _ in 0..2 {
            ann.delete("/api/v1/exposure/opt-ins/screams").await.expect(204);
        }
        ann.next_task(&scene.record).await.refused(403, "opt_in_required");
        ann.post(&path(&task, "renew"), json!({})).await;
        agree(&ann, &["screams"]).await;
        ann.next_task(&scene.record).await.expect(200);
        app.clock.advance_us(30 * 24 * HOUR_US);
        let ann = ann.signed_in_again().await;
        ann.next_task(&scene.record).await.refused(403, "opt_in_required");
        let given = app.rows("select action, cast(count(*) as text) from exposure_consents group by action order by 1").await;
        assert_eq!(given, [("given".to_owned(), "3".to_owned()), ("withdrawn".to_owned(), "1".to_owned())]);
    }

    async fn two_hundred_tasks_left_change_neither_pay_nor_place_nor_accuracy(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &vec!["Alexa"; 204], json!({ "sensitivity": 1, "categories": ["swearing"] }), json!({})).await;
        let (ann, ben) = (scene.speaker(&app, "Ann").await, scene.speaker(&app, "Ben").await);
        let before = ann.get("/api/v1/trust").await.expect(200);
        for n in 0..200 {
            let task = ann.next_task(&scene.record).await.expect(200);
            assert_eq!(task["pay_cents"], 10, "at the {n}th");
            app.clock.advance_us(2_000_000);
            ann.post(&path(&task, "skip"), json!({ "code": "upsetting" })).await.expect(204);
        }
        assert_eq!(ann.get("/api/v1/trust").await.expect(200), before);
        let next = ann.next_task(&scene.record).await.expect(200);
        let first = ben.next_task(&scene.record).await.expect(200);
        assert_ne!(next["phrase"], Value::Null);
        assert_eq!((&next["pay_cents"], &first["pay_cents"]), (&json!(10), &json!(10)));
        // Two seconds at twelve an hour are two thirds of a cent, rounded up.
        let paid = ann.get("/api/v1/ledger/statement").await.expect(200);
        assert_eq!(paid["balances"][0]["payable_cents"], 200, "their time is paid");
    }

    async fn a_site_may_set_limits_within_bounds_and_a_person_may_lower_them(app: TestApp) {
        let admin = app.admin().await;
        let scene = screams(&admin, 4).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        admin.put("/api/v1/exposure/settings", json!({ "strong_day_min": 241 })).await.refused(422, "invalid_limit");
        ann.put("/api/v1/exposure/settings", json!({ "strong_day_min": 5 })).await.refused(403, "forbidden");
        admin.put("/api/v1/exposure/settings", json!({ "strong_day_min": 240, "strong_of_twenty": 10 })).await.expect(204);
        let audit = admin.get("/api/v1/audit").await.expect(200).to_string();
        assert!(audit.contains("exposure.limits"), "{audit}");
        ann.put("/api/v1/exposure/limits", json!({ "strong_day_min": 241 })).await.refused(422, "invalid_limit");
        ann.put("/api/v1/exposure/limits", json!({ "strong_day_min": 0 })).await.expect(204);
        ann.next_task(&scene.record).await.refused(403, "exposure_limit");
        ann.put("/api/v1/exposure/limits", json!({})).await.expect(204);
        ann.next_task(&scene.record).await.expect(200);
        assert_eq!(admin.get("/api/v1/exposure/totals").await.expect(200)["breaches"], 0);
    }

    async fn a_day_of_work_ends_and_new_people_s_earnings_grow(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"; 6], json!({}), json!({ "lease_s": 3_600, "gold_rate": 0.0 })).await;
        let speaker = scene.speaker(&app, "Sam").await;
        for seed in 0..6 {
            scene.recorded(&speaker, &sound::clean(seed)).await;
        }
        admin.put("/api/v1/exposure/settings", json!({ "work_day_min": 30 })).await.expect(204);
        let mut ann = app.person("Ann").await;
        for _ in 0..3 {
            let task = ann.next_task(&scene.judge).await.expect(200);
            app.clock.advance_us(10 * MINUTE_US);
            ann = ann.signed_in_again().await;
            ann.post(&path(&task, "answer"), json!({ "label": "yes", "duration_ms": 600_000 })).await.expect(200);
        }
        let over = ann.next_task(&scene.judge).await.refused(403, "daily_cap");
        assert_eq!(over["available_at"], "2026-01-06T09:00:00Z", "{over}");
        app.clock.advance_us(24 * HOUR_US);
        ann.signed_in_again().await.next_task(&scene.judge).await.expect(200);

        let admin = admin.signed_in_again().await;
        admin.put("/api/v1/exposure/settings", json!({ "ramp_cents": 5 })).await.expect(204);
        let ben = app.person("Ben").await;
        let task = ben.next_task(&scene.judge).await.expect(200);
        ben.answers(&task, "yes", None).await.expect(200);
        ben.next_task(&scene.judge).await.refused(403, "daily_cap");
    }
}
