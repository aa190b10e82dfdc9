//! `sayso consensus` for transcripts and numbers.

use super::{Arguments, print, tables};
use consensus::structured::{
    numbers::{Figure, estimate},
    transcripts::{Combination, Transcript, transcribe},
    words::{edit_distance, normal_words},
};
use serde::Serialize;
use std::{collections::HashMap, error::Error};

/// Names in order of appearance, and the number of each.
#[derive(Default)]
struct Numbers {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Numbers {
    fn of(&mut self, name: &str) -> usize {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        self.numbers.insert(name.to_owned(), self.names.len());
        self.names.push(name.to_owned());
        self.names.len() - 1
    }

    /// Numbers in order of their names.
    fn sorted(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_unstable_by_key(|&number| &self.names[number]);
        order
    }
}

/// An answer as read: task, worker, what was written.
type Row = (usize, usize, String);

fn load(
    arguments: &Arguments,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<(Numbers, Numbers, Vec<Row>), Box<dyn Error>> {
    if arguments.gold.is_some() || arguments.stop.is_some() {
        return Err("--gold and --stop are for categories. Leave them out for transcripts and numbers.".into());
    }
    let (mut tasks, mut workers, mut rows) = (Numbers::default(), Numbers::default(), Vec::new());
    tables::read(&arguments.answers, &["task", "worker", "label"], true, |fields| {
        check(fields[2])?;
        rows.push((tasks.of(fields[0]), workers.of(fields[1]), fields[2].to_owned()));
        Ok(())
    })?;
    Ok((tasks, workers, rows))
}

/// The truth of each task, where it is known.
fn truth(
    arguments: &Arguments,
    tasks: &Numbers,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<HashMap<usize, String>, Box<dyn Error>> {
    let Some(path) = &arguments.truth else { return Ok(HashMap::new()) };
    let known = tables::known(path, true, check)?;
    Ok(known.into_iter().filter_map(|(task, label)| Some((*tasks.numbers.get(&task)?, label))).collect())
}

/// Any text will do, even none.
fn any(_: &str) -> Result<(), String> {
    Ok(())
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|value| value.is_finite())
}

fn numeric(text: &str) -> Result<(), String> {
    number(text).map(|_| ()).ok_or_else(|| format!("“{text}” is not a number"))
}

#[derive(Serialize)]
struct TranscriptReport {
    method: &'static str,
    answers: usize,
    tasks: usize,
    workers: usize,
    mean_agreement: f64,
    /// Tasks that have a truth.
    scored: usize,
    /// Mean of the word error rates of the tasks, and edits over words of all of them.
    mean_word_error_rate: Option<f64>,
    corpus_word_error_rate: Option<f64>,
}

/// Runs the command for transcripts.
pub fn transcripts(arguments: &Arguments, combination: Combination) -> Result<(), Box<dyn Error>> {
    let (tasks, workers, rows) = load(arguments, any)?;
    let truth = truth(arguments, &tasks, any)?;
    let given: Vec<Transcript<'_>> =
        rows.iter().map(|(item, worker, text)| Transcript { item: *item, worker: *worker, text }).collect();
    let result = transcribe(&given, combination);
    let (mut rates, mut edits, mut words) = (Vec::new(), 0, 0);
    for task in (0..tasks.names.len()).filter(|task| truth.contains_key(task)) {
        let (right, heard) = (normal_words(&truth[&task]), normal_words(&result.items[task].text));
        let wrong = edit_distance(&right, &heard);
        rates.push(wrong as f64 / right.len().max(1) as f64);
        edits += wrong;
        words += right.len();
    }
    let agreements: f64 = result.items.iter().map(|item| item.agreement).sum();
    let scored = rates.len();
    let report = TranscriptReport {
        method: if combination == Combination::Rover { "rover" } else { "medoid" },
        answers: rows.len(),
        tasks: tasks.names.len(),
        workers: workers.names.len(),
        mean_agreement: agreements / tasks.names.len().max(1) as f64,
        scored,
        mean_word_error_rate: (scored > 0).then(|| rates.iter().sum::<f64>() / scored as f64),
        corpus_word_error_rate: (words > 0).then(|| edits as f64 / words as f64),
    };
    if let Some(out) = &arguments.out {
        tables::write(out, |writer| {
            writer.write_record(["task", "label", "confidence", "agreement"])?;
            tasks.sorted().into_iter().try_for_each(|task| {
                let heard = &result.items[task];
                let [confidence, agreement] = [heard.confidence, heard.agreement].map(|share| share.to_string());
                writer.write_record([&tasks.names[task], &heard.text, &confidence, &agreement])
            })
        })?;
    }
    let mut lines = vec![
        format!("{} transcripts of {} workers for {} tasks", report.answers, report.workers, report.tasks),
        format!("method {}, mean agreement {:.4}", report.method, report.mean_agreement),
    ];
    if let (Some(mean), Some(corpus)) = (report.mean_word_error_rate, report.corpus_word_error_rate) {
        lines.push(format!(
            "word error rate {:.2} % (mean of {scored} tasks), {:.2} % (of all words)",
            100.0 * mean,
            100.0 * corpus
        ));
    }
    print(arguments, &report, &lines)
}

#[derive(Serialize)]
struct NumberReport {
    method: &'static str,
    answers: usize,
    tasks: usize,
    workers: usize,
    krippendorff_alpha: Option<f64>,
    scored: usize,
    mean_absolute_error: Option<f64>,
    root_mean_square_error: Option<f64>,
}

/// Runs the command for numbers.
pub fn numbers(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (tasks, workers, rows) = load(arguments, numeric)?;
    let truth = truth(arguments, &tasks, numeric)?;
    let figures: Vec<Figure> = rows
        .iter()
        .filter_map(|(item, worker, text)| Some(Figure { item: *item, worker: *worker, value: number(text)? }))
        .collect();
    let result = estimate(&figures);
    let errors: Vec<f64> = (0..tasks.names.len())
        .filter_map(|task| Some(result.items[task]?.value - number(truth.get(&task)?)?))
        .collect();
    let mean = |of: &dyn Fn(f64) -> f64| {
        (!errors.is_empty()).then(|| errors.iter().map(|error| of(*error)).sum::<f64>() / errors.len() as f64)
    };
    let report = NumberReport {
        method: "median",
        answers: rows.len(),
        tasks: tasks.names.len(),
        workers: workers.names.len(),
        krippendorff_alpha: result.alpha,
        scored: errors.len(),
        mean_absolute_error: mean(&f64::abs),
        root_mean_square_error: mean(&|error| error * error).map(f64::sqrt),
    };
    if let Some(out) = &arguments.out {
        tables::write(out, |writer| {
            writer.write_record(["task", "label", "confidence", "spread", "answers"])?;
            tasks.sorted().into_iter().filter_map(|task| Some((task, result.items[task]?))).try_for_each(|(task, e)| {
                let fields = [e.value, e.confidence, e.spread, e.answers as f64].map(|value| value.to_string());
                writer.write_record([&tasks.names[task], &fields[0], &fields[1], &fields[2], &fields[3]])
            })
        })?;
    }
    let mut lines =
        vec![format!("{} numbers of {} workers for {} tasks", report.answers, report.workers, report.tasks)];
    lines.extend(report.krippendorff_alpha.map(|alpha| format!("Krippendorff's α {alpha:.4} (interval)")));
    if let (Some(mae), Some(rmse)) = (report.mean_absolute_error, report.root_mean_square_error) {
        lines.push(format!(
            "mean absolute error {mae:.3}, root mean square error {rmse:.3}, of {} tasks",
            report.scored
        ));
    }
    print(arguments, &report, &lines)
}
