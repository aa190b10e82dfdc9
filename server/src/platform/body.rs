//! Bodies that may be absent, and bodies that may be too large.

use super::problem::Problem;
use actix_web::{Error, FromRequest, HttpRequest, dev::Payload, http::StatusCode, web};
use serde::de::DeserializeOwned;
use std::{future::Future, pin::Pin};

/// A JSON body, or the default when there is no body at all; a wrong one is an error.
pub struct MaybeJson<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for MaybeJson<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let bytes = whole(bytes.await)?;
            if bytes.is_empty() {
                return Ok(Self(T::default()));
            }
            serde_json::from_slice(&bytes).map(Self).map_err(|error| {
                Problem::invalid("invalid_json", format!("The body is not the JSON that is expected: {error}."))
            })
        })
    }
}

/// The bytes of a body, or why they did not come.
///
/// # Errors
/// 413 `too_large`, 422 `broken_upload`.
pub fn whole(bytes: Result<web::Bytes, Error>) -> Result<web::Bytes, Problem> {
    bytes.map_err(|error| match error.as_response_error().status_code() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "This is too much at once. Send it in parts.")
        }
        _ => Problem::invalid("broken_upload", "The upload broke off. Send it again."),
    })
}
