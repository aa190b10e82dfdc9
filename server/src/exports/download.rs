//! Bytes of a release: a file, or many as one tar file, with ranges; and links that work elsewhere.

use super::access::{self, LinkView, Selection};
use super::model::{Release, ReleaseFile};
use super::{archive::Archive, handlers::find, rules, store};
use crate::batches;
use crate::platform::{
    caller::{Caller, Researcher, Role},
    clock::rfc3339,
    db::Tx,
    problem::Problem,
    ranges::{self, Wanted},
    site::Site,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, http::header, web};
use serde::Deserialize;
use wire::ProblemBody;

/// The path by which the archive of a release goes.
const ARCHIVE: &str = "archive.tar";

/// What the data card may do in a browser: it is a document with styles of its own, and no more.
const CARD_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

/// A file of a release; ranges work.
#[utoipa::path(get, path = "/api/v1/releases/{id}/files/{path}", tag = "releases", params(Selection),
    responses((status = 200), (status = 206), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody),
        (status = 429, body = ProblemBody)))]
pub async fn file(
    request: HttpRequest,
    site: web::Data<Site>,
    at: web::Query<Selection>,
    parts: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, path) = parts.into_inner();
    let mut tx = site.db.read().await?;
    let release = ready(&mut tx, &id).await?;
    let person = access::asker(&site, &request, &release, &path, &at)?;
    let file = store::find_file(&mut tx, release.id, &path).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    if !is_document(&path) {
        access::admit(&site, &release, person, is_admin(&request), &path).await?;
    }
    let length = file.size_bytes.unsigned_abs();
    let (mut reply, range) = match part(&request, length) {
        Ok(part) => part,
        Err(outside) => return Ok(*outside),
    };
    let name = path.rsplit('/').next().unwrap_or_default().replace(['"', '\\'], "_");
    if path.ends_with(".html") {
        reply.insert_header((header::CONTENT_SECURITY_POLICY, CARD_POLICY));
    } else {
        reply.insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"{name}\"")));
    }
    reply.insert_header((header::ETAG, format!("\"{}\"", file.sha256)));
    reply.content_type(content_type(&path)).no_chunking(range.end - range.start);
    Ok(reply.streaming(site.blobs.clone().stream(file.sha256, range)))
}

/// The whole release as a tar file, or the recordings of a split or a phrase with the tables and
/// documents; ranges work, so a broken download resumes.
#[utoipa::path(get, path = "/api/v1/releases/{id}/archive.tar", tag = "releases", params(Selection),
    responses((status = 200, content_type = "application/x-tar"), (status = 206), (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody), (status = 429, body = ProblemBody)))]
pub async fn archive(
    request: HttpRequest,
    site: web::Data<Site>,
    at: web::Query<Selection>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let release = ready(&mut tx, &id).await?;
    let person = access::asker(&site, &request, &release, ARCHIVE, &at)?;
    let files = selected(&mut tx, &release, &at).await?;
    let project = batches::project(&mut tx, release.project_id).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    let what = format!("{ARCHIVE} {} {}", at.split, at.phrase);
    access::admit(&site, &release, person, is_admin(&request), what.trim()).await?;
    let root = format!("{}-{}", rules::slug(&project.name), release.version);
    let archive = Archive::new(&root, files).map_err(Problem::internal)?;
    let (mut reply, range) = match part(&request, archive.length()) {
        Ok(part) => part,
        Err(outside) => return Ok(*outside),
    };
    reply
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{root}.tar\"")))
        .content_type("application/x-tar")
        .no_chunking(range.end - range.start);
    Ok(reply.streaming(archive.stream(site.blobs.clone(), range)))
}

/// Body of `POST /api/v1/releases/{id}/links`.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct NewLink {
    /// A file's path, or `archive.tar`.
    path: String,
    /// Only this split, for the archive.
    #[serde(default)]
    split: String,
    /// Only this phrase, for the archive.
    #[serde(default)]
    phrase: String,
}

/// A link to one file or archive for a download manager or another machine; it works for a day.
#[utoipa::path(post, path = "/api/v1/releases/{id}/links", tag = "releases", request_body = NewLink,
    responses((status = 201, body = LinkView), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn link(
    site: web::Data<Site>,
    Researcher(caller): Researcher,
    id: web::Path<String>,
    new: web::Json<NewLink>,
) -> Result<HttpResponse, Problem> {
    let NewLink { path, split, phrase } = new.into_inner();
    let mut tx = site.db.read().await?;
    let release = ready(&mut tx, &id).await?;
    if path != ARCHIVE {
        store::find_file(&mut tx, release.id, &path).await?.ok_or_else(Problem::not_found)?;
    }
    let selection = Selection { split, phrase, ..Selection::default() }.signed(&site, &release, &path, caller.person);
    let below = if path == ARCHIVE { path } else { format!("files/{}", escaped(&path)) };
    let url = format!("{}/api/v1/releases/{}/{below}?{}", site.public_url, release.id, selection.query());
    Ok(HttpResponse::Created().json(LinkView { url, expires_at: rfc3339(selection.until_us) }))
}

/// A sample to listen to before anything is accepted.
#[utoipa::path(get, path = "/api/v1/releases/{id}/samples/{number}", tag = "releases",
    responses((status = 200, content_type = "audio/wav"), (status = 404, body = ProblemBody)))]
pub async fn sample(
    request: HttpRequest,
    site: web::Data<Site>,
    _researcher: Researcher,
    parts: web::Path<(String, usize)>,
) -> Result<HttpResponse, Problem> {
    let (id, number) = parts.into_inner();
    let mut tx = site.db.read().await?;
    let release = ready(&mut tx, &id).await?;
    let samples = store::list_samples(&mut tx, release.id).await?;
    drop(tx);
    let file = samples.get(number).ok_or_else(Problem::not_found)?;
    Ok(ranges::reply(&request, site.blobs.get(&file.sha256).await?, "audio/wav"))
}

/// A release whose files are there.
async fn ready(tx: &mut Tx, id: &str) -> Result<Release, Problem> {
    let release = find(tx, id).await?;
    if release.state == "ready" {
        return Ok(release);
    }
    Err(Problem::conflict("not_ready", "This release is not ready. Look again in a moment."))
}

fn is_admin(request: &HttpRequest) -> bool {
    Caller::with(request, Role::Admin).is_ok()
}

/// Documents say what a release is, and may be read before its terms are accepted.
fn is_document(path: &str) -> bool {
    let documents = [
        dataset::CARD_FILE,
        dataset::CARD_PAGE_FILE,
        dataset::LICENCE_FILE,
        dataset::WITHDRAWALS_FILE,
        dataset::CROISSANT_FILE,
        dataset::SUMS_FILE,
    ];
    documents.contains(&path)
}

async fn selected(tx: &mut Tx, release: &Release, at: &Selection) -> Result<Vec<ReleaseFile>, Problem> {
    if at.split.is_empty() && at.phrase.is_empty() {
        return Ok(store::list_files(tx, release.id).await?);
    }
    let recordings = store::access::list_recordings(tx, release.id, &at.split, &at.phrase).await?;
    if recordings.is_empty() {
        return Err(Problem::not_found());
    }
    let mut files = store::list_bundles(tx, release.id).await?;
    files.retain(|file| !file.path.ends_with(".tar") && !file.path.starts_with("audio-parquet/"));
    files.extend(recordings);
    Ok(files)
}

/// A reply that has begun, and the bytes that go into it.
type Part = (HttpResponseBuilder, std::ops::Range<u64>);

/// The reply to begin with, and which bytes go into it; or the reply to an impossible range.
fn part(request: &HttpRequest, length: u64) -> Result<Part, Box<HttpResponse>> {
    let (mut reply, range) = match ranges::wanted(request, length) {
        Wanted::Outside => return Err(Box::new(ranges::unsatisfiable(length))),
        Wanted::Whole => (HttpResponse::Ok(), 0..length),
        Wanted::Part(range) => {
            let mut reply = HttpResponse::PartialContent();
            reply.insert_header((header::CONTENT_RANGE, format!("bytes {}-{}/{length}", range.start, range.end - 1)));
            (reply, range)
        }
    };
    reply.insert_header((header::ACCEPT_RANGES, "bytes"));
    // What is compressed on the way has no ranges.
    reply.insert_header(header::ContentEncoding::Identity);
    Ok((reply, range))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("wav") => "audio/wav",
        Some("md") => "text/markdown; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("json") => "application/json",
        Some("csv") => "text/csv; charset=utf-8",
        Some("tsv") => "text/tab-separated-values; charset=utf-8",
        Some("tar") => "application/x-tar",
        Some("parquet") => "application/vnd.apache.parquet",
        _ => "text/plain; charset=utf-8",
    }
}

/// A path in an address, part by part.
fn escaped(path: &str) -> String {
    let part =
        |part: &str| url::form_urlencoded::byte_serialize(part.as_bytes()).collect::<String>().replace('+', "%20");
    path.split('/').map(part).collect::<Vec<String>>().join("/")
}
