//! Night where a person is: no distressing material from ten in the evening until six.

use super::super::model::{Account, Limits};
use crate::platform::clock::DAY_US;
use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

/// Whether a name stands in the IANA time zone database.
pub fn is_zone(name: &str) -> bool {
    name.len() <= 64 && TimeZone::get(name).is_ok()
}

/// Names to choose from.
pub fn zone_names() -> Vec<String> {
    let names = jiff::tz::db().available().map(|name| name.to_string());
    names.filter(|name| name == "UTC" || (name.contains('/') && !name.starts_with("Etc/"))).collect()
}

/// Chooses a time zone. After the first one, the old one counts beside the new one for a day: moving
/// ends no night.
pub fn set_zone(account: &mut Account, name: &str, now_us: i64) {
    super::settle(account, now_us);
    if account.zone.is_empty() {
        name.clone_into(&mut account.zone);
        return;
    }
    let seen_us = account.seen_us;
    if let Some((next, _)) = account.next_zone.take_if(|(_, from_us)| *from_us <= seen_us) {
        account.zone = next;
    }
    account.next_zone = (account.zone != name).then(|| (name.to_owned(), account.seen_us + DAY_US));
}

/// The zones that count now: one, or both while somebody moves.
pub fn zones(account: &Account) -> Vec<&str> {
    match &account.next_zone {
        Some((next, from_us)) if *from_us <= account.seen_us => vec![next],
        Some((next, _)) => vec![&account.zone, next],
        None => vec![&account.zone],
    }
}

/// The night that is at a moment, or else the next one, in every zone that counts: from and until.
pub fn nights(account: &Account, limits: &Limits, at_us: i64) -> Vec<(i64, i64)> {
    zones(account).into_iter().filter_map(|zone| night(zone, limits, at_us)).collect()
}

/// The night that is, or else the next one: from and until.
fn night(zone: &str, limits: &Limits, at_us: i64) -> Option<(i64, i64)> {
    if limits.quiet_from_h == limits.quiet_to_h {
        return None;
    }
    let zone = if zone.is_empty() { TimeZone::UTC } else { TimeZone::get(zone).unwrap_or(TimeZone::UTC) };
    let today = zone.to_datetime(Timestamp::from_microsecond(at_us).ok()?).date();
    let later = if limits.quiet_to_h > limits.quiet_from_h { 0 } else { 1 };
    // The night that began yesterday, today's, tomorrow's: the first that is not over.
    [-1, 0, 1].into_iter().find_map(|day| {
        let date = today.checked_add(Span::new().days(day)).ok()?;
        let end = date.checked_add(Span::new().days(later)).ok()?;
        let (from, to) = (moment(date, limits.quiet_from_h, &zone)?, moment(end, limits.quiet_to_h, &zone)?);
        (to > at_us).then_some((from, to))
    })
}

fn moment(date: Date, hour: i64, zone: &TimeZone) -> Option<i64> {
    let at = date.at(i8::try_from(hour).ok()?, 0, 0, 0);
    zone.to_timestamp(at).ok().map(Timestamp::as_microsecond)
}
