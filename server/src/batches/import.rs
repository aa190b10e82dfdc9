//! Prompts, gold and predictions from CSV or JSON lines: every bad row named, nothing half-imported.

pub use super::rules::phrase;
use crate::platform::problem::Problem;
use serde::Deserialize;
use wire::RowError;

/// Most rows of one import.
const ROWS_MAX: usize = 100_000;
/// Bad rows that a reply names; the rest is counted.
const ERRORS_MAX: usize = 100;

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180 with a header line.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// The format that a content type names; without one, what the text looks like.
    pub fn of(content_type: &str, text: &str) -> Self {
        let json =
            content_type.contains("json") || (!content_type.contains("csv") && text.trim_start().starts_with('{'));
        if json { Self::JsonLines } else { Self::Csv }
    }
}

/// A prompt as imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Line of the file; 0 for one that comes from none.
    pub line: u64,
    /// What to say.
    pub phrase: String,
    /// How to say it; may be empty.
    pub hint: String,
    /// Recordings wanted of it; `None` is the batch's own number.
    pub count: Option<i64>,
    /// 0 to 3, at least the batch's own; `None` is that.
    pub sensitivity: Option<i64>,
    /// What it is about, where it is sensitive, a set of `wire::Category`; `None` is the batch's own.
    pub categories: Option<i64>,
}

/// A gold item as imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoldRow {
    /// Line of the file.
    pub line: u64,
    /// The recording to listen to.
    pub recording: String,
    /// The phrase to ask about; empty is the recording's own.
    pub phrase: String,
    /// The known answer: `yes` or `no`.
    pub label: String,
    /// The known reason, if any.
    pub reason: Option<String>,
}

/// What a model says about a recording, as imported.
#[derive(Clone, Debug, PartialEq)]
pub struct PredictionRow {
    /// Line of the file.
    pub line: u64,
    /// The recording.
    pub recording: String,
    /// The phrase that was asked about; empty is the recording's own.
    pub phrase: String,
    /// `yes` or `no`.
    pub label: String,
    /// The model's own probability of that label.
    pub probability: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromptRow {
    phrase: String,
    #[serde(default)]
    hint: Option<String>,
    #[serde(default)]
    count: Option<i64>,
    #[serde(default)]
    sensitivity: Option<i64>,
    #[serde(default)]
    categories: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoldFields {
    recording: String,
    #[serde(default)]
    phrase: Option<String>,
    label: String,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PredictionFields {
    recording: String,
    #[serde(default)]
    phrase: Option<String>,
    label: String,
    #[serde(deserialize_with = "as_text")]
    probability: String,
}

/// A number as written, also where JSON has it without quotes.
fn as_text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(f64),
        Text(String),
    }
    Ok(match Written::deserialize(from)? {
        Written::Number(number) => number.to_string(),
        Written::Text(text) => text,
    })
}

type Rows<T> = Vec<(u64, Result<T, RowError>)>;

/// A row that cannot be used, the field that is wrong (empty for all of it), and what would be right.
pub fn fault(line: u64, field: &str, message: impl Into<String>) -> RowError {
    RowError { line, field: field.to_owned(), message: message.into() }
}

fn csv_rows<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Rows<T>, RowError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| fault(1, "", error.to_string()))?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let row = match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                (line, record.deserialize(Some(&headers)).map_err(|error| named(line, &headers, &error)))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                (line, Err(fault(line, "", explain(&error))))
            }
        };
        rows.push(row);
    }
    Ok(rows)
}

/// A value that its column does not take, with the column's name.
fn named(line: u64, headers: &csv::StringRecord, error: &csv::Error) -> RowError {
    let csv::ErrorKind::Deserialize { err, .. } = error.kind() else { return fault(line, "", explain(error)) };
    let column = err.field().and_then(|field| headers.get(usize::try_from(field).ok()?)).unwrap_or_default();
    let message = match err.kind() {
        csv::DeserializeErrorKind::ParseInt(_) => "Write a whole number, or nothing.".to_owned(),
        _ => err.to_string(),
    };
    fault(line, column, message)
}

/// The csv crate's message without its own line numbers, which count differently.
fn explain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("This row has {len} fields, the header has {expected_len}.")
        }
        csv::ErrorKind::Utf8 { .. } => "This row is not UTF-8 text.".to_owned(),
        _ => error.to_string(),
    }
}

fn json_rows<T: for<'de> Deserialize<'de>>(text: &str) -> Rows<T> {
    (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            (number, serde_json::from_str(line).map_err(|error| fault(number, "", error.to_string())))
        })
        .collect()
}

fn rows<T: for<'de> Deserialize<'de>>(bytes: &[u8], content_type: &str) -> Result<Rows<T>, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| {
            Problem::invalid("import_encoding", "The file is not UTF-8 text. Save it as UTF-8 and send it again.")
        })?
        .trim_start_matches('\u{feff}')
        // Forms send CRLF, which the reader's line numbers do not count as one.
        .replace("\r\n", "\n");
    let rows = match Format::of(content_type, &text) {
        Format::Csv => csv_rows(&text).map_err(|row| refused(vec![row]))?,
        Format::JsonLines => json_rows(&text),
    };
    if rows.is_empty() {
        return Err(Problem::invalid(
            "import_empty",
            "There are no rows to import. A CSV file needs a header line and at least one row.",
        ));
    }
    if rows.len() > ROWS_MAX {
        return Err(Problem::invalid("import_too_long", "An import has at most 100,000 rows. Send it in parts."));
    }
    Ok(rows)
}

fn refused(mut faults: Vec<RowError>) -> Problem {
    let total = faults.len();
    faults.truncate(ERRORS_MAX);
    let rows = if total == 1 { "1 row".to_owned() } else { format!("{total} rows") };
    Problem::invalid(
        "import_rows",
        format!("{rows} cannot be used, so nothing was imported. Mend what is listed and send the file again."),
    )
    .with_rows(faults)
}

/// The rows of a table, each checked: all of them, or every bad one named.
///
/// # Errors
/// 422 `import_rows` with every bad row, `import_empty`, `import_too_long`, `import_encoding`.
pub fn table<T: for<'de> Deserialize<'de>, U>(
    bytes: &[u8],
    content_type: &str,
    check: impl Fn(u64, T) -> Result<U, RowError>,
) -> Result<Vec<U>, Problem> {
    checked(rows(bytes, content_type)?, check)
}

fn checked<T, U>(rows: Rows<T>, check: impl Fn(u64, T) -> Result<U, RowError>) -> Result<Vec<U>, Problem> {
    let (mut good, mut bad) = (Vec::with_capacity(rows.len()), Vec::new());
    for (line, row) in rows {
        match row.and_then(|row| check(line, row)) {
            Ok(row) => good.push(row),
            Err(row) => bad.push(row),
        }
    }
    if bad.is_empty() { Ok(good) } else { Err(refused(bad)) }
}

/// Rows of any kind, each checked; the first line of CSV names the columns.
///
/// # Errors
/// As [`prompts`].
pub fn read<T: for<'de> Deserialize<'de>, U>(
    bytes: &[u8],
    content_type: &str,
    check: impl Fn(u64, T) -> Result<U, RowError>,
) -> Result<Vec<U>, Problem> {
    checked(rows(bytes, content_type)?, check)
}

/// Prompts: columns `phrase`, and optionally `hint`, `count`, `sensitivity`, `categories`.
///
/// # Errors
/// 422 `import_rows` with every bad row, `import_empty`, `import_too_long`, `import_encoding`.
pub fn prompts(bytes: &[u8], content_type: &str) -> Result<Vec<Prompt>, Problem> {
    checked(rows::<PromptRow>(bytes, content_type)?, |line, row| {
        let hint = row.hint.unwrap_or_default().trim().to_owned();
        if hint.chars().count() > 300 {
            return Err(fault(line, "hint", "A hint has at most 300 characters."));
        }
        if row.count.is_some_and(|count| !(1..=100).contains(&count)) {
            return Err(fault(line, "count", "Recordings wanted of a prompt are 1 to 100."));
        }
        if row.sensitivity.is_some_and(|level| !(0..=3).contains(&level)) {
            return Err(fault(line, "sensitivity", "Sensitivity is 0, 1, 2 or 3."));
        }
        let written = row.categories.filter(|text| !text.trim().is_empty());
        let categories = written.map(|text| super::rules::category_set(&text)).transpose();
        let categories = categories.map_err(|message| fault(line, "categories", message))?;
        let phrase = phrase(&row.phrase).map_err(|message| fault(line, "phrase", message))?;
        Ok(Prompt { line, phrase, hint, count: row.count, sensitivity: row.sensitivity, categories })
    })
}

/// Gold: columns `recording`, `label` (yes or no), and optionally `phrase`, `reason`.
///
/// # Errors
/// As [`prompts`].
pub fn gold(bytes: &[u8], content_type: &str) -> Result<Vec<GoldRow>, Problem> {
    checked(rows::<GoldFields>(bytes, content_type)?, |line, row| {
        if !matches!(row.label.as_str(), "yes" | "no") {
            return Err(fault(line, "label", "The known answer is yes or no."));
        }
        let reason = row.reason.filter(|reason| !reason.is_empty());
        let known = ["wrong_word", "cut_off", "noise", "several_voices", "silence"];
        if reason.as_deref().is_some_and(|reason| !known.contains(&reason)) {
            return Err(fault(line, "reason", format!("A reason is one of {}.", known.join(", "))));
        }
        let phrase = row.phrase.filter(|text| !text.trim().is_empty()).unwrap_or_default();
        if !phrase.is_empty() {
            super::rules::phrase(&phrase).map_err(|message| fault(line, "phrase", message))?;
        }
        Ok(GoldRow { line, recording: row.recording, phrase, label: row.label, reason })
    })
}

/// Predictions: columns `recording`, `label` (yes or no), `probability` of that label, and
/// optionally `phrase`.
///
/// # Errors
/// As [`prompts`].
pub fn predictions(bytes: &[u8], content_type: &str) -> Result<Vec<PredictionRow>, Problem> {
    checked(rows::<PredictionFields>(bytes, content_type)?, |line, row| {
        if !matches!(row.label.as_str(), "yes" | "no") {
            return Err(fault(line, "label", "A prediction is yes or no."));
        }
        let probability: f64 = row.probability.parse().unwrap_or(f64::NAN);
        if !(0.0..=1.0).contains(&probability) {
            return Err(fault(line, "probability", "The probability of the label is a number from 0 to 1."));
        }
        let phrase = row.phrase.filter(|text| !text.trim().is_empty()).unwrap_or_default();
        Ok(PredictionRow { line, recording: row.recording, phrase, label: row.label, probability })
    })
}

/// Refuses prompts that say that they are less sensitive than their batch: one row that was described
/// carelessly would be given to people who agreed to nothing.
///
/// # Errors
/// 422 `import_rows` with every such row.
pub fn as_sensitive(prompts: &[Prompt], least: i64) -> Result<(), Problem> {
    let mild = prompts.iter().filter(|prompt| prompt.sensitivity.is_some_and(|level| level < least));
    let faults: Vec<RowError> = mild
        .map(|prompt| {
            let message =
                format!("This batch’s material is of sensitivity {least}: a row may be more sensitive, not less.");
            fault(prompt.line, "sensitivity", message)
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(refused(faults)) }
}

/// The problem for rows that only the database can tell are wrong.
pub fn refused_rows(faults: Vec<RowError>) -> Problem {
    refused(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_row_is_named_by_its_line() {
        let text = "phrase,count\nAlexa,2\n,1\nComputer,0\nHey you,many\n";
        let problem = prompts(text.as_bytes(), "text/csv").expect_err("three rows are bad");
        let lines: Vec<(u64, &str)> = problem.rows.iter().map(|row| (row.line, row.field.as_str())).collect();
        assert_eq!(lines, [(3, "phrase"), (4, "count"), (5, "count")]);
        let form = prompts(text.replace('\n', "\r\n").as_bytes(), "").expect_err("the same rows are bad");
        assert_eq!(form.rows, problem.rows);
    }

    #[test]
    fn json_lines_and_csv_mean_the_same() {
        let csv = prompts(b"phrase,hint\nAlexa,calm\n", "text/csv").expect("good");
        let json = prompts(b"\n{\"phrase\":\"Alexa\",\"hint\":\"calm\"}\n", "application/x-ndjson").expect("good");
        assert_eq!(csv, json);
    }
}
