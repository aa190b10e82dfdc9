//! Recordings over HTTP: declare, send, complete, look up, listen.

use super::{Clip, ClipId, model::SIZE_MAX, pages::RecordingsPage, rules, store};
use crate::batches;
use crate::platform::{
    caller::{Caller, Role},
    page::{self, Layout},
    problem::Problem,
    ranges,
    signed_url::Grant,
    site::Site,
};
use crate::tasks::{self, TaskId};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header, http::header::HeaderName, web};
use bytes::BytesMut;
use futures_util::StreamExt;
use serde::Deserialize;
use wire::{Declaration, ProblemBody, RecordingView};

fn id_of(text: &str) -> Result<ClipId, Problem> {
    text.parse().map_err(|_| Problem::not_found())
}

/// Declare a recording; the reply says where to send it. Repeating it changes nothing.
#[utoipa::path(post, path = "/api/v1/recordings", tag = "recordings", request_body = Declaration, responses(
    (status = 201, body = RecordingView), (status = 403, body = ProblemBody), (status = 413, body = ProblemBody),
    (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn declare(
    site: web::Data<Site>,
    caller: Caller,
    body: web::Json<Declaration>,
) -> Result<HttpResponse, Problem> {
    let view = super::declare(&site, caller.person, body.into_inner()).await?;
    Ok(HttpResponse::Created().json(view))
}

/// What a signed upload URL carries.
#[derive(Deserialize)]
pub struct UploadQuery {
    size_bytes: i64,
    sha256: String,
    expires_us: i64,
    signature: String,
}

/// Send the bytes of a declared recording to its signed URL. The signature is the permission.
#[utoipa::path(put, path = "/api/v1/uploads/{id}", tag = "recordings",
    request_body(content = String, content_type = "audio/wav"),
    responses((status = 204), (status = 403, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 415, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn upload(
    request: HttpRequest,
    site: web::Data<Site>,
    id: web::Path<String>,
    query: web::Query<UploadQuery>,
    mut payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let query = query.into_inner();
    let grant = Grant {
        id: id.into_inner(),
        size_bytes: query.size_bytes.min(SIZE_MAX),
        content_type: super::model::CONTENT_TYPE.to_owned(),
        sha256: query.sha256,
        expires_us: query.expires_us,
    };
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let most = usize::try_from(grant.size_bytes).unwrap_or(0);
    let mut bytes = BytesMut::with_capacity(most.min(1 << 20));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            Problem::invalid("broken_upload", format!("The upload broke off: {error}. Send it again."))
        })?;
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "More bytes came than were declared. Send the file again.",
            ));
        }
    }
    super::receive(&site, &grant, &query.signature, kind, bytes.freeze()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Finish an upload. Repeating it changes nothing.
#[utoipa::path(post, path = "/api/v1/recordings/{id}/complete", tag = "recordings", responses(
    (status = 202, body = RecordingView), (status = 409, body = ProblemBody), (status = 410, body = ProblemBody),
    (status = 422, body = ProblemBody)))]
pub async fn complete(site: web::Data<Site>, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let view = super::complete(&site, caller.person, id_of(&id)?).await?;
    Ok(HttpResponse::Accepted().json(view))
}

/// A recording of one's own.
#[utoipa::path(get, path = "/api/v1/recordings/{id}", tag = "recordings",
    responses((status = 200, body = RecordingView), (status = 404, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<web::Json<RecordingView>, Problem> {
    let mut tx = site.db.read().await?;
    let clip = super::own(&mut tx, id_of(&id)?, caller.person).await?;
    Ok(web::Json(super::view_of(&clip)))
}

/// The caller's recordings, newest first.
#[utoipa::path(get, path = "/api/v1/recordings", tag = "recordings", responses((status = 200, body = Vec<RecordingView>)))]
pub async fn list(site: web::Data<Site>, caller: Caller) -> Result<web::Json<Vec<RecordingView>>, Problem> {
    let mut tx = site.db.read().await?;
    let clips = store::list_of(&mut tx, caller.person).await?;
    Ok(web::Json(clips.iter().map(super::view_of).collect()))
}

/// The sound of a recording, for its speaker and for reviewers.
#[utoipa::path(get, path = "/api/v1/recordings/{id}/audio", tag = "recordings",
    responses((status = 200, content_type = "audio/wav"), (status = 404, body = ProblemBody)))]
pub async fn sound(
    request: HttpRequest,
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let clip = super::find(&mut tx, id_of(&id)?)
        .await?
        .filter(|clip| clip.state != "declared")
        .ok_or_else(Problem::not_found)?;
    drop(tx);
    if clip.speaker_id != caller.person && !caller.role.includes(Role::Reviewer) {
        return Err(Problem::not_found());
    }
    play(&request, &site, &clip.sha256).await
}

/// The clip of a judging task, while one holds it. The same for gold and for work.
#[utoipa::path(get, path = "/api/v1/tasks/{id}/audio", tag = "tasks",
    responses((status = 200, content_type = "audio/wav"), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub async fn listen(
    request: HttpRequest,
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: TaskId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.read().await?;
    let task = tasks::own(&mut tx, id, caller.person).await?;
    let item = batches::item(&mut tx, task.item_id).await?.ok_or_else(Problem::not_found)?;
    let (sensitivity, _) = tasks::sensitivity(&mut tx, task.item_id).await?;
    if sensitivity > 0 && (task.state != "leased" || task.expires_us <= site.now_us()) {
        let detail = "This clip can be heard only while its task is yours. Ask for the next one.";
        return Err(Problem::new(StatusCode::GONE, "lease_expired", detail));
    }
    let clip = item.clip_id.ok_or_else(Problem::not_found)?;
    let clip = super::find(&mut tx, id_of(&clip)?).await?.ok_or_else(Problem::not_found)?;
    drop(tx);
    let mut reply = play(&request, &site, &clip.sha256).await?;
    let gain_db = clip.report().map_or(0.0, |report| rules::gain_db(report.loudness_lufs, report.peak_dbfs));
    if let Ok(value) = format!("{gain_db:.1}").parse() {
        reply.headers_mut().insert(HeaderName::from_static("x-gain-db"), value);
    }
    Ok(reply)
}

async fn play(request: &HttpRequest, site: &Site, sha256: &str) -> Result<HttpResponse, Problem> {
    let bytes = site.blobs.get(sha256).await?;
    Ok(ranges::reply(request, bytes, "audio/wav"))
}

/// `GET /recordings`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, caller: Caller, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let clips = store::list_of(&mut tx, caller.person).await?;
    let held = store::list_held(&mut tx, caller.person).await?;
    let sentence = |clip: &Clip| match &clip.reason {
        Some(code) => rules::sentence(code),
        None if held.contains(&(clip.id,)) => rules::HELD.to_owned(),
        None => String::new(),
    };
    let sentences = clips.iter().map(sentence).collect();
    page::show(&RecordingsPage { layout, clips, sentences })
}
