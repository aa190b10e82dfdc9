//! Projects as forms, and the buttons of a batch. The form of a batch is in `wages`: it tells what
//! an hour may pay.

use super::{BatchId, BatchState, model::ProjectForm, pages::NewProjectPage};
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
    match super::create_project(&site, admin.person, &form.asked(), &Once::default()).await {
        Ok(project) => Ok(go(format!("/projects/{}", project.id))),
        Err(problem) if problem.status.is_client_error() => {
            page::show_with(problem.status, &NewProjectPage { layout, form, problem: Some(problem) })
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
