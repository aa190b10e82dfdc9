//! An order of items, workers and labels that neither the order of rows nor names can change.
//!
//! Sums of floating-point numbers depend on their order, and some methods need a start that
//! differs between items. Both follow here from who answered what alone: colour refinement
//! (Weisfeiler & Leman, 1968) on the graph of answers. Names decide only between what the
//! answers cannot tell apart, where the order makes no difference to any result.

use crate::math::mix;

/// Rounds of refinement: far enough that on real crowds only true twins look alike.
const ROUNDS: usize = 3;

/// One number per item, worker and label, from the structure of the answers.
pub(crate) struct Keys {
    pub(crate) items: Vec<u64>,
    pub(crate) workers: Vec<u64>,
    pub(crate) labels: Vec<u64>,
    /// Answers with each label.
    pub(crate) counts: Vec<u64>,
}

/// Keys of `answers`, (item, worker, label) each once, and of (item, label) `gold`.
pub(crate) fn keys(answers: &[[u32; 3]], gold: &[(u32, u32)], sizes: [usize; 3]) -> Keys {
    let mut counts = vec![0_u64; sizes[2]];
    answers.iter().for_each(|&[_, _, label]| counts[label as usize] += 1);
    let mut labels: Vec<u64> = counts.iter().map(|&count| mix(count)).collect();
    let mut workers = vec![0_u64; sizes[1]];
    let mut items = vec![0_u64; sizes[0]];
    for round in 0..ROUNDS {
        let mut next = vec![0_u64; sizes[1]];
        for &[item, worker, label] in answers {
            add(&mut next[worker as usize], items[item as usize], labels[label as usize]);
        }
        workers = next;
        let mut next = vec![0_u64; sizes[0]];
        for &[item, worker, label] in answers {
            add(&mut next[item as usize], workers[worker as usize], labels[label as usize]);
        }
        for &(item, label) in gold {
            add(&mut next[item as usize], u64::MAX, labels[label as usize]);
        }
        items = next;
        if round + 1 < ROUNDS {
            let mut next: Vec<u64> = labels.iter().map(|&label| mix(label)).collect();
            for &[item, worker, label] in answers {
                add(&mut next[label as usize], items[item as usize], workers[worker as usize]);
            }
            labels = next;
        }
    }
    Keys { items, workers, labels, counts }
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
