//! The pages of a training: for those who take it, and for those who make it.

use super::{
    handlers::batch_of,
    items,
    model::{BeginBody, ItemForm, Part, Settings, SettingsForm, Stage, StepId, TrainingItemId},
    pages::{LearnPage, MakePage},
    sounds,
};
use crate::batches::{self, BatchId};
use crate::media;
use crate::platform::{
    caller::{Admin, Caller},
    csrf::SafeForm,
    ids::PersonId,
    once::Once,
    page::{self, Layout, go},
    problem::Problem,
    site::Site,
    upload_form::SafeFiles,
};
use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;
use wire::{AnswerBody, Label, Reason};

/// `GET /training/{batch}`.
///
/// # Errors
/// 404 without the batch or without a complete training.
pub async fn learn(
    site: web::Data<Site>,
    caller: Caller,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut tx = site.db.read().await?;
    let lesson = super::lesson(&mut tx, &site, caller.person, batch_of(&id)?).await?;
    page::show(&LearnPage { layout, lesson })
}

/// The buttons that begin and go on.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Move {
    /// Begin an attempt.
    Begin {
        /// Its number.
        number: String,
        /// The pay that was shown.
        pay_cents: String,
    },
    /// Open the next question.
    Next,
}

/// `POST /training/{batch}`.
///
/// # Errors
/// As `begin` and `next` of the API.
pub async fn go_on(
    site: web::Data<Site>,
    caller: Caller,
    id: web::Path<String>,
    SafeForm(form): SafeForm<Move>,
) -> Result<HttpResponse, Problem> {
    let batch = batch_of(&id)?;
    match form {
        Move::Begin { number, pay_cents } => {
            let wrong = |_| Problem::invalid("invalid_form", "The form is not whole. Reload the page.");
            let body = BeginBody { pay_cents: pay_cents.parse().map_err(wrong)? };
            super::begin(&site, caller.person, batch, number.parse().map_err(wrong)?, &body).await?;
            show_next(&site, caller.person, batch).await?;
        }
        Move::Next => {
            super::next(&site, caller.person, batch).await?;
        }
    }
    Ok(go(format!("/training/{batch}")))
}

/// Opens the next question without being asked, unless it is sensitive or an answer was explained:
/// then it waits for the person.
async fn show_next(site: &Site, person: PersonId, batch: BatchId) -> Result<(), Problem> {
    let mut tx = site.db.read().await?;
    let lesson = super::lesson(&mut tx, site, person, batch).await?;
    drop(tx);
    let plain = lesson.question.is_some_and(|question| question.sensitivity == 0);
    if lesson.stage == Stage::Open && lesson.feedback.is_none() && plain {
        super::next(site, person, batch).await?;
    }
    Ok(())
}

/// The answer buttons: `yes`, `unsure`, or the reason of a no.
#[derive(Deserialize)]
pub struct AnswerForm {
    answer: String,
}

impl AnswerForm {
    fn body(&self) -> Result<AnswerBody, Problem> {
        let no = |reason| (Label::No, Some(reason));
        let (label, reason) = match self.answer.as_str() {
            "yes" => (Label::Yes, None),
            "unsure" => (Label::Unsure, None),
            "wrong_word" => no(Reason::WrongWord),
            "cut_off" => no(Reason::CutOff),
            "noise" => no(Reason::Noise),
            "several_voices" => no(Reason::SeveralVoices),
            "silence" => no(Reason::Silence),
            _ => return Err(Problem::invalid("invalid_form", "Choose one of the answers on the page.")),
        };
        // Measured by the server, from the opening of the question.
        Ok(AnswerBody { label, reason, duration_ms: 0 })
    }
}

/// `POST /training/{batch}/steps/{question}`.
///
/// # Errors
/// As `answer` of the API.
pub async fn answer(
    site: web::Data<Site>,
    caller: Caller,
    path: web::Path<(String, String)>,
    SafeForm(form): SafeForm<AnswerForm>,
) -> Result<HttpResponse, Problem> {
    let (batch, step): (BatchId, Result<StepId, _>) = (batch_of(&path.0)?, path.1.parse());
    let step = step.map_err(|_| Problem::not_found())?;
    match super::answer(&site, caller.person, batch, step, &form.body()?).await {
        Ok(_) => show_next(&site, caller.person, batch).await?,
        // Somebody went back and answered again: the first answer counts, and the page says where they are.
        Err(problem) if problem.code == "idempotency_mismatch" => {}
        Err(problem) => return Err(problem),
    }
    Ok(go(format!("/training/{batch}")))
}

/// `GET /batches/{id}/training`.
///
/// # Errors
/// 404 without the batch.
pub async fn make(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    page::show(&make_page(&site, admin.person, layout, batch_of(&id)?, None).await?)
}

async fn make_page(
    site: &Site,
    person: PersonId,
    layout: Layout,
    id: BatchId,
    problem: Option<Problem>,
) -> Result<MakePage, Problem> {
    let mut tx = site.db.read().await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let view = super::view(&mut tx, person, id).await?;
    let clips = media::verified_after(&mut tx, batch.project_id, None).await?;
    let counts = Part::ALL.map(|part| (part, view.items.iter().filter(|item| item.part == part).count()));
    let form = view.settings.clone();
    Ok(MakePage { layout, batch, view, form, counts, clips, problem })
}

/// `POST /batches/{id}/training`: the settings. What is wrong comes back with what was typed.
///
/// # Errors
/// 404 without the batch.
pub async fn save(
    site: web::Data<Site>,
    Admin(admin): Admin,
    layout: Layout,
    id: web::Path<String>,
    SafeForm(form): SafeForm<SettingsForm>,
) -> Result<HttpResponse, Problem> {
    let batch = batch_of(&id)?;
    let settings = Settings {
        instructions: form.instructions,
        questions: form.questions,
        pass_percent: form.pass_percent,
        tries: form.tries,
        wait_s: form.wait_min.saturating_mul(60),
        item_s: form.item_s,
        required: form.required.is_some(),
    };
    match super::set(&site, admin.person, batch, &settings).await {
        Ok(()) => Ok(go(format!("/batches/{batch}/training"))),
        Err(problem) if problem.status.is_client_error() && problem.status != StatusCode::NOT_FOUND => {
            let status = problem.status;
            let page = make_page(&site, admin.person, layout, batch, Some(problem)).await?;
            page::show_with(status, &MakePage { form: settings, ..page })
        }
        Err(problem) => Err(problem),
    }
}

/// `POST /batches/{id}/training/items`: one item, from the form.
///
/// # Errors
/// As the import of the API.
pub async fn add(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<ItemForm>,
) -> Result<HttpResponse, Problem> {
    let (batch, row) = (batch_of(&id)?, items::row_of(form)?);
    items::import_now(&site, admin.person, batch, &[row], &Once::default()).await?;
    Ok(go(format!("/batches/{batch}/training#items")))
}

/// Rows as typed.
#[derive(Deserialize)]
pub struct RowsForm {
    rows: String,
}

/// `POST /batches/{id}/training/import`: many items.
///
/// # Errors
/// As the import of the API.
pub async fn import(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<RowsForm>,
) -> Result<HttpResponse, Problem> {
    let (batch, rows) = (batch_of(&id)?, items::rows(form.rows.as_bytes(), "")?);
    items::import_now(&site, admin.person, batch, &rows, &Once::default()).await?;
    Ok(go(format!("/batches/{batch}/training#items")))
}

/// A form without fields.
#[derive(Deserialize)]
pub struct Nothing {}

/// `POST /batches/{id}/training/items/{item}`: take it out.
///
/// # Errors
/// 404 without the item, 409 `training_incomplete`.
pub async fn retire(
    site: web::Data<Site>,
    Admin(admin): Admin,
    path: web::Path<(String, String)>,
    _form: SafeForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let item: TrainingItemId = path.1.parse().map_err(|_| Problem::not_found())?;
    let batch = batch_of(&path.0)?;
    items::retire(&site, admin.person, batch, item).await?;
    Ok(go(format!("/batches/{batch}/training#items")))
}

/// `POST /batches/{id}/training/people/{person}/tries`: one more.
///
/// # Errors
/// As `grant` of the API.
pub async fn grant(
    site: web::Data<Site>,
    Admin(admin): Admin,
    path: web::Path<(String, String)>,
    _form: SafeForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let person: PersonId = path.1.parse().map_err(|_| Problem::not_found())?;
    let batch = batch_of(&path.0)?;
    super::grant(&site, admin.person, batch, person).await?;
    Ok(go(format!("/batches/{batch}/training#people")))
}

/// `POST /batches/{id}/training/sounds`: files.
///
/// # Errors
/// As the upload of the API; what came before a bad file is kept.
pub async fn send(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeFiles(files): SafeFiles,
) -> Result<HttpResponse, Problem> {
    let batch = batch_of(&id)?;
    if files.is_empty() {
        return Err(Problem::invalid("no_file", "Choose at least one WAV or FLAC file, then send it."));
    }
    for (name, bytes) in files {
        sounds::keep(&site, admin.person, batch, &name, bytes).await?;
    }
    Ok(go(format!("/batches/{batch}/training#sounds")))
}
