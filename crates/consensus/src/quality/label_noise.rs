//! How many given labels are wrong, and which: confident learning.

use crate::math::argmax;

/// The estimate for a set of given labels.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelNoise {
    /// Estimated items with given label i whose true class is j: classes × classes, summing to
    /// the number of items.
    pub joint: Vec<f64>,
    /// Share of given labels that are estimated to be wrong.
    pub noise_rate: f64,
    /// Items whose label is confidently another one, the most suspicious first.
    pub suspects: Vec<usize>,
}

/// Compares `given` labels with probabilities (items × `classes`) that did not come from them.
///
/// C. Northcutt, L. Jiang & I. Chuang, *Confident Learning* (JAIR 2021), §3: an item counts for
/// class j if its p(j) reaches the mean p(j) of the items labelled j; suspects are ranked by
/// normalised margin. Labels out of range are left out. `None` without any item.
pub fn label_noise(given: &[usize], posterior: &[f64], classes: usize) -> Option<LabelNoise> {
    let rows = given.iter().zip(posterior.chunks_exact(classes.max(1))).enumerate();
    let known: Vec<(usize, usize, &[f64])> = rows
        .filter(|(_, (given, _))| **given < classes)
        .map(|(item, (given, belief))| (item, *given, belief))
        .collect();
    if known.is_empty() {
        return None;
    }
    let mut sums = vec![(0.0, 0.0); classes];
    for &(_, given, belief) in &known {
        sums[given] = (sums[given].0 + belief[given], sums[given].1 + 1.0);
    }
    // A class that nobody was given can be reached by certainty only.
    let thresholds: Vec<f64> = sums.iter().map(|&(sum, count)| if count > 0.0 { sum / count } else { 1.0 }).collect();
    let mut counts = vec![0.0; classes * classes];
    let mut suspects = Vec::new();
    for &(item, given, belief) in &known {
        let above: Vec<f64> =
            belief.iter().zip(&thresholds).map(|(p, threshold)| if p >= threshold { *p } else { -1.0 }).collect();
        let truth = argmax(&above);
        if above[truth] < 0.0 {
            continue;
        }
        counts[given * classes + truth] += 1.0;
        if truth != given {
            suspects.push((belief[given] - belief[truth], item));
        }
    }
    suspects.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    // Each given label keeps its own number of items.
    for (row, &(_, count)) in counts.chunks_exact_mut(classes).zip(&sums) {
        let counted: f64 = row.iter().sum();
        if counted > 0.0 {
            row.iter_mut().for_each(|cell| *cell *= count / counted);
        }
    }
    for (class, &(_, count)) in sums.iter().enumerate() {
        if counts[class * classes..(class + 1) * classes].iter().all(|cell| *cell == 0.0) {
            counts[class * classes + class] = count;
        }
    }
    let right: f64 = (0..classes).map(|class| counts[class * classes + class]).sum();
    let noise_rate = 1.0 - right / known.len() as f64;
    Some(LabelNoise { joint: counts, noise_rate, suspects: suspects.into_iter().map(|(_, item)| item).collect() })
}
