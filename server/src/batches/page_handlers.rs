//! Projects and batches as forms.

use super::{
    BatchId, BatchState, NewBatch, NewProject, ProjectId,
    model::{BatchForm, ProjectForm},
    pages::{NewBatchPage, NewProjectPage},
};
use crate::platform::{
    caller::Admin,
    csrf::SafeForm,
    once::Once,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::Kind;

/// `GET /projects/new`.
///
/// # Errors
/// When the template fails.
pub async fn new_project(_admin: Admin, layout: Layout) -> Result<HttpResponse, Problem> {
    page::show(&NewProjectPage { layout, form: ProjectForm::default(), problem: None })
}

/// `POST /projects/new`.
///
/// # Errors
/// When the site fails; wrong fields come back with the form.
pub async fn create_project(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    SafeForm(form): SafeForm<ProjectForm>,
) -> Result<HttpResponse, Problem> {
    let new = NewProject {
        name: form.name.clone(),
        language: form.language.clone(),
        licence: form.licence.clone(),
        currency: Some(form.currency.clone()),
        phrases: form.phrases.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
        consent_text: form.consent_text.replace("\r\n", "\n"),
        policy: None,
    };
    match super::create_project(&site, admin.person, &new, &Once::default()).await {
        Ok(project) => Ok(go(format!("/projects/{}", project.id))),
        Err(problem) if problem.status.is_client_error() => {
            page::show_with(problem.status, &NewProjectPage { layout, form, problem: Some(problem) })
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /projects/{id}/batches/new`.
///
/// # Errors
/// 404 when there is no such project.
pub async fn new_batch(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    super::project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    page::show(&NewBatchPage { layout, project: id.to_string(), form: BatchForm::default(), problem: None })
}

/// `POST /projects/{id}/batches/new`.
///
/// # Errors
/// When the site fails; wrong fields come back with the form.
pub async fn create_batch(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    id: web::Path<String>,
    SafeForm(form): SafeForm<BatchForm>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let judge = form.kind == Kind::Judge;
    let new = NewBatch {
        name: form.name.clone(),
        kind: form.kind,
        pay_cents: form.pay_cents,
        answers_wanted: form.answers_wanted,
        answers_max: judge.then_some(form.answers_max.max(form.answers_wanted)),
        threshold: Some(form.threshold),
        gold_rate: Some(if judge { form.gold_percent / 100.0 } else { 0.0 }),
        max_per_person: Some(form.max_per_person),
        lease_s: Some(form.lease_s),
        accept_after_s: None,
        sensitivity: Some(form.sensitivity),
    };
    match super::create_batch(&site, admin.person, project, &new, &Once::default()).await {
        Ok(batch) => Ok(go(format!("/batches/{}", batch.id))),
        Err(problem) if problem.status.is_client_error() => {
            let project = id.into_inner();
            page::show_with(problem.status, &NewBatchPage { layout, project, form, problem: Some(problem) })
        }
        Err(problem) => Err(problem),
    }
}

/// The buttons on the batch page.
#[derive(Deserialize)]
pub struct StateForm {
    state: BatchState,
}

/// `POST /batches/{id}/state`.
///
/// # Errors
/// 409 `batch_state`.
pub async fn set_state(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<StateForm>,
) -> Result<HttpResponse, Problem> {
    let batch: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    super::set_state(&site, admin.person, batch, form.state).await?;
    Ok(go(format!("/batches/{id}")))
}
