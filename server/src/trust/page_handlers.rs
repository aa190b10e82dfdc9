//! The pages of trust: “My accuracy”, pauses and appeals, everybody's accuracy.

use super::model::PauseId;
use super::pages::{MinePage, PausesPage, PeoplePage};
use super::{pauses, views};
use crate::platform::{
    caller::{Caller, Reviewer},
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// Whether something was saved just now.
#[derive(Deserialize)]
pub struct Shown {
    saved: Option<String>,
}

/// `GET /trust`.
///
/// # Errors
/// When the database does not answer.
pub async fn mine(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let mine = views::mine(&mut tx, caller.person, site.now_us()).await?;
    page::show(&MinePage { layout, mine, saved: shown.saved.is_some() })
}

/// The form of an appeal.
#[derive(Deserialize)]
pub struct AppealForm {
    text: String,
}

/// `POST /trust/pauses/{id}/appeal`.
///
/// # Errors
/// 404 for a pause that is not the caller's, 409, 422 `invalid_appeal`.
pub async fn appeal(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
    SafeForm(form): SafeForm<AppealForm>,
) -> Result<HttpResponse, Problem> {
    let id: PauseId = id.parse().map_err(|_| Problem::not_found())?;
    pauses::appeal(&site, caller.person, id, &form.text).await?;
    Ok(go("/trust?saved=yes"))
}

/// `GET /trust/pauses`.
///
/// # Errors
/// When the database does not answer.
pub async fn pauses(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    layout: Layout,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let rows = views::everyones_pauses(&mut tx, &caller, site.now_us()).await?;
    let (waiting, others) = rows.into_iter().partition(|row| row.waits);
    page::show(&PausesPage { layout, waiting, others, saved: shown.saved.is_some() })
}

/// The form of a decision: `won` or `lost`, and what the person reads.
#[derive(Deserialize)]
pub struct DecisionForm {
    decision: String,
    note: String,
}

/// `POST /trust/pauses/{id}/decision`.
///
/// # Errors
/// 403 `own_decision`, 404, 409 `appeal_decided`, 422 `invalid_note`.
pub async fn decide(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    id: web::Path<String>,
    SafeForm(form): SafeForm<DecisionForm>,
) -> Result<HttpResponse, Problem> {
    let id: PauseId = id.parse().map_err(|_| Problem::not_found())?;
    pauses::decide(&site, &caller, id, form.decision == "won", &form.note).await?;
    Ok(go("/trust/pauses?saved=yes"))
}

/// `GET /trust/people`.
///
/// # Errors
/// When the database does not answer.
pub async fn people(site: web::Data<Site>, _reviewer: Reviewer, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    page::show(&PeoplePage { layout, people: views::people(&mut tx).await? })
}
