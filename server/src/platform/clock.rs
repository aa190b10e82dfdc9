//! The only reader of time.
//!
//! Everything else receives the time as an argument or holds a [`Clock`], so tests can move it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Instant, SystemTime, UNIX_EPOCH},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// One second in the unit of all stored times.
pub const SECOND_US: i64 = 1_000_000;
/// One hour.
pub const HOUR_US: i64 = 3_600 * SECOND_US;
/// One day of 24 hours.
pub const DAY_US: i64 = 24 * HOUR_US;

/// UTC microseconds since 1970: the system's, or one that a test moves by hand.
#[derive(Clone, Debug)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still at `start_us` until it is moved.
    pub fn manual(start_us: i64) -> Self {
        Self(Some(Arc::new(AtomicI64::new(start_us))))
    }

    /// Moves a manual clock; the system's cannot be moved and stays as it is.
    pub fn advance_us(&self, by_us: i64) {
        if let Some(at) = &self.0 {
            at.fetch_add(by_us, Ordering::SeqCst);
        }
    }

    /// Now, in UTC microseconds since 1970.
    pub fn now_us(&self) -> i64 {
        match &self.0 {
            Some(at) => at.load(Ordering::SeqCst),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX)),
        }
    }
}

/// A point on the machine's steady clock, for periods that no test moves.
pub fn steady() -> Instant {
    Instant::now()
}

/// RFC 3339 in UTC with whole seconds, for JSON and pages.
pub fn rfc3339(at_us: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at_us.div_euclid(SECOND_US))
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_default()
}

/// The first whole minute from a moment on, `2026-11-23 14:05 UTC`, for sentences that say when to come back.
pub fn minute_from(at_us: i64) -> String {
    const MINUTE_US: i64 = 60 * SECOND_US;
    let at = rfc3339(at_us.div_euclid(MINUTE_US) * MINUTE_US + if at_us % MINUTE_US == 0 { 0 } else { MINUTE_US });
    format!("{} {} UTC", at.get(..10).unwrap_or_default(), at.get(11..16).unwrap_or_default())
}

/// The day, `2026-11-23`, for documents.
pub fn day(at_us: i64) -> String {
    rfc3339(at_us).chars().take(10).collect()
}
