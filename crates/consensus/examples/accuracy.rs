//! Accuracy of every method over a folder of public sets: `accuracy FOLDER [METHOD …]`.
//!
//! One JSON object per line: set, method, accuracy in per cent, processor seconds, iterations.

mod common;

use common::cpu::Stopwatch;
use consensus::{Consensus, Method};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: accuracy FOLDER [METHOD …]")?;
    let mut methods: Vec<Method> = arguments.map(|name| name.parse()).collect::<Result<_, _>>()?;
    if methods.is_empty() {
        methods = Method::ALL.to_vec();
    }
    for set in common::sets(&folder)? {
        for &method in &methods {
            let watch = Stopwatch::start();
            let consensus = Consensus::new(&set.data.crowd, method);
            let cpu_s = watch.seconds();
            let known = set.truth.iter().zip(&consensus.labels).filter_map(|(truth, label)| Some((*truth)? == *label));
            let outcomes: Vec<bool> = known.collect();
            let accuracy =
                100.0 * outcomes.iter().filter(|right| **right).count() as f64 / outcomes.len().max(1) as f64;
            println!(
                "{{\"set\": \"{}\", \"method\": \"{method}\", \"accuracy\": {accuracy:.2}, \"cpu_s\": {cpu_s:.4}, \"iterations\": {}}}",
                set.name, consensus.iterations
            );
        }
    }
    Ok(())
}
