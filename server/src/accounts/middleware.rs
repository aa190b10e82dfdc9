//! Resolves who is calling, before any handler runs.

use super::{Refreshed, Tokens, cookies, identify, refresh};
use crate::platform::{caller::Caller, csrf, problem::Problem, site::Site};
use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web,
};

/// Leaves a [`Caller`] with the request when a valid bearer token or
/// cookie comes with it, and refuses what another site made a browser send.
///
/// # Errors
/// 401 for a bearer token that is not valid, 403 `csrf`, 503 when the database does not answer.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let Some(site) = request.app_data::<web::Data<Site>>().cloned() else {
        return Err(Problem::internal("no site").into());
    };
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::to_owned);
    let mut fresh = None;
    let caller = match &bearer {
        Some(token) => Some(identify(&site, token.trim(), false).await?.ok_or_else(Problem::unauthenticated)?),
        None => {
            csrf::same_site(request.request(), &site)?;
            let (caller, tokens) = by_cookie(&site, request.request()).await?;
            fresh = tokens;
            caller
        }
    };
    if let Some(caller) = caller {
        // A signed upload URL is its own permission, and its path cannot be guessed.
        if request.path().starts_with("/api/") && !request.path().starts_with("/api/v1/uploads/") {
            csrf::header_token(request.request(), &site, &caller)?;
        }
        request.extensions_mut().insert(caller);
    }
    let mut reply = site.db.settled(next.call(request)).await.map_err(Problem::from)??;
    if let Some(tokens) = fresh {
        for cookie in cookies::of(&site, &tokens) {
            // A cookie that we built ourselves always fits into a header.
            let _ = reply.response_mut().add_cookie(&cookie);
        }
    }
    Ok(reply)
}

/// Who a browser's cookies belong to. An access cookie that ran out is renewed by the refresh
/// cookie on the way, so that a page left open for an hour still works.
async fn by_cookie(site: &Site, request: &HttpRequest) -> Result<(Option<Caller>, Option<Tokens>), Problem> {
    if let Some(token) = cookies::access(site, request)
        && let Some(caller) = identify(site, &token, true).await?
    {
        return Ok((Some(caller), None));
    }
    let Some(token) = cookies::refresh(site, request) else { return Ok((None, None)) };
    match refresh(site, &token, true).await {
        Ok(Refreshed::Tokens(tokens) | Refreshed::Access(tokens)) => {
            let caller = identify(site, &tokens.access_token, true).await?;
            Ok((caller, Some(tokens)))
        }
        Err(problem) if problem.status.is_client_error() => Ok((None, None)),
        Err(problem) => Err(problem),
    }
}
