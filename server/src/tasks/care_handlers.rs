//! What upsets, by API and page: distress, reports and their queue, and a project's least sensitivity.

use super::{TaskId, care, pages::ReportsPage};
use crate::batches::{self, ItemId, Least, ProjectId};
use crate::platform::{
    caller::{Admin, Caller, Reviewer},
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::{self, Problem},
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::{Category, ProblemBody, ReportBody};

/// Say that a task upset you: you get nothing sensitive for a day, and nothing distressing before you
/// agree again. What you have open is taken back and its time paid; nothing else changes for you.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/distress", tag = "exposure", responses(
    (status = 204), (status = 403, body = ProblemBody)))]
pub async fn distress(site: web::Data<Site>, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tries = 0;
    loop {
        let mut tx = site.db.begin().await?;
        match care::distress(&mut tx, id, caller.person, site.now_us()).await {
            Err(problem) if problem.again && tries < problem::TRIES => tries += 1,
            Err(problem) => return Err(problem),
            Ok(()) => {
                tx.commit().await?;
                return Ok(HttpResponse::NoContent().finish());
            }
        }
    }
}

/// Report that a task's item is more upsetting than it says; the task is taken back and its time paid. Two
/// people's reports raise its level for everybody, until a reviewer has looked.
#[utoipa::path(post, path = "/api/v1/tasks/{id}/report", tag = "exposure", request_body = ReportBody, responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn report(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
    body: web::Json<ReportBody>,
) -> Result<HttpResponse, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.begin().await?;
    care::report(&mut tx, id, caller.person, &body, site.now_us()).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Set how sensitive a project's material is at the least. A higher level holds at once for all its batches
/// and what waits in them; a lower one for batches that are made from now on.
#[utoipa::path(put, path = "/api/v1/projects/{id}/exposure", tag = "exposure", request_body = Least, responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set_least(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    body: web::Json<Least>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    care::set_least(&site, admin.person, id, &body).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The form of the same; it adds a kind to those that are named.
#[derive(Deserialize)]
pub struct LeastForm {
    sensitivity: i64,
    #[serde(default)]
    categories: String,
}

/// `POST /projects/{id}/exposure`.
///
/// # Errors
/// As [`set_least`].
pub async fn submit_least(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<LeastForm>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let before = batches::project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    let mut categories = Category::of(before.categories);
    categories.extend(form.categories.parse::<Category>().ok());
    care::set_least(&site, admin.person, project, &Least { sensitivity: form.sensitivity, categories }).await?;
    Ok(go(format!("/projects/{id}")))
}

/// `GET /exposure/reports`.
///
/// # Errors
/// When the database does not answer.
pub async fn list(site: web::Data<Site>, _reviewer: Reviewer, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let rows = care::reported(&mut tx).await?;
    page::show(&ReportsPage { layout, rows })
}

/// The form of a decision.
#[derive(Deserialize)]
pub struct DecisionForm {
    level: i64,
    category: Category,
}

/// `POST /exposure/reports/{item}`.
///
/// # Errors
/// As [`care::settle`].
pub async fn settle(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    item: web::Path<String>,
    SafeForm(form): SafeForm<DecisionForm>,
) -> Result<HttpResponse, Problem> {
    let item: ItemId = item.parse().map_err(|_| Problem::not_found())?;
    care::settle(&site, &caller, item, (form.level, form.category.bit())).await?;
    Ok(go("/exposure/reports"))
}
