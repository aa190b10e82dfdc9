//! Work of any kind: a day of eight hours, a rest every hour, and earnings that grow with the days.

use super::super::model::{Limits, Use, Work};
use crate::platform::clock::{DAY_US, HOUR_US, SECOND_US};

/// A pause of this length is a rest.
pub const REST_US: i64 = 300 * SECOND_US;

/// The work of the present day; a day begins with its first task and lasts 24 hours.
pub fn within(work: &Work, now_us: i64) -> Work {
    if now_us < work.from_us + DAY_US {
        return *work;
    }
    Work { from_us: now_us, ms: 0, cents: 0, days: work.days + i64::from(work.from_us > 0), ..*work }
}

/// When work is given again, if the day's is done; `cents` is what the next tasks would pay. True with
/// it when the limit of new people's earnings is the reason.
pub fn cap(work: &Work, limits: &Limits, cents: i64, now_us: i64) -> Option<(i64, bool)> {
    let today = within(work, now_us);
    let again_us = today.from_us + DAY_US;
    if today.ms >= limits.work_day_min * 60_000 {
        return Some((again_us, false));
    }
    let ramp = limits.ramp_cents * (today.days + 1);
    let new = limits.ramp_cents > 0 && today.days < limits.ramp_days;
    (new && today.cents > 0 && today.cents + cents > ramp).then_some((again_us, true))
}

/// Whether somebody has worked for an hour without a rest.
pub fn is_rest_due(work: &Work, now_us: i64) -> bool {
    now_us - work.last_us < REST_US && now_us - work.rest_from_us >= HOUR_US
}

/// How far the day's work is used up.
pub fn work_use(work: &Work, limits: &Limits, now_us: i64) -> Use {
    let today = within(work, now_us);
    let (used_us, limit_us) = (today.ms * 1_000, limits.work_day_min * 60 * SECOND_US);
    Use {
        what: "Work of any kind in 24 hours",
        level: 0,
        window_h: 24,
        used_us,
        limit_us,
        free_at_us: (used_us >= limit_us).then_some(today.from_us + DAY_US),
    }
}
