//! Approved payouts go to the provider; every so often everybody is paid out.

use super::model::{PayoutState, SendPayout};
use super::provider::{Handed, Manual, PayoutProvider, Signed};
use super::{advance, store};
use crate::platform::{problem::Problem, site::Site, worker::JobError};

/// Hands an approved payout to the provider; running it again changes nothing.
///
/// # Errors
/// When the database or the provider does not answer.
pub async fn send_payout(site: Site, job: SendPayout) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let payout = store::find(&mut tx, job.payout).await?;
    drop(tx);
    let Some(payout) = payout.filter(|payout| payout.state() == PayoutState::Approved) else { return Ok(()) };
    let handed = match &site.payouts {
        Some(webhook) => Signed(webhook).hand_over(&payout).await,
        None => Manual.hand_over(&payout).await,
    };
    let (to, reference) = match handed.map_err(JobError::Retry)? {
        Handed::ByHand => return Ok(()),
        Handed::Taken(reference) => (PayoutState::Sent, reference),
        Handed::Refused(reason) => (PayoutState::Failed, reason),
    };
    match advance(&site, None, payout.id, to, &reference).await {
        // Somebody moved it on meanwhile: what they said counts.
        Err(Problem { code: "payout_state", .. }) | Ok(_) => Ok(()),
        Err(problem) => Err(JobError::Retry(problem.detail)),
    }
}
