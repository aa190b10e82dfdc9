//! The form that makes a batch, with what an hour may pay.

use super::model::Prospect;
use crate::batches::{BatchForm, Project};
use crate::ledger::amount;
use crate::platform::{page::Layout, problem::Problem};
use askama::Template;

/// A new batch.
#[derive(Template)]
#[template(path = "wages/new_batch.html")]
pub struct NewBatchPage {
    /// Frame.
    pub layout: Layout,
    /// The project.
    pub project: Project,
    /// What earlier batches tell of recording, and of judging.
    pub prospects: [(&'static str, Prospect); 2],
    /// As typed before.
    pub form: BatchForm,
    /// What was wrong.
    pub problem: Option<Problem>,
}

impl NewBatchPage {
    /// Whether it would be made, but for what it may pay.
    fn is_below_floor(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.code == "below_floor")
    }
}

/// Milliseconds as seconds.
fn seconds(ms: &i64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "at most a day")]
    let seconds = *ms as f64 / 1000.0;
    format!("{seconds:.1} s")
}

/// What is wrong with a field of the form, beside the field; empty when nothing is.
fn fault<'a>(problem: &'a Option<Problem>, field: &str) -> &'a str {
    let about = |code: &str| match code {
        "invalid_name" => "name",
        "below_floor" => "pay_cents",
        "invalid_pay" => "pay_cents",
        "invalid_answers_wanted" => "answers_wanted",
        "invalid_answers_max" => "answers_max",
        "invalid_threshold" => "threshold",
        "invalid_gold_rate" => "gold_percent",
        "invalid_limit" => "max_per_person",
        "invalid_lease" => "lease_s",
        "invalid_sensitivity" => "sensitivity",
        "invalid_budget" => "budget_cents",
        _ => "",
    };
    problem.as_ref().filter(|problem| about(problem.code) == field).map_or("", |problem| &problem.detail)
}
