//! The next task for a person: which batch, which item, and why there is none.

use super::{
    model::{Picked, TaskId, TaskRow},
    rules, store,
};
use crate::batches::{self, Batch, BatchId, BatchState};
use crate::consent;
use crate::exposure;
use crate::platform::{
    clock::{SECOND_US, rfc3339},
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use crate::quotas;
use crate::trust;
use actix_web::http::StatusCode;
use wire::{Kind, NextTask, Task};

/// What trying one batch brought.
enum Outcome {
    Issued(TaskRow),
    Refused(Problem),
    Empty,
    /// Somebody else was faster: ask again.
    Raced,
}

/// Leases the next task.
///
/// # Errors
/// 404 `no_task`; 403 `consent_required`, `quota_full` or `exposure_limit`; 409 `too_many_leases`.
pub async fn next(site: &Site, person: PersonId, wish: &NextTask) -> Result<Task, Problem> {
    let mut refused: Option<Problem> = None;
    for batch in candidates(site, wish).await? {
        let mut outcome = try_again(site, person, &batch, &wish.held).await?;
        if may_be_freed(&outcome) && super::jobs::expire(site).await? > 0 {
            outcome = try_again(site, person, &batch, &wish.held).await?;
        }
        match outcome {
            Outcome::Issued(task) => {
                let mut tx = site.db.read().await?;
                return view(&mut tx, &task).await;
            }
            Outcome::Refused(problem) => refused = Some(refused.unwrap_or(problem)),
            Outcome::Empty | Outcome::Raced => {}
        }
    }
    Err(refused.unwrap_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "no_task",
            "There is nothing for you to do here right now: everything is done or being done by others. Look again later.")
    }))
}

/// Tries one batch, again whenever somebody else was faster: each time they got a place, so this ends.
async fn try_again(site: &Site, person: PersonId, batch: &Batch, held: &[String]) -> Result<Outcome, Problem> {
    loop {
        match issue(site, person, batch, held).await? {
            Outcome::Raced => {}
            outcome => return Ok(outcome),
        }
    }
}

/// Whether a lease that ran out may be what is missing.
fn may_be_freed(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Empty => true,
        Outcome::Refused(problem) => problem.code == quotas::FULL,
        Outcome::Issued(_) | Outcome::Raced => false,
    }
}

async fn candidates(site: &Site, wish: &NextTask) -> Result<Vec<Batch>, Problem> {
    let mut tx = site.db.read().await?;
    let Some(id) = &wish.batch else {
        let open = batches::open_batches(&mut tx).await?;
        return Ok(open.into_iter().filter(|batch| wish.kind.is_none_or(|kind| kind == batch.kind())).collect());
    };
    let id: BatchId = id.parse().map_err(|_| Problem::not_found())?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if wish.kind.is_some_and(|kind| kind != batch.kind()) {
        return Err(Problem::invalid(
            "wrong_kind",
            "This batch holds tasks of another kind. Ask without a kind, or for another batch.",
        ));
    }
    let detail = match batch.state() {
        BatchState::Open => return Ok(vec![batch]),
        BatchState::Paused => "This batch is paused. Look again later.",
        BatchState::Draft => "This batch is not open yet. Look again later.",
        BatchState::Closed => "This batch is closed. Choose another one.",
    };
    Err(Problem::new(StatusCode::NOT_FOUND, "no_task", detail))
}

async fn issue(site: &Site, person: PersonId, batch: &Batch, held: &[String]) -> Result<Outcome, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let served = store::lock_enrolment(&mut tx, person, batch.id).await?;
    let live = store::list_live(&mut tx, person, batch.id, now_us).await?;
    if let Some(task) = live.iter().find(|task| !held.contains(&task.id.to_string())) {
        return Ok(Outcome::Issued(task.clone()));
    }
    if live.len() >= rules::LEASES_MAX {
        return Ok(Outcome::Refused(Problem::conflict(
            "too_many_leases",
            "You have three tasks open in this batch. Finish or skip one, then ask again.",
        )));
    }
    if batch.max_per_person > 0 && served >= batch.max_per_person {
        return Ok(Outcome::Refused(Problem::new(
            StatusCode::FORBIDDEN,
            "person_limit",
            "You have had as many tasks of this batch as one person may have. Thank you! Choose another batch.",
        )));
    }
    if batch.kind() == Kind::Record && !consent::may_record(&mut tx, person, batch.project_id).await? {
        return Ok(Outcome::Refused(Problem::new(
            StatusCode::FORBIDDEN,
            "consent_required",
            format!("Read and agree to the consent of this project before you record: /consent/{}", batch.project_id),
        )));
    }
    let standing = trust::standing(&mut tx, person, batch, now_us).await?;
    if let Some(refusal) = standing.refusal {
        return Ok(Outcome::Refused(barred(refusal)));
    }
    let allowance = exposure::allowance(&mut tx, person, now_us).await?;
    let plan = match batch.kind() {
        Kind::Record => Some(quotas::plan(&mut tx, person, batch.id).await?),
        Kind::Judge => None,
    };
    let picked = match &plan {
        Some(plan) => prompt(&mut tx, batch.id, person, allowance.level, &plan.choice).await?,
        None => {
            let mac = site.secrets.mac("gold", format!("{person}|{}|{served}", batch.id).as_bytes());
            let gold = rules::wants_gold(&mac, standing.gold_ppm);
            clip(&mut tx, batch.id, person, allowance.level, gold).await?
        }
    };
    let Some(picked) = picked else { return nothing(&mut tx, batch, person, allowance, plan.as_ref()).await };
    let task = TaskRow {
        id: TaskId::new(),
        item_id: picked.item_id,
        batch_id: batch.id,
        person_id: person,
        state: "leased".into(),
        leased_us: now_us,
        expires_us: now_us + batch.lease_s * SECOND_US,
    };
    if let Some(plan) = &plan
        && !quotas::take(&mut tx, plan, batch.id, person, &task.id.to_string(), &picked.phrase).await?
    {
        return Ok(Outcome::Raced);
    }
    store::insert_task(&mut tx, &task).await?;
    store::count_served(&mut tx, person, batch.id).await?;
    exposure::note(&mut tx, person, picked.sensitivity, now_us).await?;
    tx.commit().await?;
    metrics::counter!("sayso_tasks_issued_total").increment(1);
    Ok(Outcome::Issued(task))
}

fn barred(refusal: trust::Refusal) -> Problem {
    let problem = Problem::new(StatusCode::FORBIDDEN, refusal.code, refusal.detail);
    match refusal.available_us {
        Some(at_us) => problem.available_at(at_us),
        None => problem,
    }
}

/// A clip to judge: gold if it is its turn and there is any, else work.
async fn clip(tx: &mut Tx, batch: BatchId, person: PersonId, level: i64, gold: bool) -> DbResult<Option<Picked>> {
    if gold && let Some(picked) = store::pick(tx, batch, true, person, level).await? {
        return Ok(Some(picked));
    }
    if let Some(picked) = store::pick(tx, batch, false, person, level).await? {
        return Ok(Some(picked));
    }
    store::pick_waiting(tx, batch, person, level).await
}

/// A prompt to record, of the phrases that coverage puts first, or allows.
async fn prompt(
    tx: &mut Tx,
    batch: BatchId,
    person: PersonId,
    level: i64,
    choice: &quotas::Choice,
) -> DbResult<Option<Picked>> {
    let (phrases, only) = match choice {
        quotas::Choice::Nothing => return Ok(None),
        quotas::Choice::Any => return clip(tx, batch, person, level, false).await,
        quotas::Choice::First(phrases) => (phrases, false),
        quotas::Choice::Only(phrases) => (phrases, true),
    };
    for phrase in phrases {
        if let Some(picked) = store::pick_phrase(tx, batch, phrase, person, level).await? {
            return Ok(Some(picked));
        }
    }
    if !only {
        return clip(tx, batch, person, level, false).await;
    }
    for phrase in phrases {
        if let Some(picked) = store::pick_phrase_waiting(tx, batch, phrase, person, level).await? {
            return Ok(Some(picked));
        }
    }
    Ok(None)
}

/// Nothing was picked: is it a limit, is it kept for others, or is there nothing?
async fn nothing(
    tx: &mut Tx,
    batch: &Batch,
    person: PersonId,
    allowance: exposure::Allowance,
    plan: Option<&quotas::Plan>,
) -> Result<Outcome, Problem> {
    let limited = plan.filter(|plan| matches!(plan.choice, quotas::Choice::Nothing | quotas::Choice::Only(_)));
    if let Some(plan) = limited
        && store::has_open(tx, batch.id).await?
    {
        return Ok(Outcome::Refused(quotas::full(plan)));
    }
    let Some(at_us) = allowance.more_at_us else { return Ok(Outcome::Empty) };
    if !store::waits_above(tx, batch.id, person, allowance.level, exposure::CEILING).await? {
        return Ok(Outcome::Empty);
    }
    let problem = Problem::new(
        StatusCode::FORBIDDEN,
        "exposure_limit",
        format!(
            "You have had your share of sensitive material for now, to protect you. More is available at {}.",
            rfc3339(at_us)
        ),
    );
    Ok(Outcome::Refused(problem.available_at(at_us)))
}

/// A task as its person sees it; gold looks like all others.
///
/// # Errors
/// When the database does not answer.
pub async fn view(tx: &mut Tx, task: &TaskRow) -> Result<Task, Problem> {
    let item = batches::item(tx, task.item_id).await?.ok_or_else(Problem::not_found)?;
    let batch = batches::batch(tx, task.batch_id).await?.ok_or_else(Problem::not_found)?;
    let project = batches::project(tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    let judge = batch.kind() == Kind::Judge;
    let policy = if judge { None } else { Some(batches::policy(tx, &project, task.leased_us).await?) };
    Ok(Task {
        id: task.id.to_string(),
        kind: batch.kind(),
        batch: batch.id.to_string(),
        project: project.id.to_string(),
        phrase: item.phrase,
        hint: item.hint,
        language: project.language.clone(),
        pay_cents: batch.pay_cents,
        currency: project.currency.clone(),
        sensitivity: u8::try_from(item.sensitivity).unwrap_or(3),
        expires_at: rfc3339(task.expires_us),
        audio_url: judge.then(|| format!("/api/v1/tasks/{}/audio", task.id)),
        policy,
    })
}
