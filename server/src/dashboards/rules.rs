//! Answers of a batch → how good they are. Pure.

use super::model::{Agreement, AnswerFact, Pace, PredictionFact, Quality, Table, Tally};
use consensus::{
    Answer, Crowd, Dataset,
    agreement::{alpha, cohen_kappa, fleiss_kappa},
    quality::{
        bias::{self, Group, Judged},
        label_noise::label_noise,
    },
};
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
pub fn pace(answers: &[AnswerFact]) -> Option<Pace> {
    let mut times_ms: Vec<i64> = answers.iter().map(|answer| answer.duration_ms).collect();
    times_ms.sort_unstable();
    Some(Pace {
        lower_ms: quantile(&times_ms, 0.25)?,
        median_ms: quantile(&times_ms, 0.5)?,
        upper_ms: quantile(&times_ms, 0.75)?,
    })
}

/// Answers that say yes or no, as the crate `consensus` wants them; `None` without any.
fn crowd(answers: &[AnswerFact]) -> Option<Crowd> {
    let votes = answers.iter().filter(|answer| answer.label != "unsure");
    let votes = votes.map(|answer| Answer { item: &answer.item_id, worker: &answer.person_id, label: &answer.label });
    Dataset::new(votes).ok().map(|dataset| dataset.crowd).filter(|crowd| crowd.items() > 0)
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

/// Error on gold and disagreement with the consensus by group, with intervals; small groups hidden.
pub fn by_group(answers: &[AnswerFact], group: impl Fn(&AnswerFact) -> String) -> Vec<Group> {
    let mut people: BTreeMap<&str, usize> = BTreeMap::new();
    let names: Vec<String> = answers.iter().map(group).collect();
    let mut judged = Vec::new();
    for (answer, group) in answers.iter().zip(&names).filter(|(answer, _)| answer.label != "unsure") {
        let number = people.len();
        let person = *people.entry(&answer.person_id).or_insert(number);
        let Some(known) = answer.gold_label.as_ref().or(answer.verdict.as_ref()) else { continue };
        let agreed = *known == answer.label;
        judged.push(Judged { group, person, agreed, right: answer.gold_label.is_some().then_some(agreed) });
    }
    bias::audit(&judged, SHOWN_MIN as usize)
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

/// All that answers tell about the quality of a batch.
pub fn quality(answers: &[AnswerFact], language: &str) -> Quality {
    let work: Vec<AnswerFact> = answers.iter().filter(|answer| answer.gold_label.is_none()).cloned().collect();
    let work = crowd(&work);
    let (reasons, mistakes) = patterns(answers);
    let people: BTreeSet<&str> = answers.iter().map(|answer| answer.person_id.as_str()).collect();
    Quality {
        answers: number(answers.len()),
        people: number(people.len()),
        alpha: work.as_ref().and_then(|crowd| alpha(crowd, |_, _| true)),
        kappa: work.as_ref().and_then(fleiss_kappa),
        gold: against_gold(answers),
        reasons,
        mistakes,
        phrases: by_group(answers, |answer| answer.phrase.clone()),
        languages: by_group(answers, |_| language.to_owned()),
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
    fn agreement_is_told_where_it_is_defined() {
        let rows = [("1", "a", "yes"), ("1", "b", "yes"), ("2", "a", "no"), ("2", "b", "no"), ("2", "c", "unsure")];
        let facts: Vec<AnswerFact> = rows.iter().map(|(item, person, label)| said(item, person, label, None)).collect();
        let quality = quality(&facts, "en");
        assert_eq!((quality.alpha, quality.kappa), (Some(1.0), Some(1.0)));
        let nothing = super::quality(&[], "en");
        assert_eq!((nothing.alpha, nothing.kappa, nothing.people), (None, None, 0));
    }

    #[test]
    fn groups_of_few_people_are_hidden() {
        let people = ["a", "b", "c", "d", "e", "f"];
        let mut answers: Vec<AnswerFact> = people.map(|person| said("1", person, "yes", Some("yes"))).to_vec();
        answers.push(said("1", "g", "no", Some("yes")));
        answers.extend(
            people.map(|person| AnswerFact { phrase: "Hello".to_owned(), ..said("3", person, "yes", Some("yes")) }),
        );
        let groups = by_group(&answers, |answer| answer.phrase.clone());
        let error = groups[0].error.expect("seven gold answers");
        assert!((error.share - 1.0 / 7.0).abs() < 1e-9, "{error:?}");
        answers.push(AnswerFact { phrase: "Rare".to_owned(), ..said("2", "a", "no", Some("yes")) });
        let groups = by_group(&answers, |answer| answer.phrase.clone());
        assert!(groups.iter().any(|group| group.name == "Rare" && group.error.is_none()), "{groups:?}");
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
    fn pace_is_told_in_quartiles() {
        let answers: Vec<AnswerFact> =
            (1..=5).map(|n| AnswerFact { duration_ms: n * 100, ..said("1", "a", "yes", None) }).collect();
        let pace = pace(&answers).expect("answers");
        assert_eq!((pace.lower_ms, pace.median_ms, pace.upper_ms), (200, 300, 400));
    }
}
