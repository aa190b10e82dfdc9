//! What other programs may call once the module is loaded: features, the check of a take, and
//! the offline queue. The pages use the same functions underneath.
//!
//! ```js
//! import init, { features, check, keep_take } from "/static/pkg/web_wasm.js";
//! await init();
//! const mel = features(samples, 48000, "logmel-v1");   // Float32Array, 40 rows × frames
//! ```

use crate::check::{self, Measured};
use crate::task::Task;
use crate::{dom, json, policy, take};
use audio::mel::{log_mel, mfcc};
use js_sys::{Float32Array, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wire::CaptureSettings;

/// The features of mono samples (−1..1) at `rate_hz`, resampled to 16 kHz (`resample-v1`).
///
/// `spec` is `logmel-v1` (dB) or `mfcc-v1`. The result is row-major: 40 rows of equally many
/// frames, one every 10 ms; empty for less than 32 ms.
///
/// # Errors
/// For another `spec`.
#[wasm_bindgen]
pub fn features(samples: &[f32], rate_hz: u32, spec: &str) -> Result<Vec<f32>, JsError> {
    let calculate = match spec {
        "logmel-v1" => log_mel,
        "mfcc-v1" => mfcc,
        _ => return Err(JsError::new("no such features: take logmel-v1 or mfcc-v1")),
    };
    Ok(calculate(&audio::resample::to_16k(samples, rate_hz)).values)
}

/// Encodes mono samples (−1..1) as the WAV that would be sent, measures it as the server will,
/// and calculates its features. `policy` is JSON; empty text stands for the defaults.
///
/// Returns `{wav: Uint8Array, samples: Float32Array, report: string, logmel: Float32Array,
/// mfcc: Float32Array, rows: 40, frames}`; `report` is the JSON of the server's own report, and
/// `samples` are those of the file, quantised to 16 bits.
///
/// # Errors
/// When the policy cannot be read, there are no samples, or the rate is outside 8 to 192 kHz.
#[wasm_bindgen]
pub fn check(samples: &[f32], rate_hz: u32, policy: &str) -> Result<Object, JsError> {
    let policy = match policy {
        "" => audio::Policy::default(),
        text => policy::read(text).ok_or_else(|| JsError::new("the policy cannot be read"))?,
    };
    let measured = check::measure(samples, rate_hz, &policy).map_err(|error| JsError::new(&error.to_string()))?;
    Ok(to_js(&measured))
}

/// Checks a take and puts it into this browser's upload queue for `person`, whatever its faults;
/// the page's running queue sends it. `task` is the JSON of `POST /api/v1/tasks/next`.
///
/// Resolves to the take's id once the take is on disk; is rejected when the task cannot be read, the
/// samples cannot be encoded, or the browser has no room.
#[wasm_bindgen]
pub fn keep_take(person: String, task: String, samples: Vec<f32>, rate_hz: u32) -> Promise {
    let mut settle = None;
    let promise = Promise::new(&mut |kept, failed| settle = Some((kept, failed)));
    dom::spawn(async move {
        let Some((kept, failed)) = settle else { return };
        match check_and_keep(&person, &task, &samples, rate_hz).await {
            Ok(id) => kept.call1(&JsValue::UNDEFINED, &JsValue::from_str(&id)).ok(),
            Err(why) => failed.call1(&JsValue::UNDEFINED, &JsError::new(&why).into()).ok(),
        };
    });
    promise
}

async fn check_and_keep(person: &str, task: &str, samples: &[f32], rate_hz: u32) -> Result<String, String> {
    let task = Task::read(task).ok_or_else(|| "the task cannot be read".to_owned())?;
    let policy = policy::read(&task.policy()).unwrap_or_default();
    let measured = check::measure(samples, rate_hz, &policy).map_err(|error| error.to_string())?;
    let settings = CaptureSettings { context_rate_hz: Some(rate_hz), ..CaptureSettings::default() };
    let wav = Uint8Array::from(measured.wav.as_slice());
    take::keep(person, &task, &wav, &json::write(&measured.report), settings).await
}

/// A measured take as the object that [`check()`] returns.
fn to_js(measured: &Measured) -> Object {
    let object = dom::object(&[
        ("wav", Uint8Array::from(measured.wav.as_slice()).into()),
        ("samples", Float32Array::from(measured.samples.as_slice()).into()),
        ("report", JsValue::from_str(&json::write(&measured.report))),
        ("logmel", Float32Array::from(measured.log_mel.values.as_slice()).into()),
        ("mfcc", Float32Array::from(measured.mfcc.values.as_slice()).into()),
        ("rows", JsValue::from_f64(measured.mfcc.rows as f64)),
        ("frames", JsValue::from_f64(measured.mfcc.frames as f64)),
    ]);
    object.unchecked_into()
}
