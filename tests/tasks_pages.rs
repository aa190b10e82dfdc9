//! The working pages: skipping takes a reason, by key; a task is held for somebody who is at it.

use crate::helpers::{
    Pair, START_US, Scene, TestApp,
    browser::{Browser, Setup},
    sound, until,
};
use serde_json::json;

/// Stops a page's clock at the time of the server's, and later when `shift` is raised.
fn clock() -> String {
    format!("window.shift = 0; Date.now = () => {} + window.shift", START_US / 1_000)
}

async fn skipped_because(app: &TestApp) -> Vec<String> {
    let rows = app.rows("select id, skip_code from tasks where state = 'skipped' order by id").await;
    rows.into_iter().map(|(_, code)| code).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn skipping_takes_a_reason_by_key() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let scene = Scene::set(&app.admin().await, &["Alexa", "Computer"]).await;
    let ann = scene.speaker(&app, "Ann").await;
    app.person("Ben").await;
    let browser = Browser::open(Setup { size: Some((360, 740)), ..Setup::default() }).await;
    browser.logs_in(&app.url, "Ann").await;
    browser.opens_the_recorder(&scene).await;
    browser.press("s").await;
    browser.find("#skip-reasons:not([hidden])").await;
    browser.is_accessible("asked why a phrase is skipped").await;
    browser.press("s").await;
    browser.find("#skip-reasons[hidden]").await;
    browser.press("s2").await;
    browser.see("Skipped.").await;
    assert_eq!(skipped_because(&app).await, ["too_hard"]);

    scene.recorded(&ann, &sound::said("Computer", 1)).await;
    browser.logs_out().await;
    browser.logs_in(&app.url, "Ben").await;
    browser.opens_the_judging_page(&scene).await;
    browser.press("n").await;
    browser.in_state("#judge", "reason").await;
    browser.press("s").await;
    browser.find("#skip-reasons:not([hidden])").await;
    browser.is_accessible("asked why a clip is skipped").await;
    browser.press("5").await;
    browser.see("Skipped.").await;
    assert_eq!(skipped_because(&app).await, ["too_hard", "known_person"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_does_nothing_is_warned_before_a_phrase_is_taken_back_and_any_key_keeps_it() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let scene = Scene::set(&app.admin().await, &["Alexa", "Computer"]).await;
    scene.speaker(&app, "Ann").await;
    let browser = Browser::open(Setup { size: Some((360, 740)), ..Setup::default() }).await;
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": clock() })).await;
    browser.logs_in(&app.url, "Ann").await;
    browser.opens_the_recorder(&scene).await;
    // What was done ten minutes ago keeps nothing.
    browser.press("s").await;
    browser.press("s").await;
    browser.find("#skip-reasons[hidden]").await;
    let before = browser.text("#pay").await;
    browser.script("window.shift = 570000", vec![]).await;
    browser.see("reserved for you for one more minute").await;
    browser.is_accessible("warned that a lease ends").await;
    app.clock.advance_us(120_000_000);
    browser.press("k").await;
    until(async || (browser.text("#pay").await != before).then_some(())).await;
    let renewals = app.rows("select state, cast(renewals as text) from tasks where renewals > 0").await;
    assert_eq!(renewals, [("leased".to_owned(), "1".to_owned())]);
}
