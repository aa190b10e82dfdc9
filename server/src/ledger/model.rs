//! Money: accounts and the entries between them.

use crate::platform::ids::PersonId;
use crate::typed_id;
use serde::Serialize;

typed_id!(
    /// One ledger entry.
    EntryId
);

/// Where money stands. A person's three accounts and a project's funding add up to zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Account {
    /// What the project owes for: the only account that may be negative.
    Funding(String),
    /// Earned, not yet accepted.
    Pending(PersonId),
    /// Accepted, not yet paid out.
    Payable(PersonId),
}

impl std::fmt::Display for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Account::Funding(project) => write!(f, "project:{project}:funding"),
            Account::Pending(person) => write!(f, "person:{person}:pending"),
            Account::Payable(person) => write!(f, "person:{person}:payable"),
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

/// One movement, as a statement shows it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, utoipa::ToSchema)]
pub struct Line {
    /// What happened: `pend`, `accept` or `void`.
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
}

/// An amount for people: `1.25 USD`.
pub fn amount(cents: i64, currency: &str) -> String {
    let (sign, cents) = if cents < 0 { ("−", -cents) } else { ("", cents) };
    format!("{sign}{}.{:02} {currency}", cents / 100, cents % 100)
}
