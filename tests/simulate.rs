//! Simulated crowds on a whole site: the same seed the same figures, and what bad work costs.
//! `cargo test … simulate -- --nocapture` prints the figures.

use sayso::simulate::{self, Options, outcome::Outcome};

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
