//! What is believed of a recording, and what follows from it.

use super::*;

fn said(id: &str, label: &str, right: i64, wrong: i64) -> Counted {
    let (right, wrong) = (right * ITEM / 2, wrong * ITEM / 2);
    let cells = Cells { yes_yes: right, yes_no: wrong, no_yes: wrong, no_no: right };
    Counted { id: id.to_owned(), source: Source::Person, label: label.to_owned(), cells }
}

fn evidence(counted: Vec<Counted>) -> Evidence {
    Evidence { method: "test".to_owned(), prior_yes: ITEM / 2, temperature: ITEM, counted }
}

fn ruling(label: &str) -> Counted {
    Counted { source: Source::Expert, ..said("r", label, 0, 0) }
}

const POLICY: Policy = Policy { wanted: 2, most: 3, threshold: 0.9, paid: true, audited: false, affordable: true };

fn sum(yes: f64, answers: i64, votes: i64) -> Sum<'static> {
    Sum { yes, answers, votes, worthless: 0, ruled: None, had_verdict: false }
}

#[test]
fn two_unmeasured_people_who_agree_settle_an_item() {
    let yes = yes(&evidence(vec![said("a", "yes", 0, 0), said("b", "yes", 0, 0)]));
    assert!((yes - 0.94).abs() < 0.002, "{yes}");
    assert_eq!(step(sum(yes, 2, 2), POLICY), (State::Settled, More::None));
}

#[test]
fn disagreement_asks_one_more_until_the_most_and_is_contested_then() {
    let split = yes(&evidence(vec![said("a", "yes", 0, 0), said("b", "no", 0, 0)]));
    assert!((split - 0.5).abs() < 1e-9, "{split}");
    assert_eq!(step(sum(split, 2, 2), POLICY), (State::Open, More::One));
    assert_eq!(step(sum(split, 3, 2), POLICY), (State::Contested, More::None));
    let broke = Policy { affordable: false, ..POLICY };
    assert_eq!(step(sum(split, 2, 2), broke), (State::Contested, More::None));
    assert_eq!(step(sum(split, 1, 1), broke), (State::Open, More::One));
}

#[test]
fn where_money_hangs_on_it_one_person_never_settles_an_item() {
    let policy = Policy { wanted: 1, most: 1, ..POLICY };
    assert_eq!(step(sum(0.999, 1, 1), policy), (State::Open, More::One));
    assert_eq!(step(sum(0.999, 2, 1), policy), (State::Contested, More::None));
    assert_eq!(step(sum(0.999, 2, 2), policy), (State::Settled, More::None));
    assert_eq!(step(sum(0.999, 1, 1), Policy { paid: false, ..policy }), (State::Settled, More::None));
}

#[test]
fn an_audited_item_is_settled_and_still_asked_to_the_cap() {
    let policy = Policy { audited: true, ..POLICY };
    assert_eq!(step(sum(0.95, 2, 2), policy), (State::Settled, More::ToTheCap));
    assert_eq!(step(sum(0.95, 3, 3), policy), (State::Settled, More::None));
    let shaken = Sum { had_verdict: true, ..sum(0.8, 2, 2) };
    assert_eq!(step(shaken, policy), (State::Contested, More::None));
}

#[test]
fn worthless_answers_are_asked_for_again_and_that_ends() {
    let guesser = said("a", "yes", 20, 20);
    assert!(worthless(&guesser) && !worthless(&said("a", "yes", 0, 0)) && !worthless(&said("a", "yes", 16, 4)));
    let shaken = Sum { worthless: 2, had_verdict: true, ..sum(0.6, 2, 2) };
    assert_eq!(step(shaken, POLICY), (State::Open, More::One), "nobody has really answered");
    assert_eq!(step(Sum { worthless: 2, ..sum(0.99, 3, 3) }, POLICY), (State::Open, More::One), "only one has");
    assert_eq!(step(Sum { worthless: 2, ..sum(0.99, 4, 4) }, POLICY), (State::Settled, More::None));
    assert_eq!(step(Sum { worthless: 2, ..sum(0.8, 5, 5) }, POLICY), (State::Contested, More::None));
    assert_eq!(step(Sum { worthless: 9, ..sum(0.6, 6, 6) }, POLICY), (State::Contested, More::None));
}

#[test]
fn a_reviewer_is_strong_evidence_but_not_truth_by_decree() {
    let split = |label| vec![said("a", "yes", 0, 0), said("b", "no", 0, 0), ruling(label)];
    assert!(yes(&evidence(split("yes"))) > 0.97 && yes(&evidence(split("no"))) < 0.03);
    let mut many: Vec<Counted> = ["a", "b", "c", "d"].map(|id| said(id, "no", 90, 10)).to_vec();
    many.push(ruling("yes"));
    let yes = yes(&evidence(many));
    assert!(yes < 0.1, "{yes}");
    assert_eq!(step(Sum { ruled: Some("yes"), ..sum(yes, 4, 4) }, POLICY), (State::Contested, More::None));
    assert_eq!(step(Sum { ruled: Some("no"), ..sum(yes, 4, 4) }, POLICY), (State::Decided, More::None));
}

#[test]
fn somebody_who_always_says_yes_tells_nothing_by_it() {
    let cells = Cells { yes_yes: 50 * ITEM, no_yes: 50 * ITEM, ..Cells::default() };
    let spam = Counted { cells, ..said("a", "yes", 0, 0) };
    assert!((yes(&evidence(vec![spam])) - 0.5).abs() < 0.05);
}

#[test]
fn a_model_counts_by_what_was_measured_of_it() {
    let model = |cells| Counted { source: Source::Model, cells, ..said("m", "yes", 0, 0) };
    assert!((yes(&evidence(vec![model(Cells::default())])) - 0.5).abs() < 1e-9);
    let good = said("m", "yes", 95, 5).cells;
    assert!(yes(&evidence(vec![model(good)])) > 0.9);
}

#[test]
fn belief_is_the_same_to_the_bit_in_any_order_and_through_json() {
    let counted = vec![said("a", "yes", 17, 3), said("b", "no", 9, 4), said("c", "yes", 2, 7), ruling("yes")];
    let one = Evidence { prior_yes: 612_345, temperature: 431_977, ..evidence(counted.clone()) };
    let other = Evidence { counted: counted.into_iter().rev().collect(), ..one.clone() };
    let read: Evidence = serde_json::from_str(&serde_json::to_string(&one).expect("json")).expect("evidence");
    assert_eq!(yes(&one).to_bits(), yes(&other).to_bits());
    assert_eq!(yes(&one).to_bits(), yes(&read).to_bits());
}

#[test]
fn a_settled_item_teaches_about_listeners_and_of_reviewers_only_what_came_after_them() {
    let mut evidence = evidence(vec![said("a", "yes", 0, 0), said("b", "no", 0, 0), ruling("yes")]);
    let taught = lessons(&evidence);
    assert_eq!(taught.iter().map(|(id, _)| *id).collect::<Vec<_>>(), ["a", "b"]);
    assert!(items(taught[0].1.yes_yes) > 0.97 && items(taught[1].1.yes_no) > 0.97, "{taught:?}");
    evidence.counted.push(said("s", "no", 95, 5));
    let taught = lessons(&evidence);
    let (id, cells) = taught[2];
    assert!(id == "r" && items(cells.no_yes) > 0.9, "without the ruling it is a no: {taught:?}");
}

#[test]
fn gold_that_the_crowd_gets_wrong_tempers_its_belief() {
    let group = |n: usize| {
        let right = !n.is_multiple_of(4);
        let label = if right { "yes" } else { "no" };
        (evidence(vec![said("a", label, 95, 5), said("b", label, 95, 5)]), true)
    };
    let groups: Vec<(Evidence, bool)> = (0..200).map(group).collect();
    let found = calibrated(&groups, (100, 90 * ITEM));
    assert!(found.temperature < ITEM / 2, "{found:?}");
    assert_eq!(found.prior_yes, 91 * ITEM / 102);
    let tempered = Evidence { temperature: found.temperature, prior_yes: ITEM / 2, ..groups[1].0.clone() };
    let reliable = held_out(&groups).expect("enough gold");
    assert!(reliable.ece < 0.05, "{reliable:?}");
    assert_eq!(held_out(&groups[..19]), None);
    assert!((yes(&tempered) - 0.75).abs() < 0.05, "{}", yes(&tempered));
    assert_eq!(calibrated(&groups[..5], (5, 5 * ITEM)), Calibration { gold_groups: 5, ..Calibration::default() });
}

#[test]
fn the_most_uncertain_come_first_but_nothing_waits_for_ever() {
    assert!(urgency_us(0.5) > urgency_us(0.9) && urgency_us(0.1) > urgency_us(0.999));
    assert_eq!((urgency_us(0.5), urgency_us(1.0)), (DAY_US, 0));
}
