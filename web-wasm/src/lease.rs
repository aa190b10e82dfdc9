//! How long a task is reserved: held longer while somebody is at it, and a warning before the end
//! (WCAG 2.2, success criterion 2.2.1).

use js_sys::Date;

/// How often the page looks at its lease.
pub const LOOK_EVERY_MS: u32 = 15_000;
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
    active: bool,
    warned: bool,
}

impl Lease {
    /// A lease that ends at an RFC 3339 time.
    pub fn until(expires_at: &str) -> Lease {
        Lease::between(Date::now(), Date::parse(expires_at))
    }

    fn between(now_ms: f64, until_ms: f64) -> Lease {
        Lease { until_ms, span_ms: until_ms - now_ms, active: false, warned: false }
    }

    /// Whether it is over, by this device's clock.
    pub fn is_over(&self) -> bool {
        self.until_ms <= Date::now()
    }

    /// Somebody does something; true when they were warned, so that they keep the task at once.
    pub fn touch(&mut self) -> bool {
        self.active = true;
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
        if std::mem::take(&mut self.active) && left_ms < self.span_ms / 2.0 {
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
        lease.touch();
        assert_eq!(lease.step_at(100_000.0), Step::Wait);
        lease.touch();
        assert_eq!(lease.step_at(301_000.0), Step::Renew);
        assert_eq!(lease.step_at(500_000.0), Step::Wait);
        assert_eq!(lease.step_at(545_000.0), Step::Warn);
        assert_eq!(lease.step_at(560_000.0), Step::Wait, "once");
        assert!(lease.touch());
        assert_eq!(lease.step_at(565_000.0), Step::Renew);
        assert_eq!(lease.step_at(600_001.0), Step::Wait);
    }
}
