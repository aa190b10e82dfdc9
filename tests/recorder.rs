//! The recorder in a real browser: without a network, by keyboard, and when something is missing.

use serde_json::json;

use crate::helpers::{
    Backend, Pair, Person, Scene, TestApp,
    browser::{Browser, Setup},
    postgres::free_port,
    sound, until,
    visitor::Stop,
};

const SPACE: &str = " ";
const ENTER: &str = "\u{e007}";

/// A server that keeps its address when it is stopped and started again.
async fn steady_app() -> TestApp {
    let port = free_port();
    TestApp::spawn_with(Backend::fresh(Pair::LiteFolder), |config| config.listen.set_port(port)).await
}

/// A stage, and somebody who may record on it.
async fn stage(app: &TestApp, prompts: &[&str]) -> (Scene, Person) {
    let scene = Scene::set(&app.admin().await, prompts).await;
    let ann = scene.speaker(app, "Ann").await;
    (scene, ann)
}

/// A browser that hears a word again and again, with the recorder open.
async fn recorder(app: &TestApp, scene: &Scene) -> Browser {
    let setup = Setup { repeat: true, ..Setup::hearing(sound::espeak(app.backend.folder(), "Alexa")) };
    let browser = Browser::open(setup).await;
    browser.logs_in(&app.url, "Ann").await;
    browser.opens_the_recorder(scene).await;
    browser
}

/// How many entries an object store of the page's database has.
async fn kept(browser: &Browser, store: &str) -> u64 {
    let count = "
        const [store, done] = arguments;
        indexedDB.open('sayso').onsuccess = ({ target: { result: database } }) => {
            database.transaction(store).objectStore(store).count().onsuccess = ({ target }) => {
                database.close();
                done(target.result);
            };
        };";
    browser.client.execute_async(count, vec![json!(store)]).await.unwrap().as_u64().unwrap()
}

/// Whether the browser holds a copy of the recording page for offline use.
async fn has_copy(browser: &Browser) -> bool {
    let look = "
        const [done] = arguments;
        (async () => {
            for (const name of await caches.keys()) {
                const addresses = (await (await caches.open(name)).keys()).map(({ url }) => url);
                if (addresses.some((url) => url.includes('/tasks/record'))) return true;
            }
            return false;
        })().then(done);";
    browser.client.execute_async(look, vec![]).await.unwrap() == true
}

async fn status_says(browser: &Browser, text: &str) {
    browser.find("#recorder[data-state='ready']").await;
    let status = browser.text("#status").await;
    assert!(status.contains(text), "the status is “{status}”");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recording_goes_on_without_a_server_and_everything_arrives_once() {
    let mut app = steady_app().await;
    let (scene, ann) = stage(&app, &["Alexa", "Computer", "Mycroft", "Jarvis"]).await;
    let browser = recorder(&app, &scene).await;
    until(async || (has_copy(&browser).await && kept(&browser, "prompts").await == 3).then_some(())).await;

    app.stop().await;
    browser.client.refresh().await.unwrap();
    browser.in_state("#recorder", "ready").await;
    assert!(browser.find("#offline").await.is_displayed().await.unwrap());
    let mut phrases = Vec::new();
    for taken in 1..=3 {
        phrases.push(browser.text("#phrase").await);
        browser.records_and_sends().await;
        browser.queue_shows(taken, 0).await;
    }
    browser.in_state("#recorder", "error").await;
    assert_eq!(phrases, ["Alexa", "Computer", "Mycroft"]);
    assert_eq!(kept(&browser, "takes").await, 3);

    app.restart().await;
    browser.queue_shows(0, 3).await;
    browser.in_state("#recorder", "ready").await;
    assert_eq!(browser.text("#phrase").await, "Jarvis");
    let ann = ann.signed_in_again().await;
    let sent = ann.get("/api/v1/recordings").await.expect(200);
    assert_eq!(sent.as_array().unwrap().len(), 3, "{sent}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_for_offline_use_belongs_to_its_person_and_takes_stay() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let (scene, _) = stage(&app, &["Alexa", "Computer"]).await;
    let browser = recorder(&app, &scene).await;
    until(async || has_copy(&browser).await.then_some(())).await;
    browser.offline(true).await;
    browser.records_and_sends().await;
    browser.queue_shows(1, 0).await;
    browser.offline(false).await;
    browser.queue_shows(0, 1).await;
    browser.logs_out().await;
    until(async || (!has_copy(&browser).await).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_an_earlier_session_still_sends() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let (scene, ann) = stage(&app, &["Alexa"]).await;
    let browser = recorder(&app, &scene).await;
    let page = browser.client.window().await.unwrap();
    let other = browser.client.new_window(true).await.unwrap();
    browser.client.switch_to_window(other.handle).await.unwrap();
    browser.goto(&format!("{}/tasks", app.url)).await;
    browser.logs_out().await;
    browser.logs_in(&app.url, "Ann").await;
    browser.client.switch_to_window(page).await.unwrap();
    browser.records_and_sends().await;
    browser.queue_shows(0, 1).await;
    let ann = ann.signed_in_again().await;
    assert_eq!(ann.get("/api/v1/recordings").await.expect(200).as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recording_needs_nothing_but_a_keyboard() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let (scene, ann) = stage(&app, &["Alexa"]).await;
    let browser = recorder(&app, &scene).await;
    browser.press(SPACE).await;
    browser.in_state("#recorder", "review").await;
    browser.press("r").await;
    browser.in_state("#recorder", "ready").await;
    browser.press(SPACE).await;
    browser.in_state("#recorder", "review").await;
    browser.press(ENTER).await;
    browser.queue_shows(0, 1).await;
    browser.in_state("#recorder", "done").await;
    assert_eq!(ann.get("/api/v1/recordings").await.expect(200).as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_take_may_start_with_a_count_or_with_the_voice() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let (scene, _) = stage(&app, &["Alexa"]).await;
    let browser = recorder(&app, &scene).await;
    browser.click("#options summary").await;
    browser.click("#start-count").await;
    browser.click("#record").await;
    browser.in_state("#recorder", "counting").await;
    assert_eq!(browser.text("#count").await, "3");
    browser.in_state("#recorder", "review").await;
    browser.click("#retake").await;

    browser.click("#start-voice").await;
    browser.client.refresh().await.unwrap();
    browser.in_state("#recorder", "ready").await;
    browser.records(Stop::ByItself).await;
    assert_eq!(browser.text("#faults").await, "");
    // The fake microphone is silent for seconds first: only half a second of it is kept.
    let spoken = browser.text("#described").await;
    assert!(spoken.contains("speech from 0."), "{spoken}");
    assert!(browser.find("#start-voice:checked").await.is_selected().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chosen_microphone_is_used_and_remembered() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let (scene, _) = stage(&app, &["Alexa"]).await;
    let browser = recorder(&app, &scene).await;
    browser.records(Stop::ByItself).await;
    browser.click("#options summary").await;
    let names =
        browser.script("return [...document.querySelector('#device').options].map((o) => o.text)", vec![]).await;
    assert!(names.as_array().unwrap().len() > 2, "{names}");
    let second = "const device = document.querySelector('#device'); device.selectedIndex = 2;
        device.dispatchEvent(new Event('change')); return device.options[2].text;";
    let name = browser.script(second, vec![]).await;
    browser.see(&format!("The microphone is now “{}”", name.as_str().unwrap())).await;
    browser.click("#retake").await;
    browser.records(Stop::ByItself).await;
    browser.client.refresh().await.unwrap();
    browser.in_state("#recorder", "ready").await;
    browser.records(Stop::ByItself).await;
    let chosen = browser.script("return document.querySelector('#device').selectedOptions[0].text", vec![]).await;
    assert_eq!(chosen, name);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_microphone_that_is_refused_missing_or_hidden_is_explained() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let (scene, _) = stage(&app, &["Alexa"]).await;
    let cases = [
        (Setup { deny_microphone: true, ..Setup::default() }, "Allow it in the address bar"),
        (Setup { no_microphone: true, ..Setup::default() }, "We found no microphone. Connect one"),
    ];
    for (setup, words) in cases {
        let browser = Browser::open(setup).await;
        browser.logs_in(&app.url, "Ann").await;
        browser.opens_the_recorder(&scene).await;
        browser.click("#record").await;
        browser.see(words).await;
        status_says(&browser, words).await;
    }
    let switches = vec!["--host-resolver-rules=MAP sayso.test 127.0.0.1".to_owned()];
    let browser = Browser::open(Setup { switches, ..Setup::default() }).await;
    let url = app.url.replace("127.0.0.1", "sayso.test");
    browser.logs_in(&url, "Ann").await;
    browser.opens_the_recorder(&scene).await;
    browser.click("#record").await;
    browser.see("Open it with https://").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_microphone_that_is_unplugged_is_explained_and_may_come_back() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let (scene, _) = stage(&app, &["Alexa"]).await;
    let browser = recorder(&app, &scene).await;
    // The browser's own events, at the browser's own track: no cable can be pulled here.
    let watch = "const ask = MediaDevices.prototype.getUserMedia;
        MediaDevices.prototype.getUserMedia = async function (wish) {
            const stream = await ask.call(this, wish);
            window.unplug = () => {
                const [track] = stream.getTracks();
                track.stop();
                track.dispatchEvent(new Event('ended'));
            };
            return stream;
        };";
    browser.script(watch, vec![]).await;
    browser.click("#record").await;
    browser.in_state("#recorder", "recording").await;
    browser.script("window.unplug()", vec![]).await;
    browser.see("The microphone is gone: was it unplugged?").await;
    status_says(&browser, "Connect it, then press Record again").await;
    browser.records(Stop::ByItself).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_take_for_which_there_is_no_room_stays_on_the_page() {
    let app = TestApp::spawn(Pair::LiteFolder).await;
    let (scene, _) = stage(&app, &["Alexa"]).await;
    let setup = Setup::hearing(sound::espeak(app.backend.folder(), "Alexa"));
    let browser = Browser::open(setup).await;
    browser.logs_in(&app.url, "Ann").await;
    let quota = |bytes: Option<u32>| {
        let mut parameters = json!({ "origin": app.url });
        if let Some(bytes) = bytes {
            parameters["quotaSize"] = json!(bytes);
        }
        parameters
    };
    // Before the page writes anything: the browser remembers for a while how much room there was.
    browser.devtools("Storage.overrideQuotaForOrigin", quota(Some(1))).await;
    browser.opens_the_recorder(&scene).await;
    browser.records(Stop::ByItself).await;
    browser.click("#send").await;
    browser.see("no room left for takes").await;
    browser.in_state("#recorder", "review").await;
    assert!(browser.find("#download").await.is_displayed().await.unwrap());
    assert_eq!(kept(&browser, "takes").await, 0);
    browser.devtools("Storage.overrideQuotaForOrigin", quota(None)).await;
    browser.click("#send").await;
    browser.queue_shows(0, 1).await;
}
