//! What upsets: distress, reports that raise an item, how clips are played, and how a speaker is warned.

use crate::exposure::{agree, path};
use crate::helpers::{
    Pair, Person, Scene, TestApp,
    browser::{Browser, Setup},
    sound,
};
use crate::on_both_pairs;
use serde_json::json;
use std::collections::BTreeSet;

const HOUR_US: i64 = 3_600_000_000;

/// A judging batch whose clips are distressing.
pub async fn screams(app: &TestApp, admin: &Person, clips: usize, pay_cents: i64) -> Scene {
    let judge = json!({ "sensitivity": 2, "categories": ["screams"], "gold_rate": 0.0, "answers_wanted": 5,
        "pay_cents": pay_cents, "accept_after_s": 604_800 });
    let scene = Scene::set_with(admin, &vec!["Alexa"; clips], json!({}), judge).await;
    let speaker = scene.speaker(app, "Sam").await;
    for seed in 0..clips as u64 {
        scene.recorded(&speaker, &sound::clean(seed)).await;
    }
    scene
}

on_both_pairs! {
    async fn somebody_who_is_upset_is_left_in_peace_for_a_day(app: TestApp) {
        let admin = app.admin().await;
        let scene = screams(&app, &admin, 4, 3).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams", "hate"]).await;
        let task = ann.next_task(&scene.judge).await.expect(200);
        app.person("Eve").await.post(&path(&task, "distress"), json!({})).await.refused(403, "foreign_task");
        app.clock.advance_us(30_000_000);
        ann.post(&path(&task, "distress"), json!({})).await.expect(204);
        let limit = ann.next_task(&scene.judge).await.refused(403, "exposure_limit");
        assert_eq!(limit["available_at"], "2026-01-06T09:00:30Z", "{limit}");
        ann.answers(&task, "yes", None).await.refused(409, "task_skipped");
        let again = json!({ "category": "screams", "adult": true });
        ann.post("/api/v1/exposure/opt-ins", again.clone()).await.refused(403, "exposure_limit");
        let paid = ann.get("/api/v1/ledger/statement").await.expect(200);
        assert_eq!(paid["balances"][0]["payable_cents"], 3, "half a minute is paid, up to the task's pay");
        app.clock.advance_us(24 * HOUR_US);
        let ann = ann.signed_in_again().await;
        ann.next_task(&scene.judge).await.refused(403, "opt_in_required");
        ann.post("/api/v1/exposure/opt-ins", again).await.expect(204);
        ann.next_task(&scene.judge).await.expect(200);
    }

    async fn two_reports_raise_an_item_until_a_reviewer_looks(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"], json!({}), json!({ "gold_rate": 0.0, "answers_wanted": 5 })).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        let speaker = scene.speaker(&app, "Sam").await;
        scene.recorded(&speaker, &sound::clean(1)).await;
        let level = async || app.rows("select cast(sensitivity as text), cast(categories as text) from queue where clip_id is not null").await;
        for (name, levels) in [("Ann", ("0", "0")), ("Ben", ("2", "12"))] {
            let person = app.person(name).await;
            let task = person.next_task(&scene.judge).await.expect(200);
            assert_eq!((&task["sensitivity"], &task["categories"]), (&json!(0), &json!([])));
            person.post(&path(&task, "report"), json!({ "level": 2, "categories": [] })).await.refused(422, "invalid_report");
            let about = if name == "Ann" { "screams" } else { "hate" };
            let report = json!({ "level": if name == "Ann" { 3 } else { 2 }, "categories": [about] });
            person.post(&path(&task, "report"), report).await.expect(204);
            assert_eq!(level().await, [(levels.0.to_owned(), levels.1.to_owned())], "after {name}");
            person.next_task(&scene.judge).await.refused(404, "no_task");
        }
        let chi = app.person("Chi").await;
        chi.next_task(&scene.judge).await.refused(403, "opt_in_required");
        let page = rita.get("/exposure/reports").await;
        assert!(page.text().contains("hateful words"), "{}", page.text());
        let item = app.rows("select item_id, '' from exposure_reports limit 1").await.remove(0).0;
        let decide = rita.request(reqwest::Method::POST, &format!("/exposure/reports/{item}"));
        let decided = crate::helpers::Reply::of(decide.form(&[("level", "0"), ("category", "other")])).await;
        assert_eq!(decided.status, 303, "{}", decided.text());
        assert_eq!(level().await, [("0".to_owned(), "0".to_owned())], "the reviewer lowered it again");
        chi.next_task(&scene.judge).await.expect(200);
        assert!(admin.get("/api/v1/audit").await.expect(200).to_string().contains("exposure.relevel"));
    }

    async fn no_voice_dominates_a_phrase_or_a_project(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Alexa", "Alexa", "Alexa", "Computer"]).await;
        let limits = format!("/api/v1/projects/{}/speaker-limits", scene.project);
        admin.put(&limits, json!({ "per_phrase": -1 })).await.refused(422, "invalid_limit");
        admin.put(&limits, json!({ "per_phrase": 1 })).await.expect(204);
        let ann = scene.speaker(&app, "Ann").await;
        let skipped = ann.next_task(&scene.record).await.expect(200);
        ann.post(&path(&skipped, "skip"), json!({})).await.expect(204);
        let mut phrases = BTreeSet::new();
        let mut records = async |seed| {
            let task = ann.next_task(&scene.record).await.expect(200);
            phrases.insert(task["phrase"].to_string());
            ann.records(&task, &sound::clean(seed)).await;
        };
        records(0).await;
        if skipped["phrase"] == "Alexa" {
            // What was skipped does not count.
            records(1).await;
            assert_eq!(phrases.len(), 2, "one of each phrase is enough");
        }
        ann.next_task(&scene.record).await.refused(403, "person_limit");
        ann.put(&limits, json!({})).await.refused(403, "forbidden");

        admin.put(&limits, json!({ "per_project": 2 })).await.expect(204);
        let ben = scene.speaker(&app, "Ben").await;
        for seed in 2..4 {
            let task = ben.next_task(&scene.record).await.expect(200);
            ben.records(&task, &sound::clean(seed)).await;
        }
        ben.next_task(&scene.record).await.refused(403, "person_limit");
    }

    async fn what_upsets_is_heard_only_while_its_task_is_open(app: TestApp) {
        let admin = app.admin().await;
        let scene = screams(&app, &admin, 1, 3).await;
        let ann = scene.speaker(&app, "Ann").await;
        agree(&ann, &["screams"]).await;
        let task = ann.next_task(&scene.judge).await.expect(200);
        let url = task["audio_url"].as_str().unwrap();
        let heard = ann.get(url).await;
        let gain_db: f64 = heard.headers["x-gain-db"].to_str().unwrap().parse().unwrap();
        assert!((-40.0..40.0).contains(&gain_db) && gain_db != 0.0, "{gain_db} dB");
        ann.answers(&task, "yes", None).await.expect(200);
        ann.get(url).await.refused(410, "lease_expired");
    }
}

/// The states and reasons of a person's skipped tasks, with what they were paid.
async fn left(app: &TestApp, ann: &Person) -> (Vec<(String, String)>, i64) {
    let left = app.rows("select state, skip_code from tasks where skip_code is not null order by id").await;
    let paid = ann.signed_in_again().await.get("/api/v1/ledger/statement").await.expect(200);
    (left, paid["balances"][0]["payable_cents"].as_i64().unwrap_or_default())
}

async fn speaking(size: (u32, u32)) {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let record = json!({ "sensitivity": 2, "categories": ["swearing"], "pay_cents": 8 });
    let phrases = ["Damn one", "Damn two", "Damn three", "Damn four"];
    let scene = Scene::set_with(&app.admin().await, &phrases, record, json!({})).await;
    let ann = scene.speaker(&app, "Ann").await;
    agree(&ann, &["swearing"]).await;
    let browser = Browser::open(Setup { size: Some(size), ..Setup::default() }).await;
    browser.logs_in(&app.url, "Ann").await;
    browser.goto(&format!("{}/tasks/record?batch={}", app.url, scene.record)).await;
    browser.in_state("#recorder", "warning").await;
    browser.see("This phrase may be distressing: swearing").await;
    assert!(!browser.text("main").await.contains("Damn"), "the phrase is not shown before the person goes on");
    browser.is_accessible("a speaker: warning").await;
    app.clock.advance_us(24_000_000);
    browser.press("x").await;
    browser.see("Skipped.").await;
    browser.in_state("#recorder", "warning").await;
    let upset = ("skipped".to_owned(), "upsetting".to_owned());
    assert_eq!(left(&app, &ann).await, (vec![upset.clone()], 8), "24 seconds are paid, and no task is refused");

    browser.click("#proceed").await;
    browser.in_state("#recorder", "ready").await;
    browser.see("Damn").await;
    browser.is_accessible("a speaker: ready").await;
    browser.click("#care summary").await;
    browser.click("#report").await;
    browser.see("Say what it is about first.").await;
    browser.script("document.getElementById('report-category').value = 'hate'", vec![]).await;
    browser.is_accessible("a speaker: report").await;
    browser.click("#report").await;
    browser.see("Reported, thank you.").await;
    browser.in_state("#recorder", "warning").await;
    assert_eq!(app.rows("select cast(level as text), '' from exposure_reports").await.len(), 1);

    browser.click("#distress").await;
    browser.at("/exposure/help").await;
    browser.see("You get nothing sensitive until").await;
    assert_eq!(left(&app, &ann).await.0, [upset.clone(), upset.clone(), upset]);
    browser.goto(&format!("{}/tasks/record?batch={}", app.url, scene.record)).await;
    browser.see("Something upset you a short while ago").await;
    browser.is_accessible("a speaker: calm").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_phone_a_speaker_is_warned_leaves_reports_and_stops() {
    speaking((360, 740)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_computer_a_speaker_is_warned_leaves_reports_and_stops() {
    speaking((1280, 900)).await;
}
