//! Spans in audio: matched by overlap, voted on, bounded by weighted medians.

use super::numbers::weighted_median;
use super::regions::{Mark, Region, clusters};

/// Marks that overlap by less than this mean different things.
pub const OVERLAP_MIN: f64 = 0.5;

/// A stretch of time, in milliseconds; its ends come in either order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// Where it starts.
    pub start_ms: f64,
    /// Where it ends.
    pub end_ms: f64,
}

impl Region for Span {
    fn overlap(&self, other: &Self) -> f64 {
        let (a, b) = (self.ordered(), other.ordered());
        let shared = (a.1.min(b.1) - a.0.max(b.0)).max(0.0);
        let union = (a.1 - a.0) + (b.1 - b.0) - shared;
        if union > 0.0 { shared / union } else { f64::from(u8::from(a == b)) }
    }

    fn bounds(&self) -> Vec<f64> {
        let (start, end) = self.ordered();
        vec![start, end]
    }
}

impl Span {
    fn ordered(&self) -> (f64, f64) {
        // Not `min` and `max`, which would hide an end that is not a number.
        if self.start_ms <= self.end_ms { (self.start_ms, self.end_ms) } else { (self.end_ms, self.start_ms) }
    }
}

/// A span that the crowd found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Weighted medians of the marked starts and ends.
    pub span: Span,
    /// How probable it is that there is something, as a weighted vote; in (0, 1).
    pub confidence: f64,
    /// Mean overlap between the marks.
    pub agreement: f64,
    /// Workers who marked it.
    pub workers: usize,
}

/// The spans of one item, the most confident first; those with confidence above ½ are there by
/// majority. `lookers` gives (worker, weight) for everybody who judged the item; a good weight is
/// the log odds of their accuracy.
pub fn combine(marks: &[Mark<Span>], lookers: &[(usize, f64)]) -> Vec<Found> {
    let weight = |worker: usize| lookers.iter().find(|looker| looker.0 == worker).map_or(0.0, |looker| looker.1);
    let found = clusters(marks, lookers, OVERLAP_MIN).into_iter().filter_map(|cluster| {
        let bound = |which: usize| {
            let ends: Vec<(f64, f64)> =
                cluster.marks.iter().map(|mark| (mark.region.bounds()[which], weight(mark.worker))).collect();
            weighted_median(&ends)
        };
        let span = Span { start_ms: bound(0)?, end_ms: bound(1)? };
        let workers = cluster.marks.len();
        Some(Found { span, confidence: cluster.confidence, agreement: cluster.agreement, workers })
    });
    found.collect()
}
