//! Who carries the money: by hand, or a payment provider behind a signed webhook.

use super::model::Payout;
use crate::platform::{ids::hex, site::Webhook};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use serde_json::json;
use sha2::Sha256;
use std::{future::Future, pin::Pin, time::Duration};

/// What became of handing over a payout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// A person sends it and says so.
    ByHand,
    /// The provider has it under this name.
    Taken(String),
    /// The provider refuses it, for this reason.
    Refused(String),
}

/// Takes approved payouts. The same payout may be handed over more than once, after a crash: its
/// id tells that it is the same.
pub trait PayoutProvider: Send + Sync {
    /// Hands a payout over.
    ///
    /// # Errors
    /// A sentence, when it is not known what became of it; it is handed over again later.
    fn hand_over<'a>(&'a self, payout: &'a Payout)
    -> Pin<Box<dyn Future<Output = Result<Handed, String>> + Send + 'a>>;
}

/// Somebody sends the money by hand, with the table of approved payouts.
pub struct Manual;

impl PayoutProvider for Manual {
    fn hand_over<'a>(&'a self, _: &'a Payout) -> Pin<Box<dyn Future<Output = Result<Handed, String>> + Send + 'a>> {
        Box::pin(async { Ok(Handed::ByHand) })
    }
}

/// A service that is told of each payout by an HTTP POST.
///
/// The body is JSON; `Sayso-Signature` is the HMAC-SHA-256 of it under the shared secret, as 64
/// hexadecimal digits, and `Idempotency-Key` is the payout's id. Any 2xx takes the payout, with
/// `reference` in the reply's JSON if there is one; 4xx refuses it, except 408 and 429; the rest
/// is tried again.
pub struct Signed<'s>(pub &'s Webhook);

#[derive(Default, Deserialize)]
struct Reply {
    #[serde(default)]
    reference: String,
    #[serde(default)]
    error: String,
}

/// The signature of a body.
pub fn signature(secret: &str, body: &[u8]) -> String {
    // HMAC takes a key of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key length is valid");
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

impl PayoutProvider for Signed<'_> {
    fn hand_over<'a>(
        &'a self,
        payout: &'a Payout,
    ) -> Pin<Box<dyn Future<Output = Result<Handed, String>> + Send + 'a>> {
        Box::pin(async move {
            let body = json!({
                "id": payout.id, "amount_cents": payout.amount_cents, "currency": payout.currency,
                "destination": payout.destination,
            })
            .to_string();
            let client = reqwest::Client::builder()
                .timeout(Duration::from_secs(20))
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .map_err(|error| error.to_string())?;
            let sent = client
                .post(&*self.0.url)
                .header("content-type", "application/json")
                .header("idempotency-key", payout.id.to_string())
                .header("sayso-signature", signature(&self.0.secret, body.as_bytes()))
                .body(body)
                .send()
                .await
                // Without its address, which may hold a key.
                .map_err(|error| error.without_url().to_string())?;
            let status = sent.status();
            let text = sent.bytes().await.map_err(|error| error.without_url().to_string())?;
            let reply: Reply = serde_json::from_slice(&text).unwrap_or_default();
            match status.as_u16() {
                200..=299 => Ok(Handed::Taken(reply.reference)),
                408 | 429 => Err(format!("the payment provider answers {status}")),
                400..=499 if reply.error.is_empty() => {
                    Ok(Handed::Refused(format!("The payment provider answers {status}.")))
                }
                400..=499 => Ok(Handed::Refused(reply.error)),
                _ => Err(format!("the payment provider answers {status}")),
            }
        })
    }
}
