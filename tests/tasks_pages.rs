//! The working pages: skipping takes a reason, by key.

use crate::helpers::{
    Pair, Scene, TestApp,
    browser::{Browser, Setup},
    sound,
};

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
