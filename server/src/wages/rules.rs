//! Time and hourly pay. Pure decisions.
//!
//! Active time: a task's clock starts when it was given out or when its person finished the task
//! before, whichever was later, so that tasks that were loaded ahead are not counted twice; it ends
//! when the answer came. The browser says how long the task was open and at hand; the shorter of
//! the two counts, because a clock of theirs may be wrong and a page may stay open overnight. A
//! batch is measured by the median, which no outlier moves; where times are added up, each counts
//! at most three medians (winsorised).

use super::model::{Floors, Forecast, Pace};

/// Finished tasks from which on a batch's pace is known.
pub const TASKS_MIN: usize = 10;
/// Median below which no hour is told: nobody hears a clip or says a word so fast, a program did.
const HUMAN_MS: i64 = 1_000;
/// The latest tasks that are looked at.
pub const TASKS_MAX: i64 = 500;
/// The latest batches of a kind that tell what to expect of a new one.
pub const BATCHES_MAX: i64 = 20;
const HOUR_MS: i64 = 3_600_000;

/// Active milliseconds of a task.
pub fn active_ms(leased_us: i64, before_us: Option<i64>, client_ms: Option<i64>, now_us: i64) -> i64 {
    let start_us = before_us.map_or(leased_us, |before_us| before_us.max(leased_us));
    let server_ms = (now_us - start_us).max(0) / 1_000;
    client_ms.filter(|ms| *ms > 0).map_or(server_ms, |ms| ms.min(server_ms))
}

/// A batch's pace from its latest times; `None` while there are too few, or when they are not people's.
pub fn pace(times_ms: &[i64]) -> Option<Pace> {
    if times_ms.len() < TASKS_MIN {
        return None;
    }
    let mut sorted = times_ms.to_vec();
    sorted.sort_unstable();
    let last = sorted.len() - 1;
    // Order statistics: the median lies between the ranks n/2 ± 0.98 √n in 95 of 100 samples
    // (Conover, Practical Nonparametric Statistics, §3.2).
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "at most 500"
    )]
    let spread = (0.98 * (sorted.len() as f64).sqrt()).ceil() as usize;
    let middle = sorted.len() / 2;
    let median_ms = if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2 };
    (median_ms >= HUMAN_MS).then(|| Pace {
        tasks: sorted.len(),
        median_ms,
        low_ms: sorted[middle.saturating_sub(spread)].max(1),
        high_ms: sorted[(middle + spread).min(last)].max(1),
    })
}

/// What to expect of a new batch, from the median times of earlier ones; `None` when there are none.
pub fn forecast(medians_ms: &[i64]) -> Option<Forecast> {
    let mut sorted = medians_ms.to_vec();
    sorted.sort_unstable();
    // Of an even number the slower one: rather too high a price than too low a wage.
    sorted.get(sorted.len() / 2).map(|median_ms| Forecast { batches: sorted.len(), median_ms: *median_ms })
}

/// What a task of this length must pay, rounded up to whole minor units.
pub fn due_cents(median_ms: i64, floor_cents_per_hour: i64) -> i64 {
    (i128::from(median_ms) * i128::from(floor_cents_per_hour)).div_ceil_by(HOUR_MS)
}

/// What a task of this length must pay somebody who lives in a region: by everybody's floor or, where
/// it is higher, by the floor of their country or their part of it.
pub fn due_in(floors: &Floors, region: Option<&str>, median_ms: i64) -> i64 {
    let country = region.and_then(|region| region.split('-').next());
    let named = [region, country].into_iter().flatten().filter_map(|region| floors.regions.get(region).copied());
    floors.site.into_iter().chain(named).max().map_or(0, |floor| due_cents(median_ms, floor))
}

/// What an hour pays at this pace, in minor units.
pub fn hourly_cents(pay_cents: i64, median_ms: i64) -> i64 {
    pay_cents.saturating_mul(HOUR_MS) / median_ms.max(1)
}

/// What is missing to `due_cents` a task, over tasks that paid this.
pub fn shortfall_cents(paid_cents: &[i64], due_cents: i64) -> i64 {
    paid_cents.iter().map(|paid| (due_cents - paid).max(0)).sum()
}

/// A person's hourly pay over their latest tasks, each counted for at most three medians.
pub fn own_hourly_cents(tasks: &[(i64, i64)]) -> Option<i64> {
    let times: Vec<i64> = tasks.iter().map(|(ms, _)| *ms).collect();
    let most = pace(&times)?.median_ms.saturating_mul(3);
    let worked_ms: i64 = times.iter().map(|ms| (*ms).min(most)).sum();
    let earned: i64 = tasks.iter().map(|(_, cents)| cents).sum();
    (worked_ms > 0).then(|| earned.saturating_mul(HOUR_MS) / worked_ms)
}

trait DivCeil {
    fn div_ceil_by(self, by: i64) -> i64;
}

impl DivCeil for i128 {
    fn div_ceil_by(self, by: i64) -> i64 {
        let by = i128::from(by);
        i64::try_from((self + by - 1) / by).unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_loaded_ahead_starts_when_the_one_before_is_done() {
        assert_eq!(active_ms(0, Some(8_000_000), None, 12_000_000), 4_000);
        assert_eq!(active_ms(5_000_000, Some(1_000_000), None, 12_000_000), 7_000);
    }

    #[test]
    fn the_shorter_of_both_clocks_counts_and_neither_runs_backwards() {
        assert_eq!(active_ms(0, None, Some(3_000), 60_000_000), 3_000, "the page stayed open");
        assert_eq!(active_ms(0, None, Some(90_000_000), 5_000_000), 5_000, "the browser's clock is wrong");
        assert_eq!(active_ms(0, None, Some(0), 5_000_000), 5_000, "a browser that says nothing");
        assert_eq!(active_ms(9_000_000, None, None, 5_000_000), 0);
    }

    #[test]
    fn one_who_fell_asleep_does_not_move_a_batch() {
        let mut times = vec![10_000; 9];
        assert_eq!(pace(&times), None, "nine are too few");
        times.push(36_000_000);
        let pace = pace(&times).expect("ten are enough");
        assert_eq!((pace.median_ms, pace.low_ms), (10_000, 10_000));
        assert_eq!(super::pace(&[40; 20]), None, "a program's times tell no hour");
    }

    #[test]
    fn a_new_batch_is_expected_to_be_like_the_one_in_the_middle() {
        assert_eq!(forecast(&[]), None);
        assert_eq!(forecast(&[9_000, 4_000, 60_000]), Some(Forecast { batches: 3, median_ms: 9_000 }));
        assert_eq!(forecast(&[9_000, 4_000]), Some(Forecast { batches: 2, median_ms: 9_000 }));
    }

    #[test]
    fn a_region_raises_a_floor_and_never_lowers_it() {
        let regions = [("CH", 2_400), ("US-CA", 1_800), ("IN", 300)].map(|(name, cents)| (name.to_owned(), cents));
        let floors = Floors { site: Some(1_200), regions: regions.into() };
        let due = |region| due_in(&floors, region, 9_000);
        assert_eq!([due(None), due(Some("CH")), due(Some("CH-ZH")), due(Some("US-CA"))], [3, 6, 6, 5]);
        assert_eq!([due(Some("US-NY")), due(Some("IN"))], [3, 3]);
        assert_eq!(due_in(&Floors::default(), Some("CH"), 9_000), 0, "nothing is set, nothing is due");
    }

    #[test]
    fn twelve_dollars_an_hour_is_a_third_of_a_cent_a_second() {
        assert_eq!(due_cents(9_000, 1_200), 3);
        assert_eq!(due_cents(9_001, 1_200), 4, "rounded up: never below the floor");
        assert_eq!(hourly_cents(3, 9_000), 1_200);
        assert_eq!(shortfall_cents(&[1, 1, 5], 3), 4, "what paid more keeps it");
    }

    #[test]
    fn a_long_break_in_one_task_does_not_spoil_ones_rate() {
        let mut tasks = vec![(9_000, 3); 19];
        tasks.push((3_600_000, 3));
        // 19 tasks of 9 s and one that counts 27 s: 198 s for 60 cents.
        assert_eq!(own_hourly_cents(&tasks), Some(1_090));
    }
}
