//! Accuracy of every method over a folder of public sets: `accuracy FOLDER [METHOD …]`.

mod common;

use consensus::{Consensus, Method};
use std::{error::Error, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: accuracy FOLDER [METHOD …]")?;
    let mut methods: Vec<Method> = arguments.map(|name| name.parse()).collect::<Result<_, _>>()?;
    if methods.is_empty() {
        methods = Method::ALL.to_vec();
    }
    println!(
        "accuracy % (seconds, iterations)\nset\t{}",
        methods.iter().map(|method| method.name()).collect::<Vec<_>>().join("\t")
    );
    for set in common::sets(&folder)? {
        print!("{}", set.name);
        for &method in &methods {
            let start = Instant::now();
            let consensus = Consensus::new(&set.data.crowd, method);
            let took = start.elapsed().as_secs_f64();
            let known = set.truth.iter().zip(&consensus.labels).filter_map(|(truth, label)| Some((*truth)? == *label));
            let outcomes: Vec<bool> = known.collect();
            let right = outcomes.iter().filter(|right| **right).count();
            print!("\t{:.2} ({took:.3}, {})", 100.0 * right as f64 / outcomes.len() as f64, consensus.iterations);
        }
        println!();
    }
    Ok(())
}
