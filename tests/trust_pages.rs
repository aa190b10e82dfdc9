//! The pages of trust and of gold: what a paused person, a reviewer and an administrator see hinders nobody.

use crate::gold::agreed;
use crate::helpers::{
    Pair, TestApp,
    browser::{Browser, Setup},
};
use crate::trust::{paused, planted};

async fn telephone() -> Browser {
    Browser::open(Setup { size: Some((360, 740)), deny_microphone: true, ..Setup::default() }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_its_appeal_and_everybodys_accuracy_hinder_nobody() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let scene = planted(&app, &admin, 16).await;
    app.person_with_role(&admin, "Rita", "reviewer").await;
    paused(&app, &scene, "Ben").await;
    // Gold that is not used any more may be shown.
    app.try_sql("update gold_stock set retired_us = 1").await.unwrap();
    let browser = telephone().await;
    browser.logs_in(&app.url, "Ben").await;
    browser.goto(&format!("{}/trust", app.url)).await;
    browser.see("is paused until").await;
    browser.see("Mistakes to learn from").await;
    browser.is_accessible("paused").await;
    browser.fill("textarea", "My headphones were broken, I heard nothing at all.").await;
    browser.click("main form button[type=submit]").await;
    browser.see("Your appeal is sent").await;
    browser.is_accessible("appealed").await;
    browser.logs_out().await;

    browser.logs_in(&app.url, "Rita").await;
    browser.goto(&format!("{}/trust/pauses", app.url)).await;
    browser.see("My headphones were broken").await;
    browser.is_accessible("an appeal that waits").await;
    browser.fill("textarea", "That happens. Check the sound before you begin.").await;
    browser.click("button[value=won]").await;
    browser.see("Your decision is saved").await;
    browser.is_accessible("decided").await;
    browser.goto(&format!("{}/trust/people", app.url)).await;
    browser.see("Everybody's accuracy").await;
    browser.is_accessible("everybody's accuracy").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gold_is_promoted_with_one_key() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let scene = agreed(&app, &admin).await;
    app.try_sql("update batches set gold_ppm = 100000 where kind = 'judge'").await.unwrap();
    let browser = telephone().await;
    browser.logs_in(&app.url, &admin.name).await;
    browser.goto(&format!("{}/gold", app.url)).await;
    browser.see("Runs low").await;
    browser.is_accessible("the stock of gold").await;
    browser.goto(&format!("{}/gold/{}", app.url, scene.judge)).await;
    browser.in_state("#review", "ready").await;
    browser.is_accessible("a candidate").await;
    browser.press("g").await;
    browser.see("Here is the next one").await;
    let stock = admin.get("/api/v1/gold").await.expect(200);
    assert_eq!(stock[0]["promoted"], 1, "{stock}");
}
