//! Announce, upload, complete: every step may be repeated, and a take is counted once.

use super::{
    model::{AcceptTake, CONTENT_TYPE, Clip, ClipId, Declared, VerifyClip},
    rules, store,
};
use crate::batches::{self, budgets};
use crate::consent;
use crate::ledger;
use crate::platform::{
    clock::{SECOND_US, rfc3339},
    db::Tx,
    ids::{PersonId, sha256_hex},
    problem::Problem,
    queue,
    signed_url::Grant,
    site::Site,
};
use crate::tasks;
use crate::wages;
use actix_web::http::StatusCode;
use bytes::Bytes;
use std::{collections::BTreeMap, time::Duration};
use wire::{Declaration, Kind, RecordingState, RecordingView, Upload};

/// How long a signed URL works.
pub const URL_LIVES_US: i64 = 300 * SECOND_US;

/// Announces a take and returns where to send it.
///
/// # Errors
/// Those of [`Declared::parse`]; 403 `foreign_task` or `consent_required`; 409 `task_done`;
/// 422 `idempotency_mismatch` or `wrong_kind`.
pub async fn declare(site: &Site, person: PersonId, body: Declaration) -> Result<RecordingView, Problem> {
    declare_as(site, person, body, false).await
}

/// The same for clips that a machine made, marked so for ever.
pub(super) async fn declare_as(
    site: &Site,
    person: PersonId,
    body: Declaration,
    synthetic: bool,
) -> Result<RecordingView, Problem> {
    let declared = Declared::parse(body)?;
    let mut tx = site.db.begin().await?;
    let clip = match tx.ask(store::find(declared.id)).await? {
        Some(clip) => known(clip, person, &declared)?,
        None => insert(&mut tx, site, person, &declared, synthetic).await?,
    };
    tx.commit().await?;
    let mut view = view_of(&clip);
    if clip.state() == RecordingState::Declared {
        view.upload = Some(sign(site, &declared).await?);
    }
    Ok(view)
}

fn known(clip: Clip, person: PersonId, declared: &Declared) -> Result<Clip, Problem> {
    let same = clip.speaker_id == person && clip.declared == canonical(&declared.body)?;
    if same { Ok(clip) } else { Err(mismatch()) }
}

fn mismatch() -> Problem {
    Problem::invalid("idempotency_mismatch", "This id was used for another recording. Make a new id for a new take.")
}

fn canonical(body: &Declaration) -> Result<String, Problem> {
    serde_json::to_string(body).map_err(Problem::internal)
}

async fn insert(
    tx: &mut Tx,
    site: &Site,
    person: PersonId,
    declared: &Declared,
    synthetic: bool,
) -> Result<Clip, Problem> {
    let task = tasks::own(tx, declared.task, person).await?;
    match task.state.as_str() {
        "submitted" => {
            return Err(Problem::conflict(
                "task_done",
                "You have sent a recording for this task. Ask for the next one.",
            ));
        }
        "skipped" => {
            return Err(Problem::conflict("task_skipped", "You have skipped this task. Ask for the next one."));
        }
        _ => {}
    }
    let batch = batches::batch(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
    if batch.kind() != Kind::Record {
        return Err(Problem::invalid("wrong_kind", "This task asks for a judgement, not for a recording."));
    }
    if !consent::may_record(tx, person, batch.project_id).await? {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "consent_required",
            format!("Read and agree to the consent of this project before you record: /consent/{}", batch.project_id),
        ));
    }
    let item = batches::item(tx, task.item_id).await?.ok_or_else(Problem::not_found)?;
    let report = declared.body.report.as_ref().map(serde_json::to_string).transpose().map_err(Problem::internal)?;
    let clip = Clip {
        id: declared.id,
        task_id: task.id,
        item_id: task.item_id,
        batch_id: batch.id,
        project_id: batch.project_id,
        speaker_id: person,
        phrase: item.phrase,
        state: RecordingState::Declared.as_str().to_owned(),
        sha256: declared.body.sha256.clone(),
        size_bytes: declared.body.size_bytes,
        declared: canonical(&declared.body)?,
        client_report: report,
        report: None,
        reason: None,
        created_us: site.now_us(),
    };
    if store::insert(tx, &clip, &declared.body.settings, synthetic).await? { Ok(clip) } else { Err(mismatch()) }
}

async fn sign(site: &Site, declared: &Declared) -> Result<Upload, Problem> {
    let (id, body) = (declared.id.to_string(), &declared.body);
    let expires_us = site.now_us() + URL_LIVES_US;
    let lives = Duration::from_micros(URL_LIVES_US.unsigned_abs());
    let signed = site.blobs.sign_upload(&id, &body.content_type, &declared.digest, lives).await?;
    let (url, headers) = match signed {
        Some(signed) => (signed.url, signed.headers),
        None => {
            let grant = Grant {
                id: id.clone(),
                size_bytes: body.size_bytes,
                content_type: body.content_type.clone(),
                sha256: body.sha256.clone(),
                expires_us,
            };
            let signature = grant.sign(&site.secrets);
            let url = format!(
                "/api/v1/uploads/{id}?size_bytes={}&sha256={}&expires_us={expires_us}&signature={signature}",
                body.size_bytes, body.sha256
            );
            (url, BTreeMap::from([("content-type".to_owned(), body.content_type.clone())]))
        }
    };
    Ok(Upload { method: "PUT".to_owned(), url, headers, expires_at: rfc3339(expires_us) })
}

/// Takes the bytes of a signed upload, where this server is the store.
///
/// # Errors
/// 403 `bad_signature` or `url_expired`, 415 `wrong_type`, 413 `too_large`, 422
/// `size_mismatch` or `digest_mismatch`.
pub async fn receive(
    site: &Site,
    grant: &Grant,
    signature: &str,
    content_type: &str,
    bytes: Bytes,
) -> Result<(), Problem> {
    if !grant.is_signed(&site.secrets, signature) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "bad_signature",
            "This upload address was altered. Declare the recording again.",
        ));
    }
    if grant.expires_us <= site.now_us() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "url_expired",
            "This upload address is too old. Declare the recording again for a new one.",
        ));
    }
    if content_type != CONTENT_TYPE {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "wrong_type",
            "Recordings are sent as audio/wav.",
        ));
    }
    check(&bytes, grant.size_bytes, &grant.sha256)?;
    Ok(site.blobs.stage(&grant.id, bytes).await?)
}

fn check(bytes: &Bytes, size_bytes: i64, sha256: &str) -> Result<(), Problem> {
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    if size > size_bytes {
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "More bytes came than were declared. Send the file again.",
        ));
    }
    if size < size_bytes {
        return Err(Problem::invalid("size_mismatch", "Fewer bytes came than were declared. Send the file again."));
    }
    if sha256_hex(bytes) != sha256 {
        return Err(Problem::invalid(
            "digest_mismatch",
            "The bytes that came are not those that were declared. Send the file again.",
        ));
    }
    Ok(())
}

/// Finishes an upload: checks the bytes, stores them for good, closes the task, notes the pay
/// and asks for verification, all or nothing.
///
/// # Errors
/// 404; 409 `not_uploaded`; 413 `too_large`, 422 `size_mismatch` or `digest_mismatch`; 410
/// `lease_expired`; 409 `task_done`.
pub async fn complete(site: &Site, person: PersonId, id: ClipId) -> Result<RecordingView, Problem> {
    let clip = own(&mut site.db.read().await?, id, person).await?;
    if clip.state() != RecordingState::Declared {
        return Ok(view_of(&clip));
    }
    let staged = id.to_string();
    let size = site.blobs.staged_size(&staged).await?.ok_or_else(|| {
        Problem::conflict("not_uploaded", "The file has not arrived yet. Send it to the upload address, then complete.")
    })?;
    // Looked at before it is read: the store may have taken more than was declared.
    let bytes = if i64::try_from(size).is_ok_and(|size| size <= clip.size_bytes) {
        site.blobs.staged(&staged).await?
    } else {
        site.blobs.unstage(&staged).await?;
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "More bytes came than were declared. Send the file again.",
        ));
    };
    if let Err(problem) = check(&bytes, clip.size_bytes, &clip.sha256) {
        site.blobs.unstage(&staged).await?;
        return Err(problem);
    }
    site.blobs.put(bytes).await?;
    let mut tx = site.db.begin().await?;
    let now_us = site.now_us();
    if store::set_uploaded(&mut tx, id, now_us).await? {
        let submitted = tasks::submit_late(&mut tx, clip.task_id, person, now_us).await?;
        let task = submitted.task;
        let batch = batches::batch(&mut tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
        let project = batches::project(&mut tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
        let pay = ledger::Pay {
            task: task.id.to_string(),
            person,
            project: project.id.to_string(),
            cents: batch.pay_cents,
            currency: project.currency,
        };
        budgets::spend(&mut tx, batch.id, &pay.task, pay.cents).await?;
        ledger::pend(&mut tx, &pay, &format!("Recording of “{}”", clip.phrase), now_us).await?;
        let work = wages::Work {
            task: pay.task,
            batch: batch.id,
            person,
            leased_us: task.leased_us,
            before_us: submitted.before_us,
            client_ms: None,
            pay_cents: batch.pay_cents,
        };
        wages::note(&mut tx, &work, now_us).await?;
        let verify = queue::New::at(&VerifyClip { clip: id }, now_us)?;
        let accept = queue::New::at(&AcceptTake { task: task.id }, now_us + rules::DECIDE_WITHIN_US)?;
        queue::enqueue_all(&mut tx, &[verify, accept]).await?;
        tx.commit().await?;
        site.wake.notify_one();
        metrics::counter!("sayso_recordings_total").increment(1);
    } else {
        drop(tx);
    }
    if let Err(error) = site.blobs.unstage(&staged).await {
        // The take is safe under its digest; what is left behind is only a copy.
        tracing::warn!(error = %error, "staged upload not removed");
    }
    let clip = own(&mut site.db.read().await?, id, person).await?;
    Ok(view_of(&clip))
}

/// A clip of one's own.
///
/// # Errors
/// 404 for what does not exist and for what is not one's own.
pub async fn own(tx: &mut Tx, id: ClipId, person: PersonId) -> Result<Clip, Problem> {
    tx.ask(store::find(id)).await?.filter(|clip| clip.speaker_id == person).ok_or_else(Problem::not_found)
}

/// A clip as its speaker sees it.
pub fn view_of(clip: &Clip) -> RecordingView {
    RecordingView {
        id: clip.id.to_string(),
        task: clip.task_id.to_string(),
        state: clip.state(),
        phrase: clip.phrase.clone(),
        sentence: clip.reason.as_deref().map(rules::sentence),
        reason: clip.reason.clone(),
        upload: None,
        report: clip.report(),
    }
}
