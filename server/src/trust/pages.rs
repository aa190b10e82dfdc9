//! The pages of trust.

use super::model::{CraftView, Interval, Level, MyTrust, PauseRow, PauseView, PersonView};
use crate::platform::page::Layout;
use askama::Template;

/// One's own accuracy.
#[derive(Template)]
#[template(path = "trust/mine.html")]
pub struct MinePage {
    /// Frame.
    pub layout: Layout,
    /// What is measured.
    pub mine: MyTrust,
    /// Whether an appeal was sent just now.
    pub saved: bool,
}

/// Pauses and appeals.
#[derive(Template)]
#[template(path = "trust/pauses.html")]
pub struct PausesPage {
    /// Frame.
    pub layout: Layout,
    /// Those whose appeal waits.
    pub waiting: Vec<PauseRow>,
    /// All others.
    pub others: Vec<PauseRow>,
    /// Whether a decision was saved just now.
    pub saved: bool,
}

/// Everybody's accuracy.
#[derive(Template)]
#[template(path = "trust/people.html")]
pub struct PeoplePage {
    /// Frame.
    pub layout: Layout,
    /// The highest level first.
    pub people: Vec<PersonView>,
}

fn percent(share: &f64) -> String {
    format!("{:.0}\u{a0}%", share * 100.0)
}

/// How often somebody is right; before anything was measured, that is anything.
fn right_words(measured: &Interval) -> String {
    if measured.high - measured.low >= 1.0 { "not measured yet".to_owned() } else { percent(&measured.accuracy) }
}

/// What somebody does, in words.
fn craft_words(craft: &str) -> &'static str {
    if craft == "judge" { "Judging" } else { "Recording" }
}

/// What a level means, in words.
fn level_words(level: &Level) -> &'static str {
    match level {
        Level::New => "New: too little is known yet",
        Level::Qualified => "Qualified: right at least four times in five",
        Level::Trusted => "Trusted: right at least nine times in ten",
        Level::Expert => "Expert: right at least nineteen times in twenty",
    }
}

/// How sure a measurement is, in words.
fn sure_words(view: &CraftView, measured: &Interval) -> String {
    let what = if view.craft == "judge" { "Your answers are right" } else { "Your recordings are accepted" };
    format!(
        "{what} about {} of the time; most likely between {} and {}.",
        percent(&measured.accuracy),
        percent(&measured.low),
        percent(&measured.high)
    )
}

/// A label or reason for people.
fn words(code: &str) -> String {
    code.replace('_', " ")
}

/// How a pause stands, in words.
fn pause_words(pause: &PauseView) -> &'static str {
    match (pause.in_force, pause.ended_by.as_str()) {
        (true, _) => "in force",
        (false, "training") => "ended: passed the training",
        (false, "appeal") => "ended: appeal won",
        _ => "ended: waiting time over",
    }
}

/// How many people are on each level, for a table's caption.
fn count(people: &[PersonView], level: Level) -> usize {
    people.iter().filter(|person| person.level == level).count()
}

fn money(cents: i64, currency: &str) -> String {
    let (units, rest) = (cents / 100, cents % 100);
    format!("{units}.{rest:02} {currency}")
}

/// Whether there were pauses that do not last any more.
fn any_over(pauses: &[PauseView]) -> bool {
    pauses.iter().any(|pause| !pause.in_force)
}
