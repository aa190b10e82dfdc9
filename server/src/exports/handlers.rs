//! Releases over the API: ask, look, download.

use super::{NewRelease, Release, ReleaseId, ReleaseView, archive::Archive, rules, store};
use crate::batches::{self, ProjectId};
use crate::platform::{
    caller::{Admin, Researcher},
    db::Tx,
    once::Keyed,
    problem::Problem,
    ranges::{self, Wanted},
    site::Site,
};
use actix_web::{HttpRequest, HttpResponse, http::header, web};
use wire::ProblemBody;

/// A release that is ready, by the id in the address.
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
    let release = super::request(&site, admin.person, project, &new.body, &new.once).await?;
    Ok(HttpResponse::Accepted().json(ReleaseView::of(&release, Vec::new())))
}

/// All releases, newest first.
#[utoipa::path(get, path = "/api/v1/releases", tag = "releases", responses((status = 200, body = Vec<ReleaseView>)))]
pub async fn list(site: web::Data<Site>, _researcher: Researcher) -> Result<web::Json<Vec<ReleaseView>>, Problem> {
    let mut tx = site.db.read().await?;
    let releases = store::list(&mut tx).await?;
    Ok(web::Json(releases.iter().map(|release| ReleaseView::of(release, Vec::new())).collect()))
}

/// A release with its files.
#[utoipa::path(get, path = "/api/v1/releases/{id}", tag = "releases",
    responses((status = 200, body = ReleaseView), (status = 404, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    _researcher: Researcher,
    id: web::Path<String>,
) -> Result<web::Json<ReleaseView>, Problem> {
    let mut tx = site.db.read().await?;
    let release = find(&mut tx, &id).await?;
    let files = store::list_files(&mut tx, release.id).await?;
    Ok(web::Json(ReleaseView::of(&release, files)))
}

/// A file of a release; ranges work.
#[utoipa::path(get, path = "/api/v1/releases/{id}/files/{path}", tag = "releases",
    responses((status = 200), (status = 206), (status = 404, body = ProblemBody)))]
pub async fn file(
    request: HttpRequest,
    site: web::Data<Site>,
    _researcher: Researcher,
    parts: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, path) = parts.into_inner();
    let mut tx = site.db.read().await?;
    let release = find(&mut tx, &id).await?;
    let file = store::find_file(&mut tx, release.id, &path).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    let kind = match path.rsplit('.').next() {
        Some("wav") => "audio/wav",
        Some("md") => "text/markdown; charset=utf-8",
        Some("parquet") => "application/vnd.apache.parquet",
        _ => "text/plain; charset=utf-8",
    };
    let bytes = site.blobs.get(&file.sha256).await?;
    Ok(ranges::reply(&request, bytes, kind))
}

/// The whole release as a tar file; ranges work, so a broken download resumes.
#[utoipa::path(get, path = "/api/v1/releases/{id}/archive.tar", tag = "releases",
    responses((status = 200, content_type = "application/x-tar"), (status = 206), (status = 404, body = ProblemBody)))]
pub async fn archive(
    request: HttpRequest,
    site: web::Data<Site>,
    _researcher: Researcher,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let release = find(&mut tx, &id).await?;
    if release.state != "ready" {
        return Err(Problem::conflict("not_ready", "This release is not ready. Look again in a moment."));
    }
    let files = store::list_files(&mut tx, release.id).await?;
    let project = batches::project(&mut tx, release.project_id).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    let root = format!("{}-{}", rules::slug(&project.name), release.version);
    let archive = Archive::new(&root, &files).map_err(Problem::internal)?;
    let length = archive.length();
    let (mut reply, range) = match ranges::wanted(&request, length) {
        Wanted::Outside => return Ok(ranges::unsatisfiable(length)),
        Wanted::Whole => (HttpResponse::Ok(), 0..length),
        Wanted::Part(range) => {
            let mut reply = HttpResponse::PartialContent();
            reply.insert_header((header::CONTENT_RANGE, format!("bytes {}-{}/{length}", range.start, range.end - 1)));
            (reply, range)
        }
    };
    reply
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{root}.tar\"")))
        .content_type("application/x-tar")
        .no_chunking(range.end - range.start);
    Ok(reply.streaming(archive.stream(site.blobs.clone(), range)))
}
