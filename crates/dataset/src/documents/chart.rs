//! Charts as SVG, the same bytes for the same numbers.

use crate::counts::{Bin, PhraseCount};
use crate::documents::card::CalibrationBin;
use crate::escape::html as plain;
use std::fmt::Write;

/// Width in which a chart is drawn: that of a phone, where its words are as large as they are drawn.
const WIDTH: f64 = 360.0;

/// Width in which a chart is shown where there is room.
const SHOWN: f64 = 480.0;

/// Height of a histogram's bars.
const BARS: f64 = 160.0;

/// Height of a row of a bar chart.
const ROW: f64 = 22.0;

/// Width left for the names of a bar chart.
const NAMES: f64 = 140.0;

/// Colour of what is shown; on white it has a contrast of 5.9 : 1.
const INK: &str = "#0b6e7a";

/// Colour of axes and words.
const WORDS: &str = "#3a4147";

/// The bins of a histogram as upright bars with their counts above, and the edges between them.
pub(crate) fn histogram(title: &str, unit: &str, bins: &[Bin]) -> String {
    let most = bins.iter().map(|bin| bin.count).max().unwrap_or(0).max(1) as f64;
    let step = WIDTH / bins.len().max(1) as f64;
    let mut shapes = String::new();
    for (place, bin) in bins.iter().enumerate() {
        let (left, height) = (place as f64 * step, bin.count as f64 / most * BARS);
        let (top, middle) = (20.0 + BARS - height, left + step / 2.0);
        bar(&mut shapes, left + 2.0, top, step - 4.0, height);
        word(&mut shapes, middle, top - 4.0, "middle", &bin.count.to_string());
        if let Some(edge) = bin.from {
            word(&mut shapes, left, 36.0 + BARS, "middle", &edge.to_string());
        }
    }
    word(&mut shapes, WIDTH, 54.0 + BARS, "end", unit);
    frame(title, 60.0 + BARS, &shapes)
}

/// Clips of each phrase as bars from the left.
pub(crate) fn phrases(title: &str, counts: &[PhraseCount]) -> String {
    let most = counts.iter().map(|count| count.clips).max().unwrap_or(0).max(1) as f64;
    let mut shapes = String::new();
    for (place, count) in counts.iter().enumerate() {
        let top = place as f64 * ROW;
        let length = count.clips as f64 / most * (WIDTH - NAMES - 50.0);
        word(&mut shapes, NAMES - 8.0, top + 15.0, "end", &shortened(&count.phrase));
        bar(&mut shapes, NAMES, top + 2.0, length, ROW - 4.0);
        word(&mut shapes, NAMES + length + 6.0, top + 15.0, "start", &count.clips.to_string());
    }
    frame(title, counts.len() as f64 * ROW, &shapes)
}

/// How often labels of each probability were right: on the diagonal where the method is calibrated.
pub(crate) fn calibration(title: &str, bins: &[CalibrationBin]) -> String {
    let (left, top, side) = (60.0, 28.0, 240.0);
    let x = |share: f64| left + share.clamp(0.0, 1.0) * side;
    let y = |share: f64| top + (1.0 - share.clamp(0.0, 1.0)) * side;
    let mut shapes = format!(
        "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{side:.1}\" height=\"{side:.1}\" fill=\"none\" stroke=\"{WORDS}\"/>\n\
         <line x1=\"{left:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{top:.1}\" stroke=\"{WORDS}\" stroke-dasharray=\"4 4\"/>\n",
        top + side,
        left + side,
    );
    for bin in bins {
        let _ = writeln!(
            shapes,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"5\" fill=\"{INK}\"><title>{} clips</title></circle>",
            x(bin.mean_probability),
            y(bin.right_share),
            bin.clips
        );
    }
    for share in [0.0, 0.5, 1.0] {
        word(&mut shapes, x(share), top + side + 16.0, "middle", &format!("{share:.1}"));
        word(&mut shapes, left - 6.0, y(share) + 4.0, "end", &format!("{share:.1}"));
    }
    word(&mut shapes, left + side / 2.0, top + side + 34.0, "middle", "probability given");
    word(&mut shapes, left, top - 12.0, "start", "share that was right");
    frame(title, top + side + 44.0, &shapes)
}

/// The edges of a bin in words.
pub(crate) fn edges(bin: &Bin) -> String {
    match (bin.from, bin.to) {
        (Some(from), Some(to)) => format!("{from}–{to}"),
        (None, Some(to)) => format!("< {to}"),
        (Some(from), None) => format!("≥ {from}"),
        (None, None) => "all".to_owned(),
    }
}

fn bar(shapes: &mut String, x: f64, y: f64, width: f64, height: f64) {
    let _ = writeln!(
        shapes,
        "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{INK}\"/>"
    );
}

fn word(shapes: &mut String, x: f64, y: f64, anchor: &str, text: &str) {
    let text = plain(text);
    let _ = writeln!(
        shapes,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"12\" fill=\"{WORDS}\">{text}</text>"
    );
}

fn frame(title: &str, height: f64, shapes: &str) -> String {
    let title = plain(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH:.0} {height:.0}\" width=\"{SHOWN:.0}\" \
         height=\"{:.0}\" role=\"img\" aria-label=\"{title}\" font-family=\"system-ui, sans-serif\">\n\
         <title>{title}</title>\n{shapes}</svg>\n",
        height * SHOWN / WIDTH
    )
}

/// A name that fits beside its bar.
fn shortened(name: &str) -> String {
    const MOST: usize = 20;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    name.chars().take(MOST - 1).chain(['…']).collect()
}
