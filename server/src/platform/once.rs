//! Writes that may be sent twice: the header `Idempotency-Key` makes them happen once
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! The key is stored in the very transaction that does the work. A repetition that comes while
//! the first is under way waits for it at the key's row; after a crash there is neither the work
//! nor the key. So there is no state in between that anybody could meet.

use super::{
    body::whole,
    db::{DbResult, Tx},
    ids::{PersonId, sha256_hex},
    problem::Problem,
};
use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use serde::de::DeserializeOwned;
use std::{future::Future, pin::Pin};

/// Longest key, in bytes: a UUID has 36.
const KEY_MAX: usize = 200;

/// What makes a request recognisable when it comes again.
#[derive(Clone, Debug, Default)]
pub struct Once {
    key: Option<String>,
    fingerprint: String,
}

impl Once {
    /// For a request with this body.
    ///
    /// # Errors
    /// 422 `invalid_key`.
    pub fn of(request: &HttpRequest, body: &[u8]) -> Result<Self, Problem> {
        let Some(header) = request.headers().get("idempotency-key") else { return Ok(Self::default()) };
        let key = header.to_str().ok().filter(|key| !key.is_empty() && key.len() <= KEY_MAX);
        let key =
            key.ok_or_else(|| Problem::invalid("invalid_key", "An Idempotency-Key has 1 to 200 visible characters."))?;
        let what = format!("{} {}\n{}", request.method(), request.path(), sha256_hex(body));
        Ok(Self { key: Some(key.to_owned()), fingerprint: sha256_hex(what.as_bytes()) })
    }

    /// For a form of a page that was made with a key of its own.
    ///
    /// # Errors
    /// 422 `invalid_key`.
    pub fn keyed(key: &str, body: &[u8]) -> Result<Self, Problem> {
        if key.is_empty() || key.len() > KEY_MAX {
            return Err(Problem::invalid("invalid_key", "This form is incomplete. Reload the page and send it again."));
        }
        Ok(Self { key: Some(key.to_owned()), fingerprint: sha256_hex(body) })
    }

    /// What the first request made, if this is a repetition. Call it first in the transaction.
    ///
    /// # Errors
    /// 422 `idempotency_mismatch` when the key came with another request.
    pub async fn before(&self, tx: &mut Tx, person: PersonId, now_us: i64) -> Result<Option<String>, Problem> {
        let Some(key) = &self.key else { return Ok(None) };
        let fresh = tx
            .exec(
                "insert into idempotency_keys (person_id, key, fingerprint, made, at_us) values ($1, $2, $3, '', $4)
                 on conflict (person_id, key) do nothing",
                (person, key.as_str(), self.fingerprint.as_str(), now_us),
            )
            .await?;
        if fresh == 1 {
            return Ok(None);
        }
        let (fingerprint, made): (String, String) = tx
            .one(
                "select fingerprint, made from idempotency_keys where person_id = $1 and key = $2",
                (person, key.as_str()),
            )
            .await?;
        if fingerprint == self.fingerprint {
            return Ok(Some(made));
        }
        Err(Problem::invalid(
            "idempotency_mismatch",
            "This Idempotency-Key was used for another request. Make a new one.",
        ))
    }

    /// Notes what the request made. Call it last in the transaction.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn after(&self, tx: &mut Tx, person: PersonId, made: &str) -> DbResult<()> {
        let Some(key) = &self.key else { return Ok(()) };
        tx.exec("update idempotency_keys set made = $3 where person_id = $1 and key = $2", (person, key.as_str(), made))
            .await
            .map(drop)
    }
}

/// A body as it came, together with what makes its request recognisable.
pub struct Sent {
    /// The body.
    pub bytes: web::Bytes,
    /// Its content type, or nothing.
    pub kind: String,
    /// The key.
    pub once: Once,
}

impl FromRequest for Sent {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let bytes = web::Bytes::from_request(&request, payload);
        Box::pin(async move {
            let bytes = whole(bytes.await)?;
            let once = Once::of(&request, &bytes)?;
            let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
            Ok(Self { bytes, kind: kind.unwrap_or_default().to_owned(), once })
        })
    }
}

/// A JSON body together with what makes its request recognisable.
pub struct Keyed<T> {
    /// The body.
    pub body: T,
    /// The key.
    pub once: Once,
}

impl<T: DeserializeOwned + 'static> FromRequest for Keyed<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let sent = Sent::from_request(request, payload);
        Box::pin(async move {
            let Sent { bytes, once, .. } = sent.await?;
            let body = serde_json::from_slice(&bytes).map_err(|error| {
                Problem::invalid("invalid_json", format!("The body is not the JSON that is expected: {error}."))
            })?;
            Ok(Self { body, once })
        })
    }
}
