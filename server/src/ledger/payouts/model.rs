//! Payouts: an amount on its way to a person, and its states.

use crate::platform::ids::PersonId;
use crate::platform::queue::Job;
use crate::typed_id;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

typed_id!(
    /// One payout.
    PayoutId
);

/// Where a payout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutState {
    /// Asked for; waits for approval.
    Requested,
    /// Approved; waits to be sent.
    Approved,
    /// With the provider.
    Sent,
    /// Arrived.
    Settled,
    /// Did not arrive: the money is payable again.
    Failed,
}

impl PayoutState {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Sent => "sent",
            Self::Settled => "settled",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for PayoutState {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let all = [Self::Requested, Self::Approved, Self::Sent, Self::Settled, Self::Failed];
        all.into_iter().find(|state| state.as_str() == text).ok_or(())
    }
}

/// A payout as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Payout {
    /// Its id, which the provider gets as an idempotency key.
    pub id: PayoutId,
    /// Who gets it.
    pub person_id: PersonId,
    /// ISO 4217 code.
    pub currency: String,
    /// Minor units.
    pub amount_cents: i64,
    /// Where it goes, as the person wrote it.
    pub destination: String,
    /// A [`PayoutState`].
    pub state: String,
    /// Why it needs a second look; empty when it does not.
    pub held: String,
    /// The administrator whose run made it.
    pub run_by: Option<PersonId>,
    /// What the provider calls it, or why it failed.
    pub reference: String,
    /// UTC microseconds.
    pub requested_us: i64,
    /// Last change, UTC microseconds.
    pub changed_us: i64,
}

impl Payout {
    /// Where it stands; an unknown word in the database counts as failed and moves nothing.
    pub fn state(&self) -> PayoutState {
        self.state.parse().unwrap_or(PayoutState::Failed)
    }
}

/// Sends an approved payout to the provider.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SendPayout {
    /// Which.
    pub payout: PayoutId,
}

impl Job for SendPayout {
    const KIND: &'static str = "send_payout";
}

/// A state in words.
pub fn state_words(state: &str) -> &'static str {
    match state {
        "requested" => "Asked for, waits for approval",
        "approved" => "Approved, will be sent",
        "sent" => "Sent",
        "settled" => "Arrived",
        _ => "Did not arrive: payable again",
    }
}
