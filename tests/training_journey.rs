//! Training in a real browser, by keyboard: training, qualification, work, pause, and the way back.

use fantoccini::key::Key;
use sayso::{batches, trust};
use serde_json::json;

use crate::{
    helpers::{
        Backend, Pair, Person, START_US, Scene, TestApp,
        browser::{Browser, Setup},
        postgres::free_port,
        sound, until,
    },
    training::School,
};

impl Browser {
    /// Looks at the page as it stands: no fault of accessibility, nothing wider than the screen,
    /// nothing that plays by itself.
    async fn is_in_order(&self, state: &str) {
        self.is_accessible(state).await;
        let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        assert_eq!(self.script(wide, vec![]).await, json!(0), "{state} is wider than the screen");
        let playing = "return [...document.querySelectorAll('audio')].filter((a) => a.autoplay || !a.paused).length";
        assert_eq!(self.script(playing, vec![]).await, json!(0), "{state} plays by itself");
    }

    /// Goes to a control with the Tab key alone, and presses Enter.
    async fn tabs_to(&self, css: &str) {
        self.find(css).await;
        let is_there = "return document.activeElement?.matches(arguments[0]) ?? false";
        for _ in 0..200 {
            if self.script(is_there, vec![json!(css)]).await == true {
                return self.press(&Key::Enter.to_string()).await;
            }
            self.press(&Key::Tab.to_string()).await;
        }
        panic!("{css} cannot be reached by keyboard");
    }

    /// Answers the question that is shown: “Alexa” is never what is heard.
    async fn replies(&self, right: bool) {
        let is_planted = self.text(".phrase-inline").await == "Alexa";
        let answer = if is_planted == right { "wrong_word" } else { "yes" };
        self.tabs_to(&format!("button[name=answer][value={answer}]")).await;
    }

    /// Answers the five questions of the training, and looks at every page on the way.
    async fn trains(&self) {
        for number in 1..=5 {
            self.see(&format!("Training: question {number} of 5")).await;
            if number == 1 {
                self.is_in_order("a question of the training").await;
            }
            self.replies(number != 2).await;
            self.in_state("#training", "feedback").await;
            let said = self.text("[role=status]").await;
            assert!(said.contains("You hear "), "the answer is explained: {said}");
            assert_eq!(said.contains("Right:"), number != 2, "{said}");
            if number == 2 {
                self.is_in_order("an explained mistake").await;
                self.client.refresh().await.unwrap();
                self.see("Not quite").await;
            }
            self.tabs_to("button[value=next]").await;
        }
    }

    async fn qualifies(&self, mistakes: u32) {
        for number in 1..=5 {
            self.see(&format!("Qualification: question {number} of 5")).await;
            if number == 1 {
                self.is_in_order("a question of the qualification").await;
            }
            self.replies(number > mistakes).await;
        }
    }
}

/// A batch with work to judge, and a training before it.
async fn stage(app: &TestApp, admin: &Person) -> Scene {
    let scene = Scene::set_with(admin, &["Alexa", "Computer"], json!({}), json!({ "gold_rate": 0.0 })).await;
    School::found(admin, &scene.judge, json!({ "required": true, "wait_s": 0 })).await;
    let ann = scene.speaker(app, "Ann").await;
    scene.recorded(&ann, &sound::clean(1)).await;
    until(async || app.rows("select item_id, batch_id from queue where speaker_id is not null").await.pop()).await;
    scene
}

async fn from_training_to_work(size: (u32, u32)) {
    let port = free_port();
    let app = TestApp::spawn_with(Backend::fresh(Pair::LiteFolder), |config| config.listen.set_port(port)).await;
    let admin = app.admin().await;
    let scene = stage(&app, &admin).await;
    let browser = Browser::open(Setup { size: Some(size), ..Setup::default() }).await;
    browser.signs_up(&app.url, "Ben").await;
    // An old link to the work leads to the training first.
    browser.goto(&format!("{}/tasks/judge?batch={}", app.url, scene.judge)).await;
    browser.at("/training/").await;
    browser.goto(&format!("{}/tasks", app.url)).await;
    browser.is_in_order("the tasks before the training").await;
    browser.tabs_to(&format!("a[href='/training/{}']", scene.judge)).await;
    browser.see("0.73 USD").await;
    browser.is_in_order("the instructions").await;
    browser.tabs_to("button[value=begin]").await;
    browser.trains().await;
    browser.qualifies(2).await;
    browser.see("These kinds went wrong").await;
    browser.is_in_order("a failed qualification").await;
    browser.tabs_to("button[value=begin]").await;
    browser.qualifies(0).await;
    browser.in_state("#training", "passed").await;
    browser.is_in_order("passed").await;
    browser.tabs_to(&format!("a[href='/tasks/judge?batch={}']", scene.judge)).await;
    browser.in_state("#judge", "ready").await;
    browser.click("#yes").await;
    browser.see("Answer saved: yes").await;
    let pay = app.known("Ben").await.get("/api/v1/ledger/statement").await.expect(200);
    assert_eq!(pay["balances"][0]["payable_cents"], 73, "the training is paid, the judgement waits: {pay}");
    let recorded = scene.recorded(&app.known("Ann").await, &sound::clean(2)).await;
    until(async || {
        (app.rows("select item_id, batch_id from queue where speaker_id is not null").await.len() == 2).then_some(())
    })
    .await;
    pause(&app, &admin, &scene).await;
    there_and_back(&browser, &app, &scene).await;
    assert_eq!(browser.text("#phrase").await, recorded["phrase"].as_str().unwrap());
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

/// A reviewer pauses Ben.
async fn pause(app: &TestApp, admin: &Person, scene: &Scene) {
    let ben = app.known("Ben").await.id.parse().unwrap();
    let mut tx = app.site().db.begin().await.unwrap();
    let batch = batches::batch(&mut tx, scene.judge.parse().unwrap()).await.unwrap().unwrap();
    let reason = "You answered faster than the sounds last.";
    trust::pause_by(&mut tx, admin.id.parse().unwrap(), ben, &batch, reason, START_US).await.unwrap();
    tx.commit().await.unwrap();
}

/// From the refusal of work, over the training, to the next clip.
async fn there_and_back(browser: &Browser, app: &TestApp, scene: &Scene) {
    browser.goto(&format!("{}/tasks/judge?batch={}", app.url, scene.judge)).await;
    browser.see("Your work is paused").await;
    browser.in_state("#judge", "done").await;
    browser.is_in_order("paused, at the work").await;
    browser.goto(&format!("{}/tasks", app.url)).await;
    browser.see("Paused: back by the training").await;
    browser.is_in_order("paused, at the tasks").await;
    browser.client.back().await.unwrap();
    browser.tabs_to("#learn").await;
    browser.see("Your work here is paused").await;
    browser.see("doing it again is not paid").await;
    browser.is_in_order("the way back").await;
    browser.tabs_to("button[value=begin]").await;
    browser.trains().await;
    browser.qualifies(0).await;
    browser.in_state("#training", "passed").await;
    browser.tabs_to(&format!("a[href='/tasks/judge?batch={}']", scene.judge)).await;
    browser.in_state("#judge", "ready").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_training_to_work_on_a_desktop() {
    from_training_to_work((1280, 900)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_training_to_work_on_a_telephone() {
    from_training_to_work((360, 740)).await;
}

/// An administrator makes a training with the forms alone: files, one item, many items, rules.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_makes_a_training_with_the_forms() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let admin = app.admin().await;
    let scene = Scene::set(&admin, &["Alexa"]).await;
    let browser = Browser::open(Setup { size: Some((360, 740)), ..Setup::default() }).await;
    browser.logs_in(&app.url, "Ada Admin").await;
    browser.goto(&format!("{}/batches/{}/training", app.url, scene.judge)).await;
    browser.see("People are not offered this training yet").await;
    browser.is_in_order("an empty training").await;
    browser.fill("#instructions", "Listen to the whole sound.").await;
    browser.click("#required").await;
    browser.click("form[action$='/training'] button[type=submit]").await;
    browser.see("cannot be required now").await;
    assert_eq!(browser.text("#instructions").await, "Listen to the whole sound.", "what was typed is kept");
    browser.is_in_order("a refused setting").await;
    browser.click("#required").await;
    browser.click("form[action$='/training'] button[type=submit]").await;
    browser.see("The training has 0 of at least 5 items").await;
    let (_one, first) = sound::file(&sound::clean(1));
    browser.find("#files").await.send_keys(&first.display().to_string()).await.unwrap();
    browser.click("form[action$='/sounds'] button").await;
    browser.see("take.wav").await;
    browser.fill("#phrase", "Alexa").await;
    browser.fill("#explanation", "The whole word.").await;
    browser.click("form[action$='/items'] button[type=submit]").await;
    browser.see("“Alexa”").await;
    browser.is_in_order("a training with an example").await;
    browser
        .fill(
            "#rows",
            "part,sound,phrase,label,explanation\ntraining,take.wav,Robin,yes,\ntraining,nothing.wav,Robin,yes,x\n",
        )
        .await;
    browser.click("form[action$='/import'] button").await;
    browser.see("nothing was imported").await;
    browser.is_in_order("a refused import").await;
}
