//! When a payout may be made and how it moves. Pure decisions.

use super::model::PayoutState;
use crate::platform::{clock::DAY_US, problem::Problem};

/// Least that is paid out, in minor units.
pub const LEAST_CENTS: i64 = 500;
/// From here on two administrators must agree, in minor units.
pub const FOUR_EYES_CENTS: i64 = 10_000;

/// Approvals that a payout needs. Whoever starts a run approves what it makes.
pub fn approvals_needed(amount_cents: i64) -> i64 {
    if amount_cents >= FOUR_EYES_CENTS { 2 } else { 1 }
}

/// The latest day on which a weekly run was due, as days since 1970; weekday 1 is Monday.
pub fn period(now_us: i64, weekday: i64) -> i64 {
    let day = now_us.div_euclid(DAY_US);
    // 1970-01-01 was a Thursday.
    day - (day + 4 - weekday).rem_euclid(7)
}

/// Whether a payout may move from one state to another. It settles or fails once it was sent; it
/// may also fail before, when it is called off.
pub fn may_move(from: PayoutState, to: PayoutState) -> bool {
    use PayoutState::{Approved, Failed, Requested, Sent, Settled};
    matches!((from, to), (Requested, Approved | Failed) | (Approved, Sent | Failed) | (Sent, Settled | Failed))
}

/// Where money can go: an account of a provider, as its owner writes it.
///
/// # Errors
/// 422 `invalid_destination`.
pub fn destination(text: &str) -> Result<String, Problem> {
    // Spaces and case do not tell two accounts apart.
    let text: String = text.split_whitespace().collect();
    let text = if text.contains('@') { text.to_lowercase() } else { text.to_uppercase() };
    if (4..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    Err(Problem::invalid(
        "invalid_destination",
        "Write where the money shall go, in 4 to 200 characters, such as an IBAN or the e-mail address of your account.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payout_never_moves_twice_nor_back() {
        use PayoutState::{Approved, Failed, Requested, Sent, Settled};
        let all = [Requested, Approved, Sent, Settled, Failed];
        for end in [Settled, Failed] {
            assert!(all.iter().all(|to| !may_move(end, *to)), "{end:?} is final");
        }
        assert!(all.iter().all(|state| !may_move(*state, *state) && !may_move(*state, Requested)));
        assert!(!may_move(Requested, Sent), "nothing is sent without approval");
    }

    #[test]
    fn the_same_account_written_differently_is_one_destination() {
        assert_eq!(destination("DE89 3704 0044").ok(), destination(" de8937040044 ").ok());
        assert!(destination("  x ").is_err() && destination(&"9".repeat(201)).is_err());
    }

    #[test]
    fn a_weekly_run_is_that_of_the_latest_such_day() {
        // 2026-01-05 was a Monday.
        let monday = 20_458;
        let at = |day: i64, hour: i64| day * DAY_US + hour * DAY_US / 24;
        assert_eq!(period(at(monday, 0), 1), monday);
        assert_eq!(period(at(monday, 23), 1), monday);
        assert_eq!(period(at(monday + 6, 23), 1), monday);
        assert_eq!(period(at(monday, 9), 2), monday - 6);
        assert_eq!(period(at(monday, 9), 7), monday - 1);
    }

    #[test]
    fn a_large_amount_needs_four_eyes() {
        assert_eq!((approvals_needed(9_999), approvals_needed(10_000)), (1, 2));
    }
}
