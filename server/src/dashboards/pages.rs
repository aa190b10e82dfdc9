//! Overview pages.

use super::model::{
    Agreement, ClipCounts, FairBatch, ItemCounts, OpenBatch, Pace, Quality, Rate, Savings, Stretch, Worker,
};
use crate::batches::{Batch, BatchState, Project, budgets::Standing};
use crate::exposure::{Limits, Totals};
use crate::gold::Stock;
use crate::ledger::{Balance, Costs, amount};
use crate::platform::{clock::day, page::Layout};
use crate::quotas::Outlook;
use crate::verdicts::Settings;
use crate::wages::Floor;
use askama::Template;
use consensus::calibration::{Bin, Reliability};
use wire::{Category, Kind};

/// What a contributor can do now.
#[derive(Template)]
#[template(path = "dashboards/tasks.html")]
pub struct TasksPage {
    /// Frame.
    pub layout: Layout,
    /// Open batches.
    pub batches: Vec<OpenBatch>,
    /// What they have earned.
    pub balances: Vec<Balance>,
    /// What an hour of their latest tasks paid, in minor units of the first balance.
    pub hourly_cents: Option<i64>,
    /// What reviewers wrote to them about their work.
    pub warnings: Vec<String>,
    /// Their limits of what upsets.
    pub limits: Limits,
}

/// How fair every batch is.
#[derive(Template)]
#[template(path = "dashboards/fairness.html")]
pub struct FairnessPage {
    /// Frame.
    pub layout: Layout,
    /// One a batch.
    pub rows: Vec<FairBatch>,
    /// The least hourly pay, by currency.
    pub floors: Vec<Floor>,
    /// Appeals that wait longer than they may.
    pub overdue: i64,
    /// How much sensitive material everybody together had open.
    pub exposure: Totals,
}

/// All projects.
#[derive(Template)]
#[template(path = "dashboards/projects.html")]
pub struct ProjectsPage {
    /// Frame.
    pub layout: Layout,
    /// Oldest first.
    pub projects: Vec<Project>,
}

/// One project.
#[derive(Template)]
#[template(path = "dashboards/project.html")]
pub struct ProjectPage {
    /// Frame.
    pub layout: Layout,
    /// The project.
    pub project: Project,
    /// Its batches, with items that are open and done.
    pub batches: Vec<(Batch, i64, i64)>,
    /// Its recordings.
    pub clips: ClipCounts,
    /// What its money did.
    pub costs: Costs,
    /// Makes the form for bonuses pay once.
    pub bonus_key: String,
    /// A version for the next release.
    pub next_version: String,
}

/// One batch.
#[derive(Template)]
#[template(path = "dashboards/batch.html")]
pub struct BatchPage {
    /// Frame.
    pub layout: Layout,
    /// The batch.
    pub batch: Batch,
    /// Its project.
    pub project: Project,
    /// How its budget stands, if it has one.
    pub budget: Option<Standing>,
    /// Its items.
    pub items: ItemCounts,
    /// Its gold, if it judges.
    pub stock: Option<Stock>,
    /// Who worked on it, busiest first.
    pub workers: Vec<Worker>,
    /// Buttons: the states that may come next.
    pub next_states: Vec<BatchState>,
}

impl BatchPage {
    /// Whether the gold in use is too little for the work that is left.
    fn gold_runs_low(&self) -> bool {
        let short = self.items.gold_places < self.items.gold_wanted(self.batch.gold_ppm);
        self.batch.state() != BatchState::Closed && self.stock.as_ref().is_some_and(|stock| stock.low || short)
    }
}

/// How good a batch's labels are.
#[derive(Template)]
#[template(path = "dashboards/quality.html")]
pub struct QualityPage {
    /// Frame.
    pub layout: Layout,
    /// The batch.
    pub batch: Batch,
    /// What its answers tell.
    pub quality: Quality,
    /// Reliability diagram, if there is enough gold.
    pub diagram: Option<Diagram>,
    /// Expected calibration error.
    pub ece: Option<f64>,
    /// Groups of answers to gold that both rest on.
    pub groups: usize,
    /// Verdicts so far.
    pub savings: Savings,
    /// Answers that early stopping did not need.
    pub saved: i64,
    /// What they would have cost.
    pub saved_pay: String,
    /// Answers that the cap would have allowed.
    pub most: i64,
    /// Models against people.
    pub models: Vec<Agreement>,
    /// Week by week, the newest first.
    pub drift: Vec<Stretch>,
    /// Recordings asked again, answers to them, and those that agree with the verdict before.
    pub rechecks: (i64, i64, i64),
    /// Share of audited items whose label did not last, once there are any.
    pub overturned: Option<Rate>,
    /// How the batch settles its items.
    pub settings: Settings,
}

/// A reliability diagram: one dot a bin, on a square of 200 units.
pub struct Diagram {
    /// The dots: x, y, radius, and what they say in words.
    pub dots: Vec<Dot>,
}

/// One bin.
pub struct Dot {
    /// To the right: the probability that was said.
    pub x: f64,
    /// Downwards from the top: the share that was right.
    pub y: f64,
    /// Larger for more items.
    pub radius: f64,
    /// The same in words.
    pub words: String,
}

impl Diagram {
    /// Side of the square.
    const SIDE: f64 = 200.0;

    /// The dots of those bins that are not empty.
    pub fn of(reliability: &Reliability) -> Self {
        let all = reliability.bins.iter().map(|bin| bin.items).sum::<usize>().max(1);
        #[expect(clippy::cast_precision_loss, reason = "counts of items")]
        let dot = |bin: &Bin| Dot {
            x: bin.confidence * Self::SIDE,
            y: (1.0 - bin.accuracy) * Self::SIDE,
            radius: 3.0 + 9.0 * (bin.items as f64 / all as f64).sqrt(),
            words: format!(
                "{} groups at {:.0} % on average: {:.0} % were right",
                bin.items,
                bin.confidence * 100.0,
                bin.accuracy * 100.0
            ),
        };
        Self { dots: reliability.bins.iter().filter(|bin| bin.items > 0).map(dot).collect() }
    }
}

/// A count for people: small ones could tell who somebody is.
fn count(count: &u32) -> String {
    if (1..5).contains(count) { "fewer than 5".to_owned() } else { count.to_string() }
}

/// A number with two digits, or that there is none.
fn two(value: &Option<f64>) -> String {
    value.map_or_else(|| "not known yet".to_owned(), |value| format!("{value:.2}"))
}

/// A number with two digits; a dash where there is none or it is hidden.
fn two_or_none(value: &Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

/// Median and quartiles of the time per answer.
fn paced(pace: &Option<Pace>) -> String {
    pace.map_or_else(|| "–".to_owned(), |pace| format!("{} ({})", seconds(&pace.median_ms), span_seconds(&pace)))
}

/// A share in per cent, or that it is not known.
fn share(value: &Option<f64>) -> String {
    value.map_or_else(|| "not known yet".to_owned(), |value| percent(&value))
}

/// A share with its interval, unless it is hidden or not known.
fn rate(rate: &Option<Rate>) -> String {
    let Some(rate) = rate else { return "not shown".to_owned() };
    format!("{} ({} – {})", percent(&rate.share), percent(&rate.lowest), percent(&rate.highest))
}

/// Milliseconds as seconds.
fn seconds(ms: &i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "at most a day")]
    let seconds = *ms as f64 / 1000.0;
    format!("{seconds:.1} s")
}

/// The middle half of the times per answer.
fn span_seconds(pace: &Pace) -> String {
    format!("{} – {}", seconds(&pace.lower_ms).trim_end_matches(" s"), seconds(&pace.upper_ms))
}

/// A share of two counts in per cent, when they are large enough to mean something.
fn ratio(part: &i64, whole: &i64) -> String {
    if *whole < 5 {
        return "too few".to_owned();
    }
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let share = *part as f64 / *whole as f64;
    percent(&share)
}

/// A coordinate.
fn at(value: &f64) -> String {
    format!("{value:.1}")
}

/// A code in words.
fn words(code: &str) -> String {
    code.replace('_', " ")
}

/// A share in per cent.
fn percent(value: &f64) -> String {
    format!("{:.0} %", value * 100.0)
}

/// Millionths as per cent.
fn ppm_percent(ppm: &i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "at most a million")]
    let share = *ppm as f64 / 1e4;
    format!("{share} %")
}

/// What to expect of a batch with sensitive material.
fn warning(batch: &Batch) -> String {
    let about: Vec<&str> = Category::of(batch.categories).into_iter().map(Category::words).collect();
    let about = if about.is_empty() { String::new() } else { format!(": {}", about.join(", ")) };
    match batch.sensitivity {
        1 => format!("May be unpleasant{about}."),
        2 => format!("May be distressing{about}."),
        _ => "Severe material: not given to contributors.".to_owned(),
    }
}

/// What a project's material is about, as its form takes it.
fn category_words(project: &Project) -> String {
    let words: Vec<&str> = Category::of(project.categories).into_iter().map(Category::as_str).collect();
    words.join(",")
}

/// What people do in a batch, in words.
fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Record => "Recording",
        Kind::Judge => "Judging",
    }
}

/// A state in words.
fn state_words(state: BatchState) -> &'static str {
    match state {
        BatchState::Draft => "Draft",
        BatchState::Open => "Open",
        BatchState::Paused => "Paused",
        BatchState::Closed => "Closed",
    }
}

/// A time span in the largest unit that leaves a whole number.
fn span(seconds: i64) -> String {
    match seconds {
        0 => "at once".to_owned(),
        s if s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s % 3_600 == 0 => format!("{} h", s / 3_600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// A number of waiting items, roughly: exact, it would tell whether the answer just given was to
/// gold, which is never done.
fn roughly(items: i64) -> String {
    let steps = [1_000, 500, 200, 100, 50, 20, 10];
    steps.iter().find(|step| items >= **step).map_or_else(|| "Some".to_owned(), |step| format!("{step} or more"))
}
