//! Dawid–Skene: every worker has a confusion matrix of their own.

use crate::crowd::Crowd;
use crate::em::{Counts, Fit, Limits, iterate, smoothed_prior};

/// No probability in a confusion matrix is lower, even without a prior.
const LOWEST: f64 = 1e-10;

/// The model of A. P. Dawid and A. M. Skene, Applied Statistics 28 (1979), 20–28, with a Dirichlet
/// prior on each row of a confusion matrix; rows are estimated by their posterior mean.
///
/// Gold is fixed evidence: certain in every E step, counted in every M step.
///
/// The default prior, 4 on the diagonal and 1 elsewhere, says that people are right more often
/// than not; it keeps classes from switching and sparse workers from extremes.
/// [`DawidSkene::MAXIMUM_LIKELIHOOD`] has no prior, as in 1979 and in crowd-kit, with whose
/// figures it agrees at equal iterations. crowd-kit's stopping rule differs: it adds the class
/// prior to its bound once per answer, so that the bound can fall while EM improves, and then
/// halts after two or three iterations. Where it does, its labels are nearer to a plain vote.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DawidSkene {
    /// Pseudo-answers that are right, per class.
    pub right: f64,
    /// Pseudo-answers per wrong label, per class.
    pub wrong: f64,
    /// When to stop.
    pub limits: Limits,
}

impl Default for DawidSkene {
    fn default() -> Self {
        Self { right: 4.0, wrong: 1.0, limits: Limits::default() }
    }
}

impl DawidSkene {
    /// The original estimator, without a prior.
    pub const MAXIMUM_LIKELIHOOD: Self =
        Self { right: 0.0, wrong: 0.0, limits: Limits { iterations: 100, tolerance: 1e-5 } };

    /// Fits the model to `crowd`, which has at least one class.
    pub fn fit(&self, crowd: &Crowd) -> Fit {
        let mass = self.right + self.wrong * (crowd.classes() - 1) as f64;
        iterate(crowd, self.limits, |counts, prior, table| {
            if mass > 0.0 {
                smoothed_prior(&counts.states, prior);
            } else {
                let total: f64 = counts.states.iter().sum();
                prior.iter_mut().zip(&counts.states).for_each(|(log, count)| *log = (count / total).max(LOWEST).ln());
            }
            self.tables(crowd, counts, mass, table);
        })
    }

    fn tables(&self, crowd: &Crowd, counts: &Counts, mass: f64, table: &mut [f64]) {
        let classes = crowd.classes();
        let mut totals = vec![0.0; classes];
        for bounds in crowd.row_starts.windows(2) {
            let cells = bounds[0] * classes..bounds[1] * classes;
            totals.fill(mass);
            for row in counts.rows[cells.clone()].chunks_exact(classes) {
                totals.iter_mut().zip(row).for_each(|(total, count)| *total += count);
            }
            let own = table[cells.clone()].chunks_exact_mut(classes).zip(counts.rows[cells].chunks_exact(classes));
            for ((logs, row), &label) in own.zip(&crowd.row_labels[bounds[0]..bounds[1]]) {
                for (class, (log, count)) in logs.iter_mut().zip(row).enumerate() {
                    let prior = if class == label as usize { self.right } else { self.wrong };
                    let share = (count + prior) / totals[class].max(LOWEST);
                    *log = share.max(LOWEST).ln();
                }
            }
        }
    }
}
