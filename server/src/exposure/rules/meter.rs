//! Time with sensitive material open, counted once however many tasks are open at a time.

use super::super::model::{Account, Hour};
use crate::platform::clock::{DAY_US, HOUR_US};

/// Counts the time since it was last counted, and forgets what ran out.
///
/// Where the clock went back nobody knows how much time passed: all that was lent is then counted in
/// full and is no longer open, so that no time is lost.
pub fn settle(account: &mut Account, now_us: i64) {
    let back = now_us < account.counted_us;
    let before_us = account.seen_us;
    for (from_us, until_us) in spans(account, 1, now_us, back) {
        hour(account, before_us.max(if back { 0 } else { until_us })).mild_us += until_us - from_us;
    }
    for (from_us, until_us) in spans(account, 2, now_us, back) {
        let end_us = if back { before_us } else { before_us.max(until_us) };
        hour(account, end_us).strong_us += until_us - from_us;
        account.run_us += until_us - from_us;
        account.heard_us = account.heard_us.max(end_us);
    }
    if back {
        account.open.clear();
    }
    account.open.retain(|open| open.until_us > now_us);
    account.counted_us = now_us;
    account.seen_us = before_us.max(now_us);
    let oldest = (account.seen_us - 7 * DAY_US) / HOUR_US;
    account.hours.retain(|known| known.hour >= oldest);
}

/// Ends a task; how long it was open, or `None` when it was not.
pub fn close(account: &mut Account, key: &str, now_us: i64) -> Option<i64> {
    let from_us = account.open.iter().find(|open| open.key == key).map(|open| open.from_us);
    settle(account, now_us);
    account.open.retain(|open| open.key != key);
    from_us.map(|from_us| (now_us - from_us).max(0))
}

/// Stretches of uncounted time in which something of this level or above was open: in order, apart.
fn spans(account: &Account, level: i64, now_us: i64, back: bool) -> Vec<(i64, i64)> {
    let open = account.open.iter().filter(|open| open.level >= level);
    let mut spans: Vec<(i64, i64)> = open
        .map(|open| {
            let until_us = if back { open.until_us } else { open.until_us.min(now_us) };
            (open.from_us.max(account.counted_us), until_us)
        })
        .filter(|(from_us, until_us)| from_us < until_us)
        .collect();
    spans.sort_unstable();
    let mut apart: Vec<(i64, i64)> = Vec::new();
    for (from_us, until_us) in spans {
        match apart.last_mut() {
            Some(last) if last.1 >= from_us => last.1 = last.1.max(until_us),
            _ => apart.push((from_us, until_us)),
        }
    }
    apart
}

fn hour(account: &mut Account, at_us: i64) -> &mut Hour {
    let hour = at_us.div_euclid(HOUR_US);
    let at = account.hours.partition_point(|known| known.hour < hour);
    if account.hours.get(at).is_none_or(|known| known.hour != hour) {
        account.hours.insert(at, Hour { hour, mild_us: 0, strong_us: 0 });
    }
    &mut account.hours[at]
}
