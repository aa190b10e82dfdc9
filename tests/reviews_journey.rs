//! Refused, appealed, won, paid out: a contributor's way in a browser, on a small screen.

use crate::helpers::{
    Pair, Person, Scene, TestApp,
    browser::{Browser, Setup},
    sound,
};
use serde_json::json;

async fn phone(app: &TestApp, name: &str) -> Browser {
    let browser = Browser::open(Setup { size: Some((360, 740)), ..Setup::default() }).await;
    browser.logs_in(&app.url, name).await;
    browser
}

/// Judges the only clip and is refused; returns the task.
async fn refused(app: &TestApp, ann: &Person, reviewer: &Person, scene: &Scene) -> String {
    let speaker = scene.speaker(app, "Sam").await;
    scene.recorded(&speaker, &sound::clean(1)).await;
    let task = ann.next_task(&scene.judge).await.expect(200);
    ann.answers(&task, "yes", None).await.expect(200);
    let task = task["id"].as_str().unwrap().to_owned();
    let why = json!({ "code": "careless", "text": "The phrase was cut off, and you said yes to it." });
    reviewer.post(&format!("/api/v1/tasks/{task}/refusal"), why).await.expect(204);
    task
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_who_was_refused_wrongly_appeals_wins_and_is_paid_out() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let judge = json!({ "pay_cents": 600, "answers_wanted": 3, "gold_rate": 0.0, "accept_after_s": 604_800 });
    let scene = Scene::set_with(&admin, &["Alexa"], json!({}), judge).await;
    let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
    app.person_with_role(&admin, "Rolf", "reviewer").await;
    let ann = app.person("Ann").await;
    refused(&app, &ann, &rita, &scene).await;

    let browser = phone(&app, "Ann").await;
    browser.goto(&format!("{}/ledger", app.url)).await;
    browser.is_accessible("her pay").await;
    browser.click("a[href='/refusals']").await;
    browser.see("The phrase was cut off").await;
    browser.is_accessible("a refusal").await;
    browser.fill("textarea[name=text]", "I listened twice, and the phrase is whole.").await;
    browser.click("main form button[type=submit]").await;
    browser.see("You have appealed.").await;
    browser.is_accessible("an appeal that waits").await;

    let reviewer = phone(&app, "Rolf").await;
    reviewer.goto(&format!("{}/appeals", app.url)).await;
    reviewer.see("I listened twice").await;
    assert!(!reviewer.text("main").await.contains("Ann"), "the reviewer does not see who appeals");
    reviewer.is_accessible("the queue of appeals").await;
    reviewer.fill("textarea[name=text]", "You are right: it is whole. Thank you for saying so.").await;
    reviewer.click("button[name=won][value=true]").await;
    reviewer.see("Nothing waits for you.").await;

    browser.goto(&format!("{}/refusals", app.url)).await;
    browser.see("You were right, and you are paid.").await;
    browser.goto(&format!("{}/ledger", app.url)).await;
    browser.fill("#destination", "ann@pay.example").await;
    browser.click("form[action='/ledger/destination'] button").await;
    browser.see("Pay out 6.00 USD").await;
    browser.click("form[action='/ledger/payouts'] button").await;
    browser.see("Asked for, waits for approval").await;
    browser.is_accessible("her payout").await;

    let office = phone(&app, "Ada Admin").await;
    office.goto(&format!("{}/payouts", app.url)).await;
    office.see("ann@pay.example").await;
    office.is_accessible("payouts to approve").await;
    office.click("button[value=approve]").await;
    office.see("None here.").await;
    office.goto(&format!("{}/payouts?state=approved", app.url)).await;
    office.click("button[value=sent]").await;
    office.see("None here.").await;
    office.goto(&format!("{}/payouts?state=sent", app.url)).await;
    office.click("button[value=settled]").await;
    office.see("None here.").await;
    office.goto(&format!("{}/fairness", app.url)).await;
    office.is_accessible("fairness").await;
    browser.goto(&format!("{}/ledger", app.url)).await;
    browser.see("Arrived").await;
    let paid = ann.get("/api/v1/ledger/statement").await.expect(200);
    assert_eq!(paid["balances"][0]["paid_cents"], 600);
}
