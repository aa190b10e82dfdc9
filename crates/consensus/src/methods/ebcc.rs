//! EBCC: classes have hidden subtypes, which explain why workers err together.

use crate::crowd::Crowd;
use crate::em::{Counts, Fit, Limits, sweep};
use crate::math::{digamma, ln_gamma, mix, unit};
use rayon::prelude::*;

/// Enhanced Bayesian classifier combination: Y. Li, B. Rubinstein & T. Cohn, *Exploiting Worker
/// Correlation for Label Aggregation in Crowdsourcing* (ICML 2019), §4, by mean field.
///
/// Each class has `subtypes`; given the subtype, workers err independently, so that items which
/// fool many people alike share a subtype. Priors: symmetric Dirichlet of total `concentration`
/// on subtypes, Dirichlet (4 on the diagonal, 1 elsewhere) on confusions, and the vote shares as
/// the Dirichlet prior of classes. Mean field has many optima: of `starts` the one with the
/// greatest evidence bound is kept. Starts differ by numbers computed from the answers to an
/// item, not by chance, so that the result depends on the answers alone. Crowds of more than
/// 200,000 answers get one start: they cost the most and differ the least. Classes too rare to be
/// divided, fewer than ten items for each subtype on average, get fewer subtypes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ebcc {
    /// Subtypes of each class, at most.
    pub subtypes: usize,
    /// Total weight of the prior on subtypes.
    pub concentration: f64,
    /// Starts to try.
    pub starts: u64,
    /// When to stop.
    pub limits: Limits,
}

impl Default for Ebcc {
    /// The tolerance is that of the authors' code: a tighter one changes no label of the public sets.
    fn default() -> Self {
        Self { subtypes: 3, concentration: 0.1, starts: 3, limits: Limits { tolerance: 1e-3, ..Limits::default() } }
    }
}

/// Answers beyond which one start is enough.
const ONE_START_ABOVE: usize = 200_000;
/// Items that a subtype has on average, at least.
const ITEMS_PER_SUBTYPE: usize = 10;
/// Less of an answer than this changes no digit that matters.
const NOTHING: f64 = 1e-13;

const RIGHT: f64 = 4.0;
const WRONG: f64 = 1.0;

impl Ebcc {
    /// Fits the model to `crowd`, which has at least two classes.
    pub fn fit(&self, crowd: &Crowd) -> Fit {
        let most = crowd.items() / (crowd.classes() * ITEMS_PER_SUBTYPE);
        let divided = Self { subtypes: self.subtypes.min(most).max(1), ..*self };
        let one = crowd.answers() > ONE_START_ABOVE || divided.subtypes == 1;
        let starts = if one { 1 } else { self.starts.max(1) };
        let fits: Vec<Fit> = (0..starts).into_par_iter().map(|start| divided.run(crowd, start)).collect();
        let best = fits.into_iter().reduce(|best, next| if next.evidence > best.evidence { next } else { best });
        best.unwrap_or(Fit { posterior: crowd.vote_shares(), iterations: 0, converged: false, evidence: 0.0 })
    }

    fn run(&self, crowd: &Crowd, start: u64) -> Fit {
        let (classes, groups) = (crowd.classes(), self.subtypes);
        let mut posterior = crowd.vote_shares();
        let class_prior: Vec<f64> =
            (0..classes).map(|class| posterior.iter().skip(class).step_by(classes).sum::<f64>()).collect();
        let mut counts = self.first_counts(crowd, &posterior, start);
        let mut table = vec![0.0; counts.rows.len()];
        let mut prior = vec![0.0; classes * groups];
        let mut fit = Fit { posterior: Vec::new(), iterations: 0, converged: false, evidence: f64::NEG_INFINITY };
        while fit.iterations < self.limits.iterations && !fit.converged {
            let divergence = self.log_prior(&counts.states, &class_prior, &mut prior)
                + tables(crowd, &counts.rows, groups, &mut table);
            let pass = sweep(crowd, groups, &prior, &table, &mut posterior, &mut counts);
            fit.evidence = pass.evidence - divergence;
            fit.iterations += 1;
            fit.converged = pass.change < self.limits.tolerance;
        }
        Fit { posterior, ..fit }
    }

    /// Counts from vote shares, each split among the subtypes at random (uniformly on the simplex).
    fn first_counts(&self, crowd: &Crowd, z: &[f64], start: u64) -> Counts {
        let (classes, groups) = (crowd.classes(), self.subtypes);
        let mut counts = Counts::new(crowd, classes * groups);
        let mut state = vec![0.0; classes * groups];
        for (item, belief) in z.chunks_exact(classes).enumerate() {
            for (class, (parts, &share)) in state.chunks_exact_mut(groups).zip(belief).enumerate() {
                let seed = mix(crowd.seeds[item] ^ mix(start)).wrapping_add(mix(class as u64));
                for (group, part) in (0_u64..).zip(parts.iter_mut()) {
                    *part = -unit(seed.wrapping_add(group)).ln();
                }
                let scale = share / parts.iter().sum::<f64>();
                parts.iter_mut().for_each(|part| *part *= scale);
            }
            counts.add(crowd.rows_of(item), &state);
        }
        counts
    }

    /// Expected log prior of each state; returns how far its distributions are from their priors.
    fn log_prior(&self, states: &[f64], class_prior: &[f64], prior: &mut [f64]) -> f64 {
        let groups = self.subtypes;
        let even = self.concentration / groups as f64;
        let class_counts: Vec<f64> = states.chunks_exact(groups).map(|parts| parts.iter().sum()).collect();
        let total = digamma(class_counts.iter().zip(class_prior).map(|(count, prior)| count + prior).sum());
        let mut divergence = divergence(class_counts.iter().zip(class_prior).map(|(&count, &prior)| (count, prior)));
        let per_class = prior.chunks_exact_mut(groups).zip(states.chunks_exact(groups));
        for ((logs, counts), (class_count, class_prior)) in per_class.zip(class_counts.iter().zip(class_prior)) {
            let class_log = digamma(class_count + class_prior.max(f64::MIN_POSITIVE)) - total;
            let subtype_total = digamma(class_count + self.concentration);
            for (log, count) in logs.iter_mut().zip(counts) {
                *log = class_log + digamma(count + even) - subtype_total;
            }
            divergence += self::divergence(counts.iter().map(|&count| (count, even)));
        }
        divergence
    }
}

/// Expected log confusions; returns how far their distributions are from their priors.
fn tables(crowd: &Crowd, counts: &[f64], groups: usize, table: &mut [f64]) -> f64 {
    let classes = crowd.classes();
    let width = classes * groups;
    let mass = RIGHT + WRONG * (classes - 1) as f64;
    // By whether the label is right: the prior, its digamma and its ln Γ.
    let priors = [WRONG, RIGHT].map(|prior| (prior, digamma(prior), ln_gamma(prior)));
    let mass_gamma = ln_gamma(mass);
    let mut totals = vec![0.0; width];
    let mut divergence = 0.0;
    for bounds in crowd.row_starts.windows(2) {
        let cells = bounds[0] * width..bounds[1] * width;
        totals.fill(mass);
        for row in counts[cells.clone()].chunks_exact(width) {
            totals.iter_mut().zip(row).for_each(|(total, count)| *total += count);
        }
        for total in &mut totals {
            divergence += ln_gamma(*total) - mass_gamma;
            *total = digamma(*total);
        }
        let rows = table[cells.clone()].chunks_exact_mut(width).zip(counts[cells].chunks_exact(width));
        for ((logs, row), &label) in rows.zip(&crowd.row_labels[bounds[0]..bounds[1]]) {
            for (state, (log, &count)) in logs.iter_mut().zip(row).enumerate() {
                let (prior, prior_digamma, prior_gamma) = priors[usize::from(state / groups == label as usize)];
                // With many classes most cells are empty, and these functions take the time.
                if count < NOTHING {
                    *log = prior_digamma - totals[state];
                } else {
                    *log = digamma(count + prior) - totals[state];
                    divergence += count * *log + prior_gamma - ln_gamma(count + prior);
                }
            }
        }
    }
    divergence
}

/// Kullback–Leibler divergence of a Dirichlet of (count + prior) from one of (prior).
fn divergence(parts: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let (counts, priors) = parts.clone().fold((0.0, 0.0), |sums, (count, prior)| (sums.0 + count, sums.1 + prior));
    let total = digamma(counts + priors);
    let own = parts
        .filter(|&(_, prior)| prior > 0.0)
        .map(|(count, prior)| count * (digamma(count + prior) - total) + ln_gamma(prior) - ln_gamma(count + prior));
    ln_gamma(counts + priors) - ln_gamma(priors) + own.sum::<f64>()
}
