//! Releases as pages.

use super::{
    NewRelease,
    handlers::find,
    pages::{ReleasePage, ReleasesPage},
    store,
};
use crate::batches::{self, ProjectId};
use crate::platform::{
    caller::{Admin, Researcher},
    csrf::SafeForm,
    once::Once,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};

/// `GET /releases`.
///
/// # Errors
/// When the database does not answer.
pub async fn list(site: web::Data<Site>, _researcher: Researcher, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let mut releases = Vec::new();
    for release in store::list(&mut tx).await? {
        let project = batches::project(&mut tx, release.project_id).await?;
        releases.push((project.map(|project| project.name).unwrap_or_default(), release));
    }
    page::show(&ReleasesPage { layout, releases })
}

/// `GET /releases/{id}`: the data card.
///
/// # Errors
/// 404 when there is no such release.
pub async fn show(
    site: web::Data<Site>,
    _researcher: Researcher,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let release = find(&mut tx, &id).await?;
    let files = store::list_files(&mut tx, release.id).await?;
    let card = release.card();
    page::show(&ReleasePage { layout, release, card, files })
}

/// `POST /projects/{id}/releases`.
///
/// # Errors
/// 422 `invalid_version`, 409 `version_taken`.
pub async fn request(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(new): SafeForm<NewRelease>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let release = super::request(&site, admin.person, project, &new, &Once::default()).await?;
    Ok(go(format!("/releases/{}", release.id)))
}
