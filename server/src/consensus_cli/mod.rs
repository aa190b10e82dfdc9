//! `sayso consensus`: labels from a table of answers, with whatever can be measured about them.

mod categories;
mod free;
mod lines;
mod tables;

use clap::Args;
use consensus::{Method, structured::transcripts::Combination};
use serde::Serialize;
use std::{
    error::Error,
    io::{self, Write},
    path::PathBuf,
    str::FromStr,
};

/// Labels from a table with the columns task, worker and label.
#[derive(Args, Debug)]
pub struct Arguments {
    /// CSV with the columns task, worker, label; - reads it from the standard input.
    answers: PathBuf,
    /// CSV with the columns task, label: what is known; fixed evidence, and calibration.
    #[arg(long)]
    gold: Option<PathBuf>,
    /// CSV with the columns task, label: what the result is scored against, and nothing else.
    #[arg(long)]
    truth: Option<PathBuf>,
    /// For categories: pool, majority, wawa, zero_based_skill, one_coin, one_coin_vb, dawid_skene,
    /// dawid_skene_ml, skill_shrunk, glad, mace, ebcc. For transcripts: rover, medoid. For numbers: median.
    #[arg(long, default_value = "pool")]
    method: Way,
    /// Write the labels here as CSV.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Replay stopping at this probability, or when asking on is not expected to avert one wrong label
    /// per hundred answers; at least 2 answers, at most 9. Prints the cost curve.
    #[arg(long, value_name = "PROBABILITY")]
    stop: Option<f64>,
}

/// What kind of answers there are, and how to combine them.
#[derive(Clone, Copy, Debug)]
enum Way {
    Categories(Method),
    Transcripts(Combination),
    Numbers,
}

impl FromStr for Way {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "rover" => Ok(Self::Transcripts(Combination::Rover)),
            "medoid" => Ok(Self::Transcripts(Combination::Medoid)),
            "median" => Ok(Self::Numbers),
            other => {
                let method: Result<Method, String> = other.parse();
                method.map(Self::Categories).map_err(|told| format!("{told} Or rover, medoid or median."))
            }
        }
    }
}

/// Runs the command and prints its report.
///
/// # Errors
/// Tables that cannot be read or written, or whose rows cannot be used: each with its line.
pub fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    if arguments.stop.is_some_and(|stop| !(0.5..1.0).contains(&stop)) {
        return Err("--stop takes a probability from 0.5 to below 1, such as 0.98.".into());
    }
    match arguments.method {
        Way::Categories(method) => categories::run(arguments, method),
        Way::Transcripts(combination) => free::transcripts(arguments, combination),
        Way::Numbers => free::numbers(arguments),
    }
}

/// Prints a report: as JSON, or line by line. Whoever reads no further has read enough.
fn print<R: Serialize>(arguments: &Arguments, report: &R, lines: &[String]) -> Result<(), Box<dyn Error>> {
    let text = if arguments.json { serde_json::to_string_pretty(report)? } else { lines.join("\n") };
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
