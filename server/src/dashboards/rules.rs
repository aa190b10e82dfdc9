//! Answers of a batch → how good they are. Pure.

use super::model::{AnswerFact, Group, Pace, Quality, Table, Tally};
use std::collections::{BTreeMap, BTreeSet};

/// Counts below this are not shown: they could tell who somebody is, and they mean nothing.
pub const SHOWN_MIN: u32 = 5;
/// 95 % of a normal distribution lies within so many standard deviations.
const Z95: f64 = 1.96;

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The value that a share of the sorted values does not exceed; `None` without values.
fn quantile(sorted: &[i64], share: f64) -> Option<i64> {
    let last = sorted.len().checked_sub(1)?;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let at = (last as f64 * share).round() as usize;
    sorted.get(at).copied()
}

/// How fast people answer: quartiles of the time per answer.
pub fn pace(answers: &[AnswerFact]) -> Option<Pace> {
    let mut times_ms: Vec<i64> = answers.iter().map(|answer| answer.duration_ms).collect();
    times_ms.sort_unstable();
    Some(Pace {
        lower_ms: quantile(&times_ms, 0.25)?,
        median_ms: quantile(&times_ms, 0.5)?,
        upper_ms: quantile(&times_ms, 0.75)?,
    })
}

/// Fleiss' κ over yes and no: J. L. Fleiss, *Measuring nominal scale agreement among many raters*,
/// Psychological Bulletin 76 (1971), 378–382, with as many raters an item as there are. `None`
/// when no item has two answers, or all answers are alike.
pub fn fleiss_kappa(answers: &[AnswerFact]) -> Option<f64> {
    let mut items: BTreeMap<&str, [f64; 2]> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer.label != "unsure") {
        items.entry(&answer.item_id).or_default()[usize::from(answer.label == "no")] += 1.0;
    }
    let rated: Vec<[f64; 2]> = items.into_values().filter(|counts| counts[0] + counts[1] >= 2.0).collect();
    let all: f64 = rated.iter().flatten().sum();
    #[expect(clippy::cast_precision_loss, reason = "a count of items")]
    let items = rated.len() as f64;
    let agreement = |counts: &[f64; 2]| {
        let n = counts[0] + counts[1];
        counts.iter().map(|count| count * (count - 1.0)).sum::<f64>() / (n * (n - 1.0))
    };
    let observed = rated.iter().map(agreement).sum::<f64>() / items;
    let share = |label: usize| rated.iter().map(|counts| counts[label]).sum::<f64>() / all;
    let chance = share(0).powi(2) + share(1).powi(2);
    (items > 0.0 && chance < 1.0).then(|| (observed - chance) / (1.0 - chance))
}

/// Answers to gold by what is true (rows: yes, no) and what was said (yes, no, unsure).
pub fn against_gold(answers: &[AnswerFact]) -> Table {
    let mut table = Table::default();
    for answer in answers {
        let Some(gold) = &answer.gold_label else { continue };
        let said = ["yes", "no", "unsure"].iter().position(|label| *label == answer.label).unwrap_or(2);
        table.cells[usize::from(gold == "no")][said] += 1;
    }
    table
}

/// How often each reason is given, and the reasons behind gold that was answered wrongly: what
/// was missed, or what was heard where nothing is wrong. The most frequent first.
pub fn patterns(answers: &[AnswerFact]) -> (Tally, Tally) {
    let (mut reasons, mut mistakes) = (BTreeMap::new(), BTreeMap::new());
    for answer in answers {
        if let Some(reason) = &answer.reason {
            *reasons.entry(reason.clone()).or_insert(0) += 1;
        }
        let pattern = match (answer.gold_label.as_deref(), answer.label.as_str()) {
            (Some("no"), "yes") => format!("missed: {}", answer.gold_reason.as_deref().unwrap_or("no reason known")),
            (Some("yes"), "no") => format!("heard wrongly: {}", answer.reason.as_deref().unwrap_or("no reason given")),
            _ => continue,
        };
        *mistakes.entry(pattern).or_insert(0) += 1;
    }
    (frequent(reasons), frequent(mistakes))
}

/// The most frequent first, without what is too rare to be shown.
fn frequent(counts: BTreeMap<String, u32>) -> Tally {
    let mut counts: Tally = counts.into_iter().filter(|(_, count)| *count >= SHOWN_MIN).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    counts
}

/// Error on gold and disagreement with the verdict by group, with intervals; groups with too few
/// answers are left out and counted.
pub fn by_group(answers: &[AnswerFact], group: impl Fn(&AnswerFact) -> String) -> (Vec<Group>, u32) {
    #[derive(Default)]
    struct Counts {
        answers: u32,
        gold: consensus::Skill,
        agree: u32,
        settled: u32,
    }
    let mut groups: BTreeMap<String, Counts> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer.label != "unsure") {
        let counts = groups.entry(group(answer)).or_default();
        counts.answers += 1;
        match (&answer.gold_label, &answer.verdict) {
            (Some(gold), _) if *gold == answer.label => counts.gold.right += 1,
            (Some(_), _) => counts.gold.wrong += 1,
            (None, Some(verdict)) => {
                counts.settled += 1;
                counts.agree += u32::from(*verdict == answer.label);
            }
            (None, None) => {}
        }
    }
    let all = groups.len();
    let shown: Vec<Group> = groups
        .into_iter()
        .filter(|(_, counts)| counts.answers >= SHOWN_MIN)
        .map(|(name, counts)| {
            let on_gold = counts.gold.right + counts.gold.wrong;
            let (low, high) = counts.gold.interval(Z95);
            let error = (on_gold >= SHOWN_MIN).then(|| {
                let error = f64::from(counts.gold.wrong) / f64::from(on_gold);
                (error, 1.0 - high, 1.0 - low)
            });
            let disagreement = (counts.settled >= SHOWN_MIN)
                .then(|| f64::from(counts.settled - counts.agree) / f64::from(counts.settled));
            Group { name, answers: counts.answers, error, disagreement }
        })
        .collect();
    let hidden = number(all - shown.len());
    (shown, hidden)
}

/// All that answers tell about the quality of a batch.
pub fn quality(answers: &[AnswerFact], language: &str) -> Quality {
    let work: Vec<AnswerFact> = answers.iter().filter(|answer| answer.gold_label.is_none()).cloned().collect();
    let votes: Vec<(&str, &str, &str)> = work
        .iter()
        .filter(|answer| answer.label != "unsure")
        .map(|answer| (answer.item_id.as_str(), answer.person_id.as_str(), answer.label.as_str()))
        .collect();
    let (reasons, mistakes) = patterns(answers);
    let (phrases, phrases_hidden) = by_group(answers, |answer| answer.phrase.clone());
    let (languages, _) = by_group(answers, |_| language.to_owned());
    let people: BTreeSet<&str> = answers.iter().map(|answer| answer.person_id.as_str()).collect();
    Quality {
        answers: number(answers.len()),
        people: number(people.len()),
        alpha: consensus::krippendorff_alpha(&votes),
        kappa: fleiss_kappa(&work),
        gold: against_gold(answers),
        reasons,
        mistakes,
        phrases,
        phrases_hidden,
        languages,
        pace: pace(answers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(item: &str, person: &str, label: &str, gold: Option<&str>) -> AnswerFact {
        AnswerFact {
            item_id: item.to_owned(),
            person_id: person.to_owned(),
            label: label.to_owned(),
            reason: (label == "no").then(|| "noise".to_owned()),
            duration_ms: 1_000,
            phrase: "Alexa".to_owned(),
            gold_label: gold.map(str::to_owned),
            gold_reason: None,
            verdict: None,
        }
    }

    #[test]
    fn kappa_is_one_for_full_agreement_and_none_where_it_is_undefined() {
        let agree = [("1", "a", "yes"), ("1", "b", "yes"), ("2", "a", "no"), ("2", "b", "no")];
        let facts = |rows: &[(&str, &str, &str)]| -> Vec<AnswerFact> {
            rows.iter().map(|(item, person, label)| said(item, person, label, None)).collect()
        };
        assert_eq!(fleiss_kappa(&facts(&agree)), Some(1.0));
        let split = [("1", "a", "yes"), ("1", "b", "no"), ("2", "a", "no"), ("2", "b", "yes")];
        assert_eq!(fleiss_kappa(&facts(&split)), Some(-1.0));
        assert_eq!(fleiss_kappa(&facts(&agree[..2])), None);
        assert_eq!(fleiss_kappa(&[]), None);
    }

    #[test]
    fn groups_with_few_answers_are_counted_and_not_shown() {
        let mut answers = vec![said("1", "a", "yes", Some("yes")); 6];
        answers.push(said("1", "a", "no", Some("yes")));
        answers.push(AnswerFact { phrase: "Rare".to_owned(), ..said("2", "a", "yes", None) });
        let (shown, hidden) = by_group(&answers, |answer| answer.phrase.clone());
        assert_eq!((shown.len(), hidden), (1, 1));
        let (error, low, high) = shown[0].error.expect("seven gold answers");
        assert!((error - 1.0 / 7.0).abs() < 1e-9 && low < error && error < high, "{error} {low} {high}");
    }

    #[test]
    fn answers_to_gold_are_counted_by_truth_and_by_what_was_said() {
        let answers = [
            said("1", "a", "yes", Some("yes")),
            said("1", "b", "no", Some("yes")),
            said("2", "a", "unsure", Some("no")),
        ];
        assert_eq!(against_gold(&answers).cells, [[1, 1, 0], [0, 0, 1]]);
    }

    #[test]
    fn pace_is_told_in_quartiles() {
        let answers: Vec<AnswerFact> =
            (1..=5).map(|n| AnswerFact { duration_ms: n * 100, ..said("1", "a", "yes", None) }).collect();
        let pace = pace(&answers).expect("answers");
        assert_eq!((pace.lower_ms, pace.median_ms, pace.upper_ms), (200, 300, 400));
    }
}
