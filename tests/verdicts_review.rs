//! The page of contested recordings in a real browser: one recording, one key, and all that follows.

use crate::exports::released;
use crate::helpers::{
    Person, Scene, TestApp,
    browser::{Browser, Setup},
    id, sound, until,
};
use crate::on_both_pairs;
use crate::verdicts::judges;
use serde_json::json;

/// Two recordings that two listeners see differently.
async fn contested(app: &TestApp, admin: &Person) -> (Scene, Vec<String>) {
    let judge = json!({ "answers_max": 2, "threshold": 0.95, "gold_rate": 0.0 });
    let scene = Scene::set_with(admin, &["Alexa", "Computer"], json!({}), judge).await;
    let ann = scene.speaker(app, "Ann").await;
    let mut clips = Vec::new();
    for seed in [1, 2] {
        clips.push(id(&scene.recorded(&ann, &sound::clean(seed)).await));
    }
    for (name, label) in [("Ben", "yes"), ("Chi", "no")] {
        judges(app, &scene, &[(name, label)]).await;
        let person = app.known(name).await;
        let task = person.next_task(&scene.judge).await.expect(200);
        person.answers(&task, label, (label == "no").then_some("noise")).await.expect(200);
    }
    until(async || {
        let rows = app.rows("select state, label from verdicts").await;
        (rows.len() == 2 && rows.iter().all(|row| row.0 == "contested")).then_some(())
    })
    .await;
    (scene, clips)
}

/// The files of clips in a release.
fn clips_in(release: &serde_json::Value) -> usize {
    let files = release["files"].as_array().unwrap();
    files.iter().filter(|file| file["path"].as_str().unwrap().starts_with("clips/")).count()
}

on_both_pairs! {
    async fn a_key_decides_and_verdict_history_and_release_follow(app: TestApp) {
        let admin = app.admin().await;
        let (scene, _) = contested(&app, &admin).await;
        let before = released(&admin, &scene.project, "1.0.0").await;
        assert_eq!(clips_in(&before), 0, "what is contested is not released");
        app.person_with_role(&admin, "Rita", "reviewer").await;
        let browser = Browser::open(Setup { size: Some((360, 740)), ..Setup::default() }).await;
        browser.logs_in(&app.url, "Rita").await;
        browser.goto(&format!("{}/verdicts", app.url)).await;
        browser.in_state("#review", "ready").await;
        let page = browser.text("main").await;
        assert!(page.contains("wrong word") && page.contains("2 recordings"), "{page}");
        assert!(!page.contains("Ben") && !page.contains("Chi"), "names stay out: {page}");
        let first = browser.find("#review").await.attr("data-item").await.unwrap().unwrap();

        // Keys that are switched off decide nothing, and say so.
        browser.click("#shortcuts").await;
        browser.press("y").await;
        browser.find("#review.no-keys").await;
        browser.click("#shortcuts").await;
        browser.press("y").await;
        browser.see("Your decision is saved").await;
        browser.in_state("#review", "ready").await;
        let second = browser.find("#review").await.attr("data-item").await.unwrap().unwrap();
        assert_ne!(first, second);
        let verdict = admin.get(&format!("/api/v1/verdicts/{first}")).await.expect(200);
        assert_eq!((&verdict["state"], &verdict["label"], &verdict["replayed"]), (&json!("decided"), &json!("yes"), &json!(true)), "{verdict}");
        let last = verdict["history"].as_array().unwrap().last().unwrap();
        assert_eq!((&last["cause"], &last["state"]), (&json!("ruling"), &json!("decided")));
        assert!(last["probability"].as_f64().unwrap() > 0.9, "{last}");

        browser.press("3").await;
        browser.see("Nothing waits for you").await;
        let verdict = admin.get(&format!("/api/v1/verdicts/{second}")).await.expect(200);
        assert_eq!((&verdict["state"], &verdict["label"]), (&json!("decided"), &json!("no")), "{verdict}");
        assert_eq!(app.rows("select label, reason from rulings where label = 'no'").await, [("no".to_owned(), "noise".to_owned())]);
        let after = released(&admin, &scene.project, "1.1.0").await;
        assert_eq!(clips_in(&after), 1, "one of the two was found good");
        assert_eq!(browser.complaints().await, Vec::<String>::new());
    }
}
