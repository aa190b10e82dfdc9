//! One method over one file, timed: `fit ANSWERS.csv METHOD [ITERATIONS]`.
//!
//! With a number of iterations, `dawid_skene_ml` runs exactly so many. Prints one JSON object.

mod common;

use common::cpu::Stopwatch;
use consensus::{Consensus, Method, methods::dawid_skene::DawidSkene};
use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, method, rest @ ..] = arguments.as_slice() else {
        return Err("usage: fit ANSWERS.csv METHOD [ITERATIONS]".into());
    };
    let watch = Stopwatch::start();
    let data = common::read(Path::new(path))?.ok_or("too many labels")?;
    let parse_s = watch.seconds();
    let watch = Stopwatch::start();
    let iterations = match rest.first() {
        Some(iterations) => {
            let mut model = DawidSkene::MAXIMUM_LIKELIHOOD;
            model.limits.iterations = iterations.parse()?;
            model.limits.tolerance = 0.0;
            model.fit(&data.crowd).iterations
        }
        None => Consensus::new(&data.crowd, method.parse::<Method>()?).iterations,
    };
    let fit_s = watch.seconds();
    let answers = data.crowd.answers();
    println!(
        "{{\"answers\": {answers}, \"parse_s\": {parse_s:.4}, \"fit_s\": {fit_s:.5}, \"iterations\": {iterations}}}"
    );
    Ok(())
}
