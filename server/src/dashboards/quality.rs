//! The page that tells how good a batch's labels are.

use super::{
    model::{Quality, Savings},
    pages::{Diagram, QualityPage},
    rules, store,
};
use crate::batches::{self, Batch, BatchId, Project};
use crate::ledger::amount;
use crate::platform::{
    caller::Admin,
    clock::DAY_US,
    db::Tx,
    page::{self, Layout},
    problem::Problem,
    site::Site,
};
use crate::verdicts;
use actix_web::{HttpResponse, web};
use wire::{Kind, ProblemBody};

/// Newest answers that the page looks at.
const ANSWERS: i64 = 20_000;
/// Length of a stretch of time in the table of drift.
const STRETCH_US: i64 = 7 * DAY_US;

/// A judging batch and what its newest answers tell.
async fn quality(site: &Site, tx: &mut Tx, id: &str) -> Result<(Batch, Project, Quality), Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let batch = batches::batch(tx, id).await?.filter(|batch| batch.kind() == Kind::Judge);
    let batch = batch.ok_or_else(Problem::not_found)?;
    let project = batches::project(tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    let answers = store::list_answer_facts(tx, id, ANSWERS).await?;
    let told = store::list_told(tx, id, ANSWERS).await?;
    let pseudonym = |person: &str| {
        let mut name = site.secrets.mac_hex("annotator", format!("{id}|{person}").as_bytes());
        name.truncate(8);
        name
    };
    let quality = rules::quality(&answers, &told, &project.language, pseudonym);
    Ok((batch, project, quality))
}

/// How good a batch's labels are: agreement, mistakes, and whether some people are judged, or
/// judge, worse than others. Groups of fewer than five people are hidden.
#[utoipa::path(get, path = "/api/v1/batches/{id}/quality", tag = "batches", responses(
    (status = 200, body = Quality), (status = 404, body = ProblemBody)))]
pub async fn read(site: web::Data<Site>, _admin: Admin, id: web::Path<String>) -> Result<web::Json<Quality>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(quality(&site, &mut tx, &id).await?.2))
}

/// `GET /batches/{id}/quality`.
///
/// # Errors
/// 404 when there is no such judging batch.
pub async fn show(
    site: web::Data<Site>,
    _admin: Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let (batch, project, quality) = quality(&site, &mut tx, &id).await?;
    let id = batch.id;
    let (reliability, groups) = verdicts::reliability(&mut tx, &batch).await?;
    let savings = store::savings(&mut tx, id).await?;
    let models = rules::agreement(&store::list_prediction_facts(&mut tx, id, ANSWERS).await?);
    let drift = store::list_stretches(&mut tx, id, STRETCH_US).await?;
    let rechecks = store::count_rechecks(&mut tx, id).await?;
    let settings = verdicts::settings(&mut tx, id).await?;
    let missed = verdicts::missed(&site, &mut tx, &batch).await?;
    let saved = saved(&savings, batch.answers_max);
    page::show(&QualityPage {
        layout,
        saved_pay: amount(saved * batch.pay_cents, &project.currency),
        saved,
        most: savings.settled * batch.answers_max,
        diagram: reliability.as_ref().map(Diagram::of),
        ece: reliability.map(|reliability| reliability.ece),
        groups,
        models,
        batch,
        quality,
        savings,
        drift,
        rechecks,
        overturned: rules::overturned(missed),
        settings,
    })
}

/// Answers that early stopping did not need.
fn saved(savings: &Savings, most: i64) -> i64 {
    (savings.settled * most - savings.answers).max(0)
}
