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

/// A figure for people: whole numbers whole, small probabilities by their bound.
fn figure(value: &f64) -> String {
    if value.fract() == 0.0 {
        return format!("{value:.0}");
    }
    let rare = [("10⁻⁹", 1e-9), ("10⁻⁶", 1e-6), ("10⁻³", 1e-3)];
    match rare.into_iter().find(|(_, below)| value < below) {
        Some((name, _)) => format!("below {name}"),
        None => format!("{value:.3}"),
    }
}
