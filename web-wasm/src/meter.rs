//! The live level meter and waveform while recording.

use crate::words::decimal;
use crate::{dom, draw};
use audio::meter::Meter;
use web_sys::{HtmlCanvasElement, HtmlElement};

/// The meter's lower end.
const FLOOR_DBFS: f32 = -60.0;
/// Below this the microphone is too far away or muted.
const QUIET_DBFS: f32 = -45.0;
/// Above this the next syllable may clip.
const LOUD_DBFS: f32 = -3.0;

/// The elements of the meter.
#[derive(Clone)]
pub struct Elements {
    /// `#level`, a `role=meter`.
    pub meter: HtmlElement,
    /// Its filled part.
    pub fill: HtmlElement,
    /// The mark at the loudest moment of the take.
    pub mark: HtmlElement,
    /// The level in a word.
    pub text: HtmlElement,
    /// The clip light, which stays on until the next take.
    pub clip: HtmlElement,
    /// The live waveform.
    pub wave: HtmlCanvasElement,
}

/// The meter of one take.
pub struct LiveLevel {
    elements: Elements,
    meter: Meter,
    loudest_dbfs: f32,
    chunks: Vec<(f32, f32)>,
    longest: usize,
    moving: bool,
}

impl LiveLevel {
    /// Ready for a take of at most `longest` samples at `rate_hz`.
    pub fn new(elements: Elements, rate_hz: u32, longest: usize) -> LiveLevel {
        draw::clear(&elements.wave);
        dom::show(&elements.clip, false);
        LiveLevel {
            elements,
            meter: Meter::new(rate_hz),
            loudest_dbfs: FLOOR_DBFS,
            chunks: Vec::new(),
            longest,
            moving: !dom::less_motion(),
        }
    }

    /// Shows the newest samples.
    pub fn push(&mut self, samples: &[f32]) {
        let level = self.meter.push(samples);
        let peak_dbfs = level.peak_dbfs.clamp(FLOOR_DBFS, 0.0);
        self.loudest_dbfs = self.loudest_dbfs.max(peak_dbfs);
        let word = word(level.peak_dbfs, level.clipped);
        let elements = &self.elements;
        elements.fill.style().set_property("width", &percent(peak_dbfs)).ok();
        elements.mark.style().set_property("left", &percent(self.loudest_dbfs)).ok();
        let number = decimal(f64::from(peak_dbfs), 0);
        dom::set(&elements.meter, "data-level", word);
        dom::set(&elements.meter, "aria-valuenow", &number);
        dom::set(&elements.meter, "aria-valuetext", &format!("{number} decibels, {word}"));
        dom::say(&elements.text, word);
        if level.clipped {
            dom::show(&elements.clip, true);
        }
        self.chunks.extend(audio::view::envelope(samples, 1));
        if self.moving {
            let columns = self.longest.div_ceil(samples.len().max(1));
            draw::live(&self.elements.wave, &self.chunks, columns);
        }
    }

    /// Back to rest.
    pub fn rest(&self) {
        let elements = &self.elements;
        elements.fill.style().set_property("width", "0%").ok();
        elements.mark.style().set_property("left", "0%").ok();
        dom::set(&elements.meter, "data-level", "");
        dom::set(&elements.meter, "aria-valuenow", "-60");
        dom::set(&elements.meter, "aria-valuetext", "not recording");
        dom::say(&elements.text, "");
    }
}

/// A level's place on the meter.
fn percent(peak_dbfs: f32) -> String {
    format!("{}%", decimal(f64::from(1.0 - peak_dbfs / FLOOR_DBFS) * 100.0, 0))
}

/// The level in a word, so that it never depends on colour.
fn word(peak_dbfs: f32, clipped: bool) -> &'static str {
    if clipped || peak_dbfs > LOUD_DBFS {
        "too loud"
    } else if peak_dbfs < QUIET_DBFS {
        "quiet"
    } else {
        "good"
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn the_level_has_a_word() {
        assert_eq!(word(-60.0, false), "quiet");
        assert_eq!(word(-12.0, false), "good");
        assert_eq!(word(-1.0, false), "too loud");
        assert_eq!(word(-12.0, true), "too loud");
    }
}
