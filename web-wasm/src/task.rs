//! A task as the server sent it (`wire::Task`). Its fields are read one by one: code that reads all of
//! them into a struct, and writes them again for the browser's storage, would be 9 KB of the bundle.

use crate::{dom, words};
use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::JsValue;
use wire::Category;

/// One item leased to this person. Clones share one object.
#[derive(Clone, Debug)]
pub struct Task(JsValue);

impl Task {
    /// The task that a JavaScript object describes; `None` if it describes none.
    pub fn of(object: JsValue) -> Option<Task> {
        let task = Task(object);
        (!task.id().is_empty() && !task.batch().is_empty()).then_some(task)
    }

    /// The task that a JSON text describes.
    pub fn read(text: &str) -> Option<Task> {
        Task::of(JSON::parse(text).ok()?)
    }

    /// The object that it was made of.
    pub fn object(&self) -> &JsValue {
        &self.0
    }

    /// The lease's id.
    pub fn id(&self) -> String {
        self.text("id")
    }

    /// The batch that it belongs to.
    pub fn batch(&self) -> String {
        self.text("batch")
    }

    /// The phrase to say, or to listen for.
    pub fn phrase(&self) -> String {
        self.text("phrase")
    }

    /// When the lease ends, RFC 3339.
    pub fn expires_at(&self) -> String {
        self.text("expires_at")
    }

    /// Where the clip to judge can be heard; empty for recording tasks.
    pub fn audio_url(&self) -> String {
        self.text("audio_url")
    }

    /// Whether a warning comes before it.
    pub fn may_upset(&self) -> bool {
        self.number("sensitivity") > 0.0
    }

    /// The lease lasts until an RFC 3339 time.
    pub fn renew(&self, until: &str) {
        Reflect::set(&self.0, &"expires_at".into(), &until.into()).ok();
    }

    /// What a recording must meet, as JSON; empty for the defaults.
    pub fn policy(&self) -> String {
        JSON::stringify(&dom::property(&self.0, "policy")).ok().and_then(|text| text.as_string()).unwrap_or_default()
    }

    /// Longest take that the policy allows.
    pub fn max_length_ms(&self) -> u32 {
        let most = dom::property(&dom::property(&self.0, "policy"), "max_length_ms").as_f64();
        most.map_or_else(|| audio::Policy::default().max_length_ms, |most| most as u32)
    }

    /// Puts it into the elements `#phrase`, `#hint` and `#pay`, and into `#warning-text` what is said
    /// before `what` if it may upset.
    pub fn show(&self, root: &web_sys::HtmlElement, what: &str) {
        dom::set(root, "data-task", &self.id());
        dom::tell("phrase", &self.phrase());
        dom::set(&dom::must::<web_sys::HtmlElement>("phrase"), "lang", &self.text("language"));
        let hint = self.text("hint");
        dom::tell("hint", &hint);
        dom::show_each(&[("hint", !hint.is_empty()), ("rest", dom::property(&self.0, "rest").is_truthy())]);
        let about = Array::from(&dom::property(&self.0, "categories"));
        let about: Vec<Category> = about.iter().filter_map(|word| word.as_string()?.parse().ok()).collect();
        dom::tell("warning-text", &words::warning(what, self.number("sensitivity") as u8, &about));
        self.show_terms();
    }

    /// Says in `#pay` what it pays and how long it is reserved.
    pub fn show_terms(&self) {
        let pay = dom::money(self.number("pay_cents") as i64, &self.text("currency"));
        dom::tell("pay", &format!("Pays {pay}. Reserved for you until {}.", dom::clock(&self.expires_at())));
    }

    fn text(&self, name: &str) -> String {
        dom::text(&self.0, name).unwrap_or_default()
    }

    fn number(&self, name: &str) -> f64 {
        dom::property(&self.0, name).as_f64().unwrap_or(0.0)
    }
}
