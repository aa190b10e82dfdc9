//! The reviewers' page of cases.

use super::model::CaseView;
use crate::platform::page::Layout;
use askama::Template;

/// What looks like abuse, with its evidence.
#[derive(Template)]
#[template(path = "cases/list.html")]
pub struct CasesPage {
    /// Frame.
    pub layout: Layout,
    /// Whether a decision was saved just now.
    pub saved: bool,
    /// The oldest first.
    pub cases: Vec<CaseView>,
}

/// What somebody seems to do, as a heading.
fn kind_words(kind: &str) -> &str {
    match kind {
        "too_fast" => "Faster than one can listen",
        "straight_lining" => "Answers by a pattern",
        "copying" => "The same mistakes as others",
        "several_accounts" => "Several accounts?",
        "hoarding" => "Takes tasks and does not do them",
        other => other,
    }
}

/// What an honest explanation may be: a reminder before anybody is judged.
fn innocent_words(kind: &str) -> &str {
    match kind {
        "too_fast" => "Somebody may know a recording at once, or a browser may measure time wrongly.",
        "straight_lining" => "A stretch of work may really be all of one kind.",
        "copying" => {
            "Somebody may have been copied without knowing it, and two people may share one wrong idea of the task. Listen to the recordings."
        }
        "several_accounts" => "A household may share a bank account, and two people may share a device.",
        "hoarding" => "A phone may lose its connection, or recordings may not play on it.",
        _ => "",
    }
}

/// The end of an id: the part that tells ids made at about the same time apart.
fn ending(id: &str) -> &str {
    id.rsplit('-').next().unwrap_or(id)
}

/// The name of a figure for people.
fn figure_name(name: &str) -> String {
    let plain = name.trim_end_matches("_ms").replace('_', " ");
    let unit = if name.ends_with("_ms") { ", ms" } else { "" };
    format!("{}{unit}", plain.replacen(|c: char| c.is_ascii_lowercase(), &plain[..1].to_uppercase(), 1))
}

/// A figure for people: whole numbers whole, small probabilities as a power of ten.
fn figure(value: &f64) -> String {
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else if *value < 0.001 {
        format!("below 1 in {}", one_in(*value))
    } else {
        format!("{value:.3}")
    }
}

/// The greatest power of ten of which `value` is less than one part.
fn one_in(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "an exponent")]
    let exponent = (-value.max(1e-30).log10()).floor() as usize;
    let digits = format!("1{}", "0".repeat(exponent));
    let mut grouped = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if exponent > 9 { "1,000,000,000".to_owned() } else { grouped }
}
