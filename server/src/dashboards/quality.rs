//! The page that tells how good a batch's labels are.

use super::{
    model::Savings,
    pages::{Diagram, QualityPage},
    rules, store,
};
use crate::batches::{self, BatchId};
use crate::ledger::amount;
use crate::platform::{
    caller::Admin,
    clock::DAY_US,
    page::{self, Layout},
    problem::Problem,
    site::Site,
};
use crate::verdicts;
use actix_web::{HttpResponse, web};
use wire::Kind;

/// Newest answers that the page looks at.
const ANSWERS: i64 = 20_000;
/// Length of a stretch of time in the table of drift.
const STRETCH_US: i64 = 7 * DAY_US;

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
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if batch.kind() != Kind::Judge {
        return Err(Problem::not_found());
    }
    let project = batches::project(&mut tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    let answers = store::list_answer_facts(&mut tx, id, ANSWERS).await?;
    let quality = rules::quality(&answers, &project.language);
    let (reliability, groups) = verdicts::reliability(&mut tx, &batch).await?;
    let savings = store::savings(&mut tx, id).await?;
    let models = rules::agreement(&store::list_prediction_facts(&mut tx, id, ANSWERS).await?);
    let drift = store::list_stretches(&mut tx, id, STRETCH_US).await?;
    let rechecks = store::count_rechecks(&mut tx, id).await?;
    let settings = verdicts::settings(&mut tx, id).await?;
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
        settings,
    })
}

/// Answers that early stopping did not need.
fn saved(savings: &Savings, most: i64) -> i64 {
    (savings.settled * most - savings.answers).max(0)
}
