//! One method over one file, timed: `fit ANSWERS.csv METHOD [ITERATIONS]` (iterations for dawid_skene_ml).

mod common;

use consensus::{Consensus, Method, methods::dawid_skene::DawidSkene};
use std::{error::Error, path::Path, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, method, rest @ ..] = arguments.as_slice() else {
        return Err("usage: fit ANSWERS.csv METHOD [ITERATIONS]".into());
    };
    let start = Instant::now();
    let data = common::read(Path::new(path))?.ok_or("too many labels")?;
    let parse = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let iterations = match rest.first() {
        Some(iterations) => {
            let mut model = DawidSkene::MAXIMUM_LIKELIHOOD;
            model.limits.iterations = iterations.parse()?;
            model.limits.tolerance = 0.0;
            model.fit(&data.crowd).iterations
        }
        None => Consensus::new(&data.crowd, method.parse::<Method>()?).iterations,
    };
    let fit = start.elapsed().as_secs_f64();
    println!(
        "{{\"answers\": {}, \"parse_s\": {parse:.4}, \"fit_s\": {fit:.5}, \"iterations\": {iterations}}}",
        data.crowd.answers()
    );
    Ok(())
}
