//! The pages of gold: stock of all batches; candidates of one.

use super::pages::{CandidatesPage, StockPage};
use crate::batches::{self, BatchId, ItemId};
use crate::platform::{
    caller::Admin,
    csrf::SafeForm,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use crate::trust::{self, GoldPolicy};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// Whether something was saved just now.
#[derive(Deserialize)]
pub struct Shown {
    saved: Option<String>,
}

/// `GET /gold`.
///
/// # Errors
/// When the database does not answer.
pub async fn list(site: web::Data<Site>, _admin: Admin, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    page::show(&StockPage { layout, stocks: super::stocks(&mut tx).await? })
}

/// `GET /gold/{batch}`.
///
/// # Errors
/// 404 without the judging batch.
pub async fn show(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
    shown: web::Query<Shown>,
) -> Result<HttpResponse, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let mut candidates = super::candidates(&mut tx, id).await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let stock = super::stock(&mut tx, &batch).await?;
    let waiting = candidates.len();
    let first = (waiting > 0).then(|| candidates.remove(0));
    page::show(&CandidatesPage { layout, stock, first, waiting, saved: shown.saved.is_some() })
}

/// The form of a candidate: `promote` or `decline`.
#[derive(Deserialize)]
pub struct GlanceForm {
    decision: String,
}

/// `POST /gold/{batch}/{item}`.
///
/// # Errors
/// As [`super::glance`].
pub async fn glance(
    site: web::Data<Site>,
    Admin(admin): Admin,
    path: web::Path<(String, String)>,
    SafeForm(form): SafeForm<GlanceForm>,
) -> Result<HttpResponse, Problem> {
    let (batch, item) = path.into_inner();
    let id: BatchId = batch.parse().map_err(|_| Problem::not_found())?;
    let item: ItemId = item.parse().map_err(|_| Problem::not_found())?;
    super::glance(&site, admin.person, id, item, form.decision == "promote").await?;
    Ok(go(format!("/gold/{id}?saved=yes")))
}

/// `POST /gold/{batch}`: the policy.
///
/// # Errors
/// 404 without the judging batch, 422 `invalid_gold_policy`.
pub async fn set_policy(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(policy): SafeForm<GoldPolicy>,
) -> Result<HttpResponse, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    trust::set_policy(&site, admin.person, id, policy).await?;
    Ok(go(format!("/gold/{id}?saved=yes")))
}
