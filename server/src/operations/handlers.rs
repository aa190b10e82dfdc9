//! Health, metrics and dead letters over HTTP.

use super::pages::DeadLettersPage;
use crate::audit;
use crate::media::{self, VerifyClip};
use crate::platform::{
    caller::Admin,
    csrf::SafeForm,
    ids::PersonId,
    page::{self, Layout, go},
    problem::Problem,
    queue::{self, DeadLetter, Job, JobId},
    secrets::same,
    site::Site,
    telemetry,
};
use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header, web};
use serde::Deserialize;
use wire::ProblemBody;

/// `GET /healthz`: the process answers.
pub async fn health() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// `GET /readyz`: the database and the object store answer too.
///
/// # Errors
/// 503 `not_ready`, naming what does not answer.
pub async fn ready(site: web::Data<Site>) -> Result<HttpResponse, Problem> {
    let down =
        |what: &str| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", format!("The {what} does not answer."));
    let mut tx = site.db.read().await.map_err(|_| down("database"))?;
    queue::counts(&mut tx).await.map_err(|_| down("database"))?;
    site.blobs.ping().await.map_err(|_| down("object store"))?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
}

/// `GET /metrics`: Prometheus' text format, with the configured token, or from this machine.
///
/// # Errors
/// 404 for everybody else, as if there were nothing.
pub async fn metrics(request: HttpRequest, site: web::Data<Site>) -> Result<HttpResponse, Problem> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let allowed = match &site.metrics_token {
        Some(token) => given.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|given| same(given, token)),
        None => {
            let near = request.peer_addr().is_some_and(|address| address.ip().is_loopback());
            // A proxy on this machine would make everybody look near.
            near && !request.headers().contains_key("x-forwarded-for") && !request.headers().contains_key("forwarded")
        }
    };
    if !allowed {
        return Err(Problem::not_found());
    }
    let mut tx = site.db.read().await?;
    for state in ["ready", "running", "dead"] {
        metrics::gauge!("sayso_jobs", "state" => state).set(0.0);
    }
    for (state, count) in queue::counts(&mut tx).await? {
        #[expect(clippy::cast_precision_loss, reason = "a count of jobs")]
        metrics::gauge!("sayso_jobs", "state" => state).set(count as f64);
    }
    let text = telemetry::metrics_handle().map(|handle| handle.render()).unwrap_or_default();
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text))
}

async fn retry_now(site: &Site, actor: PersonId, id: &str) -> Result<(), Problem> {
    let id: JobId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.begin().await?;
    if !queue::revive(&mut tx, id, site.now_us()).await? {
        return Err(Problem::not_found());
    }
    audit::note(&mut tx, site.now_us(), Some(actor), "dead_letter.retry", &id.to_string(), serde_json::json!({}))
        .await?;
    tx.commit().await?;
    site.wake.notify_one();
    Ok(())
}

async fn drop_now(site: &Site, actor: PersonId, id: &str) -> Result<(), Problem> {
    let id: JobId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.begin().await?;
    let letter = queue::drop_dead(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if letter.kind == VerifyClip::KIND {
        let job: VerifyClip = serde_json::from_str(&letter.payload).map_err(Problem::internal)?;
        media::give_up(&mut tx, job.clip, site.now_us()).await?;
    }
    let detail = serde_json::json!({ "kind": letter.kind });
    audit::note(&mut tx, site.now_us(), Some(actor), "dead_letter.drop", &id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// All dead letters, oldest first.
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "operations", responses((status = 200, body = Vec<DeadLetter>)))]
pub async fn list(site: web::Data<Site>, _admin: Admin) -> Result<web::Json<Vec<DeadLetter>>, Problem> {
    let mut tx = site.db.read().await?;
    Ok(web::Json(queue::dead_letters(&mut tx).await?))
}

/// Give a dead letter new tries.
#[utoipa::path(post, path = "/api/v1/dead-letters/{id}/retry", tag = "operations",
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub async fn retry(site: web::Data<Site>, Admin(admin): Admin, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    retry_now(&site, admin.person, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Give a dead letter up. A recording that we could not check is paid and its prompt reopened.
#[utoipa::path(post, path = "/api/v1/dead-letters/{id}/drop", tag = "operations",
    responses((status = 204), (status = 404, body = ProblemBody)))]
pub async fn drop_letter(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    drop_now(&site, admin.person, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /dead-letters`.
///
/// # Errors
/// When the database does not answer.
pub async fn show(site: web::Data<Site>, _admin: Admin, layout: Layout) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let letters = queue::dead_letters(&mut tx).await?;
    page::show(&DeadLettersPage { layout, letters })
}

/// The buttons beside a dead letter: `retry` or `drop`.
#[derive(Deserialize)]
pub struct LetterForm {
    action: String,
}

/// `POST /dead-letters/{id}`.
///
/// # Errors
/// 404 when there is no such letter.
pub async fn submit(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<LetterForm>,
) -> Result<HttpResponse, Problem> {
    if form.action == "drop" {
        drop_now(&site, admin.person, &id).await?;
    } else {
        retry_now(&site, admin.person, &id).await?;
    }
    Ok(go("/dead-letters"))
}
