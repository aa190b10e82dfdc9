//! Money: accounts and the entries between them.

pub use super::days::Chart;
pub use super::payouts::model::{Payout, state_words};
use crate::batches::{BatchId, ItemId};
use crate::platform::ids::PersonId;
use crate::typed_id;
use serde::Serialize;

typed_id!(
    /// One ledger entry.
    EntryId
);

/// Where money stands. All accounts together are always zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// Where a project's funding comes from; as negative as all that was ever put in.
    Outside,
    /// What a project may still spend, or, when it is negative, owes for.
    Funding(String),
    /// Earned, not yet accepted.
    Pending(PersonId),
    /// Accepted, not yet paid out.
    Payable(PersonId),
    /// Paid out, or on its way.
    Paid(PersonId),
}

impl std::fmt::Display for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Account::Outside => f.write_str("outside"),
            Account::Funding(project) => write!(f, "project:{project}:funding"),
            Account::Pending(person) => write!(f, "person:{person}:pending"),
            Account::Payable(person) => write!(f, "person:{person}:payable"),
            Account::Paid(person) => write!(f, "person:{person}:paid"),
        }
    }
}

/// Pay for one task.
#[derive(Clone, Debug)]
pub struct Pay {
    /// The task that earned it: what makes the posting unique.
    pub task: String,
    /// Who earned it.
    pub person: PersonId,
    /// Who funds it.
    pub project: String,
    /// Minor units of `currency`.
    pub cents: i64,
    /// ISO 4217 code.
    pub currency: String,
}

/// Why a task is not paid.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Whose pay is refused.
    pub task: String,
    /// The batch it belongs to.
    pub batch: BatchId,
    /// The item it was about.
    pub item: ItemId,
    /// Stable, for programs.
    pub code: String,
    /// At least 20 characters, for the person.
    pub text: String,
    /// Who refuses; nobody when it is a rule that holds for everybody.
    pub by: Option<PersonId>,
}

/// A refusal as kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Refused {
    /// Whose pay was refused.
    pub task_id: String,
    /// Who would have earned it.
    pub person_id: PersonId,
    /// Who would have paid.
    pub project_id: String,
    /// The batch.
    pub batch_id: BatchId,
    /// The item.
    pub item_id: ItemId,
    /// Stable, for programs.
    pub code: String,
    /// For the person.
    pub text: String,
    /// Who refused; nobody when a rule did.
    pub refused_by: Option<PersonId>,
    /// Minor units of `currency`.
    pub amount_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// UTC microseconds.
    pub at_us: i64,
    /// What was done, in words.
    pub work: String,
}

/// Money beyond a task's own pay, payable at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Thanks, with a reason.
    Bonus,
    /// What lifts an hour's pay to the floor.
    TopUp,
    /// Refused pay that was won back.
    Appeal,
}

impl Grant {
    /// The word used in the database, and before the cause.
    pub fn as_str(self) -> &'static str {
        match self {
            Grant::Bonus => "bonus",
            Grant::TopUp => "top_up",
            Grant::Appeal => "appeal",
        }
    }
}

/// One movement, as a statement shows it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Line {
    /// What happened: `pend`, `accept`, `void`, `appeal`, `bonus`, `top_up`, `payout` or `payout_failed`.
    pub kind: String,
    /// Minor units of `currency`.
    pub amount_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// What for.
    pub note: String,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// What a person has earned in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Balance {
    /// ISO 4217 code.
    pub currency: String,
    /// Earned, not yet accepted, in minor units.
    pub pending_cents: i64,
    /// Accepted, not yet paid out, in minor units.
    pub payable_cents: i64,
    /// Paid out or on its way, in minor units.
    pub paid_cents: i64,
}

/// What a project's money did, in minor units of its currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Costs {
    /// Put in.
    pub funded_cents: i64,
    /// Earned, not yet accepted.
    pub pending_cents: i64,
    /// Tasks accepted.
    pub accepted_cents: i64,
    /// Won back by appeals.
    pub appeals_cents: i64,
    /// Bonuses.
    pub bonuses_cents: i64,
    /// Lifted to the floor.
    pub top_ups_cents: i64,
}

impl Costs {
    /// Everything that is owed to people or was paid to them.
    pub fn spent_cents(&self) -> i64 {
        self.pending_cents + self.accepted_cents + self.appeals_cents + self.bonuses_cents + self.top_ups_cents
    }
}

/// An amount for people: `1.25 USD`, or `1.25` where the currency is told elsewhere.
pub fn amount(cents: i64, currency: &str) -> String {
    let (sign, cents) = if cents < 0 { ("−", cents.unsigned_abs()) } else { ("", cents.unsigned_abs()) };
    let space = if currency.is_empty() { "" } else { " " };
    format!("{sign}{}.{:02}{space}{currency}", cents / 100, cents % 100)
}

/// An amount for programs: `1.25`.
pub fn decimal(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn an_amount_ends_with_its_currency_or_its_last_digit() {
        assert_eq!([amount(125, "USD"), amount(-5, "EUR"), amount(1_234, "")], ["1.25 USD", "−0.05 EUR", "12.34"]);
    }
}
