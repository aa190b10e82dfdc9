//! Numbers and sentences for people: decimals without the formatting of floats, which alone would
//! take 8 KB of the bundle.

use wire::Category;

/// A number with so many places after the point, such as `-3.0`; halves round away from zero.
pub fn decimal(value: f64, places: u32) -> String {
    let unit = 10u64.pow(places);
    let scaled = (value.abs() * unit as f64).round() as u64;
    let sign = if value < 0.0 && scaled > 0 { "-" } else { "" };
    let (whole, rest) = (scaled / unit, scaled % unit);
    match places {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest:0width$}", width = places as usize),
    }
}

/// The sentences that are not empty, one after another.
pub fn sentences(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(part);
    }
    text
}

/// What is said before something that may upset.
pub fn warning(what: &str, level: u8, about: &[Category]) -> String {
    let how = if level > 1 { "distressing" } else { "unpleasant" };
    let mut text = format!("This {what} may be {how}");
    for (n, category) in about.iter().enumerate() {
        text.push_str(if n == 0 { ": " } else { ", " });
        text.push_str(category.words());
    }
    text.push_str(". You may leave it: that costs you nothing, and your time is paid.");
    text
}

/// Milliseconds as seconds, such as `1.25 s`.
pub fn seconds(ms: u32, places: u32) -> String {
    format!("{} s", decimal(f64::from(ms) / 1_000.0, places))
}

/// A measure with its unit, as precise as it is meant.
pub fn amount(value: f64, unit: &str) -> String {
    match unit {
        "" => decimal(value, 0),
        "ms" => format!("{} s", decimal(value / 1_000.0, 2)),
        "ratio" => format!("{} %", decimal(value * 100.0, 2)),
        "Hz" | "bit" => format!("{} {unit}", decimal(value, 0)),
        _ => format!("{} {unit}", decimal(value, 1)),
    }
}

#[cfg(test)]
mod tests {
    use super::{amount, decimal, seconds, sentences};

    #[test]
    fn sentences_stand_apart() {
        assert_eq!(sentences(&["", "Skipped.", "", "Speak now."]), "Skipped. Speak now.");
    }

    #[test]
    fn measures_have_units() {
        assert_eq!(amount(-23.456, "dBFS"), "-23.5 dBFS");
        assert_eq!(amount(0.0012, "ratio"), "0.12 %");
        assert_eq!(amount(1_500.0, "ms"), "1.50 s");
        assert_eq!(amount(48_000.0, "Hz"), "48000 Hz");
        assert_eq!(amount(1.0, ""), "1");
    }

    #[test]
    fn numbers_read_as_everywhere_else() {
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(-0.05, 1), "-0.1");
        assert_eq!(decimal(12.345, 2), "12.35");
        assert_eq!(decimal(0.0004, 4), "0.0004");
        assert_eq!(decimal(-17.6, 0), "-18");
        assert_eq!(decimal(f64::NAN, 1), "0.0");
        assert_eq!(seconds(1_249, 1), "1.2 s");
    }
}
