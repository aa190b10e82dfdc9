//! Answers in, one calibrated probability per class and a model of every worker out.

use crate::calibration::{self, Calibration, temper};
use crate::crowd::Crowd;
use crate::em::Fit;
use crate::math::{argmax, probabilities};
use crate::methods::{Method, one_coin::right_answers, pool::Members, pool::Pool};
use serde::{Deserialize, Serialize};

/// Pseudo-answers that draw a worker's accuracy towards the crowd's mean.
const SHRINKAGE: f64 = 4.0;

/// What a method concludes from a crowd's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Consensus {
    /// How it was reached.
    pub method: Method,
    /// Classes per item.
    pub classes: usize,
    /// Items × classes. Each item's entries sum to 1 and none is 0 or 1, not even on gold.
    pub posterior: Vec<f64>,
    /// The most probable class of each item, which on gold is the gold.
    pub labels: Vec<usize>,
    /// One per worker.
    pub workers: Vec<WorkerModel>,
    /// How beliefs were weighted and calibrated; `None` when there was too little gold to, and
    /// then the probabilities are likely too sure.
    pub calibration: Option<Calibration>,
    /// Iterations taken, over all members of a pool.
    pub iterations: usize,
    /// Whether the method came to rest.
    pub converged: bool,
}

/// What the consensus says about one worker.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct WorkerModel {
    /// Answers given.
    pub answers: usize,
    /// Probability that an answer is right: the expected share of right ones, drawn towards the
    /// crowd's mean by four pseudo-answers.
    pub accuracy: f64,
    /// Gold items answered rightly.
    pub gold_right: u32,
    /// Gold items answered wrongly.
    pub gold_wrong: u32,
}

impl Consensus {
    /// The consensus of `crowd` by `method`.
    ///
    /// Gold is fixed evidence. With [`calibration::GOLD_MIN`] gold items or more that have
    /// answers, the method is first run without them to see how far it can be trusted: the
    /// temperature, and the weights of the pool's members, are fitted to what it says about them
    /// then. Any crowd is accepted; the same answers give the same bits in whatever order rows
    /// came and however many threads there are.
    pub fn new(crowd: &Crowd, method: Method) -> Self {
        let (fit, calibration) = if crowd.classes() < 2 {
            (method.fit(crowd), None)
        } else if method == Method::Pool {
            pooled(crowd)
        } else {
            let calibration = calibrate(crowd, |blind| (vec![method.fit(blind)], vec![1.0]));
            (method.fit(crowd), calibration)
        };
        Self::finish(crowd, method, fit, calibration)
    }

    /// The same with gold as evidence only: beliefs as the models hold them, too sure as a rule.
    pub fn uncalibrated(crowd: &Crowd, method: Method) -> Self {
        Self::finish(crowd, method, method.fit(crowd), None)
    }

    fn finish(crowd: &Crowd, method: Method, fit: Fit, calibration: Option<Calibration>) -> Self {
        let classes = crowd.classes();
        let mut posterior = fit.posterior;
        let mut labels = Vec::with_capacity(crowd.items());
        for (item, belief) in posterior.chunks_exact_mut(classes.max(1)).enumerate() {
            labels.push(crowd.gold(item).unwrap_or_else(|| argmax(belief)));
            match &calibration {
                Some(calibration) if crowd.gold(item).is_none() => temper(belief, calibration.temperature),
                _ => probabilities(belief),
            }
        }
        let workers = workers(crowd, &posterior);
        let (iterations, converged) = (fit.iterations, fit.converged);
        Self { method, classes, posterior, labels, workers, calibration, iterations, converged }
    }

    /// The probability of each class of `item`.
    pub fn posterior(&self, item: usize) -> &[f64] {
        &self.posterior[item * self.classes..(item + 1) * self.classes]
    }

    /// The probability of the most probable class of `item`.
    pub fn probability(&self, item: usize) -> f64 {
        self.posterior(item)[self.labels[item]]
    }

    /// Items by how uncertain they are, the most uncertain first: the order in which one more
    /// answer, or a reviewer's time, tells most. Uncertainty is the entropy of the posterior.
    pub fn by_uncertainty(&self) -> Vec<usize> {
        let entropy = |item: &usize| -self.posterior(*item).iter().map(|p| p * p.ln()).sum::<f64>();
        let mut items: Vec<(f64, usize)> = (0..self.labels.len()).map(|item| (entropy(&item), item)).collect();
        items.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        items.into_iter().map(|(_, item)| item).collect()
    }
}

/// The pool: weighted on gold when there is enough, evenly otherwise.
fn pooled(crowd: &Crowd) -> (Fit, Option<Calibration>) {
    let pool = Pool::default();
    let calibration = calibrate(crowd, |blind| {
        let members = pool.members(blind);
        let even = vec![1.0 / 3.0; 3];
        (members.fits.into(), even)
    });
    let members = pool.members(crowd);
    let weights = calibration.as_ref().map_or_else(|| members.even_weights(), |c| weights_of(&members, c));
    (members.averaged(weights), calibration)
}

fn weights_of(members: &Members, calibration: &Calibration) -> [f64; 3] {
    <[f64; 3]>::try_from(calibration.weights.as_slice()).unwrap_or_else(|_| members.even_weights())
}

/// Runs `fits` on the crowd without its gold and compares what it says with the gold.
fn calibrate(crowd: &Crowd, fits: impl FnOnce(&Crowd) -> (Vec<Fit>, Vec<f64>)) -> Option<Calibration> {
    let gold: Vec<(usize, usize)> = (0..crowd.items())
        .filter(|&item| crowd.answers_of(item) > 0)
        .filter_map(|item| Some((item, crowd.gold(item)?)))
        .collect();
    if gold.len() < calibration::GOLD_MIN {
        return None;
    }
    let (fits, even) = fits(&crowd.with_gold(&[]));
    let classes = crowd.classes();
    let beliefs = |item: usize| fits.iter().map(|fit| &fit.posterior[item * classes..(item + 1) * classes]).collect();
    let members: Vec<Vec<&[f64]>> = gold.iter().map(|&(item, _)| beliefs(item)).collect();
    let truth: Vec<usize> = gold.iter().map(|&(_, class)| class).collect();
    calibration::fit(&members, &truth, &even)
}

fn workers(crowd: &Crowd, posterior: &[f64]) -> Vec<WorkerModel> {
    if crowd.classes() == 0 {
        let unknown = WorkerModel { answers: 0, accuracy: 0.5, gold_right: 0, gold_wrong: 0 };
        return vec![unknown; crowd.workers()];
    }
    let owners = crowd.row_workers();
    let right = right_answers(crowd, &owners, posterior);
    let mut counts = vec![(0_usize, 0_u32, 0_u32); crowd.workers()];
    for item in 0..crowd.items() {
        let gold = crowd.gold(item);
        for (worker, class) in crowd.votes(item) {
            let count = &mut counts[worker];
            count.0 += 1;
            match gold {
                Some(truth) if truth == class => count.1 += 1,
                Some(_) => count.2 += 1,
                None => {}
            }
        }
    }
    let mean = (right.iter().sum::<f64>() + 2.0) / (crowd.answers() as f64 + 3.0);
    let model = |(right, (answers, gold_right, gold_wrong)): (f64, (usize, u32, u32))| {
        let accuracy = (right + SHRINKAGE * mean) / (answers as f64 + SHRINKAGE);
        WorkerModel { answers, accuracy, gold_right, gold_wrong }
    };
    right.into_iter().zip(counts).map(model).collect()
}
