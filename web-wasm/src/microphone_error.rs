//! Why a microphone gives no sound, in words.

use crate::dom;
use wasm_bindgen::JsValue;

/// Why there is no sound, or no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MicrophoneError {
    /// The page came over plain HTTP: browsers then hide the microphone.
    Insecure,
    /// The person, the browser's settings or a policy said no.
    Denied,
    /// No microphone is connected.
    Missing,
    /// Another program holds it.
    Busy,
    /// It was unplugged or taken away.
    Ended,
    /// A call, the lock screen or another app has interrupted the audio (iOS).
    Interrupted,
    /// Anything else, in the browser's words.
    Other(String),
}

impl MicrophoneError {
    /// What happened and what to do.
    pub fn sentence(&self) -> String {
        match self {
            Self::Insecure => "This page is not secure, so the browser hides the microphone. \
                Open it with https:// (or on localhost)."
                .to_owned(),
            Self::Denied => "The browser may not use the microphone. Allow it in the address \
                bar or in the browser's site settings, then press Record again."
                .to_owned(),
            Self::Missing => "We found no microphone. Connect one, then press Record again.".to_owned(),
            Self::Busy => "Another program uses the microphone. Close it, then press Record \
                again."
                .to_owned(),
            Self::Ended => "The microphone is gone: was it unplugged? Connect it, then press \
                Record again."
                .to_owned(),
            Self::Interrupted => "The recording was interrupted, perhaps by a call or another \
                app. Press Record again."
                .to_owned(),
            Self::Other(text) => format!("The microphone did not start: {text}."),
        }
    }

    /// What an error thrown by `getUserMedia` means (Media Capture and Streams §10.2).
    pub fn of(error: &JsValue) -> Self {
        match dom::error_name(error).as_str() {
            "NotAllowedError" | "SecurityError" => Self::Denied,
            "NotFoundError" | "OverconstrainedError" => Self::Missing,
            "NotReadableError" | "AbortError" => Self::Busy,
            _ => Self::Other(dom::error_text(error)),
        }
    }
}
