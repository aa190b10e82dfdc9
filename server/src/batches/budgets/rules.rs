//! How the money of a budget is spread and drawn. Pure decisions.

/// Rows over which what is left of a budget is spread.
pub const SHARDS: usize = 16;

/// Spreads an amount so that each part, but for one, pays for whole tasks of `unit_cents`.
pub fn spread(cents: i64, unit_cents: i64) -> [i64; SHARDS] {
    let unit = unit_cents.max(1);
    let shards = i64::try_from(SHARDS).unwrap_or(i64::MAX);
    let whole = cents / unit;
    let mut parts = [0; SHARDS];
    for (part, n) in parts.iter_mut().zip(0..) {
        *part = (whole / shards + i64::from(n < whole % shards)) * unit;
    }
    parts[0] += cents - whole * unit;
    parts
}

/// How many tasks what is left pays for, at most `wanted`.
pub fn affordable(left_cents: &[i64], unit_cents: i64, wanted: i64) -> i64 {
    if unit_cents == 0 {
        return wanted;
    }
    (left_cents.iter().sum::<i64>().max(0) / unit_cents).min(wanted)
}

/// What to take from each part to come to `cents`: from those that hold something, and what is then
/// missing from the first, which goes below zero.
pub fn draw(left_cents: &[i64], cents: i64) -> Vec<i64> {
    let mut missing = cents;
    let mut taken: Vec<i64> = left_cents
        .iter()
        .map(|left| {
            let some = missing.min((*left).max(0));
            missing -= some;
            some
        })
        .collect();
    if let Some(first) = taken.first_mut() {
        *first += missing;
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreading_loses_nothing_and_leaves_whole_tasks() {
        for (cents, unit) in [(0, 10), (7, 10), (100, 10), (1_234, 7), (1_000_003, 12), (50, 0)] {
            let parts = spread(cents, unit);
            assert_eq!(parts.iter().sum::<i64>(), cents, "{cents} by {unit}");
            assert!(unit == 0 || parts[1..].iter().all(|part| part % unit == 0), "{parts:?}");
        }
        assert_eq!(spread(100, 10)[9..11], [10, 0]);
    }

    #[test]
    fn what_is_drawn_comes_to_the_sum_and_only_the_first_part_goes_below_zero() {
        assert_eq!(draw(&[3, 0, 5], 6), [3, 0, 3]);
        assert_eq!(draw(&[3, 0, 5], 10), [5, 0, 5]);
        assert_eq!(draw(&[-4, 6], 5), [0, 5]);
    }

    #[test]
    fn no_more_tasks_are_given_than_are_paid_for() {
        assert_eq!(affordable(&[4, 4, 4], 5, 3), 2);
        assert_eq!(affordable(&[-9, 4], 5, 3), 0);
        assert_eq!(affordable(&[0], 0, 3), 3, "a task without pay costs nothing");
    }
}
