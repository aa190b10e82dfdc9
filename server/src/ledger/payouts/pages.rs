//! The page of payouts, for administrators.

use super::model::{Payout, PayoutState};
use super::rules;
use super::schedule::PayoutSchedule;
use crate::ledger::amount;
use crate::platform::page::Layout;
use askama::Template;

/// Payouts in one state.
#[derive(Template)]
#[template(path = "ledger/payouts.html")]
pub struct PayoutsPage {
    /// Frame.
    pub layout: Layout,
    /// Which.
    pub state: PayoutState,
    /// Oldest first.
    pub payouts: Vec<Payout>,
    /// When everybody is paid out by itself.
    pub schedule: PayoutSchedule,
}

/// The days of the week, in words.
const DAYS: [(i64, &str); 7] =
    [(1, "Monday"), (2, "Tuesday"), (3, "Wednesday"), (4, "Thursday"), (5, "Friday"), (6, "Saturday"), (7, "Sunday")];

/// The states, in the order of their tabs, in words.
const TABS: [(PayoutState, &str); 5] = [
    (PayoutState::Requested, "To approve"),
    (PayoutState::Approved, "To send"),
    (PayoutState::Sent, "Sent"),
    (PayoutState::Settled, "Arrived"),
    (PayoutState::Failed, "Failed"),
];

/// Whether two administrators must agree.
fn four_eyes(payout: &Payout) -> bool {
    rules::approvals_needed(payout.amount_cents) > 1
}
