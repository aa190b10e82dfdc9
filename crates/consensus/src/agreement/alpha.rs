//! Krippendorff's α over a numbered crowd, over numbers, and with an interval.

use crate::crowd::Crowd;
use crate::math::{mix, unit};
use std::collections::BTreeMap;

/// What a difference between two answers means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Ranks: how many answers lie between them.
    Ordinal,
    /// Numbers: the square of their difference.
    Interval,
}

/// What one item adds: disagreeing pairs over (answers − 1), and its answers per class.
struct Unit {
    disagreement: f64,
    counts: Vec<(u32, u32)>,
}

/// Nominal α of `crowd`; see [`super::krippendorff_alpha`]. `group` chooses the items and the
/// workers that count: `|item, worker| …`; for everything, `|_, _| true`.
pub fn alpha(crowd: &Crowd, group: impl Fn(usize, usize) -> bool) -> Option<f64> {
    let units = units(crowd, group);
    of_units(units.iter(), crowd.classes())
}

/// Nominal α with an interval that holds it with the probability `level`: percentile bootstrap
/// over items, `resamples` times. The resamples follow from `seed`, not from chance.
pub fn alpha_interval(crowd: &Crowd, resamples: usize, level: f64, seed: u64) -> Option<(f64, f64)> {
    let units = units(crowd, |_, _| true);
    let resample = |round: usize| {
        let pick =
            |draw: usize| (unit(mix(seed ^ round as u64).wrapping_add(draw as u64)) * units.len() as f64) as usize;
        of_units((0..units.len()).map(|draw| &units[pick(draw).min(units.len() - 1)]), crowd.classes())
    };
    let mut alphas: Vec<f64> = (0..resamples).filter_map(resample).collect();
    alphas.sort_by(f64::total_cmp);
    let at = |share: f64| alphas.get(((alphas.len().max(1) - 1) as f64 * share).round() as usize).copied();
    let tail = (1.0 - level.clamp(0.0, 1.0)) / 2.0;
    Some((at(tail)?, at(1.0 - tail)?))
}

fn units(crowd: &Crowd, group: impl Fn(usize, usize) -> bool) -> Vec<Unit> {
    let unit = |item: usize| {
        let mut counts: BTreeMap<u32, u32> = BTreeMap::new();
        for (_, class) in crowd.votes(item).filter(|&(worker, _)| group(item, worker)) {
            *counts.entry(u32::try_from(class).unwrap_or(u32::MAX)).or_default() += 1;
        }
        let all: u32 = counts.values().sum();
        let disagreement = counts.values().map(|&count| f64::from(count) * f64::from(all - count)).sum::<f64>()
            / f64::from(all.max(2) - 1);
        (all > 1).then(|| Unit { disagreement, counts: counts.into_iter().collect() })
    };
    (0..crowd.items()).filter_map(unit).collect()
}

fn of_units<'a>(units: impl Iterator<Item = &'a Unit>, classes: usize) -> Option<f64> {
    let mut observed = 0.0;
    let mut totals = vec![0.0; classes];
    for unit in units {
        observed += unit.disagreement;
        unit.counts.iter().for_each(|&(class, count)| totals[class as usize] += f64::from(count));
    }
    let all: f64 = totals.iter().sum();
    let expected = totals.iter().map(|count| count * (all - count)).sum::<f64>() / (all - 1.0);
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

/// α of numbers given to items by any number of raters: (item, number) pairs.
///
/// K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), with the metrics for interval and ordinal data: δ² is the squared
/// difference, for [`Scale::Ordinal`] between the middle ranks of the values among all pairable
/// answers, which is his ordinal metric. Numbers that are not finite are left out. `None` where
/// no item has two numbers or all numbers are the same.
pub fn numeric_alpha<I: Ord>(answers: impl IntoIterator<Item = (I, f64)>, scale: Scale) -> Option<f64> {
    let mut items: BTreeMap<I, Vec<f64>> = BTreeMap::new();
    for (item, value) in answers.into_iter().filter(|(_, value)| value.is_finite()) {
        items.entry(item).or_default().push(value);
    }
    let mut units: Vec<Vec<f64>> = items.into_values().filter(|values| values.len() > 1).collect();
    units.iter_mut().for_each(|values| values.sort_by(f64::total_cmp));
    let mut all: Vec<f64> = units.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    if scale == Scale::Ordinal {
        let rank = |value: f64| {
            let below = all.partition_point(|other| *other < value);
            let through = all.partition_point(|other| *other <= value);
            (below + through) as f64 / 2.0
        };
        units.iter_mut().flatten().for_each(|value| *value = rank(*value));
        let ranks: Vec<f64> = all.iter().map(|value| rank(*value)).collect();
        all = ranks;
    }
    // Σ over ordered pairs of (a − b)² = 2 m Σ (a − mean)².
    let spread = |values: &[f64]| {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        2.0 * count * values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)
    };
    let observed: f64 = units.iter().map(|values| spread(values)).sum();
    let expected = if all.len() > 1 { spread(&all) } else { 0.0 };
    (expected > 0.0).then(|| 1.0 - observed / expected)
}
