//! Synthetic crowds that a seed decides: people of all sorts judging items of all sorts.
#![allow(dead_code)]

use consensus::{Answer, BuildError, Builder, Consensus, Crowd, Dataset};
use std::collections::BTreeMap;

/// A stream of numbers that looks like chance and repeats itself (PCG XSH-RR's generator step).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut chance = Self(seed ^ 0x5DEE_CE66_D1CE_5EED);
        chance.next();
        chance.next();
        chance
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = self.0;
        ((x >> ((x >> 59) + 5)) ^ x).wrapping_mul(12_605_985_483_714_917_081) ^ (x >> 43)
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        ((self.unit() * bound as f64) as usize).min(bound.saturating_sub(1))
    }

    /// About normal, with mean 0 and deviation 1 (sum of twelve, Irwin–Hall).
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for last in (1..values.len()).rev() {
            values.swap(last, self.below(last + 1));
        }
    }
}

/// What a synthetic crowd is like.
#[derive(Clone, Copy)]
pub struct Recipe {
    pub items: usize,
    pub workers: usize,
    pub classes: usize,
    /// Answers per item.
    pub redundancy: usize,
    /// Mean and deviation of workers' skill.
    pub skill: (f64, f64),
    /// Share of workers who answer at random.
    pub spammers: f64,
    /// Share of wrong answers that are the one mistake everybody makes with this class.
    pub systematic: f64,
    /// Share of items that fool most people in the same way.
    pub traps: f64,
    /// How much more frequent each class is than the next one.
    pub imbalance: f64,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            items: 300,
            workers: 30,
            classes: 3,
            redundancy: 7,
            skill: (0.75, 0.12),
            spammers: 0.1,
            systematic: 0.3,
            traps: 0.05,
            imbalance: 1.0,
        }
    }
}

/// Answers by number, (item, worker, class), and the truth.
pub struct Synthetic {
    pub answers: Vec<[usize; 3]>,
    pub truth: Vec<usize>,
}

impl Recipe {
    pub fn make(&self, seed: u64) -> Synthetic {
        let mut chance = Chance::new(seed);
        let weights: Vec<f64> = (0..self.classes).map(|class| self.imbalance.powi(-(class as i32))).collect();
        let total: f64 = weights.iter().sum();
        let skills: Vec<f64> = (0..self.workers)
            .map(|_| {
                let skilled = (self.skill.0 + self.skill.1 * chance.normal()).clamp(0.02, 0.99);
                if chance.unit() < self.spammers { 1.0 / self.classes as f64 } else { skilled }
            })
            .collect();
        // A few people do most of the work, as in every crowd.
        let ranks: Vec<f64> = (0..self.workers).map(|rank| 1.0 / (rank as f64 + 3.0)).collect();
        let mut cumulative = Vec::with_capacity(self.workers);
        ranks.iter().fold(0.0, |sum, rank| {
            cumulative.push(sum + rank);
            sum + rank
        });
        let all = cumulative.last().copied().unwrap_or(0.0);
        let mut synthetic = Synthetic { answers: Vec::new(), truth: Vec::with_capacity(self.items) };
        for item in 0..self.items {
            let mut left = chance.unit() * total;
            let truth = weights
                .iter()
                .position(|weight| {
                    left -= weight;
                    left < 0.0
                })
                .unwrap_or(self.classes - 1);
            let trap = (chance.unit() < self.traps).then(|| chance.below(self.classes));
            let mut asked = Vec::with_capacity(self.redundancy);
            while asked.len() < self.redundancy.min(self.workers) {
                let place = chance.unit() * all;
                let mut worker = cumulative.partition_point(|sum| *sum <= place).min(self.workers - 1);
                while asked.contains(&worker) {
                    worker = (worker + 1) % self.workers;
                }
                asked.push(worker);
                let class = if chance.unit() < skills[worker] {
                    trap.filter(|_| chance.unit() < 0.7).unwrap_or(truth)
                } else if chance.unit() < self.systematic {
                    (truth + 1) % self.classes
                } else {
                    (truth + 1 + chance.below(self.classes.saturating_sub(1).max(1))) % self.classes
                };
                synthetic.answers.push([item, worker, class]);
            }
            synthetic.truth.push(truth);
        }
        synthetic
    }
}

impl Synthetic {
    /// As a dataset with plain names.
    pub fn dataset(&self) -> Result<Dataset, BuildError> {
        named(
            &self.answers,
            |item| format!("item{item}"),
            |worker| format!("worker{worker}"),
            |label| format!("label{label}"),
        )
    }

    /// The true class of each of the dataset's items, by its numbers.
    pub fn truth_of(&self, data: &Dataset) -> Vec<Option<usize>> {
        let class = |item: &str| {
            let truth = format!("label{}", self.truth[item.trim_start_matches("item").parse::<usize>().unwrap_or(0)]);
            data.labels.iter().position(|label| label == truth)
        };
        data.items.iter().map(class).collect()
    }
}

/// A dataset of numbered answers under any names.
pub fn named(
    answers: &[[usize; 3]],
    item: impl Fn(usize) -> String,
    worker: impl Fn(usize) -> String,
    label: impl Fn(usize) -> String,
) -> Result<Dataset, BuildError> {
    let mut builder = Builder::default();
    for &[i, w, l] in answers {
        builder.answer(Answer { item: &item(i), worker: &worker(w), label: &label(l) });
    }
    builder.build()
}

/// Share of items whose label is the truth, in per cent.
pub fn accuracy(labels: &[usize], truth: &[Option<usize>]) -> f64 {
    let known: Vec<bool> = labels.iter().zip(truth).filter_map(|(label, truth)| Some(*label == (*truth)?)).collect();
    100.0 * known.iter().filter(|right| **right).count() as f64 / known.len().max(1) as f64
}

/// Probabilities are probabilities, none of them certain, and gold stands.
pub fn assert_sane(crowd: &Crowd, consensus: &Consensus) {
    assert_eq!(consensus.labels.len(), crowd.items());
    for item in 0..crowd.items() {
        let belief = consensus.posterior(item);
        assert!(belief.iter().all(|p| *p > 0.0 && *p < 1.0), "{}: {belief:?}", consensus.method);
        assert!((belief.iter().sum::<f64>() - 1.0).abs() < 1e-6, "{}: {belief:?}", consensus.method);
        if let Some(gold) = crowd.gold(item) {
            assert_eq!(consensus.labels[item], gold, "{} contradicts gold", consensus.method);
            assert!(belief[gold] > 0.999, "{} doubts gold", consensus.method);
        }
    }
    for worker in &consensus.workers {
        assert!(worker.accuracy > 0.0 && worker.accuracy < 1.0, "{worker:?}");
    }
}

/// Every probability by the names of item and label, to the bit.
pub fn by_name(data: &Dataset, consensus: &Consensus) -> BTreeMap<(String, String), u64> {
    let mut named = BTreeMap::new();
    for (item, name) in data.items.iter().enumerate() {
        for (label, p) in data.labels.iter().zip(consensus.posterior(item)) {
            named.insert((name.to_owned(), label.to_owned()), p.to_bits());
        }
    }
    named
}
