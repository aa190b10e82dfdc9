//! Prompts into a recording batch: described by `batches`, put into the queue here, all at once.

use crate::audit;
use crate::batches::{self, BatchId, Prompt, import};
use crate::platform::{
    caller::Admin, csrf::SafeForm, ids::PersonId, once::Once, once::Sent, page::go, problem::Problem, site::Site,
};
use crate::quotas::{self, Places};
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use wire::{Kind, ProblemBody};

/// Reply to an import.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Imported {
    /// Rows now in the batch.
    pub imported: usize,
}

/// Puts prompts into a batch, all or none.
///
/// # Errors
/// 404 without the batch, 409 `batch_state`, 422 `import_rows` for rows less sensitive than the batch.
pub async fn import_now(
    site: &Site,
    actor: PersonId,
    id: &str,
    prompts: &[Prompt],
    once: &Once,
) -> Result<usize, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.begin().await?;
    if let Some(made) = once.before(&mut tx, actor, site.now_us()).await? {
        return made.parse().map_err(Problem::internal);
    }
    let batch = batches::hold_level(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if batch.kind() != Kind::Record || batch.state() == batches::BatchState::Closed {
        return Err(Problem::conflict("batch_state", "Prompts go into a recording batch that is not closed."));
    }
    import::as_sensitive(prompts, batch.sensitivity)?;
    let now_us = site.now_us();
    let mut places = Places::new();
    for prompt in prompts {
        let item = batches::add_prompt(&mut tx, &batch, prompt, now_us).await?;
        let wanted = prompt.count.unwrap_or(batch.answers_wanted);
        super::open(&mut tx, &batch, &item, wanted, None, now_us).await?;
        *places.entry(item.phrase).or_default() += wanted;
    }
    quotas::grow(&mut tx, batch.id, &places).await?;
    let detail = serde_json::json!({ "rows": prompts.len() });
    audit::note(&mut tx, now_us, Some(actor), "batch.import_prompts", &id.to_string(), detail).await?;
    once.after(&mut tx, actor, &prompts.len().to_string()).await?;
    tx.commit().await?;
    Ok(prompts.len())
}

/// Import prompts from CSV (`phrase,hint,count,sensitivity,categories`) or JSON lines. One bad row, and
/// nothing is imported. A row may be more sensitive than its batch, not less.
#[utoipa::path(post, path = "/api/v1/batches/{id}/prompts", tag = "batches",
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = Imported), (status = 422, body = ProblemBody)))]
pub async fn import_prompts(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let prompts = import::prompts(&sent.bytes, &sent.kind)?;
    let imported = import_now(&site, admin.person, &id, &prompts, &sent.once).await?;
    Ok(HttpResponse::Created().json(Imported { imported }))
}

/// The import form on the batch page.
#[derive(Deserialize)]
pub struct ImportForm {
    /// CSV or JSON lines.
    pub rows: String,
}

/// `POST /batches/{id}/prompts`.
///
/// # Errors
/// As [`import_prompts`].
pub async fn submit_prompts(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<ImportForm>,
) -> Result<HttpResponse, Problem> {
    let prompts = import::prompts(form.rows.as_bytes(), "")?;
    import_now(&site, admin.person, &id, &prompts, &Once::default()).await?;
    Ok(go(format!("/batches/{id}")))
}
