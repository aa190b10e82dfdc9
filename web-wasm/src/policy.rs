//! What a recording must meet, read from JSON with the browser's own parser.

use crate::dom;
use audio::Policy;
use js_sys::JSON;
use wasm_bindgen::JsValue;

/// A policy whose fields come from an object, or from the defaults where it has none.
macro_rules! policy {
    ($object:ident, $fits:ident: $($name:ident)*) => {{
        let default = Policy::default();
        Policy { $($name: number(&$object, stringify!($name), default.$name.into(), &mut $fits) as _,)* }
    }};
}

/// The policy that a JSON text describes; `None` when it describes none.
pub fn read(text: &str) -> Option<Policy> {
    let object = JSON::parse(text).ok().filter(JsValue::is_object)?;
    let mut fits = true;
    let policy = policy!(object, fits:
        min_length_ms max_length_ms min_speech_ms silence_dbfs min_speech_dbfs min_snr_db max_clipped_ratio
        cut_noise_ratio speech_range_db cut_range_db warn_snr_db max_noise_dbfs max_speech_dbfs min_loudness_lufs
        max_dc_offset min_margin_ms trim_margin_ms min_treble_db min_decay_db decay_snr_db max_dropouts max_repeats
        utterance_gap_ms max_utterances min_rate_hz min_bits max_channels);
    fits.then_some(policy)
}

#[inline(never)]
fn number(object: &JsValue, name: &str, default: f64, fits: &mut bool) -> f64 {
    let value = dom::property(object, name);
    value.as_f64().unwrap_or_else(|| {
        *fits &= value.is_undefined();
        default
    })
}
