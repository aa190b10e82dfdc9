//! Access tokens: JWTs (RFC 7519) with one algorithm, HS256, and five required claims.
//!
//! A token only carries which log-in it belongs to; whether that log-in still stands, and what
//! the person may do, is read from the database on every request, so log-out and a lowered
//! role take effect at once.

use crate::platform::{clock::SECOND_US, ids::SessionId, secrets::Secrets};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

/// How long an access token lives.
pub const ACCESS_US: i64 = 15 * 60 * SECOND_US;
const ISSUER: &str = "sayso";
const AUDIENCE: &str = "sayso-api";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    nbf: i64,
    exp: i64,
}

/// A token for a log-in, valid from `now_us` for [`ACCESS_US`].
///
/// # Errors
/// When signing fails, which is a fault of ours.
pub fn issue(secrets: &Secrets, session: SessionId, now_us: i64) -> Result<String, jsonwebtoken::errors::Error> {
    let claims = Claims {
        iss: ISSUER.into(),
        aud: AUDIENCE.into(),
        sub: session.to_string(),
        nbf: now_us / SECOND_US,
        exp: (now_us + ACCESS_US) / SECOND_US,
    };
    encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(&secrets.key("access-token")))
}

/// The log-in that a token belongs to, if it is ours and valid now.
pub fn read(secrets: &Secrets, token: &str, now_us: i64) -> Option<SessionId> {
    let mut rules = Validation::new(Algorithm::HS256);
    rules.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    rules.set_issuer(&[ISSUER]);
    rules.set_audience(&[AUDIENCE]);
    // The crate would read the machine's clock; ours is the site's.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let claims = decode::<Claims>(token, &DecodingKey::from_secret(&secrets.key("access-token")), &rules).ok()?.claims;
    let now_s = now_us / SECOND_US;
    // Five seconds: clocks of several servers.
    (claims.nbf - 5 <= now_s && now_s < claims.exp).then(|| claims.sub.parse().ok()).flatten()
}
