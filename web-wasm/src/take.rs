//! A recording on its way to the server: how it is made, written down and read again.

use crate::js::Storage;
use crate::task::Task;
use crate::{dom, json, queue, store};
use js_sys::{JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wire::{CaptureSettings, Declaration};

/// One take; its bytes lie beside it in [`store`].
#[derive(Clone, Debug)]
pub struct Take {
    /// Its id and that of its recording; made here.
    pub id: String,
    /// The task that it answers.
    pub task: String,
    /// Who spoke; others who use this browser neither see nor send it.
    pub person: String,
    /// The batch that the task belongs to.
    pub batch: String,
    /// The phrase that was asked for.
    pub phrase: String,
    /// When it was recorded, ms since 1970 by this device's clock; only orders the queue.
    pub created_ms: f64,
    /// What the server is told, as JSON of [`Declaration`]: the same bytes at every try.
    pub declaration: String,
    /// Why the server will never accept it, in words; such a take waits for its owner.
    pub refused: Option<String>,
}

impl Take {
    /// The text that [`store`] keeps. The declaration is a part of it, not a text within.
    pub fn write(&self) -> String {
        let object = dom::object(&[
            ("person", JsValue::from_str(&self.person)),
            ("batch", JsValue::from_str(&self.batch)),
            ("phrase", JsValue::from_str(&self.phrase)),
            ("created_ms", JsValue::from_f64(self.created_ms)),
            ("declaration", JSON::parse(&self.declaration).unwrap_or(JsValue::NULL)),
            ("refused", self.refused.as_deref().map_or(JsValue::NULL, JsValue::from_str)),
        ]);
        JSON::stringify(&object).map(String::from).unwrap_or_default()
    }

    /// The take that such a text describes.
    pub fn read(text: &str) -> Option<Take> {
        let object = JSON::parse(text).ok()?;
        let declaration = dom::property(&object, "declaration");
        Some(Take {
            id: dom::text(&declaration, "id")?,
            task: dom::text(&declaration, "task")?,
            person: dom::text(&object, "person")?,
            batch: dom::text(&object, "batch")?,
            phrase: dom::text(&object, "phrase")?,
            created_ms: dom::property(&object, "created_ms").as_f64()?,
            refused: dom::text(&object, "refused"),
            declaration: JSON::stringify(&declaration).ok()?.into(),
        })
    }
}

/// Names a checked take, signs it with its digest and puts it into the queue's storage, where it
/// stays until the server has it. The page's queue is told. `report` is JSON. Returns the take's
/// id.
///
/// # Errors
/// In words for the person, when this browser cannot keep it.
pub async fn keep(
    person: &str,
    task: &Task,
    wav: &Uint8Array,
    report: &str,
    settings: CaptureSettings,
) -> Result<String, String> {
    let crypto = dom::window().crypto().map_err(|e| dom::error_text(&e))?;
    let digest = crypto.subtle().digest_with_str_and_js_u8_array("SHA-256", wav);
    let digest = JsFuture::from(digest.map_err(|e| dom::error_text(&e))?).await;
    let digest = Uint8Array::new(&digest.map_err(|e| dom::error_text(&e))?).to_vec();
    let declaration = Declaration {
        id: crypto.random_uuid(),
        task: task.id(),
        sha256: hex(&digest),
        size_bytes: i64::from(wav.length()),
        content_type: "audio/wav".to_owned(),
        report: None,
        settings,
    };
    let take = Take {
        id: declaration.id.clone(),
        task: task.id(),
        person: person.to_owned(),
        batch: task.batch(),
        phrase: task.phrase(),
        created_ms: js_sys::Date::now(),
        declaration: with_report(&json::write(&declaration), report),
        refused: None,
    };
    store::add(&take, wav).await.map_err(|error| error.sentence().to_owned())?;
    persist();
    dom::remember(KEPT, &take.task);
    queue::tell_kept();
    Ok(take.id)
}

/// Under which name tabs tell each other which task was recorded.
const KEPT: &str = "sayso-kept";

/// The task whose take another tab has kept, if a `storage` event says so.
pub fn kept_elsewhere(event: &web_sys::Event) -> Option<String> {
    dom::text(event, "newValue").filter(|_| dom::text(event, "key").as_deref() == Some(KEPT))
}

/// Asks the browser not to throw takes away when its disk runs full; it may say no.
fn persist() {
    let storage = dom::property(&dom::window().navigator(), "storage");
    if !storage.is_undefined() {
        storage.unchecked_into::<Storage>().persist().ok();
    }
}

/// The report is text already: read and written again it would take 4 KB of the bundle.
fn with_report(declaration: &str, report: &str) -> String {
    let (Ok(object), Ok(report)) = (JSON::parse(declaration), JSON::parse(report)) else {
        return declaration.to_owned();
    };
    Reflect::set(&object, &"report".into(), &report).ok();
    JSON::stringify(&object).map_or_else(|_| declaration.to_owned(), String::from)
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}
