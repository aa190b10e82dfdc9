//! An order of items, workers and labels that neither the order of rows nor names can change.
//!
//! Sums of floating-point numbers depend on their order, and some methods need a start that
//! differs between items. Both follow here from who answered what alone: colour refinement
//! (Weisfeiler & Leman, 1968) on the graph of answers. Names decide only between what the
//! answers cannot tell apart, where the order makes no difference to any result.

use crate::math::mix;

/// Rounds of refinement that every crowd gets: on real crowds only true twins look alike then.
const ROUNDS: usize = 3;
/// Rounds after which refinement ends in any case: long chains of workers with two items each
/// would otherwise take as many rounds as they have links.
const ROUNDS_MAX: usize = 256;

/// Numbers of items, workers and labels, from the structure of the answers.
pub(crate) struct Keys {
    /// After [`ROUNDS`]: one number each, which depends on the answers near it alone.
    pub(crate) near: Numbers,
    /// After as many rounds as tell any two apart that can be told apart.
    pub(crate) far: Numbers,
    /// Answers with each label.
    pub(crate) counts: Vec<u64>,
}

/// One number per item, worker and label.
#[derive(Clone)]
pub(crate) struct Numbers {
    pub(crate) items: Vec<u64>,
    pub(crate) workers: Vec<u64>,
    pub(crate) labels: Vec<u64>,
}

/// Keys of `answers`, (item, worker, label) each once, and of (item, label) `gold`.
pub(crate) fn keys(answers: &[[u32; 3]], gold: &[(u32, u32)], sizes: [usize; 3]) -> Keys {
    let mut counts = vec![0_u64; sizes[2]];
    answers.iter().for_each(|&[_, _, label]| counts[label as usize] += 1);
    let labels: Vec<u64> = counts.iter().map(|&count| mix(count)).collect();
    let mut far = Numbers { items: vec![0; sizes[0]], workers: vec![0; sizes[1]], labels };
    let mut near = None;
    let mut known = 0;
    for round in 1..=ROUNDS_MAX {
        far.refine(answers, gold);
        if round >= ROUNDS {
            near.get_or_insert_with(|| far.clone());
            let told_apart = distinct(&far.items) + distinct(&far.workers) + distinct(&far.labels);
            // All are, or nothing more can be.
            if told_apart == sizes.iter().sum::<usize>() || told_apart == known {
                break;
            }
            known = told_apart;
        }
        far.refine_labels(answers);
    }
    Keys { near: near.unwrap_or_else(|| far.clone()), far, counts }
}

impl Numbers {
    /// Workers by their answers, items by their workers.
    fn refine(&mut self, answers: &[[u32; 3]], gold: &[(u32, u32)]) {
        let mut next = vec![0_u64; self.workers.len()];
        for &[item, worker, label] in answers {
            add(&mut next[worker as usize], self.items[item as usize], self.labels[label as usize]);
        }
        self.workers = next;
        let mut next = vec![0_u64; self.items.len()];
        for &[item, worker, label] in answers {
            add(&mut next[item as usize], self.workers[worker as usize], self.labels[label as usize]);
        }
        for &(item, label) in gold {
            add(&mut next[item as usize], u64::MAX, self.labels[label as usize]);
        }
        self.items = next;
    }

    /// Labels by who gives them to what.
    fn refine_labels(&mut self, answers: &[[u32; 3]]) {
        let mut next: Vec<u64> = self.labels.iter().map(|&label| mix(label)).collect();
        for &[item, worker, label] in answers {
            add(&mut next[label as usize], self.items[item as usize], self.workers[worker as usize]);
        }
        self.labels = next;
    }
}

fn distinct(keys: &[u64]) -> usize {
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    sorted.len()
}

/// Adds a neighbour; addition, because neighbours come in any order.
fn add(key: &mut u64, one: u64, other: u64) {
    *key = key.wrapping_add(mix(one ^ other.rotate_left(23)));
}

/// Numbers `0..size` sorted by `key`.
pub(crate) fn order<K: Ord>(size: usize, key: impl Fn(usize) -> K) -> Vec<u32> {
    let mut order: Vec<u32> = (0..u32::try_from(size).unwrap_or(u32::MAX)).collect();
    order.sort_unstable_by_key(|&number| key(number as usize));
    order
}

/// Where each number stands in `order`.
pub(crate) fn ranks(order: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    for (rank, &number) in (0_u32..).zip(order) {
        ranks[number as usize] = rank;
    }
    ranks
}
