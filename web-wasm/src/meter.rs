//! The live level meter and waveform while recording.

use crate::decimal::decimal;
use crate::{dom, draw};
use audio::meter::Meter;
use web_sys::{HtmlCanvasElement, HtmlElement};

/// The meter's lower end.
const FLOOR_DBFS: f32 = -60.0;
/// Below this the microphone is too far away or muted.
const QUIET_DBFS: f32 = -45.0;
/// Above this the next syllable may clip.
const LOUD_DBFS: f32 = -3.0;

/// `#level`, its text beside it, and the live waveform.
pub struct LiveLevel {
    bar: HtmlElement,
    fill: HtmlElement,
    text: HtmlElement,
    canvas: HtmlCanvasElement,
    meter: Meter,
    chunks: Vec<(f32, f32)>,
    longest: usize,
    moving: bool,
}

impl LiveLevel {
    /// Ready for a take of at most `longest` samples at `rate_hz`.
    pub fn new(
        bar: HtmlElement,
        fill: HtmlElement,
        text: HtmlElement,
        canvas: HtmlCanvasElement,
        (rate_hz, longest): (u32, usize),
    ) -> LiveLevel {
        draw::clear(&canvas);
        LiveLevel {
            bar,
            fill,
            text,
            canvas,
            meter: Meter::new(rate_hz),
            chunks: Vec::new(),
            longest,
            moving: !dom::less_motion(),
        }
    }

    /// Shows the newest samples.
    pub fn push(&mut self, samples: &[f32]) {
        let level = self.meter.push(samples);
        let peak_dbfs = level.peak_dbfs.clamp(FLOOR_DBFS, 0.0);
        let word = word(level.peak_dbfs, level.clipped);
        let percent = (1.0 - peak_dbfs / FLOOR_DBFS) * 100.0;
        self.fill.style().set_property("width", &format!("{}%", decimal(f64::from(percent), 0))).ok();
        dom::set(&self.bar, "data-level", word);
        let number = decimal(f64::from(peak_dbfs), 0);
        dom::set(&self.bar, "aria-valuenow", &number);
        dom::set(&self.bar, "aria-valuetext", &format!("{number} decibels, {word}"));
        dom::say(&self.text, word);
        self.chunks.extend(audio::view::envelope(samples, 1));
        if self.moving {
            let columns = self.longest.div_ceil(samples.len().max(1));
            draw::live(&self.canvas, &self.chunks, columns);
        }
    }

    /// Back to rest.
    pub fn rest(&self) {
        self.fill.style().set_property("width", "0%").ok();
        dom::set(&self.bar, "data-level", "");
        dom::set(&self.bar, "aria-valuenow", "-60");
        dom::set(&self.bar, "aria-valuetext", "not recording");
        dom::say(&self.text, "");
    }
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
