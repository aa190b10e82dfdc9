//! Reading refusals, appealing, deciding: by page.

use super::{
    Decision, NewAppeal,
    pages::{AppealsPage, RefusalsPage},
};
use crate::platform::{
    caller::{Caller, Reviewer},
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// `GET /refusals`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, caller: Caller, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let refusals = super::refusals(&mut tx, caller.person, site.now_us()).await?;
    page::show(&RefusalsPage { layout, refusals, draft: None })
}

/// The form beside each refusal.
#[derive(Deserialize)]
pub struct AppealForm {
    text: String,
}

/// `POST /refusals/{task}`; a text that is too short comes back with the page.
///
/// # Errors
/// As the API's.
pub async fn appeal(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    task: web::Path<String>,
    SafeForm(form): SafeForm<AppealForm>,
) -> Result<HttpResponse, Problem> {
    let new = NewAppeal { text: form.text };
    match super::appeal(&site, caller.person, &task, &new).await {
        Ok(()) => Ok(go("/refusals")),
        Err(problem) if problem.code == "text_length" => {
            let mut tx = site.db.read().await?;
            let refusals = super::refusals(&mut tx, caller.person, site.now_us()).await?;
            let draft = Some((task.into_inner(), new.text, problem.detail));
            page::show_with(problem.status, &RefusalsPage { layout, refusals, draft })
        }
        Err(problem) => Err(problem),
    }
}

/// `GET /appeals`.
///
/// # Errors
/// When the database does not answer.
pub async fn queue(site: web::Data<Site>, Reviewer(caller): Reviewer, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let appeals = super::queue(&mut tx, caller.person, site.now_us()).await?;
    page::show(&AppealsPage { layout, appeals, draft: None })
}

/// The form beside each appeal.
#[derive(Deserialize)]
pub struct DecisionForm {
    won: bool,
    text: String,
}

/// `POST /appeals/{task}`; a text that is too short comes back with the page.
///
/// # Errors
/// As the API's.
pub async fn decide(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    layout: Layout,
    task: web::Path<String>,
    SafeForm(form): SafeForm<DecisionForm>,
) -> Result<HttpResponse, Problem> {
    let decision = Decision { won: form.won, text: form.text };
    match super::decide(&site, caller.person, &task, &decision).await {
        Ok(()) => Ok(go("/appeals")),
        Err(problem) if problem.code == "text_length" => {
            let mut tx = site.db.read().await?;
            let appeals = super::queue(&mut tx, caller.person, site.now_us()).await?;
            let draft = Some((task.into_inner(), decision.text, problem.detail));
            page::show_with(problem.status, &AppealsPage { layout, appeals, draft })
        }
        Err(problem) => Err(problem),
    }
}
