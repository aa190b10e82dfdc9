//! Accounts over the API.

use super::{Account, Credentials, NewAccount, RefreshBody, Refreshed, Tokens, store};
use crate::platform::{
    caller::{Admin, Caller, Role},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

/// Where a request comes from, as the connection says; a header could be forged.
pub(super) fn network(request: &HttpRequest) -> String {
    request.peer_addr().map(|address| address.ip().to_string()).unwrap_or_default()
}

/// Sign up. Everybody starts as a contributor.
#[utoipa::path(post, path = "/api/v1/accounts", tag = "accounts", request_body = NewAccount,
    responses((status = 201, body = Account), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn create(site: web::Data<Site>, new: web::Json<NewAccount>) -> Result<HttpResponse, Problem> {
    let person = super::sign_up(&site, new.into_inner()).await?;
    Ok(HttpResponse::Created().json(Account::from(person)))
}

/// Log in.
#[utoipa::path(post, path = "/api/v1/sessions", tag = "accounts", request_body = Credentials,
    responses((status = 200, body = Tokens), (status = 401, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn log_in(
    request: HttpRequest,
    site: web::Data<Site>,
    credentials: web::Json<Credentials>,
) -> Result<web::Json<Tokens>, Problem> {
    super::log_in(&site, credentials.into_inner(), &network(&request)).await.map(web::Json)
}

/// Trade a refresh token for new tokens. Using one twice ends the session.
#[utoipa::path(post, path = "/api/v1/sessions/refresh", tag = "accounts", request_body = RefreshBody,
    responses((status = 200, body = Tokens), (status = 401, body = ProblemBody)))]
pub async fn refresh(site: web::Data<Site>, body: web::Json<RefreshBody>) -> Result<web::Json<Tokens>, Problem> {
    match super::refresh(&site, &body.refresh_token, false).await? {
        Refreshed::Tokens(tokens) | Refreshed::Access(tokens) => Ok(web::Json(tokens)),
    }
}

/// Log out.
#[utoipa::path(delete, path = "/api/v1/sessions/current", tag = "accounts", responses((status = 204)))]
pub async fn log_out(site: web::Data<Site>, caller: Caller) -> Result<HttpResponse, Problem> {
    super::log_out(&site, caller.session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The signed-in person.
#[utoipa::path(get, path = "/api/v1/me", tag = "accounts", responses((status = 200, body = Account)))]
pub async fn me(site: web::Data<Site>, caller: Caller) -> Result<web::Json<Account>, Problem> {
    let mut tx = site.db.read().await?;
    let person = store::find(&mut tx, caller.person).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(person.into()))
}

/// Body of `PUT /api/v1/people/{id}/role`.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct RoleBody {
    /// The new role.
    pub role: Role,
}

/// Give a person a role.
#[utoipa::path(put, path = "/api/v1/people/{id}/role", tag = "accounts", request_body = RoleBody,
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub async fn set_role(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    body: web::Json<RoleBody>,
) -> Result<HttpResponse, Problem> {
    let person: PersonId = id.parse().map_err(|_| Problem::not_found())?;
    super::set_role(&site, admin.person, person, body.role).await?;
    Ok(HttpResponse::NoContent().finish())
}
