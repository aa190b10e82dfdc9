//! Headless Chromium through chromedriver: a fake microphone, a screen size, a network that goes away.

use base64::prelude::{BASE64_STANDARD, Engine};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, error::CmdError};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    chromedriver::{Chromium, answers, http},
    postgres::free_port,
    watchdog::{Watchdog, quoted, scratch},
};

/// Long enough for a debug build on two busy cores; a passing test never waits this long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// How a browser is started. The default: a desktop screen, and a microphone that beeps.
#[derive(Clone, Default)]
pub struct Setup {
    /// A PCM16 WAV that the fake microphone plays, from the moment a page opens it.
    pub microphone: Option<PathBuf>,
    /// Play the file again and again instead of once.
    pub repeat: bool,
    /// Refuse the microphone, as a person may.
    pub deny_microphone: bool,
    /// Inner width and height in CSS pixels; below 500 wide it is a touch screen.
    pub size: Option<(u32, u32)>,
    /// The folder of an earlier browser's profile, to come back as the same browser.
    pub profile: Option<PathBuf>,
    /// A computer without any microphone.
    pub no_microphone: bool,
    /// More switches of the browser's own.
    pub switches: Vec<String>,
}

impl Setup {
    /// A microphone that plays `file` once.
    pub fn hearing(file: impl Into<PathBuf>) -> Self {
        Self { microphone: Some(file.into()), ..Self::default() }
    }

    fn capabilities(&self, profile: &Path) -> fantoccini::wd::Capabilities {
        let mut args: Vec<String> = [
            "--headless=new",
            // Chromium's own sandbox refuses root, and containers lack what it needs.
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // The browser ends when chromedriver does, however that ends.
            "--remote-debugging-pipe",
        ]
        .map(String::from)
        .to_vec();
        if !self.no_microphone {
            args.push("--use-fake-device-for-media-stream".into());
        }
        args.extend(self.switches.clone());
        args.push(format!("--user-data-dir={}", profile.display()));
        args.push(match self.deny_microphone {
            true => "--use-fake-ui-for-media-stream=deny".into(),
            false => "--use-fake-ui-for-media-stream".into(),
        });
        if let Some(file) = &self.microphone {
            // A missing file would be silence without an error.
            let file = file.canonicalize().expect("the fake microphone's file exists");
            let once = if self.repeat { "" } else { "%noloop" };
            args.push(format!("--use-file-for-fake-audio-capture={}{once}", file.display()));
        }
        let (width, height) = self.size.unwrap_or((1280, 900));
        args.push(format!("--window-size={width},{height}"));
        let mut options = json!({ "args": args });
        if width < 500 {
            // A desktop window cannot be that narrow.
            let metrics = json!({ "width": width, "height": height, "pixelRatio": 2.0, "touch": true, "mobile": true });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let wanted = json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } });
        wanted.as_object().unwrap().clone()
    }
}

/// One browser with one window. Use [`Browser::client`] for what has no helper here.
pub struct Browser {
    pub client: Client,
    session: String,
    port: u16,
    driver: Option<Watchdog>,
    profile: PathBuf,
    _profile: Option<TempDir>,
}

impl Browser {
    /// # Panics
    /// When Chromium or chromedriver is missing: `apt-get install chromium chromium-driver`.
    pub async fn open(setup: Setup) -> Self {
        let own = setup.profile.is_none().then(|| scratch("browser-"));
        let profile = own.as_ref().map(|dir| dir.path().into()).or(setup.profile.clone()).unwrap();
        let port = free_port();
        let driver =
            Watchdog::start(&format!("cd {} && chromedriver --port={port} &", quoted(&profile)), "kill $! ; wait $!");
        answers(port).await;
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder
            .capabilities(setup.capabilities(&profile))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("Chromium starts: `apt-get install chromium chromium-driver`");
        let session = client.session_id().await.unwrap().expect("a session has an id");
        Self { client, session, port, driver: Some(driver), profile, _profile: own }
    }

    /// The browser dies without notice, as on a flat battery; what it stored stays in its profile.
    ///
    /// Returns a setup that opens the same browser again.
    pub fn crash(mut self, setup: Setup) -> (Setup, Option<TempDir>) {
        // Gone before the polite goodbye of `drop`.
        self.driver.take();
        (Setup { profile: Some(self.profile.clone()), ..setup }, self._profile.take())
    }

    pub async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap();
    }

    /// Waits until an element matches the CSS selector.
    pub async fn find(&self, css: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => self.give_up(css, error).await,
        }
    }

    /// Waits until the page shows this text (within one element, white space as one space).
    pub async fn see(&self, text: &str) -> Element {
        let path = format!("//body//*[contains(normalize-space(.), \"{text}\")]");
        match self.client.wait().at_most(PATIENCE).for_element(Locator::XPath(&path)).await {
            Ok(element) => element,
            Err(error) => self.give_up(text, error).await,
        }
    }

    /// Waits until nothing matches the CSS selector.
    pub async fn gone(&self, css: &str) {
        self.find(&format!("html:not(:has({css}))")).await;
    }

    /// Waits until the element is in a state that its page promises in `data-state`.
    pub async fn in_state(&self, css: &str, state: &str) -> Element {
        self.find(&format!("{css}[data-state=\"{state}\"]")).await
    }

    /// The element's `data-state` now.
    pub async fn state(&self, css: &str) -> String {
        self.find(css).await.attr("data-state").await.unwrap().unwrap_or_default()
    }

    /// Waits until the address contains this.
    pub async fn at(&self, part: &str) {
        let arrived = async {
            while !self.client.current_url().await.unwrap().as_str().contains(part) {
                tokio::task::yield_now().await;
            }
        };
        if tokio::time::timeout(PATIENCE, arrived).await.is_err() {
            panic!("never came to {part}:\n{}", self.scene().await);
        }
    }

    pub async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.unwrap()
    }

    pub async fn click(&self, css: &str) {
        self.find(&format!("{css}:not(:disabled)")).await.click().await.unwrap();
    }

    /// Empties the field and types.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Types into whatever has the focus; keys such as Enter are `fantoccini::key::Key`.
    pub async fn press(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Runs a script in the page; give a result with `return`.
    pub async fn script(&self, script: &str, args: Vec<Value>) -> Value {
        self.client.execute(script, args).await.unwrap()
    }

    /// Takes the network away or gives it back. Service workers keep theirs.
    pub async fn offline(&self, offline: bool) {
        self.network(json!({ "offline": offline, "latency": 0, "throughput": 0 })).await;
    }

    /// A slow network: this much delay, and at most this many bytes per second each way.
    pub async fn slow(&self, latency_ms: u32, bytes_per_s: u32) {
        self.network(json!({ "offline": false, "latency": latency_ms, "throughput": bytes_per_s })).await;
    }

    /// A command of the DevTools protocol, which reaches what a page cannot.
    pub async fn devtools(&self, command: &str, parameters: Value) {
        self.chromium("goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await;
    }

    async fn network(&self, conditions: Value) {
        self.chromium("chromium/network_conditions", json!({ "network_conditions": conditions })).await;
    }

    /// What the console complained about since it was last asked: errors only.
    pub async fn console_errors(&self) -> Vec<String> {
        let log = self.chromium("se/log", json!({ "type": "browser" })).await;
        let lines = log.as_array().into_iter().flatten();
        lines
            .filter(|line| line["level"] == "SEVERE")
            .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// The whole page, also what is below the screen.
    pub async fn screenshot(&self, file: impl AsRef<Path>) {
        let whole = json!({ "cmd": "Page.captureScreenshot", "params": { "captureBeyondViewport": true } });
        let shot = self.chromium("goog/cdp/execute", whole).await;
        let bytes = BASE64_STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }

    async fn chromium(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Chromium { path, body }).await.unwrap()
    }

    async fn give_up(&self, wanted: &str, error: CmdError) -> ! {
        panic!("waited in vain for {wanted}: {error}\n{}", self.scene().await)
    }

    /// What a person who reads a failed test wants to know.
    async fn scene(&self) -> String {
        let url = self.client.current_url().await.map(String::from).unwrap_or_default();
        let body = self.client.execute("return document.body.innerText", vec![]).await;
        let page = body.ok().and_then(|text| text.as_str().map(String::from)).unwrap_or_default();
        format!("at {url}\nconsole: {:#?}\npage:\n{page}", self.console_errors().await)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if self.driver.is_some() {
            // Ends the browser before its profile is removed.
            http(self.port, &format!("DELETE /session/{}", self.session));
        }
    }
}
