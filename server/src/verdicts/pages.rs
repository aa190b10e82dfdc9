//! The reviewers' page.

use super::model::{Contested, SettingsForm};
use crate::batches::Batch;
use crate::platform::{page::Layout, problem::Problem};
use askama::Template;

/// What people could not agree on, one recording at a time.
#[derive(Template)]
#[template(path = "verdicts/contested.html")]
pub struct ContestedPage {
    /// Frame.
    pub layout: Layout,
    /// Whether a decision was saved just now.
    pub saved: bool,
    /// The recording to decide on.
    pub item: Option<Contested>,
    /// How many wait, this one included.
    pub waiting: usize,
    /// What comes after it, the most doubtful first.
    pub next: Vec<Contested>,
}

/// How a batch settles its items, to be changed.
#[derive(Template)]
#[template(path = "verdicts/settings.html")]
pub struct SettingsPage {
    /// Frame.
    pub layout: Layout,
    /// The batch.
    pub batch: Batch,
    /// Currency of its budget.
    pub currency: String,
    /// As in force, or as typed before.
    pub form: SettingsForm,
    /// What was wrong.
    pub problem: Option<Problem>,
}

/// What is wrong with a field of the form; empty when nothing is.
fn fault<'a>(problem: &'a Option<Problem>, code: &str) -> &'a str {
    problem.as_ref().filter(|problem| problem.code == code).map_or("", |problem| &problem.detail)
}

/// A probability in per cent.
fn percent(probability: &f64) -> String {
    format!("{:.0} %", probability * 100.0)
}

/// Which way a consensus leans, in words.
fn leaning(label: &str, probability: f64) -> String {
    if probability < 0.505 {
        return "yes and no are equally probable".to_owned();
    }
    format!("probably {label}, {}", percent(&probability))
}

/// A label or reason for people.
fn words(code: &str) -> String {
    code.replace('_', " ")
}

/// What made a consensus change, in words.
fn cause_words(cause: &str) -> &str {
    match cause {
        "answer" => "an answer",
        "ruling" => "a reviewer's decision",
        "prediction" => "a model's prediction",
        "calibration" => "new gold: certainties were corrected",
        other => other,
    }
}

/// Where an item stood, in words.
fn state_words(state: &str) -> &str {
    match state {
        "open" => "asked on",
        "settled" => "settled",
        "contested" => "left to a reviewer",
        "decided" => "decided",
        other => other,
    }
}
