//! Boxes in images: matched by overlap, voted on, their corners averaged by weight.

use super::regions::{Mark, Region, clusters};

/// Marks that overlap by less than this mean different things.
pub const OVERLAP_MIN: f64 = 0.5;

/// A rectangle with sides along the axes; opposite corners come in either order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Box2 {
    /// One corner, (x, y).
    pub from: (f64, f64),
    /// The opposite corner, (x, y).
    pub to: (f64, f64),
}

impl Region for Box2 {
    fn overlap(&self, other: &Self) -> f64 {
        let (a, b) = (self.bounds(), other.bounds());
        let side = |low: usize| (a[low + 2].min(b[low + 2]) - a[low].max(b[low])).max(0.0);
        let area = |c: &[f64]| (c[2] - c[0]) * (c[3] - c[1]);
        let shared = side(0) * side(1);
        let union = area(&a) + area(&b) - shared;
        if union > 0.0 { shared / union } else { f64::from(u8::from(a == b)) }
    }

    /// Least x, least y, greatest x, greatest y.
    fn bounds(&self) -> Vec<f64> {
        let (a, b) = (self.from, self.to);
        // Not `min` and `max`, which would hide a coordinate that is not a number.
        let ordered = |a: f64, b: f64| if a <= b { (a, b) } else { (b, a) };
        let (x, y) = (ordered(a.0, b.0), ordered(a.1, b.1));
        vec![x.0, y.0, x.1, y.1]
    }
}

/// A box that the crowd found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Weighted mean of the marked boxes.
    pub region: Box2,
    /// How probable it is that there is something, as a weighted vote; in (0, 1).
    pub confidence: f64,
    /// Mean overlap between the marks.
    pub agreement: f64,
    /// Workers who marked it.
    pub workers: usize,
}

/// The boxes of one item, the most confident first; see [`super::spans::combine`].
///
/// Averaging matched boxes instead of choosing one: R. Solovyev et al., *Weighted Boxes Fusion*
/// (Image and Vision Computing, 2021).
pub fn combine(marks: &[Mark<Box2>], lookers: &[(usize, f64)]) -> Vec<Found> {
    let weight = |worker: usize| lookers.iter().find(|looker| looker.0 == worker).map_or(0.0, |looker| looker.1);
    let found = clusters(marks, lookers, OVERLAP_MIN).into_iter().map(|cluster| {
        let total: f64 = cluster.marks.iter().map(|mark| weight(mark.worker)).sum();
        let mean = |bound: usize| {
            cluster.marks.iter().map(|mark| mark.region.bounds()[bound] * (weight(mark.worker) / total)).sum::<f64>()
        };
        let region = Box2 { from: (mean(0), mean(1)), to: (mean(2), mean(3)) };
        Found { region, confidence: cluster.confidence, agreement: cluster.agreement, workers: cluster.marks.len() }
    });
    found.collect()
}
