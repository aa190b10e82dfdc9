//! One skill per worker, and wrong answers spread evenly: one-coin Dawid–Skene and its Bayesian form.

use crate::crowd::Crowd;
use crate::em::{Fit, Limits, smoothed_prior};
use crate::math::{digamma, softmax};

/// No skill is taken to be nearer than this to 0 or 1 when it is estimated without a prior.
const LOWEST: f64 = 1e-10;

/// How skill is estimated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Estimate {
    /// The share of right answers, as in crowd-kit, with whose figures it agrees where both come
    /// to rest. crowd-kit's stopping rule is the one described at
    /// [`super::dawid_skene::DawidSkene`] and halts after two iterations on some sets, nearer to
    /// a plain vote.
    ///
    /// On crowds whose mistakes are systematic it may end with everything in one class, as
    /// crowd-kit's does; see [`Estimate::Variational`].
    MaximumLikelihood,
    /// Variational Bayes with skill ~ Beta(4, K − 1).
    Variational,
}

/// A worker is right with their skill, whatever the class; each wrong label is equally probable.
///
/// The one-coin form of Dawid & Skene (Applied Statistics 28 (1979), 20–28), as analysed by
/// Zhang et al., *Spectral Methods Meet EM* (NIPS 2014).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCoin {
    /// How skill is estimated.
    pub estimate: Estimate,
    /// When to stop.
    pub limits: Limits,
}

impl OneCoin {
    /// With this estimate and the usual limits.
    pub fn new(estimate: Estimate) -> Self {
        Self { estimate, limits: Limits::default() }
    }

    /// Fits the model to `crowd`, which has at least two classes.
    pub fn fit(&self, crowd: &Crowd) -> Fit {
        let classes = crowd.classes();
        let owners = crowd.row_workers();
        let mut answers = vec![0.0; crowd.workers()];
        crowd.answer_rows.iter().for_each(|&row| answers[owners[row as usize] as usize] += 1.0);
        let mut posterior = crowd.vote_shares();
        let mut fit = Fit { posterior: Vec::new(), iterations: 0, converged: false, evidence: 0.0 };
        while fit.iterations < self.limits.iterations && !fit.converged {
            let right = right_answers(crowd, &owners, &posterior);
            let prior = self.prior(&posterior, classes);
            let logs: Vec<(f64, f64)> =
                right.iter().zip(&answers).map(|(&right, &answers)| self.logs(right, answers, classes)).collect();
            let mut change = 0.0_f64;
            fit.evidence = 0.0;
            let mut state = vec![0.0; classes];
            for (item, belief) in posterior.chunks_exact_mut(classes).enumerate() {
                if crowd.gold(item).is_some() {
                    continue;
                }
                state.copy_from_slice(&prior);
                for &row in crowd.rows_of(item) {
                    let (right, wrong) = logs[owners[row as usize] as usize];
                    state[crowd.row_labels[row as usize] as usize] += right - wrong;
                    fit.evidence += wrong;
                }
                fit.evidence += softmax(&mut state);
                for (old, &new) in belief.iter_mut().zip(&state) {
                    change = change.max((new - *old).abs());
                    *old = new;
                }
            }
            fit.iterations += 1;
            fit.converged = change < self.limits.tolerance;
        }
        Fit { posterior, ..fit }
    }

    /// Log probabilities of the right label and of each wrong one.
    fn logs(&self, right: f64, answers: f64, classes: usize) -> (f64, f64) {
        let others = (classes - 1) as f64;
        match self.estimate {
            Estimate::MaximumLikelihood => {
                let skill = (right / answers.max(1.0)).clamp(LOWEST, 1.0 - LOWEST);
                (skill.ln(), ((1.0 - skill) / others).ln())
            }
            Estimate::Variational => {
                let total = digamma(answers + 4.0 + others);
                let wrong = digamma((answers - right).max(0.0) + others) - total - others.ln();
                (digamma(right + 4.0) - total, wrong)
            }
        }
    }

    fn prior(&self, posterior: &[f64], classes: usize) -> Vec<f64> {
        let mut shares = vec![0.0; classes];
        for belief in posterior.chunks_exact(classes) {
            shares.iter_mut().zip(belief).for_each(|(sum, part)| *sum += part);
        }
        let mut prior = vec![0.0; classes];
        match self.estimate {
            Estimate::Variational => smoothed_prior(&shares, &mut prior),
            Estimate::MaximumLikelihood => {
                let items = (posterior.len() / classes).max(1) as f64;
                prior.iter_mut().zip(&shares).for_each(|(log, share)| *log = (share / items).max(LOWEST).ln());
            }
        }
        prior
    }
}

/// Expected right answers of each worker under the beliefs `z`.
pub(crate) fn right_answers(crowd: &Crowd, owners: &[u32], z: &[f64]) -> Vec<f64> {
    let mut right = vec![0.0; crowd.workers()];
    for (item, belief) in z.chunks_exact(crowd.classes()).enumerate() {
        for &row in crowd.rows_of(item) {
            right[owners[row as usize] as usize] += belief[crowd.row_labels[row as usize] as usize];
        }
    }
    right
}
