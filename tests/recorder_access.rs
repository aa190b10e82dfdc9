//! The recorder for everybody: every state of the page passes the automatic checks of accessibility.

use crate::helpers::{
    Backend, Pair, Scene, TestApp,
    browser::{Browser, Setup},
    postgres::free_port,
    sound,
    visitor::Stop,
};

/// A telephone that hears a word, and one that is refused its microphone; a small screen shows
/// what a large one has room to forgive.
fn telephone(app: &TestApp) -> Setup {
    let size = Some((360, 740));
    Setup { size, repeat: true, ..Setup::hearing(sound::espeak(app.backend.folder(), "Alexa")) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_recording_reviewing_and_done_hinder_nobody() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let scene = Scene::set(&app.admin().await, &["Alexa"]).await;
    scene.speaker(&app, "Ann").await;
    let browser = Browser::open(telephone(&app)).await;
    browser.logs_in(&app.url, "Ann").await;
    browser.opens_the_recorder(&scene).await;
    browser.is_accessible("idle").await;
    browser.click("#options summary").await;
    browser.is_accessible("with its options open").await;
    // Without the automatic stop, recording lasts as long as the check needs.
    browser.click("#auto-stop").await;
    browser.click("#record").await;
    browser.in_state("#recorder", "recording").await;
    browser.is_accessible("recording").await;
    browser.click("#record").await;
    browser.in_state("#recorder", "review").await;
    browser.click("#measured summary").await;
    browser.is_accessible("reviewing").await;
    browser.click("#retake").await;
    browser.click("#auto-stop").await;
    browser.records_and_sends().await;
    browser.in_state("#recorder", "done").await;
    browser.is_accessible("done").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_errors_and_the_lack_of_a_network_hinder_nobody() {
    let port = free_port();
    let mut app = TestApp::spawn_with(Backend::fresh(Pair::LiteFolder), |config| config.listen.set_port(port)).await;
    let scene = Scene::set(&app.admin().await, &["Alexa"]).await;
    scene.speaker(&app, "Ann").await;
    let (_folder, silence) = sound::file(&sound::silent());
    let browser = Browser::open(Setup { size: Some((360, 740)), ..Setup::hearing(silence) }).await;
    browser.logs_in(&app.url, "Ann").await;
    browser.opens_the_recorder(&scene).await;
    browser.records(Stop::ByItself).await;
    browser.find("#faults li").await;
    browser.is_accessible("reviewing a take with a fault").await;
    browser.click("#retake").await;
    browser.offline(true).await;
    browser.find("#offline:not([hidden])").await;
    browser.is_accessible("offline").await;
    browser.offline(false).await;

    let refused = Browser::open(Setup { deny_microphone: true, size: Some((360, 740)), ..Setup::default() }).await;
    refused.logs_in(&app.url, "Ann").await;
    refused.opens_the_recorder(&scene).await;
    refused.click("#record").await;
    refused.see("Allow it in the address bar").await;
    refused.is_accessible("without a microphone").await;
    app.stop().await;
    refused.click("#skip").await;
    refused.click("#skip-technical").await;
    refused.see("No connection").await;
    refused.is_accessible("without a server").await;
}
