//! Releases over the API: ask, look.

use super::{NewRelease, Release, ReleaseId, ReleaseView, store};
use crate::batches::ProjectId;
use crate::platform::{
    caller::{Admin, Researcher},
    db::Tx,
    once::Keyed,
    problem::Problem,
    site::Site,
};
use actix_web::{HttpResponse, web};
use wire::ProblemBody;

/// Files that are listed one by one; of larger releases only what is no single recording.
const FILES_LISTED: i64 = 20_000;

/// A release by the id in the address.
pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<Release, Problem> {
    let id: ReleaseId = id.parse().map_err(|_| Problem::not_found())?;
    store::find(tx, id).await?.ok_or_else(Problem::not_found)
}

/// Ask for a release; a job builds it.
#[utoipa::path(post, path = "/api/v1/projects/{id}/releases", tag = "releases", request_body = NewRelease, responses(
    (status = 202, body = ReleaseView), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn request(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    new: Keyed<NewRelease>,
) -> Result<HttpResponse, Problem> {
    let project: ProjectId = id.parse().map_err(|_| Problem::not_found())?;
    let release = super::request(&site, Some(admin.person), project, &new.body, &new.once).await?;
    Ok(HttpResponse::Accepted().json(ReleaseView::of(&release, Vec::new())))
}

/// All releases, newest first.
#[utoipa::path(get, path = "/api/v1/releases", tag = "releases", responses((status = 200, body = Vec<ReleaseView>)))]
pub async fn list(site: web::Data<Site>, _researcher: Researcher) -> Result<web::Json<Vec<ReleaseView>>, Problem> {
    let mut tx = site.db.read().await?;
    let releases = store::list(&mut tx).await?;
    Ok(web::Json(releases.iter().map(|release| ReleaseView::of(release, Vec::new())).collect()))
}

/// A release with its files; of one with very many, all that are no single recording.
#[utoipa::path(get, path = "/api/v1/releases/{id}", tag = "releases",
    responses((status = 200, body = ReleaseView), (status = 404, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    _researcher: Researcher,
    id: web::Path<String>,
) -> Result<web::Json<ReleaseView>, Problem> {
    let mut tx = site.db.read().await?;
    let release = find(&mut tx, &id).await?;
    let (count, _) = store::count_files(&mut tx, release.id).await?;
    let files = if count <= FILES_LISTED {
        store::list_files(&mut tx, release.id).await?
    } else {
        store::list_bundles(&mut tx, release.id).await?
    };
    Ok(web::Json(ReleaseView::of(&release, files)))
}
