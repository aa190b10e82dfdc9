//! What a recording must meet: a project's thresholds, by page and by API.

use super::{ProjectId, pages::PolicyPage};
use crate::platform::{
    caller::{Admin, Caller},
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use audio::Policy;
use serde_json::Value;
use std::collections::BTreeMap;
use wire::ProblemBody;

/// The thresholds that a recording of this project must meet.
#[utoipa::path(get, path = "/api/v1/projects/{id}/policy", tag = "batches",
    responses((status = 200, body = Object), (status = 404, body = ProblemBody)))]
pub async fn read(site: web::Data<Site>, _caller: Caller, id: web::Path<String>) -> Result<web::Json<Policy>, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = super::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    Ok(web::Json(project.policy()))
}

/// Set the thresholds for takes whose prompts are given out from now on. Absent fields get their
/// documented defaults.
#[utoipa::path(put, path = "/api/v1/projects/{id}/policy", tag = "batches", request_body = Object,
    responses((status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    policy: web::Json<Policy>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    super::set_policy(&site, admin.person, id, &policy).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /projects/{id}/policy`.
///
/// # Errors
/// 404 without the project.
pub async fn show(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = super::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let values = numbers(&project.policy())?;
    page::show(&PolicyPage { layout, project: id.to_string(), name: project.name, values, problem: None })
}

/// `POST /projects/{id}/policy`.
///
/// # Errors
/// 404 without the project; wrong values come back with the form.
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    id: web::Path<String>,
    SafeForm(values): SafeForm<BTreeMap<String, String>>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let project = super::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    let set = match policy_of(&values) {
        Ok(policy) => super::set_policy(&site, admin.person, id, &policy).await,
        Err(problem) => Err(problem),
    };
    match set {
        Ok(()) => Ok(go(format!("/projects/{id}"))),
        Err(problem) if problem.status.is_client_error() => {
            let page =
                PolicyPage { layout, project: id.to_string(), name: project.name, values, problem: Some(problem) };
            page::show_with(page.problem.as_ref().map_or(actix_web::http::StatusCode::OK, |p| p.status), &page)
        }
        Err(problem) => Err(problem),
    }
}

/// Every threshold as the form shows it.
fn numbers(policy: &Policy) -> Result<BTreeMap<String, String>, Problem> {
    let Value::Object(fields) = serde_json::to_value(policy).map_err(Problem::internal)? else {
        return Ok(BTreeMap::new());
    };
    Ok(fields.into_iter().map(|(name, value)| (name, value.to_string())).collect())
}

/// The thresholds that somebody typed.
fn policy_of(values: &BTreeMap<String, String>) -> Result<Policy, Problem> {
    let mut fields = serde_json::Map::new();
    for field in Policy::FIELDS {
        let typed = values.get(field.name).map(|text| text.trim().replace(',', ".")).unwrap_or_default();
        let number: Value = serde_json::from_str(&typed)
            .ok()
            .filter(Value::is_number)
            .ok_or_else(|| Problem::invalid("invalid_policy", format!("{}: write a number.", field.label)))?;
        fields.insert(field.name.to_owned(), number);
    }
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| Problem::invalid("invalid_policy", format!("A limit cannot be used: {error}.")))
}
