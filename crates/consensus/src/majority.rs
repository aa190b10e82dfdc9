//! The most frequent answer, everybody counting the same.

use serde::{Deserialize, Serialize};

/// The most frequent class among the votes of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plurality {
    /// Index of the class, from 0; of several equally frequent ones, the first.
    pub label: usize,
    /// Votes for it.
    pub votes: usize,
    /// Votes for any class.
    pub of: usize,
    /// Whether another class has as many votes.
    pub tied: bool,
}

/// Counts `labels` (indices from 0) over `classes` classes. Labels out of range are ignored;
/// `None` if no vote remains.
pub fn plurality(labels: &[usize], classes: usize) -> Option<Plurality> {
    let mut counts = vec![0_usize; classes];
    for &label in labels {
        if let Some(count) = counts.get_mut(label) {
            *count += 1;
        }
    }
    let (label, votes) = first_largest(&counts).filter(|&(_, votes)| votes > 0)?;
    Some(Plurality {
        label,
        votes,
        of: counts.iter().sum(),
        tied: counts.iter().filter(|&&count| count == votes).count() > 1,
    })
}

/// Position and value of the largest entry, the first of equals. Entries that compare to nothing
/// (NaN) are passed over unless they come first.
pub(crate) fn first_largest<T: PartialOrd + Copy>(values: &[T]) -> Option<(usize, T)> {
    values.iter().copied().enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best })
}
