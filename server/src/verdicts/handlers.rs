//! Contested items, by page and by API.

use super::{Contested, Ruling, VerdictView, pages::ContestedPage};
use crate::batches::ItemId;
use crate::platform::{
    caller::Reviewer,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::{Label, ProblemBody, Reason};

/// Contested items, the most doubtful first.
#[utoipa::path(get, path = "/api/v1/verdicts/contested", tag = "verdicts", responses((status = 200, body = Vec<Contested>)))]
pub async fn list(site: web::Data<Site>, Reviewer(caller): Reviewer) -> Result<web::Json<Vec<Contested>>, Problem> {
    super::contested(&site, &caller).await.map(web::Json)
}

/// Settle a contested item.
#[utoipa::path(post, path = "/api/v1/verdicts/{item}", tag = "verdicts", request_body = Ruling, responses(
    (status = 204), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn rule(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    item: web::Path<String>,
    ruling: web::Json<Ruling>,
) -> Result<HttpResponse, Problem> {
    let item: ItemId = item.parse().map_err(|_| Problem::not_found())?;
    super::rule(&site, &caller, item, &ruling).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A verdict: what counted, with which weight, and how it came about.
#[utoipa::path(get, path = "/api/v1/verdicts/{item}", tag = "verdicts", responses(
    (status = 200, body = VerdictView), (status = 404, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    _reviewer: Reviewer,
    item: web::Path<String>,
) -> Result<web::Json<VerdictView>, Problem> {
    let item: ItemId = item.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    super::view(&mut tx, item).await.map(web::Json)
}

/// Which recording the page shows, and whether one was decided just now.
#[derive(Deserialize)]
pub struct Shown {
    item: Option<String>,
    saved: Option<String>,
}

/// How many of the waiting recordings the page lists.
const LISTED: usize = 10;

/// `GET /verdicts`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    layout: Layout,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, Problem> {
    let mut next = super::contested(&site, &caller).await?;
    let waiting = next.len();
    // One that somebody else has decided meanwhile gives way to the most doubtful.
    let at = next.iter().position(|item| Some(&item.item) == shown.item.as_ref()).unwrap_or(0);
    let item = (at < waiting).then(|| next.remove(at));
    next.truncate(LISTED);
    page::show(&ContestedPage { layout, saved: shown.saved.is_some(), item, waiting, next })
}

/// The form of a contested item: `yes`, or the reason of a no.
#[derive(Deserialize)]
pub struct RulingForm {
    decision: String,
}

/// `POST /verdicts/{item}`.
///
/// # Errors
/// As [`rule`].
pub async fn submit(
    site: web::Data<Site>,
    Reviewer(caller): Reviewer,
    item: web::Path<String>,
    SafeForm(form): SafeForm<RulingForm>,
) -> Result<HttpResponse, Problem> {
    let item: ItemId = item.parse().map_err(|_| Problem::not_found())?;
    let ruling = if form.decision == "yes" {
        Ruling { label: Label::Yes, reason: None }
    } else {
        let reason: Reason = serde_json::from_value(form.decision.into())
            .map_err(|_| Problem::invalid("reason_required", "Choose yes, or say why not."))?;
        Ruling { label: Label::No, reason: Some(reason) }
    };
    super::rule(&site, &caller, item, &ruling).await?;
    Ok(go("/verdicts?saved=yes"))
}
