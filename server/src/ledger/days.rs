//! What somebody earned day by day, as a table and as a drawing.

use crate::platform::clock::{DAY_US, day};
use std::collections::BTreeMap;

/// Days that are shown.
pub const DAYS: i64 = 30;
/// Height of the highest bar, in the drawing's units.
const HEIGHT: f64 = 80.0;
/// From one bar to the next.
const STEP: i64 = 10;

/// The latest days in one currency.
pub struct Chart {
    /// ISO 4217 code.
    pub currency: String,
    /// Most that was earned on one day, minor units.
    pub most_cents: i64,
    /// Days on which something was earned or refused, the newest first: date, minor units.
    pub rows: Vec<(String, i64)>,
    /// One a day on which more was earned than refused: left edge, upper edge, height.
    pub bars: Vec<(i64, f64, f64)>,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
}

/// The charts of each currency: `earned` holds day since 1970, currency and minor units.
pub fn charts(earned: Vec<(i64, String, i64)>, now_us: i64) -> Vec<Chart> {
    let today = now_us.div_euclid(DAY_US);
    let first = today - DAYS + 1;
    let date = |number: i64| day(number * DAY_US);
    let mut by_currency: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for (number, currency, cents) in earned {
        by_currency.entry(currency).or_default().push((number, cents));
    }
    let chart = |(currency, mut days): (String, Vec<(i64, i64)>)| {
        days.sort_unstable();
        days.reverse();
        let most_cents = days.iter().map(|(_, cents)| *cents).max().unwrap_or(0);
        #[expect(clippy::cast_precision_loss, reason = "amounts of a day")]
        let bar = |(number, cents): &(i64, i64)| {
            let height = HEIGHT * *cents as f64 / most_cents.max(1) as f64;
            ((number - first) * STEP, HEIGHT - height, height)
        };
        Chart {
            currency,
            most_cents,
            rows: days.iter().map(|(number, cents)| (date(*number), *cents)).collect(),
            bars: days.iter().filter(|(_, cents)| *cents > 0).map(bar).collect(),
            from: date(first),
            to: date(today),
        }
    };
    by_currency.into_iter().map(chart).collect()
}

/// The start of the first day that is shown, UTC microseconds.
pub fn first_us(now_us: i64) -> i64 {
    (now_us.div_euclid(DAY_US) - DAYS + 1) * DAY_US
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_day_is_the_highest_bar_and_today_stands_at_the_right() {
        let (today, usd) = (20_458, || "USD".to_owned());
        let charts =
            charts(vec![(today - 29, usd(), 50), (today, usd(), 200), (today - 1, usd(), -10)], today * DAY_US);
        assert_eq!(charts.len(), 1);
        assert_eq!(charts[0].bars, [(290, 0.0, 80.0), (0, 60.0, 20.0)]);
        assert_eq!(charts[0].rows[0], ("2026-01-05".to_owned(), 200));
        assert_eq!((charts[0].rows[1].1, charts[0].most_cents), (-10, 200), "a refusal shows in the table");
        assert_eq!(charts[0].from, "2025-12-07");
    }
}
