//! Answers of a batch → how good they are. Pure.

mod accord;
mod groups;

use super::model::{Agreement, AnswerFact, Pace, PredictionFact, Quality, Rate, Table, Tally, Told};
use crate::verdicts::Missed;
use accord::{by_phrase, by_reason, crowd, disagreeing};
use consensus::{
    Skill,
    agreement::{alpha, cohen_kappa, fleiss_kappa},
    quality::{bias, label_noise::label_noise},
};
use groups::{annotators, by_group, speakers};
use std::collections::{BTreeMap, BTreeSet};

/// Counts below this are not shown: they could tell who somebody is, and they mean nothing.
pub const SHOWN_MIN: u32 = 5;

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
pub fn pace<'a>(answers: impl IntoIterator<Item = &'a AnswerFact>) -> Option<Pace> {
    let mut times_ms: Vec<i64> = answers.into_iter().map(|answer| answer.duration_ms).collect();
    times_ms.sort_unstable();
    Some(Pace {
        lower_ms: quantile(&times_ms, 0.25)?,
        median_ms: quantile(&times_ms, 0.5)?,
        upper_ms: quantile(&times_ms, 0.75)?,
    })
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

/// How each version of a model compares with people's verdicts. Labels that are estimated to be
/// wrong follow from the model's own probabilities, which did not come from the labels.
pub fn agreement(predictions: &[PredictionFact]) -> Vec<Agreement> {
    let mut models: BTreeMap<(&str, &str), Vec<&PredictionFact>> = BTreeMap::new();
    for prediction in predictions {
        models.entry((&prediction.model, &prediction.version)).or_default().push(prediction);
    }
    let class = |label: &str| usize::from(label == "no");
    let of = |((model, version), said): ((&str, &str), Vec<&PredictionFact>)| {
        let judged: Vec<(&PredictionFact, &String)> =
            said.iter().filter_map(|one| Some((*one, one.verdict.as_ref()?))).collect();
        let pairs: Vec<(usize, usize)> =
            judged.iter().map(|(one, verdict)| (class(&one.label), class(verdict))).collect();
        let given: Vec<usize> = pairs.iter().map(|(_, verdict)| *verdict).collect();
        let beliefs: Vec<f64> = judged
            .iter()
            .flat_map(|(one, _)| {
                let other = 1.0 - one.probability;
                if one.label == "yes" { [one.probability, other] } else { [other, one.probability] }
            })
            .collect();
        let enough = number(pairs.len()) >= SHOWN_MIN;
        #[expect(clippy::cast_precision_loss, reason = "counts of items")]
        let share = || pairs.iter().filter(|(one, other)| one == other).count() as f64 / pairs.len() as f64;
        Agreement {
            model: format!("{model}@{version}"),
            items: number(said.len()),
            settled: number(pairs.len()),
            share: enough.then(share),
            kappa: if enough { cohen_kappa(&pairs) } else { None },
            noise: label_noise(&given, &beliefs, 2).filter(|_| enough).map(|noise| noise.noise_rate),
        }
    };
    models.into_iter().map(of).filter(|model| model.items >= SHOWN_MIN).collect()
}

/// The share of audited items whose label did not last; `None` when none was audited.
pub fn overturned(missed: Missed) -> Option<Rate> {
    let count = |items: i64| u32::try_from(items).unwrap_or(u32::MAX);
    let (lasted, overturned) = (count(missed.items - missed.overturned), count(missed.overturned));
    bias::rate(Skill { right: lasted, wrong: overturned }).map(Rate::from)
}

/// All that answers tell about the quality of a batch. `told` is what people say about themselves,
/// `pseudonym` the name under which an annotator is shown.
pub fn quality(answers: &[AnswerFact], told: &[Told], language: &str, pseudonym: impl Fn(&str) -> String) -> Quality {
    let work: Vec<&AnswerFact> = answers.iter().filter(|answer| answer.gold_label.is_none()).collect();
    let everybody = crowd(work.iter().map(|answer| (*answer, answer.label.as_str())));
    let (reasons, mistakes) = patterns(answers);
    let people: BTreeSet<&str> = answers.iter().map(|answer| answer.person_id.as_str()).collect();
    Quality {
        answers: number(answers.len()),
        people: number(people.len()),
        alpha: everybody.as_ref().and_then(|dataset| alpha(&dataset.crowd, |_, _| true)),
        kappa: everybody.as_ref().and_then(|dataset| fleiss_kappa(&dataset.crowd)),
        gold: against_gold(answers),
        reasons,
        mistakes,
        phrases: by_group(answers, "phrase", |answer| Some((&answer.phrase, &answer.person_id))),
        languages: by_group(answers, "language", |answer| Some((language, &answer.person_id))),
        pace: pace(answers),
        speakers: speakers(answers, told),
        annotators: annotators(answers, told),
        by_phrase: by_phrase(&work),
        by_reason: by_reason(&work),
        pairs: everybody.map(|dataset| disagreeing(&dataset, pseudonym)).unwrap_or_default(),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn said(item: &str, person: &str, label: &str, gold: Option<&str>) -> AnswerFact {
        AnswerFact {
            item_id: item.to_owned(),
            person_id: person.to_owned(),
            speaker_id: Some(format!("speaker of {item}")),
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
    fn agreement_is_told_where_it_is_defined() {
        let rows = [("1", "a", "yes"), ("1", "b", "yes"), ("2", "a", "no"), ("2", "b", "no"), ("2", "c", "unsure")];
        let facts: Vec<AnswerFact> = rows.iter().map(|(item, person, label)| said(item, person, label, None)).collect();
        let quality = quality(&facts, &[], "en", str::to_owned);
        assert_eq!((quality.alpha, quality.kappa), (Some(1.0), Some(1.0)));
        let nothing = super::quality(&[], &[], "en", str::to_owned);
        assert_eq!((nothing.alpha, nothing.kappa, nothing.people), (None, None, 0));
    }

    #[test]
    fn a_model_is_compared_with_verdicts_once_there_are_five() {
        let fact = |verdict: Option<&str>| PredictionFact {
            model: "m".to_owned(),
            version: "1".to_owned(),
            label: "yes".to_owned(),
            probability: 0.9,
            verdict: verdict.map(str::to_owned),
        };
        let mut facts = vec![fact(Some("yes")), fact(Some("yes")), fact(Some("yes")), fact(Some("no")), fact(None)];
        assert_eq!(agreement(&facts)[0].share, None);
        facts.push(fact(Some("no")));
        let found = agreement(&facts);
        assert_eq!((found[0].items, found[0].settled, found[0].share), (6, 5, Some(0.6)));
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
    fn the_audit_is_a_share_with_its_interval() {
        assert!(overturned(Missed::default()).is_none());
        let rate = overturned(Missed { items: 50, overturned: 2 }).expect("fifty");
        assert!((rate.share - 0.04).abs() < 1e-9 && rate.lowest < 0.02 && rate.highest > 0.1 && rate.answers == 50);
    }

    #[test]
    fn pace_is_told_in_quartiles() {
        let answers: Vec<AnswerFact> =
            (1..=5).map(|n| AnswerFact { duration_ms: n * 100, ..said("1", "a", "yes", None) }).collect();
        let pace = pace(&answers).expect("answers");
        assert_eq!((pace.lower_ms, pace.median_ms, pace.upper_ms), (200, 300, 400));
    }
}
