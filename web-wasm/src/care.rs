//! What both working pages offer beside the work itself (`templates/tasks/care.html`): skipping with a
//! reason, leaving at once, and telling that something upsets.

use crate::{api, dom};
use web_sys::{HtmlElement, HtmlSelectElement};
use wire::{Category, ReportBody, SkipCode};

const CODES: [SkipCode; 6] = [
    SkipCode::Technical,
    SkipCode::TooHard,
    SkipCode::Language,
    SkipCode::Upsetting,
    SkipCode::KnownPerson,
    SkipCode::Other,
];

/// What somebody does with a task instead of doing it.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// `#proceed`: goes on despite the warning.
    Proceed,
    /// `#skip`: asks why, or takes that back.
    Ask,
    /// `#leave`, or a reason to skip.
    Skip(SkipCode),
    /// `#report`: it is more upsetting than it says.
    Report,
    /// `#distress`: it upset the person.
    Distress,
}

impl Way {
    /// The way that a button stands for, by its id.
    pub fn of(button: &str) -> Option<Way> {
        Some(match button {
            "proceed" => Way::Proceed,
            "skip" => Way::Ask,
            "leave" => Way::Skip(SkipCode::Upsetting),
            "report" => Way::Report,
            "distress" => Way::Distress,
            _ => {
                let word = button.strip_prefix("skip-")?;
                Way::Skip(CODES.into_iter().find(|code| code.as_str() == word)?)
            }
        })
    }
}

/// Offers all of it, or nothing; nothing is asked yet. `warned` is whether the warning stands.
pub fn offer(visible: bool, warned: bool) {
    dom::show_each(&[("skip", visible), ("leave", visible), ("care", visible), ("warning", warned)]);
    ask(false);
}

/// Asks why a task is skipped, or takes the question back; true when it asks.
pub fn toggle() -> bool {
    let asks = dom::must::<HtmlElement>("skip-reasons").hidden();
    ask(asks);
    if asks {
        dom::must::<HtmlElement>("skip-technical").focus().ok();
        dom::tell("status", "Why skip it? Choose a reason: it costs you nothing.");
    }
    asks
}

fn ask(asks: bool) {
    dom::set(&dom::must::<HtmlElement>("skip"), "aria-expanded", if asks { "true" } else { "false" });
    dom::show_each(&[("skip-reasons", asks)]);
}

/// Tells the server what the form says about a task; whether it knows now. What is missing, or went
/// wrong, is said in `#status`.
pub async fn report(task: &str) -> bool {
    let about: HtmlSelectElement = dom::must("report-category");
    let Ok(category) = about.value().parse::<Category>() else {
        dom::tell("status", "Say what it is about first.");
        about.focus().ok();
        return false;
    };
    let level = dom::must::<HtmlSelectElement>("report-level").value().parse().unwrap_or(2);
    let told = api::report(task, &ReportBody { level, categories: vec![category] }).await;
    if let Err(error) = &told {
        dom::tell("status", &error.sentence());
    } else {
        about.set_value("");
    }
    told.is_ok()
}

/// Tells the server that a task upset the person, and leads to help.
pub async fn distress(task: &str) {
    match api::distress(task).await {
        Ok(()) => drop(dom::window().location().set_href("/exposure/help")),
        Err(error) => dom::tell("status", &error.sentence()),
    }
}
