//! What a project and a batch may be, and which state follows which. Pure decisions.

use super::model::{Batch, BatchId, BatchState, NewBatch, NewProject, Project, ProjectId, wrong};
use crate::platform::problem::Problem;
use wire::{Category, Kind};

/// Most wake words of one project.
const PHRASES_MAX: usize = 200;
/// Longest phrase, in characters: a wake word, not a text.
pub const PHRASE_MAX: usize = 80;
/// Most a single task may pay, minor units: a typing error, not a price.
const PAY_MAX_CENTS: i64 = 100_000;

/// Thresholds that make sense.
pub fn policy(policy: &audio::Policy) -> Result<(), Problem> {
    policy.check().map_err(|fault| Problem::invalid("invalid_policy", fault.to_string()))
}

/// A name of 1 to 120 characters.
pub fn name(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 120 || text.chars().any(char::is_control) {
        return Err(wrong("invalid_name", "Give a name of 1 to 120 characters."));
    }
    Ok(text.to_owned())
}

/// A phrase to say, trimmed.
pub fn phrase(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Err("The phrase is empty. Write the words to say.");
    }
    if text.chars().count() > PHRASE_MAX || text.chars().any(char::is_control) {
        return Err("A phrase has at most 80 characters on one line.");
    }
    Ok(text.to_owned())
}

/// A checked project: name, language, licence, currency, phrases.
pub fn project(new: &NewProject) -> Result<(String, String, String, String, Vec<String>), Problem> {
    let name = name(&new.name)?;
    let language = new.language.trim().to_owned();
    let tag = language
        .split('-')
        .all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if !tag || !(2..=35).contains(&language.len()) {
        return Err(wrong("invalid_language", "Give the language as a BCP 47 tag, such as en or de-CH."));
    }
    let licence = new.licence.trim().to_owned();
    if licence.is_empty()
        || licence.len() > 64
        || !licence.chars().all(|c| c.is_ascii_alphanumeric() || ".-+".contains(c))
    {
        return Err(wrong("invalid_licence", "Give the licence as an SPDX identifier, such as CC-BY-4.0 or CC0-1.0."));
    }
    let currency = new.currency.clone().unwrap_or_else(|| "USD".into()).trim().to_uppercase();
    if currency.len() != 3 || !currency.chars().all(|c| c.is_ascii_uppercase()) {
        return Err(wrong("invalid_currency", "Give the currency as three letters, such as USD or EUR."));
    }
    let mut phrases = Vec::new();
    for text in &new.phrases {
        let text = phrase(text).map_err(|detail| wrong("invalid_phrase", detail))?;
        if !phrases.contains(&text) {
            phrases.push(text);
        }
    }
    if phrases.is_empty() || phrases.len() > PHRASES_MAX {
        return Err(wrong("invalid_phrase", "Give 1 to 200 wake words."));
    }
    Ok((name, language, licence, currency, phrases))
}

fn within(value: i64, low: i64, high: i64, code: &'static str, detail: &str) -> Result<i64, Problem> {
    if (low..=high).contains(&value) { Ok(value) } else { Err(wrong(code, detail)) }
}

/// What a task may pay.
pub fn pay(pay_cents: i64) -> Result<i64, Problem> {
    within(pay_cents, 0, PAY_MAX_CENTS, "invalid_pay", "Pay per task is 0 to 100,000 minor units.")
}

/// What a batch may spend.
pub fn budget(budget_cents: i64) -> Result<i64, Problem> {
    within(
        budget_cents,
        0,
        super::budgets::BUDGET_MAX_CENTS,
        "invalid_budget",
        "A budget is 0 to 1,000,000,000 minor units; leave it empty for no limit.",
    )
}

/// A checked batch, in draft.
pub fn batch(id: BatchId, project: ProjectId, new: &NewBatch) -> Result<Batch, Problem> {
    let wanted = within(new.answers_wanted, 1, 100, "invalid_answers_wanted", "An item gets 1 to 100 answers.")?;
    let most = new.answers_max.unwrap_or(wanted);
    let most = within(
        most,
        wanted,
        100,
        "invalid_answers_max",
        "The most answers of an item are at least those wanted, and at most 100.",
    )?;
    let threshold = new.threshold.unwrap_or(0.9);
    if !(threshold > 0.5 && threshold < 1.0) {
        return Err(wrong("invalid_threshold", "The threshold is a probability above 0.5 and below 1."));
    }
    let gold_rate = new.gold_rate.unwrap_or(if new.kind == Kind::Judge { 0.1 } else { 0.0 });
    if !(0.0..=0.5).contains(&gold_rate) {
        return Err(wrong("invalid_gold_rate", "The gold rate is a share from 0 to 0.5."));
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 500,000")]
    let gold_ppm = (gold_rate * 1e6).round() as i64;
    Ok(Batch {
        id,
        project_id: project,
        // The project's, which is read where the batch is made.
        language: String::new(),
        name: name(&new.name)?,
        kind: new.kind.as_str().to_owned(),
        state: BatchState::Draft.as_str().to_owned(),
        pay_cents: pay(new.pay_cents)?,
        answers_wanted: wanted,
        answers_max: most,
        threshold,
        gold_ppm,
        max_per_person: within(
            new.max_per_person.unwrap_or(0),
            0,
            1_000_000,
            "invalid_limit",
            "The limit per person is 0 (none) to 1,000,000 tasks.",
        )?,
        lease_s: within(
            new.lease_s.unwrap_or(600),
            10,
            86_400,
            "invalid_lease",
            "A lease lasts 10 to 86,400 seconds.",
        )?,
        accept_after_s: within(
            new.accept_after_s.unwrap_or(60),
            0,
            604_800,
            "invalid_accept_after",
            "Pay is accepted after 0 to 604,800 seconds.",
        )?,
        sensitivity: sensitivity(new.sensitivity)?,
        budget_cents: new.budget_cents.map(budget).transpose()?,
        categories: Category::set(&new.categories),
    })
}

/// How sensitive something is, 0 to 3; not at all where nothing is said.
pub fn sensitivity(level: Option<i64>) -> Result<i64, Problem> {
    within(level.unwrap_or(0), 0, 3, "invalid_sensitivity", "Sensitivity is 0, 1, 2 or 3.")
}

/// A batch in its project: at least as sensitive, about at least what that is about.
pub fn within_project(batch: &mut Batch, new: &NewBatch, project: &Project) -> Result<(), Problem> {
    batch.language.clone_from(&project.language);
    batch.sensitivity = new.sensitivity.unwrap_or(project.sensitivity);
    batch.categories |= project.categories;
    let detail = format!(
        "The project’s material is of sensitivity {}. A batch may be more sensitive, not less.",
        project.sensitivity
    );
    within(batch.sensitivity, project.sensitivity, 3, "invalid_sensitivity", &detail).map(drop)
}

/// What material is about: nothing where it is not sensitive, and something where it may distress.
pub fn categories(level: i64, set: i64) -> i64 {
    match level {
        0 => 0,
        2.. if set == 0 => Category::Other.bit(),
        _ => set,
    }
}

/// A set of categories from words with commas, semicolons or spaces between.
pub fn category_set(text: &str) -> Result<i64, String> {
    let words = text.split([',', ';', ' ']).filter(|word| !word.is_empty());
    words.map(|word| word.parse::<Category>().map(Category::bit)).try_fold(0, |set, bit| Ok(set | bit?)).map_err(|()| {
        let known: Vec<&str> = Category::ALL.into_iter().map(Category::as_str).collect();
        format!("Categories are of {}, with semicolons between.", known.join(", "))
    })
}

/// Whether a batch may go from one state to another; closed is the end.
pub fn may_become(from: BatchState, to: BatchState) -> bool {
    use BatchState::{Closed, Draft, Open, Paused};
    matches!((from, to), (Draft | Paused, Open) | (Open, Paused) | (Draft | Open | Paused, Closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_batch_stays_closed() {
        use BatchState::{Closed, Draft, Open, Paused};
        assert!(may_become(Draft, Open) && may_become(Open, Paused) && may_become(Paused, Open));
        assert!([Draft, Open, Paused, Closed].into_iter().all(|to| !may_become(Closed, to)));
    }
}
