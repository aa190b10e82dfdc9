//! How far each listener agrees with what the others say, and how good each speaker's takes are.

use super::know::Known;
use super::model::{Counted, Evidence, ITEM, Source, State};
use super::rules;
use crate::answers::Answer;
use crate::trust::{self, Agreement, Craft, Saying};

#[expect(clippy::cast_possible_truncation, reason = "at most one item")]
#[expect(clippy::cast_precision_loss, reason = "a million")]
fn millionths(share: f64) -> i64 {
    (share * ITEM as f64).round() as i64
}

/// What a belief of the others says about an answer to which they give the probability `s`: what
/// speaks for and against its giver.
///
/// Others who are sure with probability p agree with somebody of accuracy a in a share
/// ap + (1 − a)(1 − p) of the items. Solved for a, and weighted by (2p − 1)² so that an even split
/// says nothing, each answer counts (2s − 1)s right and (2s − 1)(s − 1) wrong. One of the two is
/// slightly negative; over many items their share is the accuracy, without bias.
fn lesson(s: f64) -> (i64, i64) {
    let sure = 2.0 * s - 1.0;
    (millionths(sure * s), millionths(sure * (s - 1.0)))
}

/// What each answer of an item says about its giver, leaving that answer out.
///
/// Who disagrees makes the site ask more people. Counting those would favour and harm by what was
/// said itself, so each answer is held against the ones that came anyway: the first `wanted` (all,
/// when the item is `audited`), and those before it.
fn lessons<'a>(
    evidence: &Evidence,
    answers: &'a [Answer],
    wanted: usize,
    audited: bool,
) -> Vec<(&'a Answer, (i64, i64))> {
    let place = |one: &Counted| answers.iter().position(|answer| answer.id.to_string() == one.id);
    let mut found = Vec::new();
    for (at, answer) in answers.iter().enumerate().filter(|(_, answer)| answer.label != "unsure") {
        let until = if audited { answers.len() } else { wanted.max(at) };
        let counts = |one: &&Counted| match one.source {
            Source::Person => place(one).is_some_and(|place| place != at && place < until),
            Source::Model => true,
            // Reviewers are asked because people disagree.
            Source::Expert => false,
        };
        let counted: Vec<Counted> = evidence.counted.iter().filter(counts).cloned().collect();
        if counted.is_empty() {
            continue;
        }
        let yes = rules::yes(&Evidence { counted, ..evidence.clone() });
        found.push((answer, lesson(if answer.label == "yes" { yes } else { 1.0 - yes })));
    }
    found
}

/// What a closed item says about its listeners and its speaker, and did not say before.
pub fn sayings(known: &Known, audited: bool, state: State, yes: f64, now_us: i64) -> Vec<Saying> {
    if state == State::Open {
        return Vec::new();
    }
    let wanted = usize::try_from(known.batch.answers_wanted).unwrap_or(0);
    let listeners = lessons(&known.evidence, &known.answers, wanted, audited).into_iter();
    let mut found: Vec<Agreement> = listeners
        .map(|(answer, (right_ppm, wrong_ppm))| Agreement {
            person: answer.person_id,
            craft: Craft::Judge,
            right_ppm,
            wrong_ppm,
        })
        .collect();
    if state != State::Contested
        && let Some(person) = known.clip.as_ref().map(|clip| clip.speaker_id)
    {
        let right_ppm = millionths(yes);
        found.push(Agreement { person, craft: Craft::Record, right_ppm, wrong_ppm: ITEM - right_ppm });
    }
    trust::sayings((&known.batch, known.item.id), &known.agreed, &found, now_us).collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::{Cells, METHOD};
    use super::super::rules::{More, Policy, Sum};
    use super::*;
    use crate::answers::AnswerId;
    use crate::batches::ItemId;
    use crate::platform::ids::PersonId;
    use crate::tasks::TaskId;
    use sha2::{Digest, Sha256};

    /// A number in [0, 1) that follows from its name.
    fn draw(name: &str) -> f64 {
        let digest = Sha256::digest(name);
        f64::from(u32::from_le_bytes([digest[0], digest[1], digest[2], digest[3]])) / 4_294_967_296.0
    }

    /// Cells of somebody who was measured long enough.
    fn cells(skill: f64) -> Cells {
        let (right, wrong) = (millionths(100.0 * skill), millionths(100.0 * (1.0 - skill)));
        Cells { yes_yes: right, yes_no: wrong, no_yes: wrong, no_no: right }
    }

    #[test]
    fn agreement_measures_accuracy_though_disagreement_asks_more_people() {
        let skills = [0.95, 0.9, 0.85, 0.8, 0.7];
        let people: Vec<PersonId> = skills.iter().map(|_| PersonId::new()).collect();
        let policy = Policy { wanted: 2, most: 5, threshold: 0.9, paid: true, audited: false, affordable: true };
        let mut sums = vec![(0_i64, 0_i64); skills.len()];
        for item in 0..6_000 {
            let truth = draw(&format!("truth {item}")) < 0.5;
            let mut order: Vec<usize> = (0..skills.len()).collect();
            order.sort_by_key(|who| Sha256::digest(format!("order {item} {who}")).to_vec());
            let (mut answers, mut counted) = (Vec::new(), Vec::new());
            for who in order {
                let label = if (draw(&format!("{item} {who}")) < skills[who]) == truth { "yes" } else { "no" };
                let answer = Answer {
                    id: AnswerId::new(),
                    task_id: TaskId::new(),
                    item_id: ItemId::new(),
                    person_id: people[who],
                    label: label.to_owned(),
                    reason: None,
                    duration_ms: 0,
                    body_sha256: String::new(),
                    at_us: 0,
                };
                counted.push(Counted {
                    id: answer.id.to_string(),
                    source: Source::Person,
                    label: label.to_owned(),
                    cells: cells(skills[who]),
                });
                answers.push(answer);
                let evidence = Evidence {
                    method: METHOD.to_owned(),
                    prior_yes: ITEM / 2,
                    temperature: ITEM,
                    counted: counted.clone(),
                };
                let votes = i64::try_from(answers.len()).expect("few");
                let sum = Sum {
                    yes: rules::yes(&evidence),
                    answers: votes,
                    votes,
                    worthless: 0,
                    ruled: None,
                    had_verdict: false,
                };
                if rules::step(sum, policy).1 == More::None {
                    for (answer, (right, wrong)) in lessons(&evidence, &answers, 2, false) {
                        let who = people.iter().position(|person| *person == answer.person_id).expect("known");
                        sums[who] = (sums[who].0 + right, sums[who].1 + wrong);
                    }
                    break;
                }
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "small")]
        let found: Vec<f64> = sums.iter().map(|(right, wrong)| *right as f64 / (right + wrong) as f64).collect();
        println!("accuracy by agreement {found:.3?}, in truth {skills:?}");
        for (found, skill) in found.iter().zip(skills) {
            assert!((found - skill).abs() < 0.03, "{found} for {skill}");
        }
    }

    #[test]
    fn an_even_split_says_nothing() {
        assert_eq!(lesson(0.5), (0, 0));
        assert_eq!(lesson(1.0), (ITEM, 0));
        assert_eq!(lesson(0.0), (0, ITEM));
    }
}
