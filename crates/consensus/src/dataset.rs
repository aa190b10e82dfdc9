//! Named answers in, numbered answers in canonical order out.

use crate::canonical::{Keys, keys, order, ranks};
use crate::crowd::Crowd;
use crate::names::{Interner, Names};
use std::fmt;

/// More cells than this (8 bytes each) no table of a model may need: half a GB.
const CELLS_MAX: usize = 1 << 26;

/// What one person said about one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Answer<'a> {
    /// What was asked about.
    pub item: &'a str,
    /// Who answered; a model whose predictions are imported is one more worker.
    pub worker: &'a str,
    /// What was said.
    pub label: &'a str,
}

/// Why answers cannot be aggregated as categories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildError {
    /// Items × labels would not fit in memory: the labels are probably free text or numbers.
    TooManyLabels {
        /// Distinct labels.
        labels: usize,
    },
    /// An item has two different gold labels.
    ConflictingGold {
        /// The item.
        item: String,
    },
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyLabels { labels } => write!(
                f,
                "There are {labels} different labels, too many for a vote between categories. Are they text or numbers? Then choose a method for those."
            ),
            Self::ConflictingGold { item } => {
                write!(f, "The gold for “{item}” says two different things. Keep one of them.")
            }
        }
    }
}

impl std::error::Error for BuildError {}

/// Collects answers and gold, then builds a [`Dataset`].
#[derive(Debug, Default)]
pub struct Builder {
    items: Interner,
    workers: Interner,
    labels: Interner,
    answers: Vec<[u32; 3]>,
    gold: Vec<(u32, u32)>,
}

impl Builder {
    /// Takes an answer.
    ///
    /// The same label twice from one worker about one item counts once. Different labels from one
    /// worker about one item are each kept once, as published comparisons do: no row says which
    /// of them is meant, and under a symmetric model they cancel each other out.
    pub fn answer(&mut self, answer: Answer<'_>) {
        let numbers =
            [self.items.number(answer.item), self.workers.number(answer.worker), self.labels.number(answer.label)];
        self.answers.push(numbers);
    }

    /// Takes the known label of an item, answered or not.
    pub fn gold(&mut self, item: &str, label: &str) {
        self.gold.push((self.items.number(item), self.labels.number(label)));
    }

    /// Declares a label that is possible even if nobody chose it.
    pub fn label(&mut self, label: &str) {
        self.labels.number(label);
    }

    /// Sorts, removes repetitions and numbers everything in canonical order: items and workers
    /// by the structure of their answers, labels by frequency, so that the first of equally
    /// probable labels is the more frequent one.
    ///
    /// # Errors
    /// [`BuildError`] when the labels are too many, or gold contradicts itself.
    pub fn build(mut self) -> Result<Dataset, BuildError> {
        self.answers.sort_unstable();
        self.answers.dedup();
        self.gold.sort_unstable();
        self.gold.dedup();
        if let Some(pair) = self.gold.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(BuildError::ConflictingGold { item: self.items.names.get(pair[0].0 as usize).to_owned() });
        }
        let (items, workers, labels) = (self.items.names, self.workers.names, self.labels.names);
        let keys = keys(&self.answers, &self.gold, [items.len(), workers.len(), labels.len()]);
        let Keys { near, far, counts } = &keys;
        let item_order = order(items.len(), |item| (near.items[item], far.items[item], items.get(item)));
        let worker_order =
            order(workers.len(), |worker| (near.workers[worker], far.workers[worker], workers.get(worker)));
        let label_order = order(labels.len(), |label| {
            (std::cmp::Reverse(counts[label]), near.labels[label], far.labels[label], labels.get(label))
        });
        let crowd = number(self.answers, &self.gold, keys, [&item_order, &worker_order, &label_order]);
        let cells = (crowd.items() + crowd.rows()).saturating_mul(crowd.classes());
        if cells > CELLS_MAX {
            return Err(BuildError::TooManyLabels { labels: labels.len() });
        }
        Ok(Dataset {
            items: items.arranged(&item_order),
            workers: workers.arranged(&worker_order),
            labels: labels.arranged(&label_order),
            crowd,
        })
    }
}

/// Answers sorted by item (old numbers) become a [`Crowd`] in the given orders.
fn number(mut answers: Vec<[u32; 3]>, gold: &[(u32, u32)], keys: Keys, orders: [&[u32]; 3]) -> Crowd {
    let [items, workers, labels] = orders.map(ranks);
    for answer in &mut answers {
        *answer = [answer[0], workers[answer[1] as usize], labels[answer[2] as usize]];
    }
    let (row_starts, row_labels) = rows(&answers, workers.len());
    let mut old_starts = vec![0_usize; items.len() + 1];
    answers.iter().for_each(|answer| old_starts[answer[0] as usize + 1] += 1);
    for item in 0..items.len() {
        old_starts[item + 1] += old_starts[item];
    }
    let mut starts = Vec::with_capacity(items.len() + 1);
    let mut answer_rows = Vec::with_capacity(answers.len());
    starts.push(0);
    for &old in orders[0] {
        let first = answer_rows.len();
        for &[_, worker, label] in &answers[old_starts[old as usize]..old_starts[old as usize + 1]] {
            let (from, to) = (row_starts[worker as usize], row_starts[worker as usize + 1]);
            let place = row_labels[from..to].binary_search(&label).unwrap_or_default();
            answer_rows.push(u32::try_from(from + place).unwrap_or(u32::MAX));
        }
        answer_rows[first..].sort_unstable();
        starts.push(answer_rows.len());
    }
    let mut known = vec![None; items.len()];
    for &(item, label) in gold {
        known[items[item as usize] as usize] = Some(labels[label as usize]);
    }
    let seeds = orders[0].iter().map(|&old| keys.near.items[old as usize]).collect();
    Crowd { classes: labels.len(), starts, answer_rows, row_starts, row_labels, gold: known, seeds }
}

/// The distinct labels of each worker, ascending, one list behind the other, and where each starts.
fn rows(answers: &[[u32; 3]], workers: usize) -> (Vec<usize>, Vec<u32>) {
    let mut starts = vec![0_usize; workers + 1];
    answers.iter().for_each(|answer| starts[answer[1] as usize + 1] += 1);
    for worker in 0..workers {
        starts[worker + 1] += starts[worker];
    }
    let mut next = starts.clone();
    let mut sorted = vec![0_u32; answers.len()];
    for &[_, worker, label] in answers {
        sorted[next[worker as usize]] = label;
        next[worker as usize] += 1;
    }
    let mut row_starts = vec![0];
    let mut row_labels = Vec::new();
    for worker in 0..workers {
        let own = &mut sorted[starts[worker]..starts[worker + 1]];
        own.sort_unstable();
        let mut previous = None;
        for &label in own.iter().filter(|&&label| previous.replace(label) != Some(label)) {
            row_labels.push(label);
        }
        row_starts.push(row_labels.len());
    }
    (row_starts, row_labels)
}

/// Answers with their names.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Names of the items, by number.
    pub items: Names,
    /// Names of the workers, by number.
    pub workers: Names,
    /// Names of the labels, by class number.
    pub labels: Names,
    /// Who said what, by numbers.
    pub crowd: Crowd,
}

impl Dataset {
    /// A dataset of these answers, without gold.
    ///
    /// # Errors
    /// As [`Builder::build`].
    pub fn new<'a>(answers: impl IntoIterator<Item = Answer<'a>>) -> Result<Self, BuildError> {
        let mut builder = Builder::default();
        answers.into_iter().for_each(|answer| builder.answer(answer));
        builder.build()
    }
}
