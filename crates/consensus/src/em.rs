//! Expectation and maximisation, the two steps that most methods share.

use crate::crowd::Crowd;
use crate::math::softmax;

/// When a method that iterates stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// At most so many iterations.
    pub iterations: usize,
    /// No probability moves by as much as this any more.
    pub tolerance: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { iterations: 150, tolerance: 1e-4 }
    }
}

/// What a method believes after it has stopped.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Probability of each class of each item, items × classes, not yet floored.
    pub posterior: Vec<f64>,
    /// Iterations taken.
    pub iterations: usize,
    /// Whether the tolerance was met rather than the iterations used up.
    pub converged: bool,
    /// The logarithm of the evidence or its lower bound, where the method knows it.
    pub evidence: f64,
}

/// Soft counts: how much of each row's answers belongs to each latent state.
pub(crate) struct Counts {
    /// Rows × states.
    pub(crate) rows: Vec<f64>,
    /// Items in each state.
    pub(crate) states: Vec<f64>,
}

impl Counts {
    pub(crate) fn new(crowd: &Crowd, states: usize) -> Self {
        Self { rows: vec![0.0; crowd.rows() * states], states: vec![0.0; states] }
    }

    /// Counts under the beliefs `z` (items × classes).
    pub(crate) fn of(crowd: &Crowd, z: &[f64]) -> Self {
        let mut counts = Self::new(crowd, crowd.classes());
        for (item, belief) in z.chunks_exact(crowd.classes().max(1)).enumerate() {
            counts.add(crowd.rows_of(item), belief);
        }
        counts
    }

    #[inline(always)]
    pub(crate) fn add(&mut self, rows: &[u32], belief: &[f64]) {
        let width = belief.len();
        for (total, part) in self.states.iter_mut().zip(belief) {
            *total += part;
        }
        for &row in rows {
            let from = row as usize * width;
            for (total, part) in self.rows[from..from + width].iter_mut().zip(belief) {
                *total += part;
            }
        }
    }

    pub(crate) fn clear(&mut self) {
        self.rows.fill(0.0);
        self.states.fill(0.0);
    }
}

/// What one pass over the items found.
pub(crate) struct Pass {
    /// The largest change of a probability.
    pub(crate) change: f64,
    /// Σ over items of the logarithm of their evidence.
    pub(crate) evidence: f64,
}

/// The E step for all items, and in the same pass the counts of the next M step.
///
/// A latent state is a class, or with `groups` > 1 one of so many subtypes of a class (state =
/// class · groups + subtype). `table` holds the log probability of each row's label in each state
/// (rows × states), `prior` that of each state. `z` becomes the new beliefs over classes. Gold
/// items are certain in every pass.
pub(crate) fn sweep(
    crowd: &Crowd,
    groups: usize,
    prior: &[f64],
    table: &[f64],
    z: &mut [f64],
    counts: &mut Counts,
) -> Pass {
    match prior.len() {
        2 => sweep_of::<2>(crowd, groups, prior, table, z, counts),
        3 => sweep_of::<3>(crowd, groups, prior, table, z, counts),
        4 => sweep_of::<4>(crowd, groups, prior, table, z, counts),
        5 => sweep_of::<5>(crowd, groups, prior, table, z, counts),
        6 => sweep_of::<6>(crowd, groups, prior, table, z, counts),
        12 => sweep_of::<12>(crowd, groups, prior, table, z, counts),
        states => sweep_with(crowd, groups, prior, table, z, counts, &mut vec![0.0; states]),
    }
}

/// With the number of states known to the compiler, which makes the inner loops several times faster.
fn sweep_of<const STATES: usize>(
    crowd: &Crowd,
    groups: usize,
    prior: &[f64],
    table: &[f64],
    z: &mut [f64],
    counts: &mut Counts,
) -> Pass {
    let mut state = [0.0; STATES];
    sweep_with(crowd, groups, &prior[..STATES], table, z, counts, &mut state)
}

#[inline(always)]
fn sweep_with(
    crowd: &Crowd,
    groups: usize,
    prior: &[f64],
    table: &[f64],
    z: &mut [f64],
    counts: &mut Counts,
    state: &mut [f64],
) -> Pass {
    counts.clear();
    let width = state.len();
    let mut pass = Pass { change: 0.0, evidence: 0.0 };
    for (item, belief) in z.chunks_exact_mut(crowd.classes()).enumerate() {
        let rows = crowd.rows_of(item);
        state.copy_from_slice(prior);
        for &row in rows {
            let from = row as usize * width;
            for (sum, term) in state.iter_mut().zip(&table[from..from + width]) {
                *sum += term;
            }
        }
        if let Some(class) = crowd.gold(item) {
            for (other, value) in state.iter_mut().enumerate() {
                if other / groups != class {
                    *value = f64::NEG_INFINITY;
                }
            }
        }
        pass.evidence += softmax(state);
        for (old, new) in belief.iter_mut().zip(state.chunks_exact(groups)) {
            let new: f64 = new.iter().sum();
            pass.change = pass.change.max((new - *old).abs());
            *old = new;
        }
        counts.add(rows, state);
    }
    pass
}

/// Alternates `tables` (the M step: counts → log prior of the classes, log table) with [`sweep`]
/// from vote shares until the limits are met. For models whose latent state is the class alone.
pub(crate) fn iterate(
    crowd: &Crowd,
    limits: Limits,
    mut tables: impl FnMut(&Counts, &mut Vec<f64>, &mut Vec<f64>),
) -> Fit {
    let mut posterior = crowd.vote_shares();
    let mut counts = Counts::of(crowd, &posterior);
    let mut prior = vec![0.0; crowd.classes()];
    let mut table = vec![0.0; counts.rows.len()];
    let mut fit = (0, false, 0.0);
    while fit.0 < limits.iterations && !fit.1 {
        tables(&counts, &mut prior, &mut table);
        let pass = sweep(crowd, 1, &prior, &table, &mut posterior, &mut counts);
        fit = (fit.0 + 1, pass.change < limits.tolerance, pass.evidence);
    }
    Fit { posterior, iterations: fit.0, converged: fit.1, evidence: fit.2 }
}

/// Log class prior (n_k + 1) / (n + K).
pub(crate) fn smoothed_prior(states: &[f64], prior: &mut [f64]) {
    let total = (states.iter().sum::<f64>() + states.len() as f64).ln();
    for (log, count) in prior.iter_mut().zip(states) {
        *log = (count + 1.0).ln() - total;
    }
}
