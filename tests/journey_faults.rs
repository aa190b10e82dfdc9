//! What must not get through: faulty takes are stopped in the browser; and judging by keyboard.

use audio::Fault;
use serde_json::json;

use crate::helpers::{
    Pair, Scene, TestApp,
    browser::{Browser, Setup},
    sound, until,
    visitor::Stop,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_take_with_a_fault_is_explained_and_cannot_be_sent() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let scene = Scene::set(&admin, &["Alexa"]).await;
    scene.speaker(&app, "Ann").await;
    let takes = [
        (Fault::Silence, sound::silent(), Stop::ByItself),
        (Fault::Clipped, sound::awaited(&sound::clipped()), Stop::ByItself),
        (Fault::CutStart, sound::early(), Stop::Never),
        (Fault::CutEnd, sound::endless(), Stop::WhileSpeaking),
    ];
    for (fault, wav, stop) in takes {
        let (_folder, file) = sound::file(&wav);
        let browser = Browser::open(Setup::hearing(file)).await;
        browser.logs_in(&app.url, "Ann").await;
        browser.opens_the_recorder(&scene).await;
        browser.records(stop).await;
        assert_eq!(browser.text(&format!("#faults li[data-fault='{}']", fault.code())).await, fault.sentence());
        assert!(!browser.find("#send").await.is_displayed().await.unwrap(), "{fault:?}");
        // The focus is on “Record again”: Enter does not send.
        browser.press("\u{e007}").await;
        browser.in_state("#recorder", "ready").await;
        browser.gone("#faults li").await;
    }
    assert!(app.rows("select id, state from clips").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn judging_needs_nothing_but_a_keyboard() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let scene = Scene::set_with(&admin, &["Alexa"; 3], json!({}), json!({ "gold_rate": 0.0 })).await;
    let ann = scene.speaker(&app, "Ann").await;
    for seed in 1..=3 {
        scene.recorded(&ann, &sound::clean(seed)).await;
    }
    until(async || {
        let queued = app.rows("select item_id, batch_id from queue where speaker_id is not null").await;
        (queued.len() == 3).then_some(())
    })
    .await;
    let browser = Browser::open(Setup { deny_microphone: true, ..Setup::default() }).await;
    browser.signs_up(&app.url, "Ben").await;
    browser.opens_the_judging_page(&scene).await;
    for (keys, label) in [(["n", "2"].as_slice(), "no"), (&["u"], "unsure"), (&["y"], "yes")] {
        browser.in_state("#judge", "ready").await;
        for key in keys {
            browser.press(key).await;
        }
        browser.see(&format!("Answer saved: {label}")).await;
    }
    browser.in_state("#judge", "done").await;
    let answers = app.rows("select label, coalesce(reason, '') from answers order by id").await;
    let answers: Vec<(&str, &str)> = answers.iter().map(|(label, reason)| (&**label, &**reason)).collect();
    assert_eq!(answers, [("no", "cut_off"), ("unsure", ""), ("yes", "")]);
}
