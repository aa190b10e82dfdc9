//! People in front of a browser: what they fill in, press, say and see.

use serde_json::Value;

use super::{Person, Scene, browser::Browser, client};

/// Ends when the level meter is above -25 dBFS.
const LISTEN: &str = "
    const [done] = arguments;
    const meter = document.querySelector('#level');
    new MutationObserver((updates, observer) => {
        if (Number(meter.getAttribute('aria-valuenow')) > -25) {
            observer.disconnect();
            done();
        }
    }).observe(meter, { attributeFilter: ['aria-valuenow'] });";

/// When a recording ends.
#[derive(Clone, Copy, Debug)]
pub enum Stop {
    /// When the recorder has heard enough.
    ByItself,
    /// Somebody presses Stop while still speaking.
    WhileSpeaking,
    /// Never: somebody has switched off that it stops by itself, and the take is as long as it may be.
    Never,
}

impl Browser {
    /// Makes an account with the form; the tasks come up.
    pub async fn signs_up(&self, url: &str, name: &str) {
        let person = Person::named(url, &client(), name);
        self.goto(&format!("{url}/signup")).await;
        self.fill("#name", name).await;
        self.fill("#email", &person.email).await;
        self.fill("#password", &person.password).await;
        self.click("main form button[type=submit]").await;
        self.at("/tasks").await;
    }

    /// Fills in the log-in form; the tasks come up.
    pub async fn logs_in(&self, url: &str, name: &str) {
        let person = Person::named(url, &client(), name);
        self.goto(&format!("{url}/login?next=/tasks")).await;
        self.fill("#email", &person.email).await;
        self.fill("#password", &person.password).await;
        self.click("main form button[type=submit]").await;
        self.at("/tasks").await;
        self.gone("input[type=password]").await;
    }

    pub async fn logs_out(&self) {
        self.click("form[action='/logout'] button").await;
        self.find("a[href='/login']").await;
    }

    /// From the tasks to the text, agrees, and on to the recorder.
    pub async fn agrees_and_opens_the_recorder(&self, scene: &Scene) {
        self.click(&format!("a[href='/consent/{}']", scene.project)).await;
        self.see("We, the testers, collect your voice").await;
        self.click("button[value=give]").await;
        self.opens_the_recorder(scene).await;
    }

    /// From the tasks to a phrase that can be recorded.
    pub async fn opens_the_recorder(&self, scene: &Scene) {
        self.click(&format!("a[href='/tasks/record?batch={}']", scene.record)).await;
        self.in_state("#recorder", "ready").await;
    }

    /// From the tasks to a clip that can be judged.
    pub async fn opens_the_judging_page(&self, scene: &Scene) {
        self.click(&format!("a[href='/tasks/judge?batch={}']", scene.judge)).await;
        self.in_state("#judge", "ready").await;
    }

    /// Records what the fake microphone plays, until the take is shown.
    pub async fn records(&self, stop: Stop) {
        if let Stop::Never = stop {
            self.click("#options summary").await;
            self.click("#auto-stop:checked").await;
        }
        self.click("#record").await;
        if let Stop::WhileSpeaking = stop {
            self.client.execute_async(LISTEN, vec![]).await.unwrap();
            self.click("#record").await;
        }
        self.in_state("#recorder", "review").await;
    }

    /// Records a take that must be good, and sends it.
    pub async fn records_and_sends(&self) {
        self.records(Stop::ByItself).await;
        let faults = self.script("return document.querySelector('#faults').innerText", vec![]).await;
        assert_eq!(faults, Value::from(""), "{}", self.text("#status").await);
        self.click("#send").await;
    }

    /// Waits until the upload queue shows these numbers.
    pub async fn queue_shows(&self, waiting: u32, sent: u32) {
        self.find(&format!("#queue[data-waiting='{waiting}'][data-sent='{sent}'][data-refused='0']")).await;
    }

    /// What the console complained about, except that the server had no task left.
    pub async fn complaints(&self) -> Vec<String> {
        let mut lines = self.console_errors().await;
        lines.retain(|line| !line.contains("/api/v1/tasks/next"));
        lines
    }
}
