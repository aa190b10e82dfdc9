//! MACE: a worker either knows the answer or spams in a way of their own.

use crate::crowd::Crowd;
use crate::em::{Fit, Limits};
use crate::math::{digamma, mix, softmax, unit};
use rayon::prelude::*;

/// Priors of the authors' code and crowd-kit: Beta(½, ½) on knowing, symmetric Dirichlet of
/// 10 pseudo-answers per label on the way of spamming.
const KNOWING: f64 = 0.5;
const SPAMMING: f64 = 10.0;

/// D. Hovy et al., *Learning Whom to Trust with MACE* (NAACL 2013), by variational Bayes.
///
/// A worker knows the answer with a probability of their own and else draws a label from their
/// own distribution; classes are equally probable. Of `starts` the one with the greatest
/// evidence is kept. Starts differ by numbers computed from the worker's place in canonical
/// order, where crowd-kit draws lots.
///
/// The figures are crowd-kit 1.4.2's when its input names workers and labels in the order in which
/// they appear. Otherwise crowd-kit sorts the expected spam counts by name and then reads them in
/// order of appearance, so that workers get each other's way of spamming.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mace {
    /// Starts to try.
    pub starts: u64,
    /// When to stop.
    pub limits: Limits,
}

impl Default for Mace {
    fn default() -> Self {
        Self { starts: 10, limits: Limits { iterations: 50, tolerance: 1e-4 } }
    }
}

/// Parameters in probability space. Variational estimates: they need not sum to 1.
struct Workers {
    /// Knowing and not knowing, per worker.
    knowing: Vec<(f64, f64)>,
    /// The label of a spam answer, per row.
    spamming: Vec<f64>,
}

impl Mace {
    /// Fits the model to `crowd`, which has at least two classes.
    pub fn fit(&self, crowd: &Crowd) -> Fit {
        let owners = crowd.row_workers();
        let starts = (0..self.starts.max(1)).into_par_iter();
        let fits: Vec<Fit> = starts.map(|start| self.run(crowd, &owners, start)).collect();
        let best = fits.into_iter().reduce(|best, next| if next.evidence > best.evidence { next } else { best });
        best.unwrap_or(Fit { posterior: crowd.vote_shares(), iterations: 0, converged: false, evidence: 0.0 })
    }

    fn run(&self, crowd: &Crowd, owners: &[u32], start: u64) -> Fit {
        let mut fit = Fit { posterior: crowd.vote_shares(), iterations: 0, converged: false, evidence: 0.0 };
        let mut workers = Workers::first(crowd, start);
        while fit.iterations < self.limits.iterations && !fit.converged {
            let (change, evidence, known, spammed) = workers.expect(crowd, owners, &mut fit.posterior);
            workers.maximise(crowd, &known, &spammed);
            fit.iterations += 1;
            fit.evidence = evidence;
            fit.converged = change < self.limits.tolerance;
        }
        fit
    }
}

impl Workers {
    fn first(crowd: &Crowd, start: u64) -> Self {
        let lot = |number: u64| 1.0 + 1.5 * unit(mix(start).wrapping_add(number));
        let knows = |worker: u64| {
            let (knowing, other) = (lot(2 * worker), lot(2 * worker + 1));
            (knowing / (knowing + other), other / (knowing + other))
        };
        // About 1 / K on average, as for crowd-kit: 1.75 is the mean of a lot.
        let spamming = |row: u64| lot(!row) / (1.75 * crowd.classes() as f64);
        Self {
            knowing: (0..crowd.workers() as u64).map(knows).collect(),
            spamming: (0..crowd.rows() as u64).map(spamming).collect(),
        }
    }

    /// The E step: largest change, log evidence, how often each row was known and was spam.
    fn expect(&self, crowd: &Crowd, owners: &[u32], posterior: &mut [f64]) -> (f64, f64, Vec<f64>, Vec<f64>) {
        let classes = crowd.classes();
        let (mut known, mut spammed) = (vec![0.0; crowd.rows()], vec![0.0; crowd.rows()]);
        let (mut change, mut evidence) = (0.0_f64, 0.0);
        let mut logs = vec![0.0; classes];
        for (item, belief) in posterior.chunks_exact_mut(classes).enumerate() {
            let rows = crowd.rows_of(item);
            if crowd.gold(item).is_none() {
                logs.fill(-(classes as f64).ln());
                for &row in rows {
                    let (knowing, spam) = self.parts(owners, row);
                    logs[crowd.row_labels[row as usize] as usize] += ((knowing + spam) / spam).ln();
                    evidence += spam.ln();
                }
                evidence += softmax(&mut logs);
                for (old, &new) in belief.iter_mut().zip(&logs) {
                    change = change.max((new - *old).abs());
                    *old = new;
                }
            }
            for &row in rows {
                let (knowing, spam) = self.parts(owners, row);
                let knew = belief[crowd.row_labels[row as usize] as usize] * knowing / (knowing + spam);
                known[row as usize] += knew;
                spammed[row as usize] += 1.0 - knew;
            }
        }
        (change, evidence, known, spammed)
    }

    /// Probabilities of a row's answer by knowing and by spamming.
    fn parts(&self, owners: &[u32], row: u32) -> (f64, f64) {
        let (knowing, other) = self.knowing[owners[row as usize] as usize];
        (knowing, (other * self.spamming[row as usize]).max(f64::MIN_POSITIVE))
    }

    /// The M step: exponentials of expected logarithms.
    fn maximise(&mut self, crowd: &Crowd, known: &[f64], spammed: &[f64]) {
        for (worker, bounds) in crowd.row_starts.windows(2).enumerate() {
            let rows = bounds[0]..bounds[1];
            let knew: f64 = known[rows.clone()].iter().sum();
            let spam: f64 = spammed[rows.clone()].iter().sum();
            let total = digamma(knew + spam + 2.0 * KNOWING);
            self.knowing[worker] = ((digamma(knew + KNOWING) - total).exp(), (digamma(spam + KNOWING) - total).exp());
            let total = digamma(spam + SPAMMING * crowd.classes() as f64);
            for row in rows {
                self.spamming[row] = (digamma(spammed[row] + SPAMMING) - total).exp();
            }
        }
    }
}
