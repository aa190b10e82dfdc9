//! What people say about themselves, by page and by API.

use super::{Profile, pages::ProfilePage};
use crate::platform::{
    caller::Caller,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

/// What the caller says about themselves; what they left out is null.
#[utoipa::path(get, path = "/api/v1/me/profile", tag = "accounts", responses((status = 200, body = Profile)))]
pub async fn read(site: web::Data<Site>, caller: Caller) -> Result<web::Json<Profile>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(super::profile(&mut tx, caller.person).await?))
}

/// Replace what you say about yourself. Everything is voluntary: what is left out, empty or null is erased.
#[utoipa::path(put, path = "/api/v1/me/profile", tag = "accounts", request_body = Profile,
    responses((status = 200, body = Profile), (status = 422, body = ProblemBody)))]
pub async fn set(
    site: web::Data<Site>,
    caller: Caller,
    profile: web::Json<Profile>,
) -> Result<web::Json<Profile>, Problem> {
    super::set_profile(&site, caller.person, profile.into_inner()).await.map(web::Json)
}

/// Query of the page.
#[derive(Deserialize)]
pub struct SavedQuery {
    /// Present after the form was taken.
    saved: Option<String>,
}

/// `GET /profile`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    query: web::Query<SavedQuery>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let profile = super::profile(&mut tx, caller.person).await?;
    page::show(&ProfilePage { layout, profile, saved: query.saved.is_some(), problem: None })
}

/// The form: what is said, and `erase` when the button for that was pressed.
#[derive(Deserialize)]
pub struct ProfileForm {
    age: Option<String>,
    gender: Option<String>,
    accent: Option<String>,
    first_language: Option<String>,
    region: Option<String>,
    erase: Option<String>,
}

/// `POST /profile`.
///
/// # Errors
/// When the site fails; wrong fields come back with the form.
pub async fn submit(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    SafeForm(form): SafeForm<ProfileForm>,
) -> Result<HttpResponse, Problem> {
    let ProfileForm { age, gender, accent, first_language, region, erase } = form;
    let profile = match erase {
        Some(_) => Profile::default(),
        None => Profile { age, gender, accent, first_language, region },
    };
    match super::set_profile(&site, caller.person, profile.clone()).await {
        Ok(_) => Ok(go("/profile?saved=1")),
        Err(problem) if problem.status.is_client_error() => {
            let status = problem.status;
            page::show_with(status, &ProfilePage { layout, profile, saved: false, problem: Some(problem) })
        }
        Err(problem) => Err(problem),
    }
}
