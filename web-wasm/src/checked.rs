//! A checked take as the page sees it: what `check` returned, wherever it ran.

use crate::dom;
use crate::words::{amount, decimal, seconds};
use audio::mel::Features;
use js_sys::{Array, Float32Array, JSON, Object, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// A take, ready to be heard, sent or dropped.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The WAV file: PCM16, mono, at the device's rate.
    pub wav: Uint8Array,
    /// The file's samples.
    pub samples: Vec<f32>,
    /// Log-mel energies in dB.
    pub log_mel: Features,
    /// Cepstral coefficients.
    pub mfcc: Features,
    /// JSON of `audio::Report`.
    pub report: String,
    /// The same, parsed.
    finding: JsValue,
}

/// One row of "What was measured".
pub struct Row {
    /// What it is.
    pub name: String,
    /// How much.
    pub value: String,
    /// Where the verdict turns.
    pub limit: String,
    /// `pass`, `warn`, `fail` or `unknown`; empty for what is not judged.
    pub verdict: String,
    /// What it means.
    pub sentence: String,
}

impl Checked {
    /// Reads what [`crate::exports::check`] has returned; `None` if it is something else.
    pub fn of(object: &Object) -> Option<Checked> {
        let get = |name: &str| dom::property(object, name);
        let numbers = |name: &str| get(name).dyn_into::<Float32Array>().ok().map(|array| array.to_vec());
        let count = |name: &str| get(name).as_f64().map(|count| count as usize);
        let (rows, frames) = (count("rows")?, count("frames")?);
        let features =
            |spec: &str, name: &str| Some(Features { spec: spec.to_owned(), rows, frames, values: numbers(name)? });
        let report = get("report").as_string()?;
        Some(Checked {
            wav: get("wav").dyn_into().ok()?,
            samples: numbers("samples")?,
            log_mel: features("logmel-v1", "logmel")?,
            mfcc: features("mfcc-v1", "mfcc")?,
            finding: JSON::parse(&report).ok()?,
            report,
        })
    }

    fn number(&self, name: &str) -> f64 {
        dom::property(&self.finding, name).as_f64().unwrap_or(0.0)
    }

    fn ms(&self, name: &str) -> u32 {
        self.number(name) as u32
    }

    /// Length of the take.
    pub fn length_ms(&self) -> u32 {
        self.ms("length_ms")
    }

    /// Start and end of the speech; `None` without any.
    pub fn speech_ms(&self) -> Option<[u32; 2]> {
        (self.ms("speech_ms") > 0).then(|| [self.ms("speech_start_ms"), self.ms("speech_end_ms")])
    }

    /// Whether it may be sent.
    pub fn is_good(&self) -> bool {
        Array::from(&dom::property(&self.finding, "faults")).length() == 0
    }

    /// Every check of the report: its code, verdict and sentence, value, threshold and unit.
    fn checks(&self) -> impl Iterator<Item = JsValue> {
        Array::from(&dom::property(&self.finding, "checks")).to_vec().into_iter()
    }

    /// Code and sentence of the checks with this verdict.
    pub fn sentences(&self, verdict: &str) -> Vec<(String, String)> {
        self.checks()
            .filter(|check| text(check, "verdict") == verdict)
            .map(|check| (text(&check, "name"), text(&check, "sentence")))
            .collect()
    }

    /// A good take in one sentence.
    pub fn summary(&self) -> String {
        let (length, snr) = (seconds(self.ms("speech_ms"), 1), decimal(self.number("snr_db"), 0));
        format!("Good: {length} of speech, {snr} dB above the noise.")
    }

    /// The take in words, for those who do not see its pictures.
    pub fn description(&self) -> String {
        let length = seconds(self.length_ms(), 1);
        let speech = match self.speech_ms() {
            Some([start, end]) => format!("speech from {} to {}", seconds(start, 2), seconds(end, 2)),
            None => "no speech".to_owned(),
        };
        format!("{length} long, {speech}, peak {} dBFS", decimal(self.number("peak_dbfs"), 1))
    }

    /// Every measure against its limit, then what has none.
    pub fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .checks()
            .map(|check| {
                let number = |name: &str| dom::property(&check, name).as_f64().unwrap_or(0.0);
                let (unit, verdict) = (text(&check, "unit"), text(&check, "verdict"));
                let value = if verdict == "unknown" { "–".to_owned() } else { amount(number("value"), &unit) };
                Row {
                    name: title(&text(&check, "name")),
                    value,
                    limit: amount(number("threshold"), &unit),
                    verdict,
                    sentence: text(&check, "sentence"),
                }
            })
            .collect();
        let mut plain = |name: &str, value: String, sentence: &str| {
            let (name, limit, verdict) = (name.to_owned(), String::new(), String::new());
            rows.push(Row { name, value, limit, verdict, sentence: sentence.to_owned() });
        };
        plain("Peak", amount(self.number("peak_dbfs"), "dBFS"), "");
        plain("Average level (RMS)", amount(self.number("rms_dbfs"), "dBFS"), "");
        plain("Features", format!("{}×{}", self.mfcc.rows, self.mfcc.frames), "log-mel and as many MFCC");
        rows
    }
}

fn text(object: &JsValue, name: &str) -> String {
    dom::property(object, name).as_string().unwrap_or_default()
}

/// A check's name for people; a code that is not known here reads as it is.
fn title(code: &str) -> String {
    let title = match code {
        "silence" => "Loudest sound",
        "too_quiet" => "Speech level",
        "clipped" => "Clipped share of the speech",
        "cut_start" => "First 30 ms over the noise",
        "cut_end" => "Last 30 ms over the noise",
        "too_noisy" => "Signal to noise",
        "too_short" => "Length of the speech",
        "too_long" => "Length of the take",
        "dc_offset" => "DC offset",
        "loud_speech" => "Speech level, upper limit",
        "start_margin" => "Quiet before the speech",
        "end_margin" => "Quiet after the speech",
        "bandwidth" => "Treble against the voice",
        "proximity" => "Nearness (decay in 80 ms)",
        "bit_depth" => "Sample size",
        _ => return capitalised(code),
    };
    title.to_owned()
}

fn capitalised(code: &str) -> String {
    let words = code.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn every_check_has_a_name_for_people() {
        assert_eq!(title("too_noisy"), "Signal to noise");
        assert_eq!(title("repeated_blocks"), "Repeated blocks");
        assert_eq!(title(""), "");
    }
}
