//! One person's way in a browser, on a phone and on a computer: a break, a lowered limit, a refusal, an appeal
//! that is won, a payout; then what the office sees of it.

use crate::exposure::{agree, path};
use crate::exposure_care::screams;
use crate::helpers::{
    Pair, Person, Scene, TestApp,
    browser::{Browser, Setup},
};
use serde_json::{Value, json};

/// A stage with everybody on it, and Ann's browser.
struct Story {
    app: TestApp,
    scene: Scene,
    ann: Person,
    rita: Person,
    browser: Browser,
    size: (u32, u32),
}

impl Story {
    async fn begin(size: (u32, u32)) -> Story {
        let app = TestApp::spawn(Pair::LiteFolder).await;
        let admin = app.admin().await;
        let scene = screams(&app, &admin, 5, 600).await;
        let rita = app.person_with_role(&admin, "Rita", "reviewer").await;
        app.person_with_role(&admin, "Rolf", "reviewer").await;
        let ann = app.person("Ann").await;
        let browser = Browser::open(Setup { size: Some(size), ..Setup::default() }).await;
        browser.logs_in(&app.url, "Ann").await;
        Story { app, scene, ann, rita, browser, size }
    }

    async fn open(&self, page: &str) {
        self.browser.goto(&format!("{}{page}", self.app.url)).await;
    }

    async fn judges(&self) {
        self.open(&format!("/tasks/judge?batch={}", self.scene.judge)).await;
        self.browser.in_state("#judge", "warning").await;
    }

    async fn enters(&self, name: &str) -> Browser {
        let browser = Browser::open(Setup { size: Some(self.size), ..Setup::default() }).await;
        browser.logs_in(&self.app.url, name).await;
        browser
    }

    /// The task that is shown.
    async fn task(&self) -> Value {
        json!({ "id": self.browser.find("#judge").await.attr("data-task").await.unwrap().unwrap() })
    }

    /// She agrees to what is asked of her, and says where she lives.
    async fn agrees(&self) {
        let browser = &self.browser;
        browser.see("You get it only if you agree to it").await;
        browser.is_accessible("tasks").await;
        self.open(&format!("/tasks/judge?batch={}", self.scene.judge)).await;
        browser.see("you have not agreed to hear that").await;
        browser.is_accessible("not agreed").await;
        self.open("/exposure").await;
        browser.script("document.getElementById('time_zone').value = 'Europe/London'", vec![]).await;
        browser.click("form[action='/exposure/time-zone'] button").await;
        browser.see("Saved.").await;
        browser.click("#adult-screams").await;
        browser.click("button[name=category][value=screams]").await;
        browser.see("You agreed to hear this until").await;
        browser.is_accessible("limits").await;
    }

    /// She listens until a break is due, and goes on after it.
    async fn rests(&self) {
        let browser = &self.browser;
        self.judges().await;
        browser.see("may be distressing: screams").await;
        browser.is_accessible("judge warning").await;
        browser.click("#proceed").await;
        browser.in_state("#judge", "ready").await;
        let sounding = "const a = document.getElementById('audio'); return [a.paused, a.volume]";
        let sounding = browser.script(sounding, vec![]).await;
        assert_eq!(sounding[0], true, "nothing plays by itself");
        assert!(sounding[1].as_f64().unwrap() < 1.0, "it starts quietly: {sounding}");
        browser.click("#care summary").await;
        browser.press("s").await;
        browser.find("#skip-reasons:not([hidden])").await;
        browser.is_accessible("judge skip reasons and care").await;
        let task = self.task().await;
        for _ in 0..13 {
            self.app.clock.advance_us(90_000_000);
            self.ann.signed_in_again().await.post(&path(&task, "renew"), json!({})).await.expect(200);
        }
        // Twenty seconds are left: too few for another task.
        self.app.clock.advance_us(10_000_000);
        browser.press("x").await;
        browser.see("Take a break from it").await;
        browser.is_accessible("break").await;
        self.app.clock.advance_us(600_000_000);
        self.judges().await;
    }

    async fn lowers_a_limit(&self) {
        let browser = &self.browser;
        self.open("/exposure").await;
        browser.fill("#strong_day_min", "30").await;
        browser.click("form[action='/exposure/limits'] button").await;
        browser.see("Saved.").await;
        let row = "return document.querySelector('tbody tr:nth-child(2)').innerText";
        assert!(browser.script(row, vec![]).await.to_string().contains("30 min"), "her own limit counts");
        let veil = "return getComputedStyle(document.querySelector('.covered img')).filter";
        assert!(browser.script(veil, vec![]).await.to_string().contains("blur"), "a picture is veiled at first");
        browser.click("label[for=sample-picture]").await;
        assert_eq!(browser.script(veil, vec![]).await, "none", "and shown when she asks");
        browser.is_accessible("lowered").await;
    }

    /// She answers, is refused, and appeals; somebody else finds that she was right.
    async fn is_refused_and_wins(&self) {
        let browser = &self.browser;
        self.judges().await;
        browser.click("#proceed").await;
        browser.in_state("#judge", "ready").await;
        let task = self.task().await;
        browser.press("y").await;
        browser.see("Answer saved: yes").await;
        let why = json!({ "code": "careless", "text": "The phrase was cut off, and you said yes to it." });
        self.rita.signed_in_again().await.post(&path(&task, "refusal"), why).await.expect(204);
        self.open("/refusals").await;
        browser.see("The phrase was cut off").await;
        browser.is_accessible("refusal").await;
        browser.fill("textarea[name=text]", "I listened twice, and the phrase is whole.").await;
        browser.click("main form button[type=submit]").await;
        browser.see("You have appealed.").await;
        browser.is_accessible("appeal that waits").await;
        let reviewer = self.enters("Rolf").await;
        reviewer.click("a[href='/appeals']").await;
        reviewer.see("I listened twice").await;
        assert!(!reviewer.text("main").await.contains("Ann"), "the reviewer does not see who appeals");
        reviewer.is_accessible("appeals").await;
        reviewer.fill("textarea[name=text]", "You are right: it is whole. Thank you for saying so.").await;
        reviewer.click("button[name=won][value=true]").await;
        reviewer.see("Nothing waits for you.").await;
        self.open("/refusals").await;
        browser.see("You were right, and you are paid.").await;
        browser.is_accessible("appeal won").await;
    }

    /// She asks for what she has earned: the appeal, and the time with the tasks that she left. Returns the
    /// cents that are on their way.
    async fn asks_for_her_pay(&self) -> i64 {
        let browser = &self.browser;
        let before = self.ann.signed_in_again().await.get("/api/v1/ledger/statement").await.expect(200);
        let payable_cents = before["balances"][0]["payable_cents"].as_i64().unwrap();
        // The appeal, and 1,180 seconds at the least hourly pay of 12.00.
        assert_eq!(payable_cents, 600 + 394, "{before}");
        self.open("/ledger").await;
        browser.fill("#destination", "ann@pay.example").await;
        browser.click("form[action='/ledger/destination'] button").await;
        browser.see("Pay out ").await;
        browser.is_accessible("pay").await;
        browser.click("form[action='/ledger/payouts'] button").await;
        browser.see("Asked for, waits for approval").await;
        browser.is_accessible("payout asked for").await;
        payable_cents
    }

    /// What administrators see of it.
    async fn is_paid_out(&self) {
        let office = self.enters("Ada Admin").await;
        let open = async |page: &str| office.goto(&format!("{}{page}", self.app.url)).await;
        open("/payouts").await;
        office.see("ann@pay.example").await;
        office.is_accessible("payouts").await;
        office.click("button[value=approve]").await;
        office.see("None here.").await;
        open("/payouts?state=approved").await;
        office.click("button[value=sent]").await;
        office.see("None here.").await;
        open("/payouts?state=sent").await;
        office.click("button[value=settled]").await;
        office.see("None here.").await;
        open("/fairness").await;
        office.see("Breaches of a limit").await;
        office.is_accessible("fairness").await;
        open("/exposure/totals").await;
        office.see("fewer than 5").await;
        office.is_accessible("exposure totals").await;
        open("/exposure/reports").await;
        office.is_accessible("no reports").await;
        let ben = self.app.person("Ben").await;
        agree(&ben, &["screams"]).await;
        let task = ben.next_task(&self.scene.judge).await.expect(200);
        ben.post(&path(&task, "report"), json!({ "level": 3, "categories": ["hate"] })).await.expect(204);
        open("/exposure/reports").await;
        office.see("hateful words").await;
        office.is_accessible("reports").await;
        open(&format!("/projects/{}", self.scene.project)).await;
        office.click("main details summary").await;
        office.is_accessible("a project made more sensitive").await;
        office.script("document.getElementById('sensitivity').value = '1'", vec![]).await;
        office.click("form[action$='/exposure'] button").await;
        office.see("mildly unpleasant").await;
        open("/projects/new").await;
        office.is_accessible("new project").await;
    }

    /// One key stops it all, and leads to help.
    async fn stops(&self) {
        let browser = &self.browser;
        self.judges().await;
        browser.click("#care summary").await;
        browser.click("#distress").await;
        browser.at("/exposure/help").await;
        browser.see("You get nothing sensitive until").await;
        browser.is_accessible("help").await;
    }
}

async fn journey(size: (u32, u32)) {
    let story = Story::begin(size).await;
    story.agrees().await;
    story.rests().await;
    story.lowers_a_limit().await;
    story.is_refused_and_wins().await;
    let cents = story.asks_for_her_pay().await;
    story.is_paid_out().await;
    story.open("/ledger").await;
    story.browser.see("Arrived").await;
    story.browser.is_accessible("paid out").await;
    let paid = story.ann.signed_in_again().await.get("/api/v1/ledger/statement").await.expect(200);
    assert_eq!(paid["balances"][0]["paid_cents"], cents);
    story.stops().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_phone_somebody_rests_lowers_a_limit_is_refused_appeals_wins_and_is_paid() {
    journey((360, 740)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_computer_somebody_rests_lowers_a_limit_is_refused_appeals_wins_and_is_paid() {
    journey((1280, 900)).await;
}
