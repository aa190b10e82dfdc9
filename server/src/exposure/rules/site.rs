//! What a site may set, and what a person may lower.

use super::super::model::{Limits, Own};

/// A limit's name, its value, and the least and most that it may be.
fn bounds(limits: &Limits) -> [(&'static str, i64, i64, i64); 11] {
    [
        ("strong_run_min", limits.strong_run_min, 0, 60),
        ("break_min", limits.break_min, 5, 1_440),
        // Four hours a day is what one platform allows its trained, counselled staff.
        ("strong_day_min", limits.strong_day_min, 0, 240),
        ("strong_week_min", limits.strong_week_min, 0, 1_200),
        ("mild_day_min", limits.mild_day_min, 0, 480),
        ("quiet_from_h", limits.quiet_from_h, 18, 23),
        ("quiet_to_h", limits.quiet_to_h, 5, 12),
        ("strong_of_twenty", limits.strong_of_twenty, 0, 10),
        ("work_day_min", limits.work_day_min, 30, 480),
        ("ramp_days", limits.ramp_days, 0, 90),
        ("ramp_cents", limits.ramp_cents, 0, 1_000_000),
    ]
}

/// Whether a site may have these limits; what is wrong, in a sentence, otherwise.
pub fn check(limits: &Limits) -> Result<(), String> {
    let wrong = bounds(limits).into_iter().find(|(_, value, least, most)| !(least..=most).contains(&value));
    wrong.map_or(Ok(()), |(name, _, least, most)| {
        Err(format!("{name} may be {least} to {most}: these bounds protect people and cannot be moved."))
    })
}

/// The limits that hold for a person: the lower ones.
pub fn effective(site: &Limits, own: &Own) -> Limits {
    let lower = |site: i64, own: Option<i64>| own.map_or(site, |own| own.min(site));
    Limits {
        strong_day_min: lower(site.strong_day_min, own.strong_day_min),
        strong_week_min: lower(site.strong_week_min, own.strong_week_min),
        mild_day_min: lower(site.mild_day_min, own.mild_day_min),
        work_day_min: lower(site.work_day_min, own.work_day_min),
        ..*site
    }
}

/// Whether all of a person's own limits are at most the site's.
pub fn lowered(site: &Limits, own: &Own) -> bool {
    let within = |own: Option<i64>, site: i64| own.is_none_or(|own| (0..=site).contains(&own));
    within(own.strong_day_min, site.strong_day_min)
        && within(own.strong_week_min, site.strong_week_min)
        && within(own.mild_day_min, site.mild_day_min)
        && within(own.work_day_min, site.work_day_min)
}
