//! Simulated crowds on a whole site: the same seed the same figures, and what bad work costs.

use sayso::simulate::{self, Options};

fn small(seed: u64) -> Options {
    Options { people: 16, items: 40, gold_items: 30, gold: 0.2, leaving: 0.1, seed, ..Options::default() }
}

#[tokio::test]
async fn a_seed_repeats_a_simulation_and_every_recording_is_decided() {
    let first = simulate::run(&small(1)).await.unwrap();
    println!("{first}");
    assert_eq!(first, simulate::run(&small(1)).await.unwrap());
    assert_eq!(first.settled + first.contested, 40);
    assert!(first.answers >= 120, "each recording has its three answers: {first}");
    assert!(first.right >= 34, "{first}");
    assert_eq!(first.cents, i64::from(first.all_answers()) * 3);
}
