//! The recorder and the judging page.

use super::pages::{JudgePage, RecordPage};
use crate::batches;
use crate::platform::{caller::Caller, page, page::Layout, problem::Problem, site::Site};
use crate::quotas::{self, Left};
use crate::trust::{self, Qualification};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// Query of both pages.
#[derive(Deserialize)]
pub struct BatchQuery {
    /// The batch to work on; without it, any open one.
    #[serde(default)]
    batch: String,
}

/// How somebody stands with the qualification of the batch that a page is about.
async fn qualification(site: &Site, caller: &Caller, batch: &str) -> Result<Option<Qualification>, Problem> {
    let Ok(batch) = batch.parse() else { return Ok(None) };
    let mut tx = site.db.read().await?;
    Ok(Some(trust::qualification(&mut tx, caller.person, batch).await?))
}

/// Who may not work before the qualification goes there first.
fn learns_first(qualification: Option<Qualification>) -> bool {
    qualification.is_some_and(|qualification| qualification.required && !qualification.passed)
}

/// What somebody may still record for the project of the batch that the page is about.
async fn spoken(site: &Site, caller: &Caller, batch: &str) -> Result<Option<Left>, Problem> {
    let Ok(batch) = batch.parse() else { return Ok(None) };
    let mut tx = site.db.read().await?;
    let Some(terms) = batches::terms(&mut tx, batch).await? else { return Ok(None) };
    Ok(quotas::left(&mut tx, terms.project, caller.person).await?)
}

/// `GET /tasks/record?batch=…`.
///
/// # Errors
/// 401 when nobody is signed in.
pub async fn record(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    query: web::Query<BatchQuery>,
) -> Result<HttpResponse, Problem> {
    if learns_first(qualification(&site, &caller, &query.batch).await?) {
        return Ok(page::go(format!("/training/{}", query.batch)));
    }
    let batch = query.into_inner().batch;
    let left = spoken(&site, &caller, &batch).await?;
    page::show(&RecordPage { layout, batch, person: caller.person.to_string(), left })
}

/// `GET /tasks/judge?batch=…`.
///
/// # Errors
/// 401 when nobody is signed in.
pub async fn judge(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    query: web::Query<BatchQuery>,
) -> Result<HttpResponse, Problem> {
    let qualification = qualification(&site, &caller, &query.batch).await?;
    if learns_first(qualification) {
        return Ok(page::go(format!("/training/{}", query.batch)));
    }
    let teaches = qualification.is_some_and(|qualification| qualification.required);
    page::show(&JudgePage { layout, teaches, batch: query.into_inner().batch, person: caller.person.to_string() })
}
