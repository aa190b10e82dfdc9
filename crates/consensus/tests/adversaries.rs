//! Crowds that mean ill, or are of a shape nobody planned for: sane probabilities, and gold stands.

mod support;

use consensus::{Answer, Builder, Consensus, Dataset, Method, Online, Policy, replay::replay};
use support::{Chance, Recipe, accuracy, assert_sane, by_name, named};

/// Items, workers, labels by number, under plain names that [`support::Synthetic::truth_of`] knows.
fn dataset(answers: &[[usize; 3]]) -> Dataset {
    named(answers, |i| format!("item{i}"), |w| format!("worker{w}"), |l| format!("label{l}")).expect("few labels")
}

/// The class of each of the dataset's items by a rule on the numbers that they were made with.
fn classes(data: &Dataset, of: impl Fn(usize) -> usize) -> Vec<Option<usize>> {
    let number = |item: &str| item.trim_start_matches("item").parse().expect("a number");
    let class = |item: &str| data.labels.iter().position(|label| label == format!("label{}", of(number(item))));
    data.items.iter().map(class).collect()
}

/// The same gold for the first `share` of what `truth` knows.
fn some(truth: &[Option<usize>], share: usize) -> Vec<Option<usize>> {
    truth.iter().enumerate().map(|(item, class)| class.filter(|_| item % share == 0)).collect()
}

fn assert_all_sane(data: &Dataset, gold: &[Option<usize>]) {
    for crowd in [data.crowd.clone(), data.crowd.with_gold(gold)] {
        Method::ALL.into_iter().for_each(|method| assert_sane(&crowd, &Consensus::new(&crowd, method)));
        let early = replay(&crowd, &Policy::default(), 1);
        assert!((0..crowd.items()).all(|item| early.answers[item] <= crowd.answers_of(item)));
        assert!(early.probabilities.iter().all(|p| *p > 0.0 && *p < 1.0));
    }
}

#[test]
fn people_who_never_agree_settle_nothing_and_break_nothing() {
    let answers: Vec<[usize; 3]> =
        (0..90).flat_map(|item| (0..5).map(move |worker| [item, worker, (item + worker) % 5])).collect();
    let data = dataset(&answers);
    assert_all_sane(&data, &some(&classes(&data, |item| item % 5), 3));
    let alone = Consensus::new(&data.crowd, Method::Majority);
    assert!((0..90).all(|item| alone.probability(item) < 0.21));
}

#[test]
fn a_camp_that_always_lies_is_seen_through_with_gold() {
    // Five tell the truth and six its contrary: without gold nobody could tell which is which.
    let truth = |item: usize| (item / 3) % 2;
    let lies = |worker: usize| usize::from(worker > 4);
    let answers: Vec<[usize; 3]> =
        (0..300).flat_map(|item| (0..11).map(move |worker| [item, worker, (truth(item) + lies(worker)) % 2])).collect();
    let data = dataset(&answers);
    let right = classes(&data, truth);
    let gold = some(&right, 10);
    assert_all_sane(&data, &gold);
    let consensus = Consensus::new(&data.crowd.with_gold(&gold), Method::Pool);
    assert_eq!(accuracy(&consensus.labels, &right), 100.0);
}

#[test]
fn gold_stands_against_everybody() {
    let answers: Vec<[usize; 3]> =
        (0..60).flat_map(|item| (0..7).map(move |worker| [item, worker, item % 3])).collect();
    let data = dataset(&answers);
    let gold = classes(&data, |item| (item + 1) % 3);
    assert_all_sane(&data, &gold);
    let mut online = Online::from_crowd(&data.crowd.with_gold(&gold));
    online.refresh(50, 1e-6);
    for (item, class) in gold.iter().enumerate() {
        let belief = online.posterior(item);
        assert!(belief[class.unwrap()] > 0.999 && belief.iter().all(|p| *p > 0.0 && *p < 1.0), "{belief:?}");
    }
}

#[test]
fn one_worker_may_do_nearly_everything_and_one_item_may_have_everybody() {
    let mut answers: Vec<[usize; 3]> = (0..4_000).map(|item| [item, 0, item * item % 3]).collect();
    answers.extend((0..40).map(|item| [item * 100, 1 + item % 4, item % 3]));
    answers.extend((10..3_000).map(|worker| [7, worker, worker % 2]));
    let data = dataset(&answers);
    assert_all_sane(&data, &some(&classes(&data, |item| item * item % 3), 50));
}

#[test]
fn items_with_a_single_answer_stay_in_doubt() {
    let mut chance = Chance::new(4);
    let answers: Vec<[usize; 3]> = (0..5_000).map(|item| [item, item % 900, chance.below(4)]).collect();
    let data = dataset(&answers);
    let gold = some(&classes(&data, |item| item % 4), 100);
    assert_all_sane(&data, &gold);
    // Gold shows that they guess.
    let consensus = Consensus::new(&data.crowd.with_gold(&gold), Method::Pool);
    let doubted = (0..5_000).filter(|&item| gold[item].is_none() && consensus.probability(item) < 0.75).count();
    assert!(doubted > 4_000, "{doubted}");
}

#[test]
fn labels_of_every_script_are_different_and_come_back_as_they_were() {
    let long = "ä".repeat(10_000);
    let labels =
        ["é", "e\u{301}", "لا", "👩‍👩‍👧", "\u{200b}", " ", "yes", "Yes", "yes ", long.as_str(), "\0", "\r\n", "ß", "ss"];
    let mut answers: Vec<[usize; 3]> = Vec::new();
    for item in 0..280 {
        (0..5).for_each(|worker| answers.push([item, worker, (item + usize::from(worker == item % 9)) % labels.len()]));
    }
    let make = |answers: &[[usize; 3]]| {
        named(answers, |i| format!("🦀{i}"), |w| format!("w\n{w}"), |l| labels[l].to_owned()).unwrap()
    };
    let data = make(&answers);
    assert_eq!(data.labels.len(), labels.len());
    let consensus = Consensus::new(&data.crowd, Method::Pool);
    assert_sane(&data.crowd, &consensus);
    for (item, name) in data.items.iter().enumerate() {
        let number: usize = name.trim_start_matches('🦀').parse().unwrap();
        assert_eq!(data.labels.get(consensus.labels[item]), labels[number % labels.len()]);
    }
    Chance::new(1).shuffle(&mut answers);
    let again = make(&answers);
    assert_eq!(by_name(&data, &consensus), by_name(&again, &Consensus::new(&again.crowd, Method::Pool)));
}

#[test]
fn gold_and_early_stopping_do_not_depend_on_order_or_names_either() {
    let synthetic = Recipe::default().make(21);
    let make = |answers: &[[usize; 3]], name: &dyn Fn(usize) -> String| {
        let mut builder = Builder::default();
        for &[item, worker, label] in answers {
            let (item, worker, label) = (name(item), name(worker), name(label));
            builder.answer(Answer { item: &item, worker: &worker, label: &label });
        }
        (0..60).rev().for_each(|item| builder.gold(&name(item), &name(synthetic.truth[item])));
        builder.build().unwrap()
    };
    let first = make(&synthetic.answers, &|number| number.to_string());
    let mut shuffled = synthetic.answers.clone();
    Chance::new(2).shuffle(&mut shuffled);
    let second = make(&shuffled, &|number| format!("{:04}", 9_999 - number));
    let (one, other) = (Consensus::new(&first.crowd, Method::Pool), Consensus::new(&second.crowd, Method::Pool));
    assert!(one.calibration.is_some());
    assert_eq!(one.calibration, other.calibration);
    let restored = by_name(&second, &other).into_iter().map(|((item, label), p)| {
        let plain = |name: &str| (9_999 - name.parse::<usize>().unwrap()).to_string();
        ((plain(&item), plain(&label)), p)
    });
    assert_eq!(by_name(&first, &one), restored.collect());
    let policy = Policy::default();
    assert_eq!(replay(&first.crowd, &policy, 3), replay(&second.crowd, &policy, 3));
}

#[test]
fn the_online_model_stays_sane_whatever_comes() {
    let mut chance = Chance::new(13);
    let mut online = Online::new(4);
    let mut gold = [None; 50];
    for step in 0..6_000 {
        let item = chance.below(50);
        match chance.below(20) {
            0 => {
                let class = chance.below(4);
                online.gold(item, class);
                gold[item] = Some(class);
            }
            1 if step % 7 == 0 => drop(online.refresh(3, 1e-3)),
            2 => assert_eq!(online.answer(item, 3, 4), None, "there is no fifth class"),
            _ => {
                let belief = online.answer(item, chance.below(300), chance.below(4)).unwrap();
                assert_eq!(belief, online.posterior(item));
            }
        }
        let belief = online.posterior(item);
        assert!(belief.iter().all(|p| *p > 0.0 && *p < 1.0), "{belief:?}");
        assert!((belief.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{belief:?}");
        assert!(gold[item].is_none_or(|class: usize| belief[class] > 0.999), "{belief:?} against {:?}", gold[item]);
    }
}
