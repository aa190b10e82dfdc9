//! How much sensitive material one person may be given. Pure decisions.

use super::model::{Limit, Seen, Use};
use crate::platform::clock::{DAY_US, HOUR_US};

/// The site's limits. Published ceilings (four or five hours a day) are for trained, counselled
/// staff; people at home get a fraction of that. S3 is not given to the crowd at all.
pub const LIMITS: [Limit; 4] = [
    Limit { level: 1, window_us: HOUR_US, items: 120, words: "an hour" },
    Limit { level: 1, window_us: DAY_US, items: 480, words: "a day" },
    Limit { level: 2, window_us: HOUR_US, items: 20, words: "an hour" },
    Limit { level: 2, window_us: DAY_US, items: 60, words: "a day" },
];

/// Highest level that the crowd is ever given.
pub const CEILING: i64 = 2;

/// How far each limit is used up by what a person was given before `now_us`.
pub fn usage(seen: &[Seen], now_us: i64) -> Vec<Use> {
    LIMITS
        .iter()
        .map(|limit| {
            let mut within: Vec<i64> = seen
                .iter()
                .filter(|(level, at_us)| *level >= limit.level && *at_us > now_us - limit.window_us)
                .map(|(_, at_us)| *at_us)
                .collect();
            within.sort_unstable();
            let used = i64::try_from(within.len()).unwrap_or(i64::MAX);
            let over = usize::try_from(used - limit.items).ok();
            // Room comes back when the oldest ones above the allowance leave the window.
            let free_at_us = over.and_then(|over| within.get(over)).map(|at_us| at_us + limit.window_us);
            Use { limit: *limit, used, free_at_us }
        })
        .collect()
}

/// The highest level that may be handed out now, and when the next higher one may be.
pub fn allowed(seen: &[Seen], now_us: i64) -> (i64, Option<i64>) {
    let full = usage(seen, now_us).into_iter().filter(|usage| usage.free_at_us.is_some());
    full.fold((CEILING, None), |(level, until), usage| {
        let below = usage.limit.level - 1;
        let until = if below <= level { until.max(usage.free_at_us) } else { until };
        (level.min(below), until)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twenty_first_distressing_item_in_an_hour_waits_until_the_first_has_left() {
        let seen: Vec<Seen> = (0..20).map(|n| (2, n * 1_000_000)).collect();
        assert_eq!(allowed(&seen[..19], 20_000_000), (2, None));
        assert_eq!(allowed(&seen, 20_000_000), (1, Some(HOUR_US)));
        assert_eq!(allowed(&seen, HOUR_US + 1), (2, None));
    }

    #[test]
    fn distressing_items_count_as_mild_ones_too() {
        let mut seen: Vec<Seen> = (0..20).map(|n| (2, n)).collect();
        seen.extend((0..100).map(|n| (1, n)));
        assert_eq!(allowed(&seen, 1_000).0, 0);
    }
}
