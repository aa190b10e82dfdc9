//! Releases as pages.

use super::access::{self, TERMS, TERMS_DATED};
use super::form::ReleaseForm;
use super::pages::{ReleasePage, ReleasesPage, Shown};
use super::{handlers::find, rules, store, withdrawals};
use crate::batches::{self, ProjectId};
use crate::platform::{
    caller::{Admin, Researcher, Role},
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

/// `GET /releases/{id}`: the data card, and how to get the files.
///
/// # Errors
/// 404 when there is no such release.
pub async fn show(
    site: web::Data<Site>,
    Researcher(caller): Researcher,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let project = find(&mut tx, &id).await?.project_id;
    drop(tx);
    withdrawals::note(&site, project).await?;
    let mut tx = site.db.read().await?;
    let release = find(&mut tx, &id).await?;
    let admin = caller.role.includes(Role::Admin);
    let name = batches::project(&mut tx, project).await?.map(|project| project.name).unwrap_or_default();
    let shown = match release.card() {
        None => None,
        Some(card) => {
            let samples = store::list_samples(&mut tx, release.id).await?;
            let (files, size_bytes) = store::count_files(&mut tx, release.id).await?;
            Some(Shown {
                sections: dataset::html_sections(&card),
                bundles: store::list_bundles(&mut tx, release.id).await?,
                samples: samples.iter().map(|file| rules::said(&file.path, &card.counts.phrases)).collect(),
                files,
                size_bytes,
                withdrawn: store::access::count_withdrawn(&mut tx, release.id).await?,
                gate: access::gate(&mut tx, &release, caller.person, admin).await?,
                card,
            })
        }
    };
    let (terms, dated) = (TERMS, TERMS_DATED);
    let address = site.public_url.to_string();
    page::show(&ReleasePage { layout, release, name, shown, site: address, terms, dated })
}

/// `POST /projects/{id}/releases`.
///
/// # Errors
/// 422 `invalid_version`, 409 `version_taken`, and as [`super::request`].
pub async fn request(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<ReleaseForm>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let release = super::request(&site, Some(admin.person), project, &form.asked()?, &Once::default()).await?;
    Ok(go(format!("/releases/{}", release.id)))
}
