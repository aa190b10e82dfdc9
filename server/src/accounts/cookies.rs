//! The two cookies of a signed-in browser.
//!
//! `HttpOnly`, so no script can read them; `SameSite=Lax`, so no foreign form can use them;
//! with HTTPS also `Secure` and the `__Host-` prefix (RFC 6265bis §4.1.3.2).

use super::{SESSION_US, Tokens, token::ACCESS_US};
use crate::platform::{clock::SECOND_US, site::Site};
use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
};

fn name(site: &Site, short: &str) -> String {
    if site.secure() { format!("__Host-sayso_{short}") } else { format!("sayso_{short}") }
}

fn cookie(site: &Site, short: &str, value: String, lives_us: i64) -> Cookie<'static> {
    Cookie::build(name(site, short), value)
        .path("/")
        .http_only(true)
        .secure(site.secure())
        .same_site(SameSite::Lax)
        .max_age(Duration::seconds(lives_us / SECOND_US))
        .finish()
}

/// The cookies that carry `tokens`; without a refresh token only the access cookie.
pub fn of(site: &Site, tokens: &Tokens) -> Vec<Cookie<'static>> {
    let mut cookies = vec![cookie(site, "access", tokens.access_token.clone(), ACCESS_US)];
    if !tokens.refresh_token.is_empty() {
        cookies.push(cookie(site, "refresh", tokens.refresh_token.clone(), SESSION_US));
    }
    cookies
}

/// Cookies that make the browser forget both.
pub fn none(site: &Site) -> Vec<Cookie<'static>> {
    vec![cookie(site, "access", String::new(), 0), cookie(site, "refresh", String::new(), 0)]
}

/// The access token of a browser.
pub fn access(site: &Site, request: &HttpRequest) -> Option<String> {
    request.cookie(&name(site, "access")).map(|cookie| cookie.value().to_owned())
}

/// The refresh token of a browser.
pub fn refresh(site: &Site, request: &HttpRequest) -> Option<String> {
    request.cookie(&name(site, "refresh")).map(|cookie| cookie.value().to_owned())
}
