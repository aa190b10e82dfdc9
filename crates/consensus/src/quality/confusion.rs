//! What is taken for what, by whom.

use crate::consensus::Consensus;
use crate::crowd::Crowd;

/// Counts of (true class, label) pairs; expected counts where the truth is a probability.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    /// How many classes.
    pub classes: usize,
    /// Classes × labels.
    pub counts: Vec<f64>,
}

impl Confusion {
    /// No counts yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0.0; classes * classes] }
    }

    /// The expected count of `label` given where `class` is true; 0 out of range.
    pub fn count(&self, class: usize, label: usize) -> f64 {
        if class < self.classes && label < self.classes { self.counts[class * self.classes + label] } else { 0.0 }
    }

    /// Of what is truly `class`, the share that got `label`; `None` if nothing is.
    pub fn share(&self, class: usize, label: usize) -> Option<f64> {
        let all: f64 = (0..self.classes).map(|label| self.count(class, label)).sum();
        (all > 0.0).then(|| self.count(class, label) / all)
    }

    /// The mistakes by expected count, the most frequent first: (class, label, count).
    pub fn mistakes(&self) -> Vec<(usize, usize, f64)> {
        let cells = (0..self.classes).flat_map(|class| (0..self.classes).map(move |label| (class, label)));
        let mut mistakes: Vec<(usize, usize, f64)> = cells
            .filter(|(class, label)| class != label)
            .map(|(class, label)| (class, label, self.count(class, label)))
            .filter(|mistake| mistake.2 > 0.0)
            .collect();
        mistakes.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
        mistakes
    }
}

/// The expected confusions of those answers that `chosen` wants (item, worker), against the consensus:
/// of one worker, of a group, or of everybody.
pub fn confusion(crowd: &Crowd, consensus: &Consensus, chosen: impl Fn(usize, usize) -> bool) -> Confusion {
    let mut confusion = Confusion::new(crowd.classes());
    for item in 0..crowd.items() {
        let belief = consensus.posterior(item);
        for (_, label) in crowd.votes(item).filter(|&(worker, _)| chosen(item, worker)) {
            for (class, probability) in belief.iter().enumerate() {
                confusion.counts[class * crowd.classes() + label] += probability;
            }
        }
    }
    confusion
}
