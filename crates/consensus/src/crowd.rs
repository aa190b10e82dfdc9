//! Who said what, by numbers: the form that every method works on.

/// Answers in canonical order, with gold.
///
/// Items, workers and classes are numbers from 0. A *row* is one (worker, label) pair that
/// occurs: all answers of one worker with one label share a row, so that a model of the worker is
/// a table with one line per row.
#[derive(Debug, Clone)]
pub struct Crowd {
    pub(crate) classes: usize,
    /// Where the answers of each item start; one more entry than items.
    pub(crate) starts: Vec<usize>,
    /// The row of each answer, item after item, ascending within an item.
    pub(crate) answer_rows: Vec<u32>,
    /// Where the rows of each worker start; one more entry than workers.
    pub(crate) row_starts: Vec<usize>,
    /// The class that each row stands for, ascending within a worker.
    pub(crate) row_labels: Vec<u32>,
    pub(crate) gold: Vec<Option<u32>>,
    /// One number per item that depends on its answers alone.
    pub(crate) seeds: Vec<u64>,
}

impl Crowd {
    /// How many items.
    pub fn items(&self) -> usize {
        self.gold.len()
    }

    /// How many workers.
    pub fn workers(&self) -> usize {
        self.row_starts.len() - 1
    }

    /// How many classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How many answers.
    pub fn answers(&self) -> usize {
        self.answer_rows.len()
    }

    /// How many (worker, label) pairs occur.
    pub(crate) fn rows(&self) -> usize {
        self.row_labels.len()
    }

    /// The rows of the answers of `item`.
    #[inline]
    pub(crate) fn rows_of(&self, item: usize) -> &[u32] {
        &self.answer_rows[self.starts[item]..self.starts[item + 1]]
    }

    /// How many answers `item` has.
    pub fn answers_of(&self, item: usize) -> usize {
        self.starts[item + 1] - self.starts[item]
    }

    /// The answers of `item` as (worker, class), in canonical order.
    pub fn votes(&self, item: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.rows_of(item).iter().map(|&row| (self.worker_of(row as usize), self.row_labels[row as usize] as usize))
    }

    /// The known class of `item`.
    pub fn gold(&self, item: usize) -> Option<usize> {
        self.gold[item].map(|class| class as usize)
    }

    /// How many items have gold.
    pub fn gold_items(&self) -> usize {
        self.gold.iter().flatten().count()
    }

    /// Whose row this is.
    pub(crate) fn worker_of(&self, row: usize) -> usize {
        self.row_starts.partition_point(|&start| start <= row) - 1
    }

    /// The worker of every row.
    pub(crate) fn row_workers(&self) -> Vec<u32> {
        let mut workers = Vec::with_capacity(self.rows());
        for (worker, bounds) in (0_u32..).zip(self.row_starts.windows(2)) {
            workers.resize(workers.len() + bounds[1] - bounds[0], worker);
        }
        workers
    }

    /// The same crowd with other gold, or none. Entries beyond the items or classes are ignored.
    pub fn with_gold(&self, gold: &[Option<usize>]) -> Self {
        let known = |item: usize| gold.get(item).copied().flatten().filter(|&class| class < self.classes);
        let gold = (0..self.items()).map(|item| known(item).and_then(|class| u32::try_from(class).ok())).collect();
        Self { gold, ..self.clone() }
    }

    /// The same crowd with only those answers that `keep` wants, asked with the item and the
    /// position of the answer among the item's.
    pub fn with_answers(&self, mut keep: impl FnMut(usize, usize) -> bool) -> Self {
        let mut kept = Self { starts: vec![0], answer_rows: Vec::new(), ..self.clone() };
        for item in 0..self.items() {
            let rows = self.rows_of(item).iter().enumerate().filter(|&(position, _)| keep(item, position));
            kept.answer_rows.extend(rows.map(|(_, &row)| row));
            kept.starts.push(kept.answer_rows.len());
        }
        kept
    }

    /// Vote shares per item (items × classes): gold is certain, an item without votes unknown.
    pub(crate) fn vote_shares(&self) -> Vec<f64> {
        let classes = self.classes;
        let mut shares = vec![0.0; self.items() * classes];
        if classes == 0 {
            return shares;
        }
        for (item, share) in shares.chunks_exact_mut(classes).enumerate() {
            let rows = self.rows_of(item);
            if let Some(class) = self.gold(item) {
                share[class] = 1.0;
            } else if rows.is_empty() {
                share.fill(1.0 / classes as f64);
            } else {
                let one = 1.0 / rows.len() as f64;
                rows.iter().for_each(|&row| share[self.row_labels[row as usize] as usize] += one);
            }
        }
        shares
    }
}
