//! Protection against requests that another site makes a browser send.
//!
//! Three layers: cookies are `SameSite`; a request that the browser itself calls cross-site is
//! refused; and a request that is authenticated by cookie must carry a token that only our own
//! pages know (OWASP's HMAC-based token pattern): a header on API calls, a field in forms.

use super::{
    caller::Caller,
    problem::Problem,
    secrets::{Secrets, same},
    site::Site,
};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{Method, StatusCode, header},
    web,
};
use serde::de::DeserializeOwned;
use std::{future::Future, pin::Pin};

/// The token of one session.
pub fn token(secrets: &Secrets, caller: &Caller) -> String {
    secrets.mac_hex("csrf", caller.session.to_string().as_bytes())
}

fn refused() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "csrf",
        "This form is too old or came from another site. Reload the page and send it again.",
    )
}

/// Refuses what the browser calls cross-site, or what names a foreign origin.
///
/// # Errors
/// 403 `csrf`.
pub fn same_site(request: &HttpRequest, site: &Site) -> Result<(), Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    if text(header::HeaderName::from_static("sec-fetch-site")).is_some_and(|value| value == "cross-site") {
        return Err(refused());
    }
    let Some(origin) = text(header::ORIGIN) else { return Ok(()) };
    let host = text(header::HOST).unwrap_or_default();
    let foreign = origin != &*site.public_url && origin.split_once("://").is_none_or(|(_, at)| at != host);
    if foreign { Err(refused()) } else { Ok(()) }
}

/// Whether an API request that a cookie authenticates carries its token.
///
/// # Errors
/// 403 `csrf`.
pub fn header_token(request: &HttpRequest, site: &Site, caller: &Caller) -> Result<(), Problem> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let given = request.headers().get("x-csrf-token").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if safe || !caller.by_cookie || same(given, &token(&site.secrets, caller)) {
        return Ok(());
    }
    Err(refused())
}

/// Whether a form that a cookie authenticates carries its token.
///
/// # Errors
/// 403 `csrf`.
pub fn form_token(request: &HttpRequest, given: &str) -> Result<(), Problem> {
    let site = request.app_data::<web::Data<Site>>().ok_or_else(|| Problem::internal("no site"))?;
    match Caller::of(request) {
        Some(caller) if caller.by_cookie && !same(given, &token(&site.secrets, &caller)) => Err(refused()),
        _ => Ok(()),
    }
}

/// A form of one of our pages: fields, after its token was checked.
pub struct SafeForm<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for SafeForm<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let fields = web::Form::<Vec<(String, String)>>::from_request(&request, payload);
        Box::pin(async move {
            let fields =
                fields.await.map_err(|error| Problem::invalid("invalid_form", error.to_string()))?.into_inner();
            let given = fields.iter().find(|(name, _)| name == "csrf").map_or("", |(_, value)| value);
            form_token(&request, given)?;
            let object = fields.into_iter().filter(|(name, _)| name != "csrf").collect::<Vec<_>>();
            let text = serde_urlencoded::to_string(object).map_err(Problem::internal)?;
            serde_urlencoded::from_str(&text)
                .map(SafeForm)
                .map_err(|error| Problem::invalid("invalid_form", format!("A field is missing or wrong: {error}.")))
        })
    }
}
