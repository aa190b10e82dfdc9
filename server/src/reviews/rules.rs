//! What makes a refusal and an appeal valid, and when refusals stop a batch. Pure decisions.

use crate::platform::{clock::DAY_US, problem::Problem};

/// How long a decision may take: 5 days.
pub const DECIDE_WITHIN_US: i64 = 5 * DAY_US;
/// Reasons that a reviewer may give, with what they mean.
pub const CODES: [(&str, &str); 5] = [
    ("wrong_word", "Not the phrase that was asked for"),
    ("unusable", "Cannot be used as it is"),
    ("careless", "Answered without listening or reading"),
    ("instructions", "Against the instructions"),
    ("dishonest", "Made to look like work, without doing it"),
];
/// Shortest text for a person, in characters.
const TEXT_MIN: usize = 20;
/// Longest.
const TEXT_MAX: usize = 2_000;
/// Least number of finished tasks before a share of refusals says anything.
const TASKS_MIN: i64 = 20;
/// Largest share of refusals that does not stop a batch, in percent.
const REFUSED_MAX_PERCENT: i64 = 10;

/// A text that a person will read.
///
/// # Errors
/// 422 `text_length`.
pub fn text(given: &str) -> Result<String, Problem> {
    let text = given.trim();
    if (TEXT_MIN..=TEXT_MAX).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    Err(Problem::invalid(
        "text_length",
        "Write 20 to 2,000 characters: somebody has to understand from them what was wrong.",
    ))
}

/// A reason from the list.
///
/// # Errors
/// 422 `unknown_reason`.
pub fn code(given: &str) -> Result<&'static str, Problem> {
    let found = CODES.iter().find(|(code, _)| *code == given).map(|(code, _)| *code);
    found.ok_or_else(|| {
        let all: Vec<&str> = CODES.iter().map(|(code, _)| *code).collect();
        Problem::invalid("unknown_reason", format!("A reason is one of {}.", all.join(", ")))
    })
}

/// Whether so many refusals among a batch's latest tasks stop it until a second administrator has
/// looked.
pub fn too_many(refused: i64, tasks: i64) -> bool {
    tasks >= TASKS_MIN && refused * 100 > tasks * REFUSED_MAX_PERCENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_ten_may_be_refused_and_no_more() {
        assert!(!too_many(2, 20) && too_many(3, 20));
        assert!(!too_many(19, 19), "too few to tell");
    }

    #[test]
    fn a_refusal_says_enough_to_be_understood() {
        assert!(text("bad").is_err() && text(&" ".repeat(40)).is_err());
        assert!(text("You said Computer, and Alexa was asked for.").is_ok());
        assert!(code("wrong_word").is_ok() && code("because").is_err());
    }
}
