//! What 10 % gold is worth on public sets: `gold FOLDER [DRAWS]`. Scored on the other items only.

mod common;

use consensus::{Consensus, Method, calibration::reliability};
use std::error::Error;

/// Gold is a tenth of the items with truth, within these.
const GOLD: (usize, usize) = (20, 100);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: gold FOLDER [DRAWS]")?;
    let draws: u64 = arguments.next().map_or(Ok(15), |draws| draws.parse())?;
    println!("set\taccuracy without\taccuracy with gold\tECE without\tECE with gold\tT\tweights");
    let mut means = [0.0; 4];
    let sets = common::sets(&folder)?;
    for set in &sets {
        let crowd = &set.data.crowd;
        let plain = Consensus::new(crowd, Method::Pool);
        let known: Vec<usize> =
            (0..crowd.items()).filter(|&item| set.truth[item].is_some_and(|class| class < crowd.classes())).collect();
        let mut sums = [0.0; 4];
        let (mut temperature, mut weights) = (0.0, [0.0; 3]);
        for draw in 0..draws {
            let count = (known.len() / 10).clamp(GOLD.0, GOLD.1);
            let mut gold = vec![None; crowd.items()];
            common::shuffled(known.len(), draw)[..count].iter().for_each(|&k| gold[known[k]] = set.truth[known[k]]);
            let with = Consensus::new(&crowd.with_gold(&gold), Method::Pool);
            for (slot, consensus) in [&plain, &with].into_iter().enumerate() {
                let others = (0..crowd.items()).filter(|&item| gold[item].is_none());
                let outcomes: Vec<(f64, bool)> = others
                    .filter_map(|item| Some((consensus.probability(item), consensus.labels[item] == set.truth[item]?)))
                    .collect();
                let right = outcomes.iter().filter(|(_, right)| *right).count();
                sums[slot] += 100.0 * right as f64 / outcomes.len() as f64 / draws as f64;
                sums[slot + 2] += reliability(&outcomes).map_or(0.0, |r| r.ece) / draws as f64;
            }
            if let Some(calibration) = with.calibration {
                temperature += calibration.temperature / draws as f64;
                weights.iter_mut().zip(calibration.weights).for_each(|(sum, weight)| *sum += weight / draws as f64);
            }
        }
        let [without, with, ece_without, ece_with] = sums;
        println!(
            "{}\t{without:.2}\t{with:.2}\t{ece_without:.3}\t{ece_with:.3}\t{temperature:.2}\t{weights:.2?}",
            set.name
        );
        means.iter_mut().zip(sums).for_each(|(mean, sum)| *mean += sum / sets.len() as f64);
    }
    println!("mean\t{:.2}\t{:.2}\t{:.3}\t{:.3}", means[0], means[1], means[2], means[3]);
    Ok(())
}
