//! Turns a checked recording into a take that waits in the queue.

use crate::dom;
use crate::precheck::Checked;
use crate::store::{self, Take};
use js_sys::Uint8Array;
use wasm_bindgen_futures::JsFuture;
use wire::{CaptureSettings, Declaration, Task};

/// Names a checked take, signs it with its digest and puts it into the queue's storage, where it
/// stays until the server has it.
///
/// # Errors
/// In words for the person, when this browser cannot keep it.
pub async fn keep(person: &str, task: &Task, checked: &Checked, settings: CaptureSettings) -> Result<(), String> {
    let crypto = dom::window().crypto().map_err(|e| dom::error_text(&e))?;
    let wav = Uint8Array::from(checked.wav.as_slice());
    let digest = crypto.subtle().digest_with_str_and_js_u8_array("SHA-256", &wav);
    let digest = JsFuture::from(digest.map_err(|e| dom::error_text(&e))?).await;
    let digest = Uint8Array::new(&digest.map_err(|e| dom::error_text(&e))?).to_vec();
    let take = Take {
        person: person.to_owned(),
        batch: task.batch.clone(),
        phrase: task.phrase.clone(),
        created_ms: js_sys::Date::now(),
        declaration: Declaration {
            id: crypto.random_uuid(),
            task: task.id.clone(),
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            size_bytes: checked.wav.len() as i64,
            content_type: "audio/wav".to_owned(),
            report: Some(checked.report.clone()),
            settings,
        },
        refused: None,
    };
    let kept = store::add(&take, &checked.wav).await;
    kept.map_err(|error| error.sentence().to_owned())
}
