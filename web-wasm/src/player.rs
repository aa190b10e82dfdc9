//! Plays a WAV through an `<audio>` element, from memory.

use crate::dom;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlAudioElement, Url};

/// Volume at which a clip that may upset starts.
const QUIET: f64 = 0.3;

/// One `<audio>` element and the blob that it plays.
pub struct Player {
    audio: HtmlAudioElement,
    url: Option<String>,
}

impl Player {
    /// Takes over an `<audio>` element of the page.
    pub fn new(audio: HtmlAudioElement) -> Player {
        Player { audio, url: None }
    }

    /// Loads a whole WAV file; does not start it.
    pub fn load(&mut self, wav: &Uint8Array) {
        self.clear();
        if let Some(url) = wav_url(wav) {
            self.audio.set_src(&url);
            self.url = Some(url);
        }
        self.audio.set_volume(1.0);
    }

    /// Starts quietly, at 30 % of full volume, after the gain that brings clips to one loudness. The
    /// person can turn it up; the next clip starts quietly again.
    pub fn soften(&self, gain_db: f64) {
        self.audio.set_volume((QUIET * 10f64.powf(gain_db / 20.0)).clamp(0.0, 1.0));
    }

    /// Plays from the start, or stops when it is playing.
    pub fn toggle(&self) {
        if self.audio.paused() {
            self.audio.set_current_time(0.0);
            // A refusal (no gesture yet) shows in the element's own controls.
            self.audio.play().ok();
        } else {
            self.audio.pause().ok();
        }
    }

    /// Stops, and forgets the clip.
    pub fn clear(&mut self) {
        self.audio.pause().ok();
        if let Some(url) = self.url.take() {
            self.audio.remove_attribute("src").ok();
            Url::revoke_object_url(&url).ok();
        }
    }
}

/// Offers the bytes of a WAV as a file named after its phrase.
pub fn save(wav: &Uint8Array, phrase: &str) {
    let Some(url) = wav_url(wav) else { return };
    let Ok(link) = dom::document().create_element("a") else { return };
    let link: HtmlAnchorElement = link.unchecked_into();
    link.set_href(&url);
    link.set_download(&format!("{phrase}.wav"));
    link.click();
    // The download has begun by then.
    dom::after(60_000, move || {
        Url::revoke_object_url(&url).ok();
    });
}

/// A `blob:` URL for the bytes of a WAV file, to be revoked after use.
fn wav_url(wav: &Uint8Array) -> Option<String> {
    let options = BlobPropertyBag::new();
    options.set_type("audio/wav");
    let parts = Array::of1(&JsValue::from(wav));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}
