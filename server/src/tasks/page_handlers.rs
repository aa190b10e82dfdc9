//! The recorder and the judging page.

use super::pages::{JudgePage, RecordPage};
use crate::platform::{caller::Caller, page, page::Layout, problem::Problem};
use actix_web::{HttpResponse, web};
use serde::Deserialize;

/// Query of both pages.
#[derive(Deserialize)]
pub struct BatchQuery {
    /// The batch to work on; without it, any open one.
    #[serde(default)]
    batch: String,
}

/// `GET /tasks/record?batch=…`.
///
/// # Errors
/// 401 when nobody is signed in.
pub async fn record(caller: Caller, layout: Layout, query: web::Query<BatchQuery>) -> Result<HttpResponse, Problem> {
    page::show(&RecordPage { layout, batch: query.into_inner().batch, person: caller.person.to_string() })
}

/// `GET /tasks/judge?batch=…`.
///
/// # Errors
/// 401 when nobody is signed in.
pub async fn judge(caller: Caller, layout: Layout, query: web::Query<BatchQuery>) -> Result<HttpResponse, Problem> {
    page::show(&JudgePage { layout, batch: query.into_inner().batch, person: caller.person.to_string() })
}
