//! What a simulation brought, against the truth that only it knows: as numbers and as text.

use super::drive::Day;
use super::stage::Stage;
use crate::batches;
use crate::cases;
use crate::platform::{clock::SECOND_US, problem::Problem, site::Site};
use crate::verdicts;
use serde::Serialize;
use std::{collections::BTreeMap, fmt};

/// How one kind of people did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Kind {
    /// How many there are.
    pub people: usize,
    /// Answers to work.
    pub answers: u32,
    /// Of these, right ones.
    pub right: u32,
    /// Answers to gold.
    pub gold: u32,
    /// Of these, right ones.
    pub gold_right: u32,
    /// What they earned, minor units.
    pub cents: i64,
    /// How many were refused work in the end, by code.
    pub stopped: BTreeMap<&'static str, usize>,
    /// About how many cases were raised, by kind.
    pub cases: BTreeMap<String, usize>,
    /// About how many any case was raised.
    pub suspected: usize,
}

/// A simulation's figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// Recordings to judge.
    pub items: usize,
    /// Of these, settled by answers.
    pub settled: usize,
    /// Of these, left to a reviewer.
    pub contested: usize,
    /// Of all recordings, those whose likelier label is the true one.
    pub right: usize,
    /// Of the settled ones, those whose label is the true one.
    pub settled_right: usize,
    /// Of all recordings, those whose likelier label is the true one in a release's fit.
    pub fitted_right: usize,
    /// Recordings of which that fit is certain enough to be released.
    pub sure: usize,
    /// Of these, those whose label is the true one.
    pub sure_right: usize,
    /// Answers to work.
    pub answers: u32,
    /// Answers to gold.
    pub gold: u32,
    /// What all of it cost, minor units.
    pub cents: i64,
    /// Time from the first person's arrival to the last answer.
    pub length_s: i64,
    /// By character.
    pub kinds: BTreeMap<&'static str, Kind>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of a simulation")]
fn share(part: usize, all: usize) -> f64 {
    if all == 0 { f64::NAN } else { part as f64 / all as f64 }
}

impl Outcome {
    /// Share of recordings whose likelier label is the true one.
    pub fn accuracy(&self) -> f64 {
        share(self.right, self.items)
    }

    /// The same of those that answers settled.
    pub fn settled_accuracy(&self) -> f64 {
        share(self.settled_right, self.settled)
    }

    /// Share of recordings whose likelier label in a release's fit is the true one: the final accuracy.
    pub fn fitted_accuracy(&self) -> f64 {
        share(self.fitted_right, self.items)
    }

    /// The same of those that would be released.
    pub fn released_accuracy(&self) -> f64 {
        share(self.sure_right, self.sure)
    }

    /// Answers of all kinds.
    pub fn all_answers(&self) -> u32 {
        self.answers + self.gold
    }
}

/// Compares what the site decided with the truth.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn of(site: &Site, stage: &Stage, day: &Day) -> Result<Outcome, Problem> {
    let mut outcome = Outcome { items: stage.work.len(), length_s: day.length_us / SECOND_US, ..Outcome::default() };
    let mut tx = site.db.read().await?;
    let fit = verdicts::fit(&mut tx, stage.judge.project_id).await.map_err(Problem::internal)?;
    for clip in &stage.work {
        let truth = stage.questions[clip].truth;
        for item in batches::items_about(&mut tx, stage.judge.id, clip).await? {
            if let Some(fitted) = fit.verdict(item.id) {
                let right = (fitted.label == "yes") == truth;
                outcome.fitted_right += usize::from(right);
                outcome.sure += usize::from(fitted.sure);
                outcome.sure_right += usize::from(fitted.sure && right);
            }
            let Some(verdict) = verdicts::find(&mut tx, item.id).await? else { continue };
            let (settled, right) = (verdict.state != "contested", (verdict.label == "yes") == truth);
            outcome.settled += usize::from(settled);
            outcome.contested += usize::from(!settled);
            outcome.right += usize::from(right);
            outcome.settled_right += usize::from(settled && right);
        }
    }
    for worker in &day.workers {
        let kind = outcome.kinds.entry(worker.actor.character.word()).or_default();
        kind.people += 1;
        kind.answers += worker.answers;
        kind.right += worker.right;
        kind.gold += worker.gold;
        kind.gold_right += worker.gold_right;
        kind.cents += worker.cents;
        if let Some(code) = worker.stopped {
            *kind.stopped.entry(code).or_default() += 1;
        }
        let raised = cases::of_person(&mut tx, worker.id).await?;
        kind.suspected += usize::from(!raised.is_empty());
        for case in raised {
            *kind.cases.entry(case.kind).or_default() += 1;
        }
        outcome.answers += worker.answers;
        outcome.gold += worker.gold;
        outcome.cents += worker.cents;
    }
    Ok(outcome)
}

fn percent(share: f64) -> String {
    if share.is_nan() { "–".to_owned() } else { format!("{:.1} %", share * 100.0) }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (items, settled) = (self.items, self.settled);
        writeln!(f, "recordings  {items}, settled {settled}, for a reviewer {}", self.contested)?;
        let (all, sure) = (percent(self.accuracy()), percent(self.settled_accuracy()));
        writeln!(f, "accuracy    {all} of all, {sure} of the settled")?;
        let (all, sure) = (percent(self.fitted_accuracy()), percent(self.released_accuracy()));
        writeln!(
            f,
            "final       {all} of all as a release fits them, {sure} of the {} certain enough for one",
            self.sure
        )?;
        writeln!(f, "answers     {} to work, {} to gold", self.answers, self.gold)?;
        writeln!(f, "cost        {}.{:02}", self.cents / 100, self.cents % 100)?;
        writeln!(f, "took        {} min of the site's time", self.length_s / 60)?;
        for (word, kind) in &self.kinds {
            let right = percent(share(kind.right as usize, kind.answers as usize));
            write!(f, "{word:<12}{} people, {} answers, {right} right", kind.people, kind.answers)?;
            for (code, count) in &kind.stopped {
                write!(f, ", {count} {code}")?;
            }
            for (case, count) in &kind.cases {
                write!(f, ", {count} cases of {}", case.replace('_', " "))?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
