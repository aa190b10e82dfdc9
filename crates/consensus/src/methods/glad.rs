//! GLAD: every worker has an ability, every item a difficulty.

use crate::crowd::Crowd;
use crate::em::{Fit, Limits};
use crate::math::softmax;

/// Rounds of Newton steps on abilities and difficulties in one M step.
const NEWTON_ROUNDS: usize = 3;
/// No Newton step is longer: the objective is not concave in an ability and an easiness together.
const LONGEST_STEP: f64 = 1.0;
/// Beyond these the logistic function is flat to within rounding.
const EASINESS_LOG_MAX: f64 = 6.0;
const ABILITY_MAX: f64 = 30.0;

/// J. Whitehill et al., *Whose Vote Should Count More* (NIPS 2009): a worker of ability α is right
/// on an item of easiness β > 0 with probability σ(αβ); wrong labels are equally probable.
///
/// Gaussian priors of variance 1 on α (mean 1) and ln β (mean 1), as in the authors' code and
/// crowd-kit; equally probable classes. The M step takes Newton steps in α and ln β by turns
/// instead of crowd-kit's truncated conjugate gradients, and EM stops when beliefs rest instead of
/// when the bound does, often after two iterations in crowd-kit. Labels differ on items near a tie.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Glad {
    /// When to stop.
    pub limits: Limits,
}

struct State {
    abilities: Vec<f64>,
    /// ln β per item.
    easiness: Vec<f64>,
}

impl Glad {
    /// Fits the model to `crowd`, which has at least two classes.
    pub fn fit(&self, crowd: &Crowd) -> Fit {
        let owners = crowd.row_workers();
        let mut state = State { abilities: vec![1.0; crowd.workers()], easiness: vec![1.0; crowd.items()] };
        let mut fit = Fit { posterior: crowd.vote_shares(), iterations: 0, converged: false, evidence: 0.0 };
        state.expect(crowd, &owners, &mut fit.posterior);
        while fit.iterations < self.limits.iterations && !fit.converged {
            for _ in 0..NEWTON_ROUNDS {
                state.step_abilities(crowd, &owners, &fit.posterior);
                state.step_easiness(crowd, &owners, &fit.posterior);
            }
            let (change, evidence) = state.expect(crowd, &owners, &mut fit.posterior);
            fit.iterations += 1;
            fit.evidence = evidence;
            fit.converged = change < self.limits.tolerance;
        }
        fit
    }
}

impl State {
    /// The E step; returns the largest change and the log evidence.
    fn expect(&self, crowd: &Crowd, owners: &[u32], posterior: &mut [f64]) -> (f64, f64) {
        let classes = crowd.classes();
        let spread = ((classes - 1) as f64).ln();
        let (mut change, mut evidence) = (0.0_f64, 0.0);
        let mut logs = vec![0.0; classes];
        for (item, belief) in posterior.chunks_exact_mut(classes).enumerate() {
            if crowd.gold(item).is_some() {
                continue;
            }
            logs.fill(0.0);
            let easiness = self.easiness[item].exp();
            for &row in crowd.rows_of(item) {
                // ln σ(x) − (ln σ(−x) − ln(K−1)) = x + ln(K−1).
                let x = self.abilities[owners[row as usize] as usize] * easiness;
                logs[crowd.row_labels[row as usize] as usize] += x + spread;
                evidence += -softplus(x) - spread;
            }
            evidence += softmax(&mut logs);
            for (old, &new) in belief.iter_mut().zip(&logs) {
                change = change.max((new - *old).abs());
                *old = new;
            }
        }
        (change, evidence)
    }

    /// One Newton step in every ability.
    fn step_abilities(&mut self, crowd: &Crowd, owners: &[u32], posterior: &[f64]) {
        let mut slopes: Vec<(f64, f64)> = self.abilities.iter().map(|ability| (1.0 - ability, 1.0)).collect();
        for (item, belief) in posterior.chunks_exact(crowd.classes()).enumerate() {
            let easiness = self.easiness[item].exp();
            for &row in crowd.rows_of(item) {
                let worker = owners[row as usize] as usize;
                let sigma = logistic(self.abilities[worker] * easiness);
                let right = belief[crowd.row_labels[row as usize] as usize];
                slopes[worker].0 += (right - sigma) * easiness;
                slopes[worker].1 += sigma * (1.0 - sigma) * easiness * easiness;
            }
        }
        for (ability, (slope, curvature)) in self.abilities.iter_mut().zip(slopes) {
            let step = (slope / curvature).clamp(-LONGEST_STEP, LONGEST_STEP);
            *ability = (*ability + step).clamp(-ABILITY_MAX, ABILITY_MAX);
        }
    }

    /// One step in every ln β, with the expected curvature, which is never negative.
    fn step_easiness(&mut self, crowd: &Crowd, owners: &[u32], posterior: &[f64]) {
        let classes = crowd.classes();
        for (item, log) in self.easiness.iter_mut().enumerate() {
            let easiness = log.exp();
            let (mut slope, mut curvature) = (1.0 - *log, 1.0);
            for &row in crowd.rows_of(item) {
                let x = self.abilities[owners[row as usize] as usize] * easiness;
                let sigma = logistic(x);
                let right = posterior[item * classes + crowd.row_labels[row as usize] as usize];
                slope += (right - sigma) * x;
                curvature += sigma * (1.0 - sigma) * x * x;
            }
            let step = (slope / curvature).clamp(-LONGEST_STEP, LONGEST_STEP);
            *log = (*log + step).clamp(-EASINESS_LOG_MAX, EASINESS_LOG_MAX);
        }
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// ln(1 + exp x) without overflow.
fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}
