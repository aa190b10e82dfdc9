//! Early stopping replayed on public sets: `stopping FOLDER [SEEDS]`. 10 % gold, at least 2, cap 9.

mod common;

use consensus::{
    Policy,
    replay::{Replay, fixed, replay},
};
use std::error::Error;

const THRESHOLDS: [f64; 4] = [0.95, 0.97, 0.98, 0.99];

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: stopping FOLDER [SEEDS]")?;
    let seeds: u64 = arguments.next().map_or(Ok(6), |seeds| seeds.parse())?;
    println!(
        "accuracy @ answers per item, gold left out\nset\tfixed-5\t{}",
        THRESHOLDS.map(|t| t.to_string()).join("\t")
    );
    let mut means = vec![(0.0, 0.0); THRESHOLDS.len() + 1];
    let sets: Vec<_> = common::sets(&folder)?
        .into_iter()
        .filter(|set| set.data.crowd.answers() >= 9 * set.data.crowd.items())
        .collect();
    for set in &sets {
        let crowd = &set.data.crowd;
        let known: Vec<usize> = (0..crowd.items()).filter(|&item| set.truth[item].is_some()).collect();
        let mut sums = vec![(0.0, 0.0); THRESHOLDS.len() + 1];
        for seed in 0..seeds {
            let mut gold = vec![None; crowd.items()];
            let count = (known.len() / 10).max(20);
            common::shuffled(known.len(), seed)[..count].iter().for_each(|&k| gold[known[k]] = set.truth[known[k]]);
            let with = crowd.with_gold(&gold);
            let score = |replay: &Replay| {
                let others: Vec<usize> = known.iter().copied().filter(|&item| gold[item].is_none()).collect();
                let right = others.iter().filter(|&&item| Some(replay.labels[item]) == set.truth[item]).count();
                let answers: usize = others.iter().map(|&item| replay.answers[item]).sum();
                (100.0 * right as f64 / others.len() as f64, answers as f64 / others.len() as f64)
            };
            let mut scores = vec![score(&fixed(&with, 5, 9, seed))];
            for threshold in THRESHOLDS {
                let policy = Policy { threshold, ..Policy::default() };
                scores.push(score(&replay(&with, &policy, seed)));
            }
            for (sum, score) in sums.iter_mut().zip(scores) {
                *sum = (sum.0 + score.0 / seeds as f64, sum.1 + score.1 / seeds as f64);
            }
        }
        println!(
            "{}\t{}",
            set.name,
            sums.iter().map(|(a, n)| format!("{a:.2} @{n:.2}")).collect::<Vec<_>>().join("\t")
        );
        for (mean, sum) in means.iter_mut().zip(&sums) {
            *mean = (mean.0 + sum.0 / sets.len() as f64, mean.1 + sum.1 / sets.len() as f64);
        }
    }
    println!("mean\t{}", means.iter().map(|(a, n)| format!("{a:.2} @{n:.2}")).collect::<Vec<_>>().join("\t"));
    Ok(())
}
