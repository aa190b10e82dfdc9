//! Headers that every reply carries: what a browser may load, frame, sniff and keep.

use super::site::Site;
use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
    http::header::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    web,
};

/// The Content-Security-Policy: no inline script or style; WASM may compile; uploads may go to
/// the object store.
fn policy(site: &Site) -> String {
    let store = site.blobs.origin().unwrap_or_default();
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' {store}; \
         worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
}

fn set(headers: &mut HeaderMap, name: &'static str, value: &str) {
    let name = HeaderName::from_static(name);
    if let (false, Ok(value)) = (headers.contains_key(&name), HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}

/// Middleware that adds the headers, where a handler has not set its own.
///
/// # Errors
/// Passes on what the inner service fails with.
pub async fn secure(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let site = request.app_data::<web::Data<Site>>().cloned();
    // HEAD is GET without the body (RFC 9110 §9.3.2), which the HTTP layer leaves out by itself.
    if request.method() == Method::HEAD {
        request.head_mut().method = Method::GET;
    }
    let mut reply = next.call(request).await?;
    if let Some(site) = site {
        let headers = reply.headers_mut();
        set(headers, "content-security-policy", &policy(&site));
        set(headers, "x-content-type-options", "nosniff");
        set(headers, "referrer-policy", "same-origin");
        set(headers, "cross-origin-opener-policy", "same-origin");
        set(headers, "cross-origin-resource-policy", "same-origin");
        set(headers, "permissions-policy", "microphone=(self), camera=(), geolocation=()");
        set(headers, "cache-control", "no-store");
        if site.secure() {
            set(headers, "strict-transport-security", "max-age=31536000; includeSubDomains");
        }
    }
    Ok(reply)
}
