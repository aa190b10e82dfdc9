//! How long a task is reserved: held longer while somebody is at it, and a warning before the end
//! (WCAG 2.2, success criterion 2.2.1).

use crate::dom;
use crate::inbox::Inbox;
use js_sys::Date;

/// How often the page looks at its lease.
const LOOK_EVERY_MS: u32 = 15_000;
/// So long before the end, somebody who did nothing is warned.
const WARN_MS: f64 = 60_000.0;

/// What the page does about its lease now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Wait,
    /// Ask the server to hold it longer.
    Renew,
    /// Tell the person that it ends.
    Warn,
}

/// The lease of the task that is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lease {
    until_ms: f64,
    span_ms: f64,
    /// When somebody last did something.
    active_ms: Option<f64>,
    warned: bool,
}

/// Tells when somebody does something on the page, and regularly that it is time to look at the lease.
pub fn watch<E: 'static>(events: &Inbox<E>, active: fn() -> E, look: fn() -> E) {
    for name in ["keydown", "pointerdown"] {
        let events = events.clone();
        dom::on(&dom::window(), name, move |_| events.post(active()));
    }
    let events = events.clone();
    dom::spawn(async move {
        loop {
            dom::sleep(LOOK_EVERY_MS).await;
            events.post(look());
        }
    });
}

impl Lease {
    /// A lease that ends at an RFC 3339 time.
    pub fn until(expires_at: &str) -> Lease {
        Lease::between(Date::now(), Date::parse(expires_at))
    }

    fn between(now_ms: f64, until_ms: f64) -> Lease {
        Lease { until_ms, span_ms: until_ms - now_ms, active_ms: None, warned: false }
    }

    /// Whether it is over, by this device's clock.
    pub fn is_over(&self) -> bool {
        self.until_ms <= Date::now()
    }

    /// Somebody does something; true when they were warned, so that they keep the task at once.
    pub fn touch(&mut self) -> bool {
        self.touch_at(Date::now())
    }

    fn touch_at(&mut self, now_ms: f64) -> bool {
        self.active_ms = Some(now_ms);
        self.warned
    }

    /// What to do now.
    pub fn step(&mut self) -> Step {
        self.step_at(Date::now())
    }

    fn step_at(&mut self, now_ms: f64) -> Step {
        let left_ms = self.until_ms - now_ms;
        // A span that is not positive says that this device's clock is wrong.
        if self.span_ms <= 0.0 || left_ms <= 0.0 {
            return Step::Wait;
        }
        // What was done before a device slept, or before the look that it delayed, is long over: who went
        // away after it is warned.
        let is_active = self.active_ms.is_some_and(|at_ms| now_ms - at_ms <= 2.0 * f64::from(LOOK_EVERY_MS));
        if is_active && left_ms < self.span_ms / 2.0 {
            self.active_ms = None;
            return Step::Renew;
        }
        if left_ms < WARN_MS.min(self.span_ms / 2.0) && !self.warned {
            self.warned = true;
            return Step::Warn;
        }
        Step::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::{Lease, Step};

    #[test]
    fn it_is_renewed_for_who_works_and_ends_with_a_warning_for_who_does_not() {
        let mut lease = Lease::between(0.0, 600_000.0);
        lease.touch_at(95_000.0);
        assert_eq!(lease.step_at(100_000.0), Step::Wait);
        lease.touch_at(300_000.0);
        assert_eq!(lease.step_at(301_000.0), Step::Renew);
        assert_eq!(lease.step_at(500_000.0), Step::Wait);
        assert_eq!(lease.step_at(545_000.0), Step::Warn);
        assert_eq!(lease.step_at(560_000.0), Step::Wait, "once");
        assert!(lease.touch_at(562_000.0));
        assert_eq!(lease.step_at(565_000.0), Step::Renew);
        assert_eq!(lease.step_at(600_001.0), Step::Wait);
    }

    #[test]
    fn who_went_away_long_before_a_late_look_is_warned() {
        let mut lease = Lease::between(0.0, 600_000.0);
        lease.touch_at(1_000.0);
        assert_eq!(lease.step_at(570_000.0), Step::Warn);
    }
}
