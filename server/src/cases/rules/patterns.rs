//! Answers that follow a pattern and not what is heard.

use super::{EXAMPLES_MAX, binomial_tail, runs_tail};
use crate::cases::model::{Evidence, Said};
use std::collections::BTreeMap;

/// What somebody said about an item whose truth is known, by gold or by verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The answer.
    pub id: String,
    /// The item.
    pub item: String,
    /// What they said.
    pub yes: bool,
    /// What is true.
    pub truth: bool,
}

/// Fewest answers that show a pattern.
const ANSWERS_MIN: usize = 20;
/// How improbable the order of the answers must be. Truth itself may come in runs, such as one
/// speaker's good takes, so a pattern alone is no case.
const PATTERN_ALPHA: f64 = 1e-4;
/// Honest people err less often than this, on each kind of recording.
const ERRORS_HONEST: f64 = 0.35;
/// How improbable an honest person's mistakes must be; of three looks together.
const ERRORS_ALPHA: f64 = 1e-3;

/// Whether somebody answers by a pattern: always the same, in long runs or in turns, while the
/// answers do not follow what is true. Both must be far from chance.
pub fn straight_lining(said: &[Said], known: &[Known]) -> Option<Evidence> {
    let answers: Vec<bool> = said.iter().filter_map(|one| one.yes).collect();
    if answers.len() < ANSWERS_MIN {
        return None;
    }
    let yes = answers.iter().filter(|yes| **yes).count();
    let no = answers.len() - yes;
    let runs = 1 + answers.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let order = if yes == 0 || no == 0 { 0.0 } else { runs_tail(yes, no, runs) };
    let rarer = yes.min(no);
    // Nearly always the same is a pattern too, whatever the order of the exceptions.
    let patterned = order <= PATTERN_ALPHA || rarer * 20 <= answers.len();
    let wrong = |kind: Option<bool>| {
        let asked: Vec<&Known> = known.iter().filter(|one| kind.is_none_or(|truth| one.truth == truth)).collect();
        let missed = asked.iter().filter(|one| one.yes != one.truth).count();
        (missed, asked.len(), binomial_tail(missed, asked.len(), ERRORS_HONEST))
    };
    let looks = [None, Some(true), Some(false)].map(wrong);
    let (missed, asked, chance) = looks.into_iter().min_by(|a, b| a.2.total_cmp(&b.2))?;
    if !patterned || 3.0 * chance > ERRORS_ALPHA {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let number = |value: usize| value as f64;
    Some(Evidence {
        summary: format!(
            "The last {} answers follow a pattern: {yes} yes and {no} no in {runs} runs. Of {asked} recordings whose answer is known, {missed} were answered wrongly.",
            answers.len()
        ),
        figures: BTreeMap::from([
            ("answers".to_owned(), number(answers.len())),
            ("yes".to_owned(), number(yes)),
            ("runs".to_owned(), number(runs)),
            ("longest_run".to_owned(), number(longest(&answers))),
            ("entropy_bits".to_owned(), entropy(number(yes) / number(answers.len()))),
            ("known".to_owned(), number(asked)),
            ("wrong".to_owned(), number(missed)),
            ("probability_by_chance".to_owned(), 3.0 * chance),
        ]),
        examples: known
            .iter()
            .filter(|one| one.yes != one.truth)
            .take(EXAMPLES_MAX)
            .map(|one| one.item.clone())
            .collect(),
        ..Evidence::default()
    })
}

fn longest(answers: &[bool]) -> usize {
    answers.chunk_by(|a, b| a == b).map(<[bool]>::len).max().unwrap_or(0)
}

fn entropy(share: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    part(share) + part(1.0 - share)
}
