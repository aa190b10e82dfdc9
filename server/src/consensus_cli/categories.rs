//! `sayso consensus` for categories: labels, probabilities, agreement, calibration, cost curve.

use super::{Arguments, print, tables};
use consensus::{
    Answer, Builder, Consensus, Crowd, Dataset, Method, Policy,
    agreement::{alpha, fleiss_kappa},
    calibration::{Calibration, Reliability, reliability},
    replay::{Replay, fixed, replay},
};
use serde::Serialize;
use std::{collections::HashMap, error::Error, path::Path};

/// Up to so many labels each get a column of their own in the output.
const COLUMNS_MAX: usize = 20;
/// Thresholds and fixed numbers of answers that the cost curve compares.
const THRESHOLDS: [f64; 4] = [0.9, 0.95, 0.98, 0.99];
const FIXED: [usize; 4] = [2, 3, 5, 7];
/// Chance orders of the answers that the curve averages; one only for crowds beyond so many answers.
const ORDERS: u64 = 6;
const ORDERS_ANSWERS_MAX: usize = 50_000;

#[derive(Serialize)]
struct Report {
    method: Method,
    answers: usize,
    /// Rows that say again what a row above says; they count once.
    repeated: u64,
    /// Answers of workers who gave a task more than one label; each of them counts.
    changed: usize,
    tasks: usize,
    workers: usize,
    labels: usize,
    gold: usize,
    iterations: usize,
    converged: bool,
    /// Absent: uncalibrated, probabilities are likely too sure.
    calibration: Option<Calibration>,
    krippendorff_alpha: Option<f64>,
    fleiss_kappa: Option<f64>,
    truth: Option<Score>,
    curve: Vec<Point>,
}

/// Against the truth, on answered tasks that are not gold.
#[derive(Serialize)]
struct Score {
    tasks: usize,
    /// Absent when no task can be scored.
    accuracy: Option<f64>,
    reliability: Option<Reliability>,
}

/// What a rule for stopping costs and gives, on tasks that are not gold.
#[derive(Serialize)]
struct Point {
    rule: String,
    answers_per_task: f64,
    /// Share of right labels, or without truth of those that all answers would have given.
    accuracy: f64,
    /// Share of tasks that the threshold settled.
    settled: f64,
}

/// Runs the command for categories.
pub fn run(arguments: &Arguments, method: Method) -> Result<(), Box<dyn Error>> {
    let (data, rows) = load(arguments)?;
    let truth = arguments.truth.as_deref().map(|path| classes_of(path, &data)).transpose()?;
    let consensus = Consensus::new(&data.crowd, method);
    let crowd = &data.crowd;
    let curve = arguments.stop.map_or_else(Vec::new, |stop| curve(&data, &consensus, truth.as_deref(), stop));
    let report = Report {
        method,
        answers: crowd.answers(),
        repeated: rows - crowd.answers() as u64,
        changed: (0..crowd.items()).map(|item| changed(crowd, item)).sum(),
        tasks: crowd.items(),
        workers: crowd.workers(),
        labels: crowd.classes(),
        gold: crowd.gold_items(),
        iterations: consensus.iterations,
        converged: consensus.converged,
        calibration: consensus.calibration.clone(),
        krippendorff_alpha: alpha(crowd, |_, _| true),
        fleiss_kappa: fleiss_kappa(crowd),
        truth: truth.as_deref().map(|truth| score(&data, &consensus, truth)),
        curve,
    };
    if let Some(out) = &arguments.out {
        write(out, &data, &consensus)?;
    }
    print(arguments, &report, &lines(&report))
}

/// The answers, with how many rows they were in.
fn load(arguments: &Arguments) -> Result<(Dataset, u64), Box<dyn Error>> {
    let mut builder = Builder::default();
    let rows = tables::read(&arguments.answers, &["task", "worker", "label"], false, |fields| {
        builder.answer(Answer { item: fields[0], worker: fields[1], label: fields[2] });
        Ok(())
    })?;
    if let Some(gold) = &arguments.gold {
        tables::known(gold, false, |_| Ok(()))?.iter().for_each(|(task, label)| builder.gold(task, label));
    }
    let data = builder.build().map_err(|error| {
        let fault = format!("{error} (--method rover, medoid or median)");
        tables::BadTable::whole(&arguments.answers, fault)
    })?;
    Ok((data, rows))
}

/// Answers to an item by workers who gave it more than one label.
fn changed(crowd: &Crowd, item: usize) -> usize {
    let workers: Vec<usize> = crowd.votes(item).map(|(worker, _)| worker).collect();
    workers.chunk_by(|one, other| one == other).map(<[usize]>::len).filter(|&labels| labels > 1).sum()
}

/// The true class of each answered item that is not gold; `usize::MAX` for a label that nobody gave.
fn classes_of(path: &Path, data: &Dataset) -> Result<Vec<Option<usize>>, Box<dyn Error>> {
    let items: HashMap<&str, usize> = data.items.iter().zip(0..).collect();
    let labels: HashMap<&str, usize> = data.labels.iter().zip(0..).collect();
    let mut truth = vec![None; data.crowd.items()];
    for (task, label) in tables::known(path, false, |_| Ok(()))? {
        if let Some(&item) = items.get(task.as_str()) {
            let scored = data.crowd.answers_of(item) > 0 && data.crowd.gold(item).is_none();
            truth[item] = scored.then(|| labels.get(label.as_str()).copied().unwrap_or(usize::MAX));
        }
    }
    Ok(truth)
}

fn score(data: &Dataset, consensus: &Consensus, truth: &[Option<usize>]) -> Score {
    let outcomes: Vec<(f64, bool)> = (0..data.crowd.items())
        .filter_map(|item| Some((consensus.probability(item), consensus.labels[item] == truth[item]?)))
        .collect();
    let right = outcomes.iter().filter(|(_, right)| *right).count();
    let accuracy = (!outcomes.is_empty()).then(|| right as f64 / outcomes.len() as f64);
    Score { tasks: outcomes.len(), accuracy, reliability: reliability(&outcomes) }
}

fn curve(data: &Dataset, consensus: &Consensus, truth: Option<&[Option<usize>]>, stop: f64) -> Vec<Point> {
    let crowd = &data.crowd;
    let orders = if crowd.answers() > ORDERS_ANSWERS_MAX { 1 } else { ORDERS };
    let wanted: Vec<(usize, usize)> = (0..crowd.items())
        .filter(|&item| crowd.gold(item).is_none() && crowd.answers_of(item) > 0)
        .filter_map(|item| Some((item, truth.map_or(Some(consensus.labels[item]), |truth| truth[item])?)))
        .collect();
    let point = |rule: String, make: &dyn Fn(u64) -> Replay| {
        let replays: Vec<Replay> = (0..orders).map(make).collect();
        let all = (replays.len() * wanted.len()).max(1) as f64;
        let sum = |of: &dyn Fn(&Replay, usize, usize) -> f64| {
            replays.iter().flat_map(|r| wanted.iter().map(|&(item, class)| of(r, item, class))).sum::<f64>() / all
        };
        Point {
            rule,
            answers_per_task: sum(&|replay, item, _| replay.answers[item] as f64),
            accuracy: sum(&|replay, item, class| f64::from(u8::from(replay.labels[item] == class))),
            settled: sum(&|replay, item, _| f64::from(u8::from(replay.settled[item]))),
        }
    };
    let policy = |threshold| Policy { threshold, ..Policy::default() };
    let most = policy(stop).at_most() as usize;
    let mut thresholds = THRESHOLDS.to_vec();
    if !thresholds.contains(&stop) {
        thresholds.push(stop);
        thresholds.sort_by(f64::total_cmp);
    }
    let fixed_points = FIXED.iter().map(|&n| point(format!("always {n}"), &|order| fixed(crowd, n, most, order)));
    let stopped = thresholds.iter().map(|&t| point(format!("stop at {t}"), &|order| replay(crowd, &policy(t), order)));
    fixed_points.chain(stopped).collect()
}

/// One row per task, in order of their names.
fn write(path: &Path, data: &Dataset, consensus: &Consensus) -> Result<(), Box<dyn Error>> {
    let mut order: Vec<usize> = (0..data.crowd.items()).collect();
    order.sort_unstable_by_key(|&item| data.items.get(item));
    let mut labels: Vec<usize> = (0..data.labels.len()).collect();
    labels.sort_unstable_by_key(|&label| data.labels.get(label));
    labels.retain(|_| data.labels.len() <= COLUMNS_MAX);
    tables::write(path, |writer| {
        let columns = labels.iter().map(|&label| format!("p({})", data.labels.get(label)));
        let fixed = ["task", "label", "probability", "answers"].map(str::to_owned);
        writer.write_record(fixed.into_iter().chain(columns))?;
        for item in order {
            writer.write_field(data.items.get(item))?;
            writer.write_field(data.labels.get(consensus.labels[item]))?;
            writer.write_field(consensus.probability(item).to_string())?;
            writer.write_field(data.crowd.answers_of(item).to_string())?;
            for &label in &labels {
                writer.write_field(consensus.posterior(item)[label].to_string())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(())
    })
}

fn lines(report: &Report) -> Vec<String> {
    let Report { answers, repeated, changed, tasks, workers, labels, gold, .. } = report;
    let rest = if report.converged { "" } else { ", not at rest" };
    let mut lines = vec![
        format!("{answers} answers of {workers} workers to {tasks} tasks, {labels} labels, {gold} gold"),
        format!("method {}, {} iterations{rest}", report.method, report.iterations),
    ];
    if *repeated > 0 {
        lines.push(format!("{repeated} rows say again what a row above says, and count once"));
    }
    if *changed > 0 {
        lines.push(format!("{changed} answers are of workers who gave a task more than one label, and each counts"));
    }
    lines.push(match &report.calibration {
        Some(c) => format!(
            "calibrated on {} gold tasks, temperature {:.2}, weights {:?}",
            c.gold_items, c.temperature, c.weights
        ),
        None => "uncalibrated: with 20 gold tasks or more, probabilities would mean what they say".to_owned(),
    });
    let shown = |value: Option<f64>| value.map_or("undefined".to_owned(), |value| format!("{value:.4}"));
    lines.push(format!(
        "Krippendorff's α {}, Fleiss' κ {}",
        shown(report.krippendorff_alpha),
        shown(report.fleiss_kappa)
    ));
    if let Some(score) = &report.truth {
        lines.push(match score.accuracy {
            Some(accuracy) => format!("accuracy {:.2} % of {} tasks that are not gold", 100.0 * accuracy, score.tasks),
            None => "no accuracy: no answered task has a truth and is not gold".to_owned(),
        });
        if let Some(r) = &score.reliability {
            lines.push(format!("expected calibration error {:.4}, Brier score {:.4}", r.ece, r.brier));
            lines.push("probability   tasks   right".to_owned());
            let bins = r.bins.iter().filter(|bin| bin.items > 0);
            lines.extend(bins.map(|bin| format!("{:>11.3} {:>7} {:>7.3}", bin.confidence, bin.items, bin.accuracy)));
        }
    }
    if !report.curve.is_empty() {
        let measure = if report.truth.is_some() { "accuracy" } else { "as with all answers" };
        lines.push(format!("rule           answers per task   {measure}   settled"));
        let row = |p: &Point| {
            format!(
                "{:<14} {:>16.2} {:>9.2} % {:>7.1} %",
                p.rule,
                p.answers_per_task,
                100.0 * p.accuracy,
                100.0 * p.settled
            )
        };
        lines.extend(report.curve.iter().map(row));
    }
    lines
}
