//! The administrators' view of the audit log.

use super::{Entry, pages::AuditPage, store};
use crate::platform::{caller::Admin, page, page::Layout, problem::Problem, site::Site};
use actix_web::{HttpResponse, web};

/// The latest entries, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", responses((status = 200, body = Vec<Entry>)))]
pub async fn list(site: web::Data<Site>, _admin: Admin) -> Result<web::Json<Vec<Entry>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(store::list_latest(&mut tx).await?))
}

/// `GET /audit`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, _admin: Admin, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let entries = store::list_latest(&mut tx).await?;
    page::show(&AuditPage { layout, entries })
}
