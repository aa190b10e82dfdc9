//! Gold for judging batches: known answers about clips that exist, imported all at once.

use super::{Clip, ClipId, store};
use crate::audit;
use crate::batches::{self, Batch, BatchId, GoldRow, Item, JudgeItem, import};
use crate::platform::{
    caller::Admin, csrf::SafeForm, db::DbResult, db::Tx, ids::PersonId, once::Once, once::Sent, page::go,
    problem::Problem, site::Site,
};
use crate::tasks::{
    self,
    import_handlers::{ImportForm, Imported},
};
use crate::trust::{self, GoldSource};
use actix_web::{HttpResponse, web};
use wire::{Kind, ProblemBody, RowError};

/// The clip that a row names, or what is wrong with it.
async fn clip_of(tx: &mut Tx, batch: &Batch, row: &GoldRow) -> Result<Result<Clip, RowError>, Problem> {
    let fault = |message: &str| RowError { line: row.line, field: "recording".to_owned(), message: message.to_owned() };
    let Ok(id) = row.recording.parse::<ClipId>() else { return Ok(Err(fault("This is not the id of a recording."))) };
    let Some(clip) = tx.ask(store::find(id)).await?.filter(|clip| clip.project_id == batch.project_id) else {
        return Ok(Err(fault("This project has no such recording.")));
    };
    if clip.state != "verified" {
        return Ok(Err(fault("Only verified recordings can be gold.")));
    }
    Ok(Ok(clip))
}

/// Makes a clip gold of a batch: `asked` is the phrase and the known answer, `from` where it comes
/// from and who vouches for it. It looks like work about the same clip in every respect. What is
/// known is not asked: the same question leaves the queue of work.
///
/// # Errors
/// When the database refuses.
pub async fn add(
    tx: &mut Tx,
    batch: &Batch,
    clip: &Clip,
    (phrase, gold): (String, (String, Option<String>)),
    (source, by): (GoldSource, Option<PersonId>),
    now_us: i64,
) -> DbResult<()> {
    let (sensitivity, categories) = tasks::sensitivity(tx, clip.item_id).await?;
    let new = JudgeItem {
        clip: clip.id.to_string(),
        speaker: clip.speaker_id,
        phrase,
        sensitivity,
        categories,
        gold: Some(gold),
    };
    if let Some(item) = batches::add_judging(tx, batch, &new, now_us).await? {
        tasks::open(tx, batch, &item, batch.answers_wanted, Some(clip.speaker_id), now_us).await?;
        trust::stock(tx, &item, source, by, now_us).await?;
        settle_work(tx, batch, clip, &item, now_us).await?;
    }
    Ok(())
}

/// Ends the work about a question whose answer is known now, if people are still asked: the known
/// answer is its verdict, and the speaker is paid by it.
async fn settle_work(tx: &mut Tx, batch: &Batch, clip: &Clip, gold: &Item, now_us: i64) -> DbResult<()> {
    let about = batches::items_about(tx, batch.id, &clip.id.to_string()).await?;
    let Some(work) = about.iter().find(|item| item.gold_label.is_none() && item.phrase == gold.phrase) else {
        return Ok(());
    };
    let Some(slots) = tx.ask(tasks::lock_item(work.id)).await? else { return Ok(()) };
    let taken = slots.answers + slots.leases;
    if taken >= slots.target {
        return Ok(());
    }
    tasks::set_target(tx, work.id, taken).await?;
    super::judged(tx, clip, gold.gold_label.as_deref() == Some("yes"), now_us).await
}

/// Puts gold into a batch, all or none.
///
/// # Errors
/// 404 without the batch, 409 `batch_state`, 422 `import_rows`.
pub async fn import_now(
    site: &Site,
    actor: PersonId,
    id: &str,
    rows: &[GoldRow],
    once: &Once,
) -> Result<usize, Problem> {
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let mut tx = site.db.begin().await?;
    if let Some(made) = once.before(&mut tx, actor, site.now_us()).await? {
        return made.parse().map_err(Problem::internal);
    }
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if batch.kind() != Kind::Judge {
        return Err(Problem::conflict("batch_state", "Gold goes into a judging batch."));
    }
    let (mut faults, now_us) = (Vec::new(), site.now_us());
    for row in rows {
        match clip_of(&mut tx, &batch, row).await? {
            Err(fault) => faults.push(fault),
            Ok(clip) => {
                let phrase = if row.phrase.is_empty() { clip.phrase.clone() } else { row.phrase.clone() };
                let gold = (row.label.clone(), row.reason.clone());
                add(&mut tx, &batch, &clip, (phrase, gold), (GoldSource::Imported, Some(actor)), now_us).await?;
            }
        }
    }
    if !faults.is_empty() {
        return Err(import::refused_rows(faults));
    }
    audit::note(
        &mut tx,
        now_us,
        Some(actor),
        "batch.import_gold",
        &id.to_string(),
        serde_json::json!({ "rows": rows.len() }),
    )
    .await?;
    once.after(&mut tx, actor, &rows.len().to_string()).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// Import gold from CSV (`recording,phrase,label,reason`) or JSON lines. A phrase other than
/// the recording's own makes a planted error. One bad row, and nothing is imported.
#[utoipa::path(post, path = "/api/v1/batches/{id}/gold", tag = "batches",
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, body = Imported), (status = 422, body = ProblemBody)))]
pub async fn import_gold(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    sent: Sent,
) -> Result<HttpResponse, Problem> {
    let rows = import::gold(&sent.bytes, &sent.kind)?;
    let imported = import_now(&site, admin.person, &id, &rows, &sent.once).await?;
    Ok(HttpResponse::Created().json(Imported { imported }))
}

/// `POST /batches/{id}/gold`.
///
/// # Errors
/// As [`import_gold`].
pub async fn submit_gold(
    site: web::Data<Site>,
    Admin(admin): Admin,
    id: web::Path<String>,
    SafeForm(form): SafeForm<ImportForm>,
) -> Result<HttpResponse, Problem> {
    let rows = import::gold(form.rows.as_bytes(), "")?;
    import_now(&site, admin.person, &id, &rows, &Once::default()).await?;
    Ok(go(format!("/batches/{id}")))
}
