//! Whole journeys in a real browser: from a mouth to a dataset, and through a bad network.

use std::fs;

use serde_json::{Value, json};

use crate::{
    exports::{download, released},
    helpers::{
        Person, Scene, TestApp,
        alignment::fidelity,
        browser::{Browser, Setup},
        id, settled, sound,
        table::rows,
        until,
    },
    on_both_pairs,
};

/// The recordings that the server has of somebody, once all of them are measured.
async fn recordings(person: &Person) -> Vec<Value> {
    let list = person.get("/api/v1/recordings").await.expect(200);
    let mut views = Vec::new();
    for view in list.as_array().unwrap() {
        views.push(settled(person, &id(view)).await);
    }
    views
}

/// Two people hear the clip in one browser that gives them no microphone, and both say yes.
async fn two_people_say_yes(app: &TestApp, scene: &Scene) {
    let browser = Browser::open(Setup { deny_microphone: true, ..Setup::default() }).await;
    for name in ["Ben", "Chi"] {
        browser.signs_up(&app.url, name).await;
        browser.opens_the_judging_page(scene).await;
        assert_eq!(browser.text("#phrase").await, "Alexa");
        browser.click("#play").await;
        until(async || {
            let heard_s = browser.script("return document.querySelector('#audio').currentTime", vec![]).await;
            (heard_s.as_f64()? > 0.0).then_some(())
        })
        .await;
        browser.click("#yes").await;
        browser.see("Answer saved: yes").await;
        browser.in_state("#judge", "done").await;
        browser.logs_out().await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new());
}

on_both_pairs! {
    async fn a_wake_word_travels_from_a_mouth_into_a_dataset(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set_with(&admin, &["Alexa"], json!({}), json!({ "gold_rate": 0.0 })).await;
        let said = sound::espeak(app.backend.folder(), "Alexa");
        let browser = Browser::open(Setup::hearing(&said)).await;
        browser.signs_up(&app.url, "Ann").await;
        browser.agrees_and_opens_the_recorder(&scene).await;
        assert_eq!(browser.text("#phrase").await, "Alexa");
        browser.records_and_sends().await;
        browser.queue_shows(0, 1).await;
        assert_eq!(browser.complaints().await, Vec::<String>::new());

        let ann = app.known("Ann").await;
        let views = recordings(&ann).await;
        assert_eq!(views.len(), 1);
        assert_eq!((&views[0]["state"], &views[0]["phrase"]), (&json!("verified"), &json!("Alexa")), "{views:?}");
        until(async || app.rows("select item_id, batch_id from queue where speaker_id is not null").await.pop()).await;
        two_people_say_yes(&app, &scene).await;
        let verdict = until(async || app.rows("select state, label from verdicts").await.pop()).await;
        assert_eq!(verdict, ("settled".to_owned(), "yes".to_owned()));

        let release = released(&admin, &scene.project, "1.0.0").await;
        assert_eq!(release["state"], "ready", "{release}");
        let rosa = app.person_with_role(&admin, "Rosa", "researcher").await;
        let folder = app.backend.folder().join("release");
        download(&rosa, &release, &folder).await;
        let clips = rows(fs::read(folder.join("clips.parquet")).unwrap());
        assert_eq!(clips.len(), 1);
        assert_eq!((&*clips[0]["phrase"], &*clips[0]["label"], &*clips[0]["clip_id"]), ("Alexa", "Alexa", &*id(&views[0])));
        assert_eq!(rows(fs::read(folder.join("answers.parquet")).unwrap()).len(), 2);
        let (released, released_hz) = sound::samples(&fs::read(folder.join(&clips[0]["file"])).unwrap());
        let (spoken, spoken_hz) = sound::samples(&fs::read(&said).unwrap());
        let likeness = fidelity((&released, released_hz), (&spoken, spoken_hz));
        assert!(likeness.correlation >= 0.99, "what was released is not what was said: {likeness:?}");
    }

    async fn a_take_whose_upload_is_cut_off_arrives_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa"]).await;
        let browser = Browser::open(Setup::hearing(sound::espeak(app.backend.folder(), "Alexa"))).await;
        browser.signs_up(&app.url, "Ann").await;
        browser.agrees_and_opens_the_recorder(&scene).await;
        // A take has some hundred kilobytes: the bytes are on their way for seconds.
        browser.slow(20, 30_000).await;
        browser.records_and_sends().await;
        until(async || app.rows("select id, state from clips").await.pop()).await;
        browser.offline(true).await;
        browser.see("No connection").await;
        browser.queue_shows(1, 0).await;
        assert_eq!(app.rows("select state, phrase from clips").await, [("declared".to_owned(), "Alexa".to_owned())]);
        browser.offline(false).await;
        browser.queue_shows(0, 1).await;
        let views = recordings(&app.known("Ann").await).await;
        assert_eq!(views.len(), 1);
        assert_eq!(views[0]["state"], "verified", "{views:?}");
        assert_eq!(app.rows("select state, phrase from clips").await.len(), 1);
    }

    async fn takes_survive_a_reload_and_a_crash_and_arrive_once(app: TestApp) {
        let admin = app.admin().await;
        let scene = Scene::set(&admin, &["Alexa", "Computer"]).await;
        let setup = Setup { repeat: true, ..Setup::hearing(sound::espeak(app.backend.folder(), "Alexa")) };
        let browser = Browser::open(setup.clone()).await;
        browser.signs_up(&app.url, "Ann").await;
        browser.agrees_and_opens_the_recorder(&scene).await;
        browser.offline(true).await;
        browser.records_and_sends().await;
        browser.queue_shows(1, 0).await;
        assert!(app.rows("select state, phrase from clips").await.is_empty());
        browser.offline(false).await;
        browser.goto(&format!("{}/tasks", app.url)).await;
        // Sent by this page, or by the recorder just before it was left.
        until(async || (app.rows("select state, phrase from clips where state <> 'declared'").await.len() == 1).then_some(())).await;

        browser.opens_the_recorder(&scene).await;
        browser.slow(20, 30_000).await;
        browser.records_and_sends().await;
        until(async || (app.rows("select state, phrase from clips").await.len() == 2).then_some(())).await;
        let (setup, _profile) = browser.crash(setup);
        assert_eq!(app.rows("select state, phrase from clips where state = 'declared'").await.len(), 1);
        let browser = Browser::open(setup).await;
        // The crash may have come before the browser wrote the session's cookie down.
        browser.logs_in(&app.url, "Ann").await;
        // With the cookie, the log-in page has sent the take already.
        browser.find("#queue[data-waiting='0']").await;
        let views = recordings(&app.known("Ann").await).await;
        assert_eq!(views.len(), 2);
        assert!(views.iter().all(|view| view["state"] == "verified"), "{views:?}");
        assert_eq!(app.rows("select state, phrase from clips").await.len(), 2);
    }
}
