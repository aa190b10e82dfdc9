//! A finished take on the page: three pictures on one time axis, what is wrong, what was measured.

use crate::checked::{Checked, Row};
use crate::words::decimal;
use crate::{dom, draw};
use audio::mel::Features;
use web_sys::{HtmlCanvasElement, HtmlElement};

/// The elements that show a take.
pub struct TakeView {
    wave: HtmlCanvasElement,
    spectrogram: HtmlCanvasElement,
    cepstrum: HtmlCanvasElement,
    /// What only a finished take has: two of the pictures, the axis, the description.
    finished: Vec<HtmlElement>,
    speech: HtmlElement,
    axis: HtmlElement,
    described: HtmlElement,
    faults: HtmlElement,
    advice: HtmlElement,
    measures: HtmlElement,
}

impl TakeView {
    /// Finds the elements.
    pub fn find() -> TakeView {
        let finished = ["spectrogram-panel", "cepstrum-panel", "speech", "axis", "described"];
        TakeView {
            wave: dom::must("wave"),
            spectrogram: dom::must("spectrogram"),
            cepstrum: dom::must("cepstrum"),
            finished: finished.into_iter().map(dom::must).collect(),
            speech: dom::must("speech"),
            axis: dom::must("axis"),
            described: dom::must("described"),
            faults: dom::must("faults"),
            advice: dom::must("advice"),
            measures: dom::must("measures"),
        }
    }

    /// Shows or hides what only a finished take has.
    pub fn show(&self, visible: bool) {
        for element in &self.finished {
            dom::show(element, visible);
        }
        if !visible {
            dom::set(&self.wave, "aria-label", "Waveform of the take");
        }
    }

    /// Shows a take.
    pub fn take(&self, checked: &Checked) {
        list(&self.faults, &checked.sentences("fail"), "data-fault");
        // Who must record again anyway need not read what could be a little better.
        let advice = if checked.is_good() { checked.sentences("warn") } else { Vec::new() };
        list(&self.advice, &advice, "data-advice");
        draw::waveform(&self.wave, &checked.samples);
        draw::heat_map(&self.spectrogram, &checked.log_mel, checked.length_ms());
        draw::heat_map(&self.cepstrum, &timbre(&checked.mfcc), checked.length_ms());
        let description = checked.description();
        dom::set(&self.wave, "aria-label", &format!("Waveform of the take: {description}"));
        dom::say(&self.described, &format!("Your take is {description}."));
        self.mark(checked.speech_ms(), checked.length_ms());
        self.ticks(checked.length_ms());
        self.table(&checked.rows());
    }

    /// Forgets the faults of the last take.
    pub fn forget(&self) {
        list(&self.faults, &[], "data-fault");
        list(&self.advice, &[], "data-advice");
    }

    /// Frames the speech over all pictures.
    fn mark(&self, speech_ms: Option<[u32; 2]>, length_ms: u32) {
        dom::show(&self.speech, speech_ms.is_some());
        let Some([start_ms, end_ms]) = speech_ms else { return };
        let style = self.speech.style();
        style.set_property("left", &share(start_ms, length_ms)).ok();
        style.set_property("width", &share(end_ms.saturating_sub(start_ms), length_ms)).ok();
    }

    /// Writes the seconds under the pictures.
    fn ticks(&self, length_ms: u32) {
        self.axis.set_inner_html("");
        let step_ms = step(length_ms);
        for at_ms in (0..=length_ms).step_by(step_ms as usize) {
            let places = if step_ms < 1_000 { 1 } else { 0 };
            // The unit once: on a small screen there is no room for more.
            let text = if at_ms == 0 { "0 s".to_owned() } else { decimal(f64::from(at_ms) / 1_000.0, places) };
            let tick = dom::append(&self.axis, "span", &text, &[]);
            // A label that would stick out on the right stands left of its tick.
            let is_last = at_ms + step_ms / 2 > length_ms;
            dom::set(&tick, "class", if is_last { "tick last" } else { "tick" });
            if let Some(tick) = wasm_bindgen::JsCast::dyn_ref::<HtmlElement>(&tick) {
                tick.style().set_property("left", &share(at_ms, length_ms)).ok();
            }
        }
    }

    fn table(&self, rows: &[Row]) {
        self.measures.set_inner_html("");
        for row in rows {
            let line = dom::append(&self.measures, "tr", "", &[("data-verdict", &row.verdict)]);
            dom::append(&line, "th", &row.name, &[("scope", "row")]);
            dom::append(&line, "td", &row.value, &[("class", "number"), ("data-label", "Measured")]);
            dom::append(&line, "td", &row.limit, &[("class", "number"), ("data-label", "Limit")]);
            let text = match word(&row.verdict) {
                "" => row.sentence.clone(),
                word => format!("{word}: {}", row.sentence),
            };
            dom::append(&line, "td", &text, &[("data-label", "Result")]);
        }
    }
}

/// The coefficients that tell one sound from another: the first is only the level, and the last
/// ones are hardly more than noise.
fn timbre(mfcc: &Features) -> Features {
    let rows = 1..mfcc.rows.min(20);
    let values = mfcc.values[rows.start * mfcc.frames..rows.end * mfcc.frames].to_vec();
    Features { rows: rows.len(), values, ..mfcc.clone() }
}

fn list(element: &HtmlElement, sentences: &[(String, String)], attribute: &str) {
    element.set_inner_html("");
    for (code, sentence) in sentences {
        dom::append(element, "li", sentence, &[(attribute, code)]);
    }
    dom::show(element, !sentences.is_empty());
}

/// A verdict in a word, so that it never depends on colour.
fn word(verdict: &str) -> &'static str {
    match verdict {
        "pass" => "Good",
        "warn" => "Could be better",
        "fail" => "Record again",
        "unknown" => "Not measured",
        _ => "",
    }
}

/// A place on the time axis.
fn share(at_ms: u32, length_ms: u32) -> String {
    format!("{}%", decimal(100.0 * f64::from(at_ms) / f64::from(length_ms.max(1)), 2))
}

/// The distance of ticks: at most six of them.
fn step(length_ms: u32) -> u32 {
    [100, 200, 500, 1_000, 2_000, 5_000].into_iter().find(|step_ms| length_ms / step_ms <= 5).unwrap_or(10_000)
}

#[cfg(test)]
mod tests {
    use super::{share, step};

    #[test]
    fn an_axis_has_a_few_round_ticks() {
        assert_eq!([step(700), step(1_300), step(2_400), step(9_900)], [200, 500, 500, 2_000]);
        assert_eq!(share(500, 2_000), "25.00%");
        assert_eq!(share(0, 0), "0.00%");
    }
}
