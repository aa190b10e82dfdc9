//! Contested items, by page and by API.

use super::{Contested, Ruling, pages::ContestedPage};
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

/// `GET /verdicts`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, Reviewer(caller): Reviewer, layout: Layout) -> Result<HttpResponse, Problem> {
    let items = super::contested(&site, &caller).await?;
    page::show(&ContestedPage { layout, items })
}

/// The form beside each contested item: `yes`, or the reason of a no.
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
    Ok(go("/verdicts"))
}
