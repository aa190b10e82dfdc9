//! Dawid–Skene: every worker has a confusion matrix of their own.

use crate::crowd::Crowd;
use crate::em::{Counts, Fit, Limits, iterate};
use crate::math::digamma;

/// No probability in a confusion matrix is lower, even without a prior.
const LOWEST: f64 = 1e-10;
const LOWEST_LOG: f64 = -23.03;
/// Less of an answer than this changes no digit that matters.
const NOTHING: f64 = 1e-13;

/// The model of A. P. Dawid and A. M. Skene, Applied Statistics 28 (1979), 20–28.
///
/// Gold is fixed evidence: certain in every E step, counted in every M step.
///
/// By default a Dirichlet prior, 4 on the diagonal and 1 elsewhere, says that people are right
/// more often than not, which keeps classes from switching and sparse workers from extremes; the
/// vote shares are the prior of the classes, and both are integrated out by variational Bayes
/// (Kim & Ghahramani, *Bayesian Classifier Combination*, AISTATS 2012). This is the model that
/// adaptive stopping was measured with.
///
/// [`DawidSkene::MAXIMUM_LIKELIHOOD`] has no prior, as in 1979 and in crowd-kit, with whose
/// figures it agrees at equal iterations. crowd-kit's stopping rule differs: it adds the class
/// prior to its bound once per answer, so that the bound can fall while EM improves, and then
/// halts after two or three iterations. Where it does, its labels are nearer to a plain vote.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DawidSkene {
    /// Pseudo-answers (right, per wrong label) in each class of each worker; `None` for maximum
    /// likelihood.
    pub prior: Option<(f64, f64)>,
    /// When to stop.
    pub limits: Limits,
}

impl Default for DawidSkene {
    fn default() -> Self {
        Self { prior: Some((4.0, 1.0)), limits: Limits::default() }
    }
}

impl DawidSkene {
    /// The original estimator, without a prior.
    pub const MAXIMUM_LIKELIHOOD: Self = Self { prior: None, limits: Limits { iterations: 100, tolerance: 1e-5 } };

    /// Fits the model to `crowd`, which has at least one class.
    pub fn fit(&self, crowd: &Crowd) -> Fit {
        let mut shares = vec![0.0; crowd.classes()];
        for belief in crowd.vote_shares().chunks_exact(crowd.classes()) {
            shares.iter_mut().zip(belief).for_each(|(sum, share)| *sum += share);
        }
        iterate(crowd, self.limits, |counts, prior, table| match self.prior {
            None => {
                let total: f64 = counts.states.iter().sum();
                prior.iter_mut().zip(&counts.states).for_each(|(log, count)| *log = (count / total).max(LOWEST).ln());
                tables(crowd, counts, (0.0, 0.0), table, |count| count.max(LOWEST).ln());
            }
            Some(confusion) => {
                // A class without any share still has a place, however improbable.
                let count = |(count, share): (&f64, &f64)| (count + share).max(LOWEST);
                let total = digamma(counts.states.iter().zip(&shares).map(count).sum());
                prior
                    .iter_mut()
                    .zip(counts.states.iter().zip(&shares))
                    .for_each(|(log, pair)| *log = digamma(count(pair)) - total);
                tables(crowd, counts, confusion, table, |count| digamma(count.max(LOWEST)));
            }
        })
    }
}

/// The M step: `log` of each count with its prior, less that of its row's sum.
fn tables(crowd: &Crowd, counts: &Counts, prior: (f64, f64), table: &mut [f64], log: impl Fn(f64) -> f64) {
    let classes = crowd.classes();
    let mass = prior.0 + prior.1 * (classes - 1) as f64;
    // By whether the label is right. With many classes most cells are empty, and logarithms take the time.
    let empty = [prior.1, prior.0].map(|pseudo| (pseudo, log(pseudo)));
    let mut totals = vec![0.0; classes];
    for bounds in crowd.row_starts.windows(2) {
        let cells = bounds[0] * classes..bounds[1] * classes;
        totals.fill(mass);
        for row in counts.rows[cells.clone()].chunks_exact(classes) {
            totals.iter_mut().zip(row).for_each(|(total, count)| *total += count);
        }
        totals.iter_mut().for_each(|total| *total = log(*total));
        let own = table[cells.clone()].chunks_exact_mut(classes).zip(counts.rows[cells].chunks_exact(classes));
        for ((logs, row), &label) in own.zip(&crowd.row_labels[bounds[0]..bounds[1]]) {
            for (class, (cell, count)) in logs.iter_mut().zip(row).enumerate() {
                let (pseudo, empty) = empty[usize::from(class == label as usize)];
                let log = if *count < NOTHING { empty } else { log(count + pseudo) };
                *cell = (log - totals[class]).max(LOWEST_LOG);
            }
        }
    }
}
