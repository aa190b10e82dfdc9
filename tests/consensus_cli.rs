//! `sayso consensus` on tables, as a researcher runs it: the program itself, in a folder of its own.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use crate::helpers::watchdog::scratch;

const LABELS: [&str; 3] = ["hey sayso", "okay, \"sayso\"", "größe"];
const TASKS: usize = 240;

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayso"));
    command.current_dir(folder).arg("consensus").args(arguments);
    // The address of a database that is not there: nothing may ask for it.
    command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    command.output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// What a run that must succeed printed.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!((output.status.code(), said(&output.stderr).as_str()), (Some(0), ""), "{arguments:?}");
    said(&output.stdout)
}

/// Whole numbers below `bound` that look like chance and depend on `seed` alone.
fn chance(seed: usize, bound: usize) -> usize {
    let mixed = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed ^ (mixed >> 32)) % bound as u64) as usize
}

fn truth_of(task: usize) -> usize {
    chance(task, LABELS.len())
}

/// Nine answers to each task, by people who are right from 60 to 95 times in a hundred.
fn answers() -> Vec<[String; 3]> {
    let answer = |task: usize, worker: usize| {
        let lot = chance(task * 1_000 + worker, 100);
        let wrong = if lot < 60 + 5 * (worker % 8) { 0 } else { 1 + lot % 2 };
        let label = LABELS[(truth_of(task) + wrong) % LABELS.len()].to_owned();
        [format!("task {task:03}"), format!("worker {worker}"), label]
    };
    (0..TASKS).flat_map(|task| (0..9).map(move |turn| answer(task, (task + turn * 2) % 19))).collect()
}

fn table<R: AsRef<[String]>>(folder: &Path, name: &str, header: &[&str], rows: &[R]) {
    let mut writer = csv::Writer::from_path(folder.join(name)).unwrap();
    writer.write_record(header).unwrap();
    rows.iter().for_each(|row| writer.write_record(row.as_ref()).unwrap());
    writer.flush().unwrap();
}

/// answers.csv, gold.csv for every sixth task and one that nobody answered, and truth.csv for all.
fn tables(folder: &Path) {
    table(folder, "answers.csv", &["task", "worker", "label"], &answers());
    let known = |task: usize| [format!("task {task:03}"), LABELS[truth_of(task)].to_owned()];
    let mut gold: Vec<[String; 2]> = (0..TASKS).step_by(6).map(known).collect();
    gold.push(["unheard".to_owned(), LABELS[2].to_owned()]);
    table(folder, "gold.csv", &["task", "label"], &gold);
    table(folder, "truth.csv", &["task", "label"], &(0..TASKS).map(known).collect::<Vec<_>>());
}

fn rows(folder: &Path, name: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(folder.join(name)).unwrap();
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn answers_become_labels_with_scores_and_the_price_of_stopping() {
    let folder = scratch("consensus-");
    let folder = folder.path();
    tables(folder);
    let usual = ["answers.csv", "--gold", "gold.csv", "--truth", "truth.csv", "--stop", "0.98", "--out", "labels.csv"];
    let report: Value = serde_json::from_str(&printed(folder, &[&usual[..], &["--json"]].concat())).unwrap();
    for (key, wanted) in [("answers", TASKS * 9), ("tasks", TASKS + 1), ("workers", 19), ("labels", 3), ("gold", 41)] {
        assert_eq!(report[key], wanted, "{key}");
    }
    assert_eq!((report["method"].as_str(), report["converged"].as_bool()), (Some("pool"), Some(true)));
    assert_eq!(report["calibration"]["gold_items"], 40, "the one that nobody answered cannot calibrate");
    assert_eq!(report["truth"]["tasks"], 200, "gold is not scored");
    let accuracy = report["truth"]["accuracy"].as_f64().unwrap();
    assert!(accuracy > 0.95, "{accuracy}");
    let point = |rule: &str| {
        let curve = report["curve"].as_array().unwrap();
        let point = curve.iter().find(|point| point["rule"] == rule).unwrap_or_else(|| panic!("no {rule}: {curve:?}"));
        ["answers_per_task", "accuracy", "settled"].map(|key| point[key].as_f64().unwrap())
    };
    let (five, early) = (point("always 5"), point("stop at 0.98"));
    assert_eq!((five[0], five[2]), (5.0, 0.0));
    assert!(early[0] < 0.8 * five[0] && early[1] > five[1] - 0.01 && early[2] > 0.5, "{early:?} against {five:?}");

    let found = rows(folder, "labels.csv");
    assert_eq!(found[0][..4], ["task", "label", "probability", "answers"]);
    let mut columns: Vec<String> = LABELS.iter().map(|label| format!("p({label})")).collect();
    columns.sort();
    assert_eq!(found[0][4..], columns);
    assert!(found[1..].is_sorted_by_key(|row| row[0].clone()) && found.len() == TASKS + 2);
    for row in &found[1..] {
        let numbers: Vec<f64> = row[2..].iter().map(|number| number.parse().unwrap()).collect();
        assert!((numbers[2..].iter().sum::<f64>() - 1.0).abs() < 1e-6, "{row:?}");
        assert!(numbers[2..].iter().all(|p| *p > 0.0 && *p < 1.0 && *p <= numbers[0]), "{row:?}");
    }
    for gold in &rows(folder, "gold.csv")[1..] {
        let row = found.iter().find(|row| row[0] == gold[0]).unwrap();
        assert_eq!((&row[1], row[3].as_str()), (&gold[1], if gold[0] == "unheard" { "0" } else { "9" }));
    }

    // For a person: the same figures in words.
    let words = printed(folder, &usual);
    for wanted in
        ["2160 answers of 19 workers to 241 tasks, 3 labels, 41 gold", "calibrated on 40 gold", "stop at 0.98"]
    {
        assert!(words.contains(wanted), "no “{wanted}” in: {words}");
    }
    assert!(words.contains(&format!("accuracy {:.2} % of 200 tasks", 100.0 * accuracy)), "{words}");
    // Neither a database nor a data folder has been made, and no part of a file is left.
    assert_eq!(names(folder), ["answers.csv", "gold.csv", "labels.csv", "truth.csv"]);
}

#[test]
fn every_method_can_be_named_and_another_is_refused() {
    let folder = scratch("consensus-");
    let folder = folder.path();
    tables(folder);
    for method in consensus::Method::ALL {
        let arguments = ["answers.csv", "--truth", "truth.csv", "--json", "--method", method.name()];
        let report: Value = serde_json::from_str(&printed(folder, &arguments)).unwrap();
        assert_eq!(report["method"], method.name());
        assert!(report["truth"]["accuracy"].as_f64().unwrap() > 0.9, "{report}");
        assert!(report["calibration"].is_null() && report["curve"].as_array().unwrap().is_empty());
    }
    let words = printed(folder, &["answers.csv", "--method", "dawid-skene"]);
    assert!(words.contains("method dawid_skene,") && words.contains("uncalibrated"), "{words}");
    let refused = run(folder, &["answers.csv", "--method", "magic"]);
    let complaint = said(&refused.stderr);
    assert!(
        !refused.status.success() && complaint.contains("magic") && complaint.contains("skill_shrunk"),
        "{complaint}"
    );
    for stop in ["0.2", "1", "NaN", "most"] {
        let refused = run(folder, &["answers.csv", "--stop", stop]);
        assert!(!refused.status.success() && refused.stdout.is_empty(), "{stop}");
    }
}

#[test]
fn shuffled_and_repeated_rows_give_the_same_bytes() {
    let folder = scratch("consensus-");
    let folder = folder.path();
    tables(folder);
    let result = |answers: &str, out: &str| {
        let scored = ["--gold", "gold.csv", "--truth", "truth.csv", "--stop", "0.97", "--json"];
        let words = printed(folder, &[&[answers, "--out", out][..], &scored].concat());
        (words, fs::read(folder.join(out)).unwrap())
    };
    let wanted = result("answers.csv", "labels.csv");
    let mut rows = answers();
    rows.extend_from_within(100..150);
    rows.sort_by_key(|row| chance(row.concat().bytes().map(usize::from).sum(), usize::MAX));
    let turned: Vec<[String; 4]> =
        rows.into_iter().map(|[task, worker, label]| [label, "beside".to_owned(), worker, task]).collect();
    table(folder, "turned.csv", &["Label", "note", "worker", "TASK"], &turned);
    let (words, labels) = result("turned.csv", "again.csv");
    assert!(words.contains("\"repeated\": 50,"), "{words}");
    assert!((words.replace("\"repeated\": 50,", "\"repeated\": 0,"), labels) == wanted, "{words}");
}

#[test]
fn bad_rows_are_named_by_line_and_nothing_is_written() {
    let folder = scratch("consensus-");
    let folder = folder.path();
    tables(folder);
    fs::write(folder.join("labels.csv"), "of yesterday").unwrap();
    let good = fs::read_to_string(folder.join("answers.csv")).unwrap();
    let lines = good.lines().count();
    fs::write(folder.join("short.csv"), format!("{good}task 1,worker 1\n,worker 1,yes\ntask 2,worker 2,\n")).unwrap();
    fs::write(folder.join("latin.csv"), [good.as_bytes(), b"task 1,worker 1,gr\xf6\xdfe\n"].concat()).unwrap();
    fs::write(folder.join("named.csv"), "item,who,what\na,b,c\n").unwrap();
    fs::write(folder.join("empty.csv"), "").unwrap();
    fs::write(folder.join("torn.csv"), "task,label\ntask 000,größe\ntask 006\n").unwrap();
    fs::write(folder.join("two.csv"), "task,label\ntask 000,größe\ntask 000,hey sayso\n").unwrap();
    fs::write(folder.join("open.csv"), "task,worker,label\r\na,w,yes\r\nb,w,\"no\r\nc,w,yes\r\n").unwrap();
    let before = names(folder);
    let fault = |line: usize, what: &str| format!("line {}: {what}", lines + line);
    for (answers, option, other, wanted) in [
        ("short.csv", "--gold", "gold.csv", vec![fault(1, "2 fields"), fault(2, "no task"), fault(3, "no label")]),
        ("latin.csv", "--gold", "gold.csv", vec![fault(1, "this is not UTF-8")]),
        ("named.csv", "--gold", "gold.csv", vec!["line 1: the columns task, worker, label are needed".to_owned()]),
        ("empty.csv", "--gold", "gold.csv", vec!["line 1: the columns".to_owned()]),
        ("missing.csv", "--gold", "gold.csv", vec!["missing.csv".to_owned()]),
        ("answers.csv", "--gold", "torn.csv", vec!["torn.csv".to_owned(), "line 3: 1 fields".to_owned()]),
        ("open.csv", "--gold", "gold.csv", vec!["line 3: a quotation mark".to_owned()]),
        ("answers.csv", "--gold", "two.csv", vec!["two.csv".to_owned(), "line 3: “task 000”".to_owned()]),
        ("answers.csv", "--truth", "two.csv", vec!["two.csv".to_owned(), "line 3: “task 000”".to_owned()]),
        ("answers.csv", "--truth", "torn.csv", vec!["line 3: 1 fields".to_owned()]),
    ] {
        let output = run(folder, &[answers, option, other, "--out", "labels.csv", "--json"]);
        let complaint = said(&output.stderr);
        assert_eq!((output.status.code(), said(&output.stdout).as_str()), (Some(1), ""), "{answers} {other}");
        assert!(complaint.starts_with("sayso: "), "{complaint}");
        wanted.iter().for_each(|part| assert!(complaint.contains(part), "no “{part}” in: {complaint}"));
        assert_eq!(names(folder), before);
        assert_eq!(fs::read_to_string(folder.join("labels.csv")).unwrap(), "of yesterday");
    }
}

#[test]
fn numbers_that_are_none_are_named_by_line() {
    let folder = scratch("consensus-");
    let folder = folder.path();
    fs::write(folder.join("numbers.csv"), "task,worker,label\na,v,1.5\na,w,2\nb,v,-3e2\n").unwrap();
    fs::write(folder.join("words.csv"), "task,worker,label\na,v,1.5\na,w,two\nb,v,NaN\n").unwrap();
    fs::write(folder.join("truth.csv"), "task,label\na,1.75\nb,-300\n").unwrap();
    let arguments = ["numbers.csv", "--method", "median", "--truth", "truth.csv", "--json"];
    let report: Value = serde_json::from_str(&printed(folder, &arguments)).unwrap();
    assert_eq!((report["answers"].as_u64(), report["scored"].as_u64()), (Some(3), Some(2)), "{report}");
    for arguments in [["words.csv", "--truth", "truth.csv"], ["numbers.csv", "--truth", "words.csv"]] {
        let output = run(folder, &[&arguments[..], &["--method", "median", "--out", "labels.csv"]].concat());
        let complaint = said(&output.stderr);
        assert_eq!(output.status.code(), Some(1));
        for wanted in ["words.csv", "line 3: “two” is not a number", "line 4: “NaN” is not a number"] {
            assert!(complaint.contains(wanted), "no “{wanted}” in: {complaint}");
        }
    }
    assert_eq!(names(folder), ["numbers.csv", "truth.csv", "words.csv"]);
}

#[test]
fn workers_who_repeat_or_change_an_answer_are_told_of_and_files_that_cannot_be_made_leave_nothing() {
    let folder = scratch("consensus-");
    let folder = folder.path();
    fs::write(folder.join("answers.csv"), "task,worker,label\na,w,x\na,w,y\na,w,x\nb,v,x\n").unwrap();
    fs::write(folder.join("other.csv"), "task,label\nc,x\n").unwrap();
    let report: Value =
        serde_json::from_str(&printed(folder, &["answers.csv", "--truth", "other.csv", "--json"])).unwrap();
    assert_eq!((&report["answers"], &report["repeated"], &report["changed"]), (&3.into(), &1.into(), &2.into()));
    assert_eq!((&report["truth"]["tasks"], &report["truth"]["accuracy"]), (&0.into(), &Value::Null));
    let words = printed(folder, &["answers.csv", "--truth", "other.csv"]);
    for wanted in ["1 rows say again", "2 answers are of workers", "no accuracy"] {
        assert!(words.contains(wanted), "no “{wanted}” in: {words}");
    }
    fs::create_dir(folder.join("labels")).unwrap();
    for out in ["labels", "nowhere/labels.csv"] {
        let output = run(folder, &["answers.csv", "--out", out]);
        assert_eq!((output.status.code(), said(&output.stdout).as_str()), (Some(1), ""));
        assert!(said(&output.stderr).contains(out), "{}", said(&output.stderr));
    }
    assert_eq!(names(folder), ["answers.csv", "labels", "other.csv"]);
}
