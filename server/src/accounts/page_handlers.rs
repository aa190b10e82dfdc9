//! Accounts as pages and forms.

use super::{
    Credentials, NewAccount, cookies,
    handlers::network,
    list,
    pages::{HomePage, LoginPage, PeoplePage, SignUpPage},
};
use crate::platform::{
    caller::{Admin, Caller, Role},
    csrf::SafeForm,
    ids::PersonId,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

/// Query of pages that lead somewhere afterwards.
#[derive(Deserialize)]
pub struct NextQuery {
    /// Local path to show afterwards.
    #[serde(default)]
    next: Option<String>,
    /// Token of the first administrator's link.
    #[serde(default)]
    token: Option<String>,
}

/// Only paths of this site: a link from outside must not send people elsewhere.
fn local(next: Option<&str>) -> String {
    let next = next.unwrap_or("/");
    let inside = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if inside { next.to_owned() } else { "/".to_owned() }
}

fn with_cookies(mut reply: HttpResponse, cookies: Vec<actix_web::cookie::Cookie<'static>>) -> HttpResponse {
    for cookie in cookies {
        // A cookie that we built ourselves always fits into a header.
        let _ = reply.add_cookie(&cookie);
    }
    reply
}

/// `GET /`.
///
/// # Errors
/// When the template fails.
pub async fn home(layout: Layout) -> Result<HttpResponse, Problem> {
    page::show(&HomePage { layout })
}

/// `GET /signup` and `GET /setup?token=…`.
///
/// # Errors
/// When the template fails.
pub async fn sign_up_form(layout: Layout, query: web::Query<NextQuery>) -> Result<HttpResponse, Problem> {
    let token = query.into_inner().token.unwrap_or_default();
    page::show(&SignUpPage { layout, token, email: String::new(), name: String::new(), problem: None })
}

/// `POST /signup`: makes the account and logs in.
///
/// # Errors
/// When the site fails; wrong fields come back with the form.
pub async fn sign_up(
    request: HttpRequest,
    site: web::Data<Site>,
    layout: Layout,
    SafeForm(new): SafeForm<NewAccount>,
) -> Result<HttpResponse, Problem> {
    let (email, name, token) = (new.email.clone(), new.name.clone(), new.setup_token.clone().unwrap_or_default());
    let password = new.password.clone();
    match super::sign_up(&site, new).await {
        Ok(_) => {
            let tokens = super::log_in(&site, Credentials { email, password, next: None }, &network(&request)).await?;
            let to = if token.is_empty() { "/tasks" } else { "/projects" };
            Ok(with_cookies(go(to), cookies::of(&site, &tokens)))
        }
        Err(problem) if problem.status.is_client_error() => {
            let status = problem.status;
            page::show_with(status, &SignUpPage { layout, token, email, name, problem: Some(problem) })
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /login`.
///
/// # Errors
/// When the template fails.
pub async fn log_in_form(layout: Layout, query: web::Query<NextQuery>) -> Result<HttpResponse, Problem> {
    let next = local(query.next.as_deref());
    page::show(&LoginPage { layout, next, email: String::new(), problem: None })
}

/// `POST /login`.
///
/// # Errors
/// When the site fails; a wrong password comes back with the form.
pub async fn log_in(
    request: HttpRequest,
    site: web::Data<Site>,
    layout: Layout,
    SafeForm(credentials): SafeForm<Credentials>,
) -> Result<HttpResponse, Problem> {
    let (email, next) = (credentials.email.clone(), local(credentials.next.as_deref()));
    match super::log_in(&site, credentials, &network(&request)).await {
        Ok(tokens) => Ok(with_cookies(go(&next), cookies::of(&site, &tokens))),
        Err(problem) if problem.status.is_client_error() => {
            let status = problem.status;
            page::show_with(status, &LoginPage { layout, next, email, problem: Some(problem) })
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /logout`.
///
/// # Errors
/// When the database does not answer.
pub async fn log_out(
    site: web::Data<Site>,
    caller: Option<Caller>,
    _form: SafeForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    if let Some(caller) = caller {
        super::log_out(&site, caller.session).await?;
    }
    Ok(with_cookies(go("/"), cookies::none(&site)))
}

/// `GET /people`.
///
/// # Errors
/// When the database does not answer.
pub async fn people(site: web::Data<Site>, _admin: Admin, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let people = list(&mut tx).await?.into_iter().map(Into::into).collect();
    page::show(&PeoplePage { layout, people, roles: Role::ALL })
}

/// The form on the people page.
#[derive(Deserialize)]
pub struct RoleForm {
    person: String,
    role: Role,
}

/// `POST /people`.
///
/// # Errors
/// 404 for nobody, 409 `last_admin`.
pub async fn set_role(
    site: web::Data<Site>,
    Admin(admin): Admin,
    SafeForm(form): SafeForm<RoleForm>,
) -> Result<HttpResponse, Problem> {
    let person: PersonId = form.person.parse().map_err(|_| Problem::not_found())?;
    super::set_role(&site, admin.person, person, form.role).await?;
    Ok(go("/people"))
}
