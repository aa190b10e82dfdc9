//! Faster than one can listen.

use super::{EXAMPLES_MAX, binomial_tail};
use crate::cases::model::{Evidence, Said};
use std::collections::BTreeMap;

/// How long a batch's answers take, on a logarithmic scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// Mean of the logarithms of milliseconds.
    pub ln_mean: f64,
    /// Their standard deviation.
    pub ln_sd: f64,
}

/// Fewer answers than this say nothing about how long a batch's answers take.
const ANSWERS_MIN: i64 = 200;
/// Hasty answers below this share are no haste: some people are quick, some clicks slip.
const SHARE_HONEST: f64 = 0.05;
/// How improbable an honest person's haste must be.
const ALPHA: f64 = 1e-6;
/// Fewest hasty answers.
const HASTY_MIN: usize = 6;

/// The bin that an answer belongs to: 10 for each factor of e.
pub fn bin_of(pace_ms: i64) -> i64 {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a day at most")]
    let bin = ((pace_ms.max(1) as f64).ln() * 10.0).floor() as i64;
    bin
}

/// Mean and spread of a batch by the median and the median absolute deviation (Rousseeuw & Croux,
/// J. Am. Stat. Assoc. 88, 1993), which a minority of spammers cannot move; `None` when there
/// are too few answers. `bins` come in order.
pub fn pace_of(bins: &[(i64, i64)]) -> Option<Pace> {
    let count: i64 = bins.iter().map(|(_, answers)| answers).sum();
    if count < ANSWERS_MIN {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "bins")]
    let middle = |bin: i64| (bin as f64 + 0.5) / 10.0;
    let ln_mean = middle(median(bins.iter().copied(), count)?);
    let mut far: BTreeMap<i64, i64> = BTreeMap::new();
    for (bin, answers) in bins {
        #[expect(clippy::cast_possible_truncation, reason = "bins")]
        let distance = ((middle(*bin) - ln_mean).abs() * 10.0).round() as i64;
        *far.entry(distance).or_default() += answers;
    }
    #[expect(clippy::cast_precision_loss, reason = "bins")]
    let deviation = median(far.into_iter(), count)? as f64 / 10.0;
    // A bin is a tenth wide: less spread than that cannot be seen.
    Some(Pace { ln_mean, ln_sd: 1.4826 * deviation.max(0.1) })
}

fn median(bins: impl Iterator<Item = (i64, i64)>, count: i64) -> Option<i64> {
    let mut seen = 0;
    bins.into_iter().find_map(|(bin, answers)| {
        seen += answers;
        (2 * seen >= count).then_some(bin)
    })
}

/// Whether somebody answers faster than one can listen: below the batch's mean less three
/// standard deviations, or before half of the clip has played, more often than honest people do.
pub fn too_fast(said: &[Said], pace: Option<Pace>) -> Option<Evidence> {
    let limit_ms = pace.map_or(0.0, |pace| (pace.ln_mean - 3.0 * pace.ln_sd).exp());
    #[expect(clippy::cast_precision_loss, reason = "a day at most")]
    let hasty: Vec<&Said> = said.iter().filter(|one| one.unheard || (one.pace_ms as f64) < limit_ms).collect();
    let probability = binomial_tail(hasty.len(), said.len(), SHARE_HONEST);
    if hasty.len() < HASTY_MIN || probability > ALPHA {
        return None;
    }
    let mut times: Vec<i64> = said.iter().map(|one| one.pace_ms).collect();
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "counts and times")]
    let number = |value: usize| value as f64;
    #[expect(clippy::cast_precision_loss, reason = "a day at most")]
    let median_ms = times[times.len() / 2] as f64;
    let unheard = hasty.iter().filter(|one| one.unheard).count();
    Some(Evidence {
        summary: format!(
            "{} of the last {} answers came faster than anybody can listen, {unheard} of them before half of the recording had played.",
            hasty.len(),
            said.len()
        ),
        figures: BTreeMap::from([
            ("answers".to_owned(), number(said.len())),
            ("too_fast".to_owned(), number(hasty.len())),
            ("before_half_had_played".to_owned(), number(unheard)),
            ("median_ms".to_owned(), median_ms),
            ("limit_of_the_batch_ms".to_owned(), limit_ms.round()),
            ("probability_by_chance".to_owned(), probability),
        ]),
        examples: hasty.iter().rev().take(EXAMPLES_MAX).map(|one| one.item.to_string()).collect(),
        ..Evidence::default()
    })
}
