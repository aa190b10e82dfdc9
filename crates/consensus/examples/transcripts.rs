//! Word error rate of combined transcripts on a public set: `transcripts FOLDER`.

mod common;

use common::cpu::Stopwatch;
use consensus::structured::{
    transcripts::{Combination, Transcript, transcribe},
    words::{edit_distance, normal_words},
};
use std::{collections::HashMap, error::Error};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: transcripts FOLDER")?;
    let mut rows = Vec::new();
    for record in csv::Reader::from_path(format!("{folder}/answers.csv"))?.records() {
        rows.push(record?);
    }
    let (mut items, mut workers) = (HashMap::new(), HashMap::new());
    let mut transcripts = Vec::new();
    for row in &rows {
        let item = {
            let next = items.len();
            *items.entry(&row[0]).or_insert(next)
        };
        let worker = {
            let next = workers.len();
            *workers.entry(&row[1]).or_insert(next)
        };
        transcripts.push(Transcript { item, worker, text: &row[2] });
    }
    let mut truth = HashMap::new();
    for record in csv::Reader::from_path(format!("{folder}/truth.csv"))?.records() {
        let record = record?;
        truth.insert(record[0].to_owned(), normal_words(&record[1]));
    }
    for combination in [Combination::Rover, Combination::Medoid] {
        let watch = Stopwatch::start();
        let result = transcribe(&transcripts, combination);
        let took = watch.seconds();
        let (mut rate, mut edits, mut words) = (0.0, 0, 0);
        for (item, truth) in items.iter().filter_map(|(name, item)| Some((*item, truth.get(*name)?))) {
            let wrong = edit_distance(truth, &normal_words(&result.items[item].text));
            rate += wrong as f64 / truth.len().max(1) as f64;
            edits += wrong;
            words += truth.len();
        }
        println!(
            "{combination:?}: mean WER {:.2} %, corpus WER {:.2} %, {took:.3} s",
            100.0 * rate / items.len() as f64,
            100.0 * edits as f64 / words as f64
        );
    }
    Ok(())
}
