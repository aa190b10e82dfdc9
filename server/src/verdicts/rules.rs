//! Answers and measured accuracies → a decision on one item. Pure.

use consensus::{Decision, Vote, decide as stop, posterior};

/// Classes of a judgement, in the order of the posterior.
pub const CLASSES: [&str; 2] = ["yes", "no"];
/// A reviewer's ruling counts as strong evidence: an annotator who is right this often.
const REVIEWER_ACCURACY: f64 = 0.98;

/// One answer: its label and how often its giver is right.
pub type Weighed<'a> = (&'a str, f64);

fn votes(answers: &[Weighed<'_>]) -> Vec<Vote> {
    answers
        .iter()
        .filter_map(|(label, accuracy)| {
            let label = CLASSES.iter().position(|class| class == label)?;
            Some(Vote { label, accuracy: *accuracy })
        })
        .collect()
}

/// Settled, one more answer, or contested. An `unsure` is an answer but not a vote.
pub fn decide(answers: &[Weighed<'_>], wanted: i64, most: i64, threshold: f64) -> Decision {
    let posterior = posterior(&votes(answers), CLASSES.len(), None);
    let count = u32::try_from(answers.len()).unwrap_or(u32::MAX);
    let number = |value: i64| u32::try_from(value).unwrap_or(1);
    stop(&posterior, count, number(wanted), number(most), threshold)
}

/// Probability of the label that a reviewer chose, their ruling included.
pub fn ruled(answers: &[Weighed<'_>], label: &str) -> f64 {
    let mut votes = votes(answers);
    let class = CLASSES.iter().position(|known| *known == label).unwrap_or(0);
    votes.push(Vote { label: class, accuracy: REVIEWER_ACCURACY });
    posterior(&votes, CLASSES.len(), None)[class]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_unmeasured_people_who_agree_settle_an_item() {
        let Decision::Settled { label, probability } = decide(&[("yes", 0.8), ("yes", 0.8)], 2, 5, 0.9) else {
            panic!("not settled")
        };
        assert_eq!(label, 0);
        assert!((probability - 0.941).abs() < 0.001, "{probability}");
    }

    #[test]
    fn disagreement_asks_one_more_until_the_most_and_is_contested_then() {
        assert!(matches!(decide(&[("yes", 0.8), ("no", 0.8)], 2, 3, 0.9), Decision::AskOneMore));
        assert!(matches!(decide(&[("yes", 0.8), ("no", 0.8), ("unsure", 0.8)], 2, 3, 0.9), Decision::Contested { .. }));
    }

    #[test]
    fn a_reviewer_is_strong_evidence_but_not_truth_by_decree() {
        let probability = ruled(&[("no", 0.9), ("no", 0.9)], "yes");
        assert!(probability > 0.3 && probability < 0.5, "{probability}");
        assert!(ruled(&[("yes", 0.8), ("no", 0.8)], "yes") > 0.97);
    }
}
