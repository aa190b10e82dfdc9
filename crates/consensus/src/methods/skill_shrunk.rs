//! Skill-shrunk Dawid–Skene: full confusion matrices, drawn towards each worker's skill.

use crate::crowd::Crowd;
use crate::em::{Counts, Fit, Limits, iterate, smoothed_prior};

/// Pseudo-answers in each cell of a confusion matrix, so that none is empty.
const CELL: f64 = 0.01;

/// Dawid–Skene in which the prior of a worker's confusion matrix follows from what is known of
/// them: `strength` pseudo-answers per class, right with the worker's own skill q, wrong in the
/// way in which the whole crowd is wrong.
///
/// A worker with few answers behaves like one with a single skill, a busy one like themselves.
/// q is itself drawn towards the crowd's mean by four pseudo-answers. The hierarchy follows the
/// hierarchical priors of Kim & Ghahramani, *Bayesian Classifier Combination* (AISTATS 2012).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SkillShrunk {
    /// Pseudo-answers per class of each worker.
    pub strength: f64,
    /// When to stop.
    pub limits: Limits,
}

impl Default for SkillShrunk {
    fn default() -> Self {
        Self { strength: 5.0, limits: Limits::default() }
    }
}

impl SkillShrunk {
    /// Fits the model to `crowd`, which has at least one class.
    pub fn fit(&self, crowd: &Crowd) -> Fit {
        iterate(crowd, self.limits, |counts, prior, table| {
            smoothed_prior(&counts.states, prior);
            let shared = Shared::new(crowd, counts, self.strength);
            for worker in 0..crowd.workers() {
                shared.table(crowd, worker, &counts.rows, table);
            }
        })
    }
}

/// What workers have in common, between two refreshes.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    strength: f64,
    classes: usize,
    /// The crowd's mean skill.
    skill: f64,
    /// How a class is mistaken for another: classes × labels, the diagonal unused.
    mistakes: Vec<f64>,
}

impl Shared {
    pub(crate) fn new(crowd: &Crowd, counts: &Counts, strength: f64) -> Self {
        let classes = crowd.classes();
        let mut mistakes = vec![1.0; classes * classes];
        let (mut right, mut all) = (0.0, 0.0);
        for (row, &label) in counts.rows.chunks_exact(classes).zip(&crowd.row_labels) {
            let label = label as usize;
            right += row[label];
            all += row.iter().sum::<f64>();
            row.iter().enumerate().for_each(|(class, count)| mistakes[class * classes + label] += count);
        }
        for (class, row) in mistakes.chunks_exact_mut(classes).enumerate() {
            let wrong = (row.iter().sum::<f64>() - row[class]).max(1.0);
            row.iter_mut().for_each(|cell| *cell /= wrong);
        }
        Self { strength, classes, skill: (right + 2.0) / (all + 3.0), mistakes }
    }

    /// Fills the part of `table` that belongs to `worker`.
    pub(crate) fn table(&self, crowd: &Crowd, worker: usize, counts: &[f64], table: &mut [f64]) {
        let classes = self.classes;
        let (from, to) = (crowd.row_starts[worker], crowd.row_starts[worker + 1]);
        let labels = &crowd.row_labels[from..to];
        let counts = &counts[from * classes..to * classes];
        let mut totals = vec![self.strength + CELL * classes as f64; classes];
        let mut right = 0.0;
        for (row, &label) in counts.chunks_exact(classes).zip(labels) {
            right += row[label as usize];
            totals.iter_mut().zip(row).for_each(|(total, count)| *total += count);
        }
        let answers = totals.iter().sum::<f64>() - (self.strength + CELL * classes as f64) * classes as f64;
        let skill = ((right + 4.0 * self.skill) / (answers + 4.0)).clamp(0.0, 1.0);
        let logs = table[from * classes..to * classes].chunks_exact_mut(classes);
        for ((logs, row), &label) in logs.zip(counts.chunks_exact(classes)).zip(labels) {
            let label = label as usize;
            for (class, (log, count)) in logs.iter_mut().zip(row).enumerate() {
                let share = if class == label { skill } else { (1.0 - skill) * self.mistakes[class * classes + label] };
                *log = ((count + self.strength * share + CELL) / totals[class]).ln();
            }
        }
    }
}
