//! A model's predictions: imported all at once, counted like one more worker's answers.

use super::model::{ApplyPredictions, EntryId, Prediction};
use super::{decide, findings::Findings, know::know, rules, store};
use crate::audit;
use crate::batches::{self, Batch, BatchId, PredictionRow, import};
use crate::media::{self, ClipId};
use crate::platform::{
    caller::Admin, csrf::SafeForm, db::Tx, ids::PersonId, once::Once, once::Sent, page::go, problem::Problem, queue,
    site::Site, worker::JobError,
};
use crate::tasks::{self, import_handlers::Imported};
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use wire::{Kind, ProblemBody, RowError};

/// Which model speaks.
#[derive(Clone, Debug, Deserialize, utoipa::IntoParams)]
pub struct Model {
    /// Its name, such as `wakenet`.
    pub model: String,
    /// Its version, such as `2.1.0`: another version is another worker.
    pub version: String,
}

impl Model {
    /// 422 `invalid_model` unless both are short words.
    fn check(&self) -> Result<(), Problem> {
        let word = |text: &str| {
            (1..=60).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+/".contains(c))
        };
        if word(&self.model) && word(&self.version) {
            return Ok(());
        }
        Err(Problem::invalid(
            "invalid_model",
            "Name the model and its version, each with 1 to 60 letters, digits and . _ - + /, such as model=wakenet&version=2.1.0.",
        ))
    }
}

/// The items that a row speaks about, or what is wrong with it.
async fn items_of(
    tx: &mut Tx,
    batch: &Batch,
    row: &PredictionRow,
) -> Result<Result<Vec<batches::ItemId>, RowError>, Problem> {
    let fault = |message: &str| RowError { line: row.line, field: "recording".to_owned(), message: message.to_owned() };
    let Ok(id) = row.recording.parse::<ClipId>() else { return Ok(Err(fault("This is not the id of a recording."))) };
    let Some(clip) = media::find(tx, id).await?.filter(|clip| clip.project_id == batch.project_id) else {
        return Ok(Err(fault("This project has no such recording.")));
    };
    let phrase = if row.phrase.is_empty() { &clip.phrase } else { &row.phrase };
    let items = batches::items_about(tx, batch.id, &id.to_string()).await?;
    let items: Vec<_> = items.into_iter().filter(|item| item.phrase == *phrase).map(|item| item.id).collect();
    if items.is_empty() {
        return Ok(Err(fault("This batch does not ask about this recording and phrase.")));
    }
    Ok(Ok(items))
}

/// Puts a model's predictions into a judging batch, all or none; a job lets them count.
///
/// # Errors
/// 404 without the batch, 409 `batch_state`, 422 `import_rows` or `invalid_model`.
pub async fn import_now(
    site: &Site,
    actor: PersonId,
    id: &str,
    model: &Model,
    rows: &[PredictionRow],
    once: &Once,
) -> Result<usize, Problem> {
    model.check()?;
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.begin().await?;
    if let Some(made) = once.before(&mut tx, actor, site.now_us()).await? {
        return made.parse().map_err(Problem::internal);
    }
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if batch.kind() != Kind::Judge {
        return Err(Problem::conflict("batch_state", "Predictions go into a judging batch."));
    }
    let (mut faults, now_us) = (Vec::new(), site.now_us());
    for row in rows {
        let items = match items_of(&mut tx, &batch, row).await? {
            Ok(items) => items,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        for item_id in items {
            let prediction = Prediction {
                id: EntryId::new(),
                item_id,
                model: model.model.clone(),
                version: model.version.clone(),
                label: row.label.clone(),
                probability: row.probability,
            };
            if !store::insert_prediction(&mut tx, batch.id, &prediction, now_us).await? {
                faults.push(RowError {
                    line: row.line,
                    field: "recording".to_owned(),
                    message: "This version has spoken about this recording before. Import it as another version."
                        .to_owned(),
                });
            }
        }
    }
    if !faults.is_empty() {
        return Err(import::refused_rows(faults));
    }
    let apply = ApplyPredictions { batch: id, model: model.model.clone(), version: model.version.clone(), after: None };
    queue::enqueue(&mut tx, &apply, now_us).await?;
    let detail = serde_json::json!({ "rows": rows.len(), "model": model.model, "version": model.version });
    audit::note(&mut tx, now_us, Some(actor), "batch.import_predictions", &id.to_string(), detail).await?;
    once.after(&mut tx, actor, &rows.len().to_string()).await?;
    tx.commit().await?;
    site.wake.notify_one();
    Ok(rows.len())
}

/// The job: some predictions count, then the next ones; running it again changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn apply(site: Site, job: ApplyPredictions) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let after = job.after.map(|item| item.to_string()).unwrap_or_default();
    let predictions = store::list_of_model(&mut tx, job.batch, &job.model, &job.version, &after).await?;
    let mut findings = Findings::at(site.now_us());
    for prediction in &predictions {
        let Some(known) = know(&mut tx, prediction.item_id).await? else { continue };
        if let Some(gold) = known.item.gold_label.clone() {
            decide::learn_from_gold(&known, &gold, &mut findings);
            continue;
        }
        if known.answers.is_empty() {
            // Nobody was asked yet: what the model is unsure about is asked first.
            tasks::set_urgency(&mut tx, prediction.item_id, rules::urgency_us(prediction.probability)).await?;
        }
        decide::decide_because(&site, &mut tx, &known, None, &mut findings).await?;
    }
    findings.write(&mut tx).await?;
    if let Some(last) = predictions.last() {
        let next = ApplyPredictions { after: Some(last.item_id), ..job };
        queue::enqueue(&mut tx, &next, site.now_us()).await?;
    }
    Ok(tx.commit().await?)
}

/// Import a model's predictions from CSV (`recording,label,probability`, if needed `phrase`) or
/// JSON lines: the model becomes one more worker, with its own confusion matrix measured on gold
/// and verdicts. One bad row, and nothing is imported.
#[utoipa::path(post, path = "/api/v1/batches/{id}/predictions", tag = "batches", params(Model),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = Imported), (status = 422, body = ProblemBody)))]
pub async fn import_predictions(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    model: web::Query<Model>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let rows = import::predictions(&sent.bytes, &sent.kind)?;
    let imported = import_now(&site, admin.person, &id, &model, &rows, &sent.once).await?;
    Ok(HttpResponse::Created().json(Imported { imported }))
}

/// The import form on the batch page.
#[derive(Deserialize)]
pub struct PredictionsForm {
    model: String,
    version: String,
    rows: String,
}

/// `POST /batches/{id}/predictions`.
///
/// # Errors
/// As [`import_predictions`].
pub async fn submit_predictions(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<PredictionsForm>,
) -> Result<HttpResponse, Problem> {
    let rows = import::predictions(form.rows.as_bytes(), "")?;
    let model = Model { model: form.model.trim().to_owned(), version: form.version.trim().to_owned() };
    import_now(&site, admin.person, &id, &model, &rows, &Once::default()).await?;
    Ok(go(format!("/batches/{id}")))
}
