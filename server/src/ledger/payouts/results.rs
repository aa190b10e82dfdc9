//! What the payment provider says afterwards: signed like what it was told.

use super::model::{PayoutId, PayoutState};
use super::provider::signature;
use crate::platform::{body::whole, problem::Problem, secrets::same, site::Site};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde::Deserialize;
use wire::ProblemBody;

/// The provider's word on a payout.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutResult {
    /// Which.
    #[schema(value_type = String)]
    pub payout: PayoutId,
    /// `settled` or `failed`.
    pub state: PayoutState,
    /// What the provider calls it, or why it failed.
    #[serde(default)]
    pub reference: String,
}

/// The payment provider tells what became of a payout. `Sayso-Signature` is the HMAC-SHA-256 of
/// the body under the shared secret, as hexadecimal digits. Saying the same twice changes nothing.
#[utoipa::path(post, path = "/api/v1/payouts/results", tag = "ledger", request_body = PayoutResult, security(()), responses(
    (status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn receive(
    request: HttpRequest,
    site: web::Data<Site>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let body = whole(body)?;
    let webhook = site.payouts.as_ref().ok_or_else(Problem::not_found)?;
    let given = request.headers().get("sayso-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !same(given, &signature(&webhook.secret, &body)) {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "bad_signature",
            "Sayso-Signature is not the HMAC-SHA-256 of this body under the shared secret.",
        ));
    }
    let result: PayoutResult = serde_json::from_slice(&body).map_err(|error| {
        Problem::invalid("invalid_json", format!("The body is not the JSON that is expected: {error}."))
    })?;
    if !matches!(result.state, PayoutState::Settled | PayoutState::Failed) {
        return Err(Problem::invalid("invalid_state", "A result is settled or failed."));
    }
    super::advance(&site, None, result.payout, result.state, &result.reference).await?;
    Ok(HttpResponse::NoContent().finish())
}
