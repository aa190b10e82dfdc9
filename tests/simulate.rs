//! Simulated crowds on a whole site: the same seed the same figures, and what bad work costs.
//! `cargo test … simulate -- --nocapture` prints the figures.

use sayso::simulate::{self, Options, coverage, outcome::Outcome};

async fn of(options: &Options) -> Outcome {
    let outcome = simulate::run(options).await.unwrap();
    println!("{options:?}\n{outcome}");
    outcome
}

fn small(seed: u64) -> Options {
    Options { people: 12, items: 24, gold_items: 20, gold: 0.2, leaving: 0.2, seed, ..Options::default() }
}

#[tokio::test]
async fn a_seed_repeats_a_simulation_and_every_recording_is_decided() {
    let first = of(&small(1)).await;
    assert_eq!(first, simulate::run(&small(1)).await.unwrap());
    assert_ne!(first, simulate::run(&small(2)).await.unwrap());
    assert_eq!(first.settled + first.contested, 24);
    assert!(first.answers >= 72, "each recording has its three answers: {first}");
    assert!(first.right >= 19, "{first}");
    assert_eq!(first.cents, i64::from(first.all_answers()) * 3);
}

#[tokio::test]
async fn what_cannot_be_simulated_is_refused_in_words() {
    for wrong in
        [Options { people: 1, ..small(1) }, Options { spammers: 13, ..small(1) }, Options { gold: 0.6, ..small(1) }]
    {
        let error = simulate::run(&wrong).await.unwrap_err().to_string();
        assert!(error.contains("give"), "{error}");
    }
}

#[tokio::test]
async fn spammers_become_cases_and_honest_people_do_not() {
    let crowd =
        Options { people: 12, items: 150, gold: 0.2, gold_items: 80, spread: 0.3, leaving: 0.0, ..Options::default() };
    let outcome = of(&Options { spammers: 2, ..crowd }).await;
    let (spammers, honest) = (&outcome.kinds["spammer"], &outcome.kinds["honest"]);
    assert_eq!((spammers.suspected, honest.suspected), (2, 0), "{outcome}");
    assert!(outcome.accuracy() > 0.85, "{outcome}");
}

#[tokio::test]
async fn quotas_halve_what_a_skewed_crowd_leaves_missing() {
    let options = Options { people: 100, items: 120, seed: 25, ..Options::default() };
    let found = coverage::run(&options).await.unwrap();
    print!("{found}");
    assert_eq!((found.on.recordings, found.off.recordings), (120, 120), "{found}");
    assert!(found.off.missing > 20, "the crowd is not skewed: {found}");
    assert!(2 * found.on.missing <= found.off.missing, "{found}");
}

/// Runs on threads of their own, as there are several; in the order of the options.
fn all(options: Vec<Options>) -> Vec<Outcome> {
    let run = |options: Options| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(simulate::run(&options)).unwrap()
    };
    let runs: Vec<_> = options.into_iter().map(|options| std::thread::spawn(move || run(options))).collect();
    runs.into_iter().map(|run| run.join().unwrap()).collect()
}

/// The same crowds judge the same recordings, without spammers and with a fifth of the people being
/// some. What it costs is all answers, those to gold included; final labels are those of a release's fit.
#[test]
fn a_fifth_of_spammers_costs_little_accuracy_and_few_answers() {
    let crowd = Options { people: 20, items: 200, gold_items: 60, ..Options::default() };
    let with = |spammers: usize| (1..=3).map(move |seed| (spammers, seed));
    let options = with(0).chain(with(4)).map(|(spammers, seed)| Options { spammers, seed, ..crowd.clone() });
    let outcomes = all(options.collect());
    let (honest, spammed) = outcomes.split_at(3);
    let mean = |outcomes: &[Outcome], of: fn(&Outcome) -> f64| outcomes.iter().map(of).sum::<f64>() / 3.0;
    let accuracy = |outcomes| mean(outcomes, Outcome::fitted_accuracy) * 100.0;
    let answers = |outcomes| mean(outcomes, |outcome| f64::from(outcome.all_answers()));
    let (points, more) = (accuracy(honest) - accuracy(spammed), (answers(spammed) / answers(honest) - 1.0) * 100.0);
    println!(
        "without spammers {:.1} % right with {:.0} answers; of 20 people 4 spammers: {:.1} % with {:.0}: \
         {points:.1} points lost, {more:.1} % more answers",
        accuracy(honest),
        answers(honest),
        accuracy(spammed),
        answers(spammed)
    );
    assert!(points <= 1.0 && more <= 15.0, "{points} points, {more} %: {spammed:?}");
    let caught: usize = spammed.iter().filter_map(|one| one.kinds["spammer"].stopped.get("paused")).sum();
    assert!(caught >= 11, "{caught} of 12 spammers paused");
}
