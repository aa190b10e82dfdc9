//! Accepting or refusing work by hand, with reasons; appeals, decided by somebody else.

pub mod handlers;
pub mod jobs;
mod model;
pub mod page_handlers;
mod pages;
mod rules;
mod store;

pub use model::{Appeal, AppealView, Decision, NewAppeal, NewRefusal, RefusalView};

use crate::audit;
use crate::batches::{self, budgets};
use crate::ledger::{self, Grant, Pay, Refusal, Refused};
use crate::platform::{
    clock::rfc3339,
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use crate::tasks::{self, TaskId, TaskRow};
use actix_web::http::StatusCode;

/// A finished task of somebody else.
async fn foreign_work(tx: &mut Tx, id: TaskId, reviewer: PersonId) -> Result<TaskRow, Problem> {
    let task = tasks::task(tx, id).await?.filter(|task| task.state == "submitted").ok_or_else(Problem::not_found)?;
    if task.person_id == reviewer {
        return Err(own("This is your own work. Somebody else must decide."));
    }
    Ok(task)
}

fn own(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "own_work", detail)
}

fn settled() -> Problem {
    Problem::conflict("already_settled", "The pay for this task is settled already. What was accepted stays accepted.")
}

/// Refuses the pay of a task that waits for acceptance.
///
/// # Errors
/// 404; 403 `own_work`; 409 `already_settled`; 422 `unknown_reason`, `text_length`.
pub async fn refuse(site: &Site, reviewer: PersonId, id: TaskId, new: &NewRefusal) -> Result<(), Problem> {
    let (code, text) = (rules::code(&new.code)?, rules::text(&new.text)?);
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let task = foreign_work(&mut tx, id, reviewer).await?;
    let refusal = Refusal {
        task: id.to_string(),
        batch: task.batch_id,
        item: task.item_id,
        code: code.to_owned(),
        text: text.clone(),
        by: Some(reviewer),
    };
    if !ledger::refuse(&mut tx, &refusal, now_us).await? {
        let before = ledger::refusal(&mut tx, &refusal.task).await?;
        let same = before.is_some_and(|one| one.refused_by == Some(reviewer) && one.code == code && one.text == text);
        return if same { Ok(()) } else { Err(settled()) };
    }
    let detail = serde_json::json!({ "code": code });
    audit::note(&mut tx, now_us, Some(reviewer), "task.refuse", &refusal.task, detail).await?;
    Ok(tx.commit().await?)
}

/// Accepts the pay of a task at once.
///
/// # Errors
/// 404; 403 `own_work`; 409 `already_settled` when it was refused.
pub async fn accept(site: &Site, reviewer: PersonId, id: TaskId) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    foreign_work(&mut tx, id, reviewer).await?;
    if ledger::refusal(&mut tx, &id.to_string()).await?.is_some() {
        return Err(settled());
    }
    ledger::accept(&mut tx, &id.to_string(), site.now_us()).await?;
    audit::note(&mut tx, site.now_us(), Some(reviewer), "task.accept", &id.to_string(), serde_json::json!({})).await?;
    Ok(tx.commit().await?)
}

/// What a person was refused, newest first, with their appeals.
///
/// # Errors
/// When the database does not answer.
pub async fn refusals(tx: &mut Tx, person: PersonId, now_us: i64) -> DbResult<Vec<RefusalView>> {
    let appeals = store::list_of(tx, person).await?;
    let refused = ledger::refusals_of(tx, person).await?;
    let view = |one: &Refused| {
        let appeal = appeals.iter().find(|appeal| appeal.task_id == one.task_id);
        RefusalView::of(one, appeal, one.at_us + ledger::APPEAL_WITHIN_US, now_us)
    };
    Ok(refused.iter().map(view).collect())
}

/// Appeals against a refusal; saying it twice is saying it once.
///
/// # Errors
/// 404 for what is not the person's own; 410 `appeal_over` after 14 days; 409 `appealed` when
/// another text was sent before; 422 `text_length`.
pub async fn appeal(site: &Site, person: PersonId, task: &str, new: &NewAppeal) -> Result<(), Problem> {
    let text = rules::text(&new.text)?;
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let refused = ledger::refusal(&mut tx, task).await?.filter(|one| one.person_id == person);
    let refused = refused.ok_or_else(Problem::not_found)?;
    let before = store::find(&mut tx, task).await?;
    if before.is_none() && now_us > refused.at_us + ledger::APPEAL_WITHIN_US {
        let until = rfc3339(refused.at_us + ledger::APPEAL_WITHIN_US);
        let detail = format!("The time to appeal against this refusal ended at {until}.");
        return Err(Problem::new(StatusCode::GONE, "appeal_over", detail));
    }
    let appeal = Appeal {
        task_id: task.to_owned(),
        person_id: person,
        text: text.clone(),
        state: "open".to_owned(),
        decided_by: None,
        answer: String::new(),
        filed_us: now_us,
        due_us: now_us + rules::DECIDE_WITHIN_US,
        escalated_us: 0,
        decided_us: 0,
    };
    if !store::insert(&mut tx, &appeal).await? {
        let same = store::find(&mut tx, task).await?.is_some_and(|before| before.text == text);
        let other = || {
            Problem::conflict("appealed", "You have appealed against this refusal already. One appeal is looked at.")
        };
        return if same { Ok(()) } else { Err(other()) };
    }
    budgets::appeal(&mut tx, refused.batch_id, task).await?;
    audit::note(&mut tx, now_us, Some(person), "appeal.file", task, serde_json::json!({})).await?;
    Ok(tx.commit().await?)
}

/// Open appeals that this reviewer may decide, those due first.
///
/// # Errors
/// When the database does not answer.
pub async fn queue(tx: &mut Tx, reviewer: PersonId, now_us: i64) -> Result<Vec<AppealView>, Problem> {
    let mut views = Vec::new();
    for appeal in store::list_open(tx).await? {
        let Some(refused) = ledger::refusal(tx, &appeal.task_id).await? else { continue };
        if appeal.person_id == reviewer || refused.refused_by == Some(reviewer) {
            continue;
        }
        let item = batches::item(tx, refused.item_id).await?;
        let recorded = crate::media::of_task(tx, &appeal.task_id).await?;
        views.push(AppealView {
            task: appeal.task_id,
            item: refused.item_id.to_string(),
            clip: item.and_then(|item| item.clip_id).or(recorded),
            code: refused.code,
            refusal: refused.text,
            text: appeal.text,
            amount_cents: refused.amount_cents,
            currency: refused.currency,
            filed_at: rfc3339(appeal.filed_us),
            due_at: rfc3339(appeal.due_us),
            overdue: appeal.due_us < now_us,
        });
    }
    Ok(views)
}

/// Decides an appeal; winning pays in the same transaction. Deciding the same twice is deciding
/// once.
///
/// # Errors
/// 404; 403 `own_work` for the person and for who refused; 409 `already_decided`; 422 `text_length`.
pub async fn decide(site: &Site, reviewer: PersonId, task: &str, decision: &Decision) -> Result<(), Problem> {
    let text = rules::text(&decision.text)?;
    let state = if decision.won { "won" } else { "lost" };
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let refused = ledger::refusal(&mut tx, task).await?.ok_or_else(Problem::not_found)?;
    if refused.person_id == reviewer {
        return Err(own("This is your own appeal. Somebody else must decide."));
    }
    if refused.refused_by == Some(reviewer) {
        return Err(own("You have refused this task yourself. Somebody else must decide on the appeal."));
    }
    if !store::decide(&mut tx, task, state, reviewer, &text, now_us).await? {
        let before = store::find(&mut tx, task).await?.ok_or_else(Problem::not_found)?;
        let same = before.state == state;
        let other = || Problem::conflict("already_decided", "Somebody has decided on this appeal already.");
        return if same { Ok(()) } else { Err(other()) };
    }
    let won_cents = decision.won.then_some(refused.amount_cents);
    budgets::decide(&mut tx, refused.batch_id, task, won_cents).await?;
    if decision.won {
        let pay = Pay {
            task: task.to_owned(),
            person: refused.person_id,
            project: refused.project_id,
            cents: refused.amount_cents,
            currency: refused.currency,
        };
        ledger::grant(&mut tx, Grant::Appeal, &pay, &format!("Appeal won: {text}"), now_us).await?;
    }
    audit::note(&mut tx, now_us, Some(reviewer), "appeal.decide", task, serde_json::json!({ "state": state })).await?;
    Ok(tx.commit().await?)
}
