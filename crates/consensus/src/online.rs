//! The stopping model kept up to date answer by answer.

use crate::crowd::Crowd;
use crate::math::{digamma, probabilities, softmax};

/// Pseudo-answers of the model: right, and per wrong label, in each class of each worker.
const RIGHT: f64 = 4.0;
const WRONG: f64 = 1.0;
/// Passes over the answered item: its belief and its workers' counts depend on each other.
const PASSES: usize = 2;
/// [`Online::refresh`] is worth its price after so many answers, or this share of all of them.
const REFRESH_ANSWERS: usize = 200;
const REFRESH_SHARE: f64 = 0.02;

/// Variational Dawid–Skene, [`crate::methods::dawid_skene::DawidSkene`] with its default prior,
/// updated one answer at a time.
///
/// An answer re-weighs all answers of its item and corrects the confusion counts of those who
/// gave them: O(answers of the item × classes), whatever the size of the crowd. Other items keep
/// their beliefs until [`Online::refresh`], which sweeps over all items until nothing moves and
/// then satisfies the same equations as the batch fit. On crowds that gold or able workers make
/// identifiable both end in the same place: within 0.01 in every probability after a refresh, and
/// within 0.03 on average without one, as the tests check; a batch fit from vote shares, which
/// does not depend on the order of arrival, decides what is released.
///
/// Items, workers and classes are numbers from 0 that the caller gives; they may come in any order.
#[derive(Debug, Clone)]
pub struct Online {
    classes: usize,
    /// Expected items per class, and votes per class as shares of each item's.
    class_counts: Vec<f64>,
    class_shares: Vec<f64>,
    workers: Vec<Worker>,
    items: Vec<Item>,
    answers: usize,
    since_refresh: usize,
}

/// Expected answers: classes × labels, and their sums over labels.
#[derive(Debug, Clone, Default)]
struct Worker {
    counts: Vec<f64>,
    totals: Vec<f64>,
}

#[derive(Debug, Clone, Default)]
struct Item {
    /// (worker, class).
    votes: Vec<(usize, usize)>,
    belief: Vec<f64>,
    gold: Option<usize>,
}

impl Online {
    /// A model that has seen nothing yet, of so many classes.
    pub fn new(classes: usize) -> Self {
        Self {
            classes,
            class_counts: vec![0.0; classes],
            class_shares: vec![0.0; classes],
            workers: Vec::new(),
            items: Vec::new(),
            answers: 0,
            since_refresh: 0,
        }
    }

    /// A model that knows all answers and gold of `crowd`, refreshed.
    pub fn from_crowd(crowd: &Crowd) -> Self {
        let mut online = Self::new(crowd.classes());
        for item in 0..crowd.items() {
            if let Some(class) = crowd.gold(item) {
                online.gold(item, class);
            }
            crowd.votes(item).for_each(|(worker, class)| drop(online.answer(item, worker, class)));
        }
        online.refresh(150, 1e-4);
        online
    }

    /// Takes an answer and returns the new probabilities of its item's classes.
    ///
    /// The same answer again changes nothing; another answer of the same worker about the same
    /// item is one more answer, as in the batch. `None` if there is no such class.
    pub fn answer(&mut self, item: usize, worker: usize, class: usize) -> Option<Vec<f64>> {
        if class >= self.classes {
            return None;
        }
        self.make_room(item, worker);
        if !self.items[item].votes.contains(&(worker, class)) {
            self.take_share(item, -1.0);
            self.items[item].votes.push((worker, class));
            self.take_share(item, 1.0);
            let belief = std::mem::take(&mut self.items[item].belief);
            self.workers[worker].add(class, &belief, self.classes);
            self.items[item].belief = belief;
            self.answers += 1;
            self.since_refresh += 1;
            for _ in 0..PASSES {
                self.update(item);
            }
        }
        Some(self.posterior(item))
    }

    /// Takes the known class of an item. Out of range, it is ignored.
    pub fn gold(&mut self, item: usize, class: usize) {
        if class < self.classes {
            self.make_room(item, 0);
            self.take_share(item, -1.0);
            self.items[item].gold = Some(class);
            self.take_share(item, 1.0);
            self.update(item);
        }
    }

    /// The probabilities of the classes of `item`: those of the prior if nothing is known of it.
    pub fn posterior(&self, item: usize) -> Vec<f64> {
        let known = self.items.get(item).filter(|item| !item.belief.is_empty());
        let mut posterior = known.map_or_else(|| self.prior(), |item| item.belief.clone());
        probabilities(&mut posterior);
        posterior
    }

    /// Whether enough answers came since the last [`Online::refresh`] to make another worth it.
    pub fn is_due(&self) -> bool {
        let share = (REFRESH_SHARE * self.answers as f64) as usize;
        self.since_refresh >= share.max(REFRESH_ANSWERS)
    }

    /// Sweeps over all items until no probability moves by `tolerance`, or so many times.
    /// Returns the sweeps made.
    pub fn refresh(&mut self, sweeps: usize, tolerance: f64) -> usize {
        self.since_refresh = 0;
        for sweep in 1..=sweeps {
            let change = (0..self.items.len()).map(|item| self.update(item)).fold(0.0, f64::max);
            if change < tolerance {
                return sweep;
            }
        }
        sweeps
    }

    fn make_room(&mut self, item: usize, worker: usize) {
        if item >= self.items.len() {
            self.items.resize_with(item + 1, Item::default);
        }
        if worker >= self.workers.len() {
            self.workers.resize_with(worker + 1, Worker::default);
        }
        if self.items[item].belief.is_empty() {
            let prior = self.prior();
            self.class_counts.iter_mut().zip(&prior).for_each(|(count, part)| *count += part);
            self.items[item].belief = prior;
        }
    }

    fn prior(&self) -> Vec<f64> {
        let mut prior: Vec<f64> = self.log_prior();
        softmax(&mut prior);
        prior
    }

    /// Expected log probability of each class, up to a constant.
    fn log_prior(&self) -> Vec<f64> {
        // Before the first vote every class has the same small share.
        let even = 1.0 / self.classes as f64;
        let pairs = self.class_counts.iter().zip(&self.class_shares);
        pairs.map(|(count, share)| digamma((count + share).max(even))).collect()
    }

    /// Adds the vote shares of an item to those of all, or takes them away.
    fn take_share(&mut self, item: usize, sign: f64) {
        let item = &self.items[item];
        if let Some(class) = item.gold {
            self.class_shares[class] += sign;
        } else {
            let one = sign / item.votes.len().max(1) as f64;
            item.votes.iter().for_each(|&(_, class)| self.class_shares[class] += one);
        }
    }

    /// Weighs the answers of one item anew; returns the largest change of a probability.
    fn update(&mut self, number: usize) -> f64 {
        if self.items[number].belief.is_empty() {
            return 0.0;
        }
        let mut logs = self.log_prior();
        for &(worker, class) in &self.items[number].votes {
            self.workers[worker].add_logs(class, &mut logs);
        }
        softmax(&mut logs);
        if let Some(gold) = self.items[number].gold {
            logs.iter_mut().enumerate().for_each(|(class, belief)| *belief = f64::from(u8::from(class == gold)));
        }
        let item = &mut self.items[number];
        let mut change = 0.0_f64;
        for ((belief, new), count) in item.belief.iter_mut().zip(&mut logs).zip(&mut self.class_counts) {
            let difference = *new - *belief;
            change = change.max(difference.abs());
            *belief = *new;
            *new = difference;
            *count += difference;
        }
        for &(worker, class) in &item.votes {
            self.workers[worker].add(class, &logs, self.classes);
        }
        change
    }
}

impl Worker {
    /// Counts an answer `label` given to an item of these expected classes.
    fn add(&mut self, label: usize, belief: &[f64], classes: usize) {
        if self.totals.is_empty() {
            self.totals = vec![RIGHT + WRONG * (classes - 1) as f64; classes];
            self.counts = vec![WRONG; classes * classes];
            (0..classes).for_each(|class| self.counts[class * classes + class] = RIGHT);
        }
        for (class, part) in belief.iter().enumerate() {
            self.counts[class * classes + label] += part;
            self.totals[class] += part;
        }
    }

    fn add_logs(&self, label: usize, logs: &mut [f64]) {
        let classes = logs.len();
        for (class, log) in logs.iter_mut().enumerate() {
            // Counts are sums of differences: rounding may leave them a hair below the prior.
            let count = self.counts[class * classes + label].max(f64::EPSILON);
            *log += digamma(count) - digamma(self.totals[class].max(f64::EPSILON));
        }
    }
}
