//! Making a training over the API: its settings, its sounds, its items.

use super::{
    handlers::batch_of,
    items,
    model::{Settings, Sound, SoundId, TrainingItemId, TrainingView},
    sounds,
};
use crate::platform::{body::whole, caller::Admin, ids::PersonId, once::Sent, problem::Problem, ranges, site::Site};
use crate::tasks::import_handlers::Imported;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use wire::ProblemBody;

/// What a batch teaches before its work, and by which rules people qualify.
#[utoipa::path(get, path = "/api/v1/batches/{id}/training", tag = "training",
    responses((status = 200, body = TrainingView), (status = 404, body = ProblemBody)))]
pub async fn read(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
) -> Result<web::Json<TrainingView>, Problem> {
    let mut tx = site.db.read().await?;
    super::view(&mut tx, admin.person, batch_of(&id)?).await.map(web::Json)
}

/// Set the instructions, the rules, and whether the training must be passed before work.
#[utoipa::path(put, path = "/api/v1/batches/{id}/training", tag = "training", request_body = Settings, responses(
    (status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn set(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    settings: web::Json<Settings>,
) -> Result<HttpResponse, Problem> {
    super::set(&site, admin.person, batch_of(&id)?, &settings).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Add examples and items from CSV (`part,sound,phrase,label,reason,explanation,sensitivity`) or
/// JSON lines. `sound` is the id of a verified recording, or the name of a file that was sent. One
/// bad row, and nothing is added.
#[utoipa::path(post, path = "/api/v1/batches/{id}/training/items", tag = "training",
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = Imported), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn import(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let rows = items::rows(&sent.bytes, &sent.kind)?;
    let imported = items::import_now(&site, admin.person, batch_of(&id)?, &rows, &sent.once).await?;
    Ok(HttpResponse::Created().json(Imported { imported }))
}

/// Take an item out. Who has begun keeps it; nobody else meets it.
#[utoipa::path(delete, path = "/api/v1/batches/{id}/training/items/{item}", tag = "training",
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn retire(
    site: web::Data<Site>,
    Admin(admin): Admin,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let item: TrainingItemId = path.1.parse().map_err(|_| Problem::not_found())?;
    items::retire(&site, admin.person, batch_of(&path.0)?, item).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Allow somebody who has no try left one more, at once.
#[utoipa::path(post, path = "/api/v1/batches/{id}/training/people/{person}/tries", tag = "training",
    responses((status = 204), (status = 404, body = ProblemBody), (status = 409, body = ProblemBody)))]
pub async fn grant(
    site: web::Data<Site>,
    Admin(admin): Admin,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let person: PersonId = path.1.parse().map_err(|_| Problem::not_found())?;
    super::grant(&site, admin.person, batch_of(&path.0)?, person).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Query of the upload.
#[derive(Deserialize)]
pub struct SoundQuery {
    /// Name by which imports refer to the file.
    name: String,
}

/// Send a WAV or FLAC file for the training, as `?name=clear-yes.wav`. Sending it again changes
/// nothing.
#[utoipa::path(post, path = "/api/v1/batches/{id}/training/sounds", tag = "training",
    params(("name" = String, Query, description = "Name by which imports refer to the file")),
    request_body(content = String, content_type = "audio/wav"),
    responses((status = 201, body = Sound), (status = 409, body = ProblemBody), (status = 413, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn send_sound(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    query: web::Query<SoundQuery>,
    body: Result<web::Bytes, actix_web::Error>,
) -> Result<HttpResponse, Problem> {
    let sound = sounds::keep(&site, admin.person, batch_of(&id)?, &query.name, whole(body)?).await?;
    Ok(HttpResponse::Created().json(sound))
}

/// A sound that was sent for the training.
#[utoipa::path(get, path = "/api/v1/batches/{id}/training/sounds/{sound}/audio", tag = "training",
    responses((status = 200, content_type = "audio/wav"), (status = 404, body = ProblemBody)))]
pub async fn hear_sound(
    request: HttpRequest,
    site: web::Data<Site>,
    _admin: Admin,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let sound: SoundId = path.1.parse().map_err(|_| Problem::not_found())?;
    let (bytes, kind) = sounds::of_sound(&site, batch_of(&path.0)?, sound).await?;
    Ok(ranges::reply(&request, bytes, &kind))
}
