//! Agreement, label noise, bias, models beside people, and early stopping, on crowds with a known truth.

mod support;

use consensus::agreement::{Scale, alpha, alpha_interval, cohen_kappa, fleiss_kappa, numeric_alpha, pairs};
use consensus::quality::bias::{Judged, audit};
use consensus::quality::confusion::confusion;
use consensus::quality::label_noise::label_noise;
use consensus::quality::machine::{compare, worker_name};
use consensus::replay::{fixed, replay};
use consensus::{Answer, Consensus, Dataset, Decision, Method, NextAnswer, Policy, krippendorff_alpha};
use support::{Recipe, accuracy};

fn near(actual: Option<f64>, expected: f64) {
    let actual = actual.expect("defined");
    assert!((actual - expected).abs() < 5e-4, "{actual} is not {expected}");
}

/// Four observers, twelve units, missing data: Krippendorff (2011).
fn krippendorffs_example() -> Vec<(usize, usize, u8)> {
    let observers = [b"123321412...", b"1233224125.3", b".3332342251.", b"12332441251."];
    let rows = observers.iter().enumerate().flat_map(|(rater, row)| {
        row.iter()
            .enumerate()
            .filter(|(_, label)| **label != b'.')
            .map(move |(item, label)| (item, rater, label - b'0'))
    });
    rows.collect()
}

#[test]
fn alpha_reproduces_krippendorffs_example_on_every_scale() {
    let answers = krippendorffs_example();
    let numbers = || answers.iter().map(|&(item, _, value)| (item, f64::from(value)));
    near(numeric_alpha(numbers(), Scale::Interval), 0.8491);
    near(numeric_alpha(numbers(), Scale::Ordinal), 0.8154);
    let names: Vec<[String; 3]> = answers
        .iter()
        .map(|(item, rater, label)| {
            [item, rater]
                .map(usize::to_string)
                .into_iter()
                .chain([label.to_string()])
                .collect::<Vec<_>>()
                .try_into()
                .unwrap()
        })
        .collect();
    let data = Dataset::new(names.iter().map(|[item, worker, label]| Answer { item, worker, label })).unwrap();
    near(alpha(&data.crowd, |_, _| true), 0.7434);
    assert_eq!(numeric_alpha([(1, 2.0), (1, f64::NAN)], Scale::Interval), None);
}

#[test]
fn alpha_of_a_crowd_is_that_of_its_triples_and_its_interval_holds_it() {
    let synthetic = Recipe::default().make(1);
    let data = synthetic.dataset().unwrap();
    let triples: Vec<(usize, usize, usize)> = synthetic.answers.iter().map(|a| (a[0], a[1], a[2])).collect();
    let all = alpha(&data.crowd, |_, _| true).unwrap();
    assert!((all - krippendorff_alpha(&triples).unwrap()).abs() < 1e-12);
    let (low, high) = alpha_interval(&data.crowd, 200, 0.95, 1).unwrap();
    assert!(low < all && all < high && high - low < 0.2, "{low} {all} {high}");
    assert_eq!(alpha(&data.crowd, |_, worker| worker == 0), None);
}

#[test]
fn kappas_have_their_textbook_values() {
    // Twenty yes-yes, five and ten mixed, fifteen no-no: (0.7 − 0.5) / 0.5.
    let counted = [((1, 1), 20), ((1, 0), 5), ((0, 1), 10), ((0, 0), 15)];
    let labels: Vec<(i32, i32)> = counted.iter().flat_map(|&(pair, count)| vec![pair; count]).collect();
    near(cohen_kappa(&labels), 0.4);
    assert_eq!(cohen_kappa::<u8>(&[]), None);
    // Fleiss (1971) in the small: three raters, P̄ = (1 + 1/3)/2, P̄ₑ = 5/9.
    let rows = [("a", "1", "x"), ("a", "2", "x"), ("a", "3", "x"), ("b", "1", "y"), ("b", "2", "y"), ("b", "3", "x")];
    let data = Dataset::new(rows.iter().map(|&(item, worker, label)| Answer { item, worker, label })).unwrap();
    near(fleiss_kappa(&data.crowd), (2.0 / 3.0 - 5.0 / 9.0) / (4.0 / 9.0));
    assert_eq!(fleiss_kappa(&Dataset::new([]).unwrap().crowd), None);
    let found = pairs(&data.crowd, 2);
    assert_eq!(found.len(), 3);
    assert_eq!(found.iter().map(|pair| pair.agreed).sum::<usize>(), 4);
    assert!(pairs(&data.crowd, 3).is_empty());
}

#[test]
fn confusions_show_the_mistake_that_everybody_makes() {
    let recipe = Recipe { systematic: 0.9, redundancy: 9, ..Recipe::default() };
    let data = recipe.make(2).dataset().unwrap();
    let consensus = Consensus::new(&data.crowd, Method::Pool);
    let all = confusion(&data.crowd, &consensus, |_, _| true);
    let number = |label: &str| data.labels.iter().position(|name| name == label).unwrap();
    // label0 is taken for label1, label1 for label2, label2 for label0.
    for (class, label) in [("label0", "label1"), ("label1", "label2"), ("label2", "label0")] {
        let other = 3 - number(class) - number(label);
        assert!(all.count(number(class), number(label)) > 2.0 * all.count(number(class), other));
    }
    assert!((all.counts.iter().sum::<f64>() - data.crowd.answers() as f64).abs() < 1e-3);
    assert_eq!(all.mistakes().len(), 6);
}

#[test]
fn wrong_labels_are_found_and_their_share_estimated() {
    let synthetic = Recipe { items: 500, redundancy: 9, ..Recipe::default() }.make(3);
    let data = synthetic.dataset().unwrap();
    let consensus = Consensus::new(&data.crowd, Method::Pool);
    let mut given: Vec<usize> = synthetic.truth_of(&data).into_iter().map(Option::unwrap).collect();
    (0..500).step_by(10).for_each(|item| given[item] = (given[item] + 1) % 3);
    let noise = label_noise(&given, &consensus.posterior, 3).unwrap();
    assert!((noise.noise_rate - 0.1).abs() < 0.05, "{}", noise.noise_rate);
    assert!((noise.joint.iter().sum::<f64>() - 500.0).abs() < 1e-6);
    let first = &noise.suspects[..30];
    let planted = first.iter().filter(|&&item| item % 10 == 0).count();
    assert!(planted >= 24, "only {planted} of the first 30 suspects were planted");
    assert_eq!(label_noise(&[], &[], 3), None);
}

#[test]
fn the_audit_hides_small_groups_and_whoever_would_betray_them() {
    let judged = |group, person, agreed| Judged { group, person, agreed, right: Some(agreed) };
    let mut answers = vec![judged("few", 0, false)];
    (0..10).for_each(|person| answers.push(judged("some", person, person != 0)));
    (0..40).for_each(|person| answers.push(judged("many", person, person >= 20)));
    let report = audit(&answers, 5);
    let of = |name: &str| report.iter().find(|group| group.name == name).unwrap();
    assert_eq!((of("few").people, of("few").disagreement, of("few").error), (None, None, None));
    assert_eq!(of("some").people, None, "the total less the others would give “few” away");
    let many = of("many").disagreement.unwrap();
    assert!((many.share - 0.5).abs() < 1e-12 && many.interval.0 < 0.5 && many.interval.1 > 0.5);
}

#[test]
fn few_people_in_several_small_groups_are_not_left_over_by_subtraction_either() {
    let judged = |group, person, right| Judged { group, person, agreed: true, right };
    let mut answers = vec![judged("a", 0, None), judged("b", 1, None), judged("b", 2, None)];
    (10..16).for_each(|person| answers.push(judged("c", person, Some(true))));
    (20..40).for_each(|person| answers.push(judged("d", person, (person < 22).then_some(false))));
    (50..90).for_each(|person| answers.push(judged("e", person, Some(true))));
    let report = audit(&answers, 5);
    let shown: Vec<&str> = report.iter().filter(|group| group.people.is_some()).map(|group| &*group.name).collect();
    assert_eq!(shown, ["d", "e"], "three people in two groups: the next smallest hides them");
    let error = |name: &str| report.iter().find(|group| group.name == name).unwrap().error;
    assert_eq!(error("d"), None, "two of its twenty people answered gold");
    assert!(error("e").is_some(), "{report:?}");
}

#[test]
fn a_good_model_beside_people_helps_and_its_mistakes_are_listed() {
    let recipe = Recipe { redundancy: 3, skill: (0.65, 0.1), items: 400, ..Recipe::default() };
    let mut synthetic = recipe.make(4);
    let people = synthetic.dataset().unwrap();
    let alone = accuracy(&Consensus::new(&people.crowd, Method::Pool).labels, &synthetic.truth_of(&people));
    let model = 99;
    for item in 0..400 {
        let label = if item % 10 == 0 { (synthetic.truth[item] + 1) % 3 } else { synthetic.truth[item] };
        synthetic.answers.push([item, model, label]);
    }
    let data = synthetic.dataset().unwrap();
    let together = accuracy(&Consensus::new(&data.crowd, Method::Pool).labels, &synthetic.truth_of(&data));
    assert!(together > alone + 2.0, "{together} against {alone}");
    let number = data.workers.iter().position(|name| name == "worker99").unwrap();
    let compared = compare(&data.crowd, |worker| worker == number, Method::Pool).unwrap();
    assert_eq!(compared.items, 400);
    assert_eq!(compared.differing.len(), 400 - (compared.agreed * 400.0).round() as usize);
    assert!(compare(&data.crowd, |_| false, Method::Pool).is_none());
    assert_eq!(worker_name("v3", 0.97), "model:v3@0.95");
    assert_eq!(worker_name("v3", f64::NAN), "model:v3@0");
}

#[test]
fn uncertain_items_come_first() {
    let data = Recipe::default().make(6).dataset().unwrap();
    let consensus = Consensus::new(&data.crowd, Method::Pool);
    let order = consensus.by_uncertainty();
    assert_eq!(order.len(), data.crowd.items());
    assert!(consensus.probability(order[0]) < consensus.probability(order[order.len() - 1]));
}

#[test]
fn stopping_early_saves_answers_and_keeps_accuracy() {
    let synthetic =
        Recipe { items: 500, redundancy: 9, spammers: 0.05, skill: (0.85, 0.08), ..Recipe::default() }.make(8);
    let data = synthetic.dataset().unwrap();
    let truth = synthetic.truth_of(&data);
    let gold: Vec<Option<usize>> =
        truth.iter().enumerate().map(|(item, class)| class.filter(|_| item % 10 == 0)).collect();
    let crowd = data.crowd.with_gold(&gold);
    let early = replay(&crowd, &Policy::default(), 1);
    let five = fixed(&crowd, 5, 9, 1);
    let asked =
        |answers: &[usize]| (0..500).filter(|&item| gold[item].is_none()).map(|item| answers[item]).sum::<usize>();
    assert!(
        asked(&early.answers) * 4 < asked(&five.answers) * 3,
        "{} against {}",
        asked(&early.answers),
        asked(&five.answers)
    );
    assert!(accuracy(&early.labels, &truth) > accuracy(&five.labels, &truth) - 1.0);
    assert!(early.answers.iter().all(|&answers| (2..=9).contains(&answers)));
    assert_eq!(early, replay(&crowd, &Policy::default(), 1));
    assert_ne!(early.answers, replay(&crowd, &Policy::default(), 2).answers);
}

#[test]
fn answers_that_could_change_nothing_are_not_asked_for() {
    // People are little better than chance: where they contradict each other they go on doing so.
    let recipe = Recipe { items: 600, redundancy: 9, classes: 2, skill: (0.64, 0.06), ..Recipe::default() };
    let synthetic = recipe.make(9);
    let data = synthetic.dataset().unwrap();
    let truth = synthetic.truth_of(&data);
    let with = |worth| replay(&data.crowd, &Policy { worth, ..Policy::default() }, 1);
    let (to_the_end, sparing) = (with(0.0), with(Policy::default().worth));
    let asked = |replay: &consensus::replay::Replay| replay.answers.iter().sum::<usize>();
    assert!(asked(&sparing) * 10 < asked(&to_the_end) * 9, "{} of {}", asked(&sparing), asked(&to_the_end));
    assert!(accuracy(&sparing.labels, &truth) > accuracy(&to_the_end.labels, &truth) - 2.0);
    assert!(sparing.answers.iter().all(|answers| *answers >= 2));
}

#[test]
fn an_answer_is_worth_asking_while_it_can_turn_the_label() {
    let policy = Policy::default();
    let next = NextAnswer { telling: 1.0, advantage: 0.6 };
    assert!(policy.is_worth(&[0.6, 0.4], 8, &next) && policy.is_worth(&[0.9, 0.1], 3, &next));
    assert!(!policy.is_worth(&[0.9, 0.1], 8, &next), "one vote more against it would not turn it");
    assert!(!policy.is_worth(&[0.5, 0.5], 9, &next), "no answer is left");
    assert!(policy.is_worth(&[0.99, 0.01], 1, &next), "two are always asked");
    assert!(Policy { worth: 0.0, ..policy }.is_worth(&[0.9, 0.1], 8, &next));
}

#[test]
fn half_a_crowd_of_guessers_is_told_from_a_crowd_of_the_half_able() {
    let of = |recipe: Recipe| {
        let data = recipe.make(12).dataset().unwrap();
        NextAnswer::of(&data.crowd, &Consensus::new(&data.crowd, Method::DawidSkene))
    };
    let usual = Recipe { classes: 2, items: 600, redundancy: 9, workers: 20, traps: 0.0, ..Recipe::default() };
    let mixed = of(Recipe { spammers: 0.5, skill: (0.9, 0.02), ..usual });
    let even = of(Recipe { spammers: 0.0, skill: (0.7, 0.02), ..usual });
    assert!(mixed.advantage > 0.7 && mixed.telling < 0.8, "{mixed:?}");
    assert!(even.advantage < 0.5 && even.telling > 0.9, "{even:?}");
}

#[test]
fn nothing_is_settled_on_the_word_of_one() {
    let hasty = Policy { threshold: 0.5, at_least: 0, at_most: 0, ..Policy::default() };
    assert_eq!(hasty.decide(&[0.999, 0.001], 1), Decision::AskOneMore);
    assert!(matches!(hasty.decide(&[0.999, 0.001], 2), Decision::Settled { label: 0, .. }));
    assert!(matches!(hasty.decide(&[0.4, 0.4], 2), Decision::Contested { .. }));
}

#[test]
fn a_budget_goes_to_the_unheard_and_then_to_the_least_certain() {
    let policy = Policy::default();
    let items: [(&[f64], u32); 5] =
        [(&[0.9, 0.1], 3), (&[0.6, 0.4], 3), (&[0.95, 0.05], 1), (&[0.99, 0.01], 2), (&[0.5, 0.5], 9)];
    assert_eq!(policy.worth_asking(&items, 10), [2, 1, 0]);
    assert_eq!(policy.worth_asking(&items, 1), [2]);
}

#[test]
fn the_audit_sample_is_secret_repeatable_and_of_the_wanted_size() {
    let sample =
        |key: &[u8]| (0..20_000).filter(|item| Policy::audits(key, &item.to_string(), 0.04)).collect::<Vec<u32>>();
    let (one, other) = (sample(b"one"), sample(b"other"));
    assert_eq!(one, sample(b"one"));
    assert!((700..900).contains(&one.len()), "{}", one.len());
    assert!(one.iter().filter(|item| other.contains(item)).count() < 80);
    assert!(!Policy::audits(b"", "", 0.0) && Policy::audits(b"", "", 1.0));
}
