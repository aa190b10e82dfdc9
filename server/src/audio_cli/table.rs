//! A report as a person reads it in a terminal.

use audio::{Check, Report, Verdict};
use std::path::Path;

/// A heading with the file and the outcome, and a line for each check: its name, what was
/// measured, the threshold, the verdict, a sentence.
pub fn of(file: &Path, report: &Report) -> String {
    let channels = match report.channels {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        count => format!("{count} channels"),
    };
    let outcome = if report.faults.is_empty() { "accepted" } else { "refused" };
    let seconds = f64::from(report.length_ms) / 1000.0;
    let heading = format!(
        "{}: {outcome} ({seconds:.2} s, {} Hz, {} bits, {channels})\n",
        file.display(),
        report.rate_hz,
        report.bits
    );
    let names = format!("  {:16} {:>14} {:>14}  verdict\n", "check", "measured", "threshold");
    [heading, names].into_iter().chain(report.checks.iter().map(line)).collect()
}

fn line(check: &Check) -> String {
    let measured = if check.verdict == Verdict::Unknown { "–".to_owned() } else { value(check.value, &check.unit) };
    let threshold = value(check.threshold, &check.unit);
    format!("  {:16} {measured:>14} {threshold:>14}  {:8} {}\n", check.name, verdict(check), check.sentence)
}

fn verdict(check: &Check) -> &'static str {
    match check.verdict {
        Verdict::Pass => "pass",
        Verdict::Warn => "warn",
        Verdict::Fail => "fail",
        Verdict::Unknown => "unknown",
    }
}

/// A value with its unit; a share as a percentage.
fn value(value: f64, unit: &str) -> String {
    // Adding zero makes the negative zero, and what rounds to it, positive.
    match unit {
        "ratio" => format!("{:.2} %", 100.0 * value + 0.0),
        "ms" | "Hz" | "bit" => format!("{value:.0} {unit}"),
        "" => format!("{value:.0}"),
        _ => format!("{:.1} {unit}", (10.0 * value).round() / 10.0 + 0.0),
    }
}
