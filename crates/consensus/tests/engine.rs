//! What the engine promises on any crowd: the same bits in every order, and never a panic.

mod support;

use consensus::{Answer, Builder, Consensus, Dataset, Method, Online, Policy, replay::replay};
use std::collections::BTreeMap;
use support::{Chance, Recipe, Synthetic, accuracy, assert_sane, by_name, named};

/// A few crowds unlike each other, one of them tiny and one of many classes.
fn recipes() -> Vec<Recipe> {
    let usual = Recipe::default();
    vec![
        usual,
        Recipe { items: 40, workers: 5, classes: 2, redundancy: 3, ..usual },
        Recipe { items: 120, workers: 60, classes: 12, redundancy: 4, systematic: 0.6, ..usual },
        Recipe { items: 150, workers: 12, classes: 2, imbalance: 8.0, traps: 0.2, ..usual },
        Recipe { items: 100, workers: 20, classes: 4, spammers: 1.0, ..usual },
    ]
}

#[test]
fn every_method_gives_sane_probabilities_and_never_contradicts_gold() {
    for recipe in recipes() {
        let synthetic = recipe.make(7);
        let data = synthetic.dataset().unwrap();
        let truth = synthetic.truth_of(&data);
        let mut gold = vec![None; data.crowd.items()];
        (0..gold.len()).step_by(5).for_each(|item| gold[item] = truth[item]);
        for crowd in [data.crowd.clone(), data.crowd.with_gold(&gold)] {
            for method in Method::ALL {
                assert_sane(&crowd, &Consensus::new(&crowd, method));
            }
        }
    }
}

#[test]
fn the_order_of_the_rows_changes_no_bit() {
    for (seed, recipe) in (0..).zip(recipes()) {
        let mut answers = recipe.make(seed).answers;
        let name = |kind: &'static str| move |number: usize| format!("{kind}{number}");
        let make = |answers: &[[usize; 3]]| named(answers, name("i"), name("w"), name("l")).unwrap();
        let first = make(&answers);
        Chance::new(seed).shuffle(&mut answers);
        answers.extend_from_within(..20);
        let second = make(&answers);
        for method in Method::ALL {
            let (one, other) = (Consensus::new(&first.crowd, method), Consensus::new(&second.crowd, method));
            assert_eq!(by_name(&first, &one), by_name(&second, &other), "{method}");
        }
    }
}

#[test]
fn new_names_for_items_workers_and_labels_change_no_bit() {
    for (seed, recipe) in (0..).zip(recipes()) {
        let answers = recipe.make(seed).answers;
        let plain = |number: usize| number.to_string();
        // Another alphabetical order, and back.
        let renamed = |number: usize| format!("{:04}", 9999 - number);
        let restored = |name: &str| plain(9999 - name.parse::<usize>().unwrap());
        let first = named(&answers, plain, plain, plain).unwrap();
        let second = named(&answers, renamed, renamed, renamed).unwrap();
        for method in Method::ALL {
            let one = by_name(&first, &Consensus::new(&first.crowd, method));
            let other = by_name(&second, &Consensus::new(&second.crowd, method));
            let other: BTreeMap<_, _> =
                other.into_iter().map(|((item, label), p)| ((restored(&item), restored(&label)), p)).collect();
            assert_eq!(one, other, "{method}");
        }
    }
}

#[test]
fn not_even_on_long_chains_do_names_change_a_bit() {
    // Two workers an item and two items a worker, with one odd label at an end: whoever is far from
    // it can be told apart only by following the chain.
    for (length, odd) in [(31, 0), (64, 60), (200, 8)] {
        let answers: Vec<[usize; 3]> = (0..length)
            .flat_map(|item| {
                [[item, item, (item / 2) % 2], [item, item + 1, if item == odd { 1 } else { (item / 2) % 2 }]]
            })
            .collect();
        let plain = |number: usize| number.to_string();
        let mixed = |number: usize| format!("{:04}", (number * 389 + 17) % 1_009);
        let first = named(&answers, plain, plain, plain).unwrap();
        let second = named(&answers, mixed, mixed, plain).unwrap();
        let names: BTreeMap<String, String> = (0..length).map(|item| (mixed(item), plain(item))).collect();
        for method in Method::ALL {
            let one = by_name(&first, &Consensus::new(&first.crowd, method));
            let other = by_name(&second, &Consensus::new(&second.crowd, method));
            let other: BTreeMap<_, _> =
                other.into_iter().map(|((item, label), p)| ((names[&item].clone(), label), p)).collect();
            assert_eq!(one, other, "{method}, {length} items");
        }
    }
}

#[test]
fn hundreds_of_classes_with_few_items_each_are_no_trouble() {
    let recipe = Recipe { items: 200, workers: 12, classes: 300, redundancy: 4, ..Recipe::default() };
    let (data, truth) = both(&recipe.make(2));
    let right = |method: Method| {
        let consensus = Consensus::new(&data.crowd, method);
        assert_sane(&data.crowd, &consensus);
        accuracy(&consensus.labels, &truth)
    };
    let (majority, pool) = (right(Method::Majority), right(Method::Pool));
    assert!(pool > majority - 2.0, "{pool} against {majority}");
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let (data, truth) = both(&Recipe::default().make(3));
    let gold: Vec<Option<usize>> = truth.into_iter().enumerate().map(|(i, class)| class.filter(|_| i < 60)).collect();
    let crowd = data.crowd.with_gold(&gold);
    let on = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let bits = |consensus: &Consensus| consensus.posterior.iter().map(|p| p.to_bits()).collect::<Vec<_>>();
    for method in [Method::Pool, Method::Ebcc, Method::Mace] {
        let one = on(1).install(|| Consensus::new(&crowd, method));
        for threads in [2, 3, 8] {
            let other = on(threads).install(|| Consensus::new(&crowd, method));
            assert_eq!(bits(&one), bits(&other), "{method} on {threads} threads");
            assert_eq!((&one.labels, &one.calibration), (&other.labels, &other.calibration));
        }
    }
    let one = on(1).install(|| replay(&crowd, &Policy::default(), 1));
    assert_eq!(one, on(4).install(|| replay(&crowd, &Policy::default(), 1)));
}

#[test]
fn crowds_that_nobody_would_wish_for_do_not_panic() {
    let answers = |rows: &[(&str, &str, &str)]| {
        Dataset::new(rows.iter().map(|&(item, worker, label)| Answer { item, worker, label })).unwrap()
    };
    let contradictory = [("a", "w", "x"), ("a", "w", "y"), ("a", "w", "x"), ("b", "w", "y")];
    let mut thousand = Builder::default();
    (0..1_000).for_each(|label| thousand.label(&label.to_string()));
    for n in 0..40_u32 {
        let (item, worker, label) = ((n % 9).to_string(), (n % 5).to_string(), (n * n % 1_000).to_string());
        thousand.answer(Answer { item: &item, worker: &worker, label: &label });
    }
    let mut only_gold = Builder::default();
    only_gold.gold("a", "x");
    only_gold.label("y");
    let crowds = [
        answers(&[]),
        answers(&[("a", "w", "x")]),
        answers(&[("a", "w", "x"), ("b", "v", "x"), ("a", "v", "x")]),
        answers(&[("a", "w", "x"), ("b", "w", "y"), ("c", "w", "x")]),
        answers(&contradictory),
        answers(&[("", "", ""), ("", "", "\u{0}"), ("🦀", "\n", ",")]),
        thousand.build().unwrap(),
        only_gold.build().unwrap(),
    ];
    for data in crowds {
        for method in Method::ALL {
            assert_sane(&data.crowd, &Consensus::new(&data.crowd, method));
        }
        let online = Online::from_crowd(&data.crowd);
        (0..data.crowd.items()).for_each(|item| assert_eq!(online.posterior(item).len(), data.crowd.classes()));
    }
}

#[test]
fn free_text_is_refused_rather_than_counted() {
    let mut builder = Builder::default();
    for number in 0..12_000 {
        let text = format!("sentence {number}");
        builder.answer(Answer { item: &text, worker: "w", label: &text });
    }
    let error = builder.build().unwrap_err().to_string();
    assert!(error.contains("12000 different labels"), "{error}");
}

#[test]
fn gold_that_says_two_things_is_refused_by_name() {
    let mut builder = Builder::default();
    builder.gold("clip 7", "yes");
    builder.gold("clip 7", "no");
    assert!(builder.build().unwrap_err().to_string().contains("clip 7"));
}

fn both(synthetic: &Synthetic) -> (Dataset, Vec<Option<usize>>) {
    let data = synthetic.dataset().expect("few labels");
    let truth = synthetic.truth_of(&data);
    (data, truth)
}

#[test]
fn the_default_beats_the_majority_wherever_people_differ() {
    for seed in 0..3 {
        let recipe = Recipe { spammers: 0.3, redundancy: 5, items: 400, ..Recipe::default() };
        let (data, truth) = both(&recipe.make(seed));
        let majority = accuracy(&Consensus::new(&data.crowd, Method::Majority).labels, &truth);
        let pool = accuracy(&Consensus::new(&data.crowd, Method::Pool).labels, &truth);
        assert!(pool > majority + 1.0, "{pool} against {majority}");
    }
}

#[test]
fn the_default_is_nowhere_far_from_the_best_method() {
    let usual = Recipe { redundancy: 5, ..Recipe::default() };
    for recipe in [
        usual,
        Recipe { classes: 2, skill: (0.65, 0.2), redundancy: 9, ..usual },
        Recipe { classes: 2, imbalance: 8.0, redundancy: 3, ..usual },
        Recipe { classes: 2, traps: 0.25, ..usual },
        Recipe { classes: 12, workers: 80, systematic: 0.7, ..usual },
        Recipe { spammers: 0.6, redundancy: 9, ..usual },
        Recipe { workers: 200, redundancy: 3, ..usual },
        Recipe { workers: 3, redundancy: 3, ..usual },
        Recipe { skill: (0.93, 0.05), spammers: 0.0, redundancy: 2, ..usual },
    ] {
        let crowds: Vec<_> = (0..3).map(|seed| both(&recipe.make(seed))).collect();
        let right = |method: Method| {
            let one = |(data, truth): &(Dataset, Vec<_>)| accuracy(&Consensus::new(&data.crowd, method).labels, truth);
            crowds.iter().map(one).sum::<f64>() / 3.0
        };
        let pool = right(Method::Pool);
        for method in Method::ALL {
            assert!(pool > right(method) - 3.0, "{method}: {} against {pool}", right(method));
        }
    }
}

#[test]
fn models_of_confusion_see_through_systematic_mistakes() {
    // Most people take class 1 for 2: a single skill cannot tell, a confusion matrix can.
    let recipe = Recipe {
        classes: 3,
        systematic: 0.95,
        skill: (0.62, 0.2),
        redundancy: 9,
        items: 600,
        workers: 25,
        ..Recipe::default()
    };
    let (data, truth) = both(&recipe.make(11));
    let coin = accuracy(&Consensus::new(&data.crowd, Method::OneCoinVb).labels, &truth);
    let shrunk = accuracy(&Consensus::new(&data.crowd, Method::SkillShrunk).labels, &truth);
    assert!(shrunk >= coin, "{shrunk} against {coin}");
}

#[test]
fn gold_makes_probabilities_honest() {
    let recipe = Recipe { traps: 0.25, items: 800, ..Recipe::default() };
    let (data, truth) = both(&recipe.make(5));
    let mut gold = vec![None; data.crowd.items()];
    (0..gold.len()).step_by(8).for_each(|item| gold[item] = truth[item]);
    let ece = |consensus: &Consensus| {
        let outcomes: Vec<(f64, bool)> = (0..gold.len())
            .filter(|&item| gold[item].is_none())
            .map(|item| (consensus.probability(item), Some(consensus.labels[item]) == truth[item]))
            .collect();
        consensus::calibration::reliability(&outcomes).unwrap().ece
    };
    let raw = ece(&Consensus::new(&data.crowd, Method::Pool));
    let with = Consensus::new(&data.crowd.with_gold(&gold), Method::Pool);
    assert!(with.calibration.is_some());
    assert!(ece(&with) < 0.06 && ece(&with) < raw / 2.0, "{} against {raw}", ece(&with));
}

#[test]
fn answer_by_answer_ends_where_the_batch_does() {
    for (seed, recipe) in (0..).zip([Recipe::default(), Recipe { classes: 2, items: 500, ..Recipe::default() }]) {
        let (data, truth) = both(&recipe.make(seed));
        let mut gold = vec![None; data.crowd.items()];
        (0..gold.len()).step_by(10).for_each(|item| gold[item] = truth[item]);
        let crowd = data.crowd.with_gold(&gold);
        let mut answers: Vec<[usize; 3]> = (0..crowd.items())
            .flat_map(|item| crowd.votes(item).map(move |(worker, class)| [item, worker, class]))
            .collect();
        Chance::new(seed).shuffle(&mut answers);
        let mut online = Online::new(crowd.classes());
        (0..gold.len()).for_each(|item| {
            if let Some(class) = gold[item] {
                online.gold(item, class)
            }
        });
        for [item, worker, class] in answers {
            online.answer(item, worker, class);
            if online.is_due() {
                online.refresh(3, 1e-3);
            }
        }
        let batch = Consensus::uncalibrated(&crowd, Method::DawidSkene);
        let distances = |online: &Online| {
            let distance = |item: usize| {
                let pairs = online.posterior(item).into_iter().zip(batch.posterior(item).to_vec());
                pairs.map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
            };
            (0..crowd.items()).map(distance).collect::<Vec<f64>>()
        };
        let before = distances(&online);
        let mean = before.iter().sum::<f64>() / before.len() as f64;
        assert!(mean < 0.03, "mean distance before a refresh: {mean}");
        online.refresh(150, 1e-6);
        let worst = distances(&online).into_iter().fold(0.0, f64::max);
        assert!(worst < 0.01, "largest distance after a refresh: {worst}");
    }
}
