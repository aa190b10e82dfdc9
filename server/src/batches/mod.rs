//! Projects, batches and items: draft → open → paused → closed.

pub mod budgets;
mod forms;
pub mod handlers;
mod holds;
pub mod import;
mod known;
mod lately;
mod levels;
mod model;
pub mod page_handlers;
pub mod pages;
pub mod policy_handlers;
mod rules;
mod store;

pub use holds::{Hold, hold, hold_of, raise_pay, released_us};
pub use import::{GoldRow, PredictionRow, Prompt};
pub use known::{Terms, keep_item, known_item, remembered_item, terms};
pub use lately::{open_lately, open_now};
pub use levels::{Least, hold_level, set_least};
pub use model::{
    Batch, BatchForm, BatchId, BatchState, BatchView, Item, ItemId, JudgeItem, NewBatch, NewProject, Project,
    ProjectId, ProjectView,
};
pub use rules::{categories, category_set, may_become};

use crate::audit;
use crate::consent;
use crate::platform::{
    db::{Ask, DbResult, Tx},
    ids::PersonId,
    once::Once,
    problem::Problem,
    queue::{self, Job},
    site::Site,
};
use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use wire::{Category, Kind};

/// Job: give every verified clip of a project its judging item. Done where clips are known.
#[derive(Serialize, Deserialize)]
pub struct OpenJudging {
    /// The project.
    pub project: ProjectId,
}

impl Job for OpenJudging {
    const KIND: &'static str = "open_judging";
}

/// Makes a project with its consent text.
///
/// # Errors
/// 422 for bad fields, 409 `name_taken`.
pub async fn create_project(site: &Site, actor: PersonId, new: &NewProject, once: &Once) -> Result<Project, Problem> {
    let (name, language, licence, currency, phrases) = rules::project(new)?;
    let policy = new.policy.clone().unwrap_or_default();
    rules::policy(&policy)?;
    let sensitivity = rules::sensitivity(new.sensitivity)?;
    let project = Project {
        id: ProjectId::new(),
        name,
        language,
        licence,
        currency,
        phrases: serde_json::to_string(&phrases).map_err(Problem::internal)?,
        policy: serde_json::to_string(&policy).map_err(Problem::internal)?,
        sensitivity,
        categories: rules::categories(sensitivity, Category::set(&new.categories)),
        created_us: site.now_us(),
    };
    let mut tx = site.db.begin().await?;
    if let Some(made) = once.before(&mut tx, actor, project.created_us).await? {
        let id = made.parse().map_err(Problem::internal)?;
        return store::find_project(&mut tx, id).await?.ok_or_else(Problem::not_found);
    }
    if !store::insert_project(&mut tx, &project).await? {
        return Err(Problem::conflict("name_taken", "There is a project with this name. Choose another."));
    }
    consent::publish(&mut tx, project.id, &project.name, &new.consent_text, project.created_us).await?;
    let detail = serde_json::json!({ "licence": project.licence, "language": project.language,
        "sensitivity": project.sensitivity });
    audit::note(&mut tx, project.created_us, Some(actor), "project.create", &project.id.to_string(), detail).await?;
    once.after(&mut tx, actor, &project.id.to_string()).await?;
    tx.commit().await?;
    Ok(project)
}

/// Sets a project's thresholds for takes whose prompts are given out from now on.
///
/// # Errors
/// 404 without the project, 422 `invalid_policy`.
pub async fn set_policy(site: &Site, actor: PersonId, id: ProjectId, policy: &audio::Policy) -> Result<(), Problem> {
    rules::policy(policy)?;
    let now_us = site.now_us();
    let text = serde_json::to_string(policy).map_err(Problem::internal)?;
    let mut tx = site.db.begin().await?;
    let project = store::find_project(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if project.policy() == *policy {
        return Ok(());
    }
    if !store::insert_policy(&mut tx, id, &text, now_us).await? {
        return Err(Problem::conflict("policy_conflict", "Somebody else has just set this. Look, then try again."));
    }
    let detail = serde_json::json!({ "before": project.policy(), "now": policy });
    audit::note(&mut tx, now_us, Some(actor), "project.set_policy", &id.to_string(), detail).await?;
    tx.commit().await?;
    Ok(())
}

/// What a recording must meet whose prompt was given out at a moment.
///
/// # Errors
/// When the database does not answer.
pub async fn policy(tx: &mut Tx, project: &Project, at_us: i64) -> DbResult<audio::Policy> {
    policy_of(tx, project.id, at_us).await
}

/// The same for a project by its id.
///
/// # Errors
/// When the database does not answer.
pub async fn policy_of(tx: &mut Tx, project: ProjectId, at_us: i64) -> DbResult<audio::Policy> {
    let text = store::find_policy(tx, project, at_us).await?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Makes a batch, in draft.
///
/// # Errors
/// 404 without the project, 422 for bad fields.
pub async fn create_batch(
    site: &Site,
    actor: PersonId,
    project: ProjectId,
    new: &NewBatch,
    once: &Once,
) -> Result<Batch, Problem> {
    let mut batch = rules::batch(BatchId::new(), project, new)?;
    let mut tx = site.db.begin().await?;
    if let Some(made) = once.before(&mut tx, actor, site.now_us()).await? {
        let id = made.parse().map_err(Problem::internal)?;
        return tx.ask(store::find_batch(id)).await?.ok_or_else(Problem::not_found);
    }
    let project = store::hold_project(&mut tx, project).await?.ok_or_else(Problem::not_found)?;
    rules::within_project(&mut batch, new, &project)?;
    store::insert_batch(&mut tx, &batch, site.now_us()).await?;
    budgets::create(&mut tx, &batch).await?;
    let detail = serde_json::json!({ "kind": batch.kind, "pay_cents": batch.pay_cents,
        "answers_wanted": batch.answers_wanted, "budget_cents": batch.budget_cents });
    audit::note(&mut tx, site.now_us(), Some(actor), "batch.create", &batch.id.to_string(), detail).await?;
    once.after(&mut tx, actor, &batch.id.to_string()).await?;
    tx.commit().await?;
    Ok(batch)
}

/// Opens, pauses or closes a batch; asking for the state it has changes nothing.
///
/// # Errors
/// 404 without the batch, 403 `second_admin` for who caused its pause, 409 `batch_state` when the
/// change is not possible.
pub async fn set_state(site: &Site, actor: PersonId, id: BatchId, to: BatchState) -> Result<Batch, Problem> {
    let mut tx = site.db.begin().await?;
    let mut batch = tx.ask(store::find_batch(id)).await?.ok_or_else(Problem::not_found)?;
    if batch.state() == to {
        return Ok(batch);
    }
    if to == BatchState::Open
        && let Some(hold) = store::find_hold(&mut tx, id).await?
    {
        if hold.by_person == Some(actor) {
            let detail = format!("{} Another administrator must open it again.", hold.detail);
            return Err(Problem::new(StatusCode::FORBIDDEN, "second_admin", detail));
        }
        store::release_hold(&mut tx, id, site.now_us()).await?;
    }
    let detail = format!("A batch that is {} cannot become {}.", batch.state, to.as_str());
    if !rules::may_become(batch.state(), to) || !store::set_state(&mut tx, id, &batch.state, to.as_str()).await? {
        return Err(Problem::conflict("batch_state", detail));
    }
    if to == BatchState::Open && batch.kind() == Kind::Judge {
        queue::enqueue(&mut tx, &OpenJudging { project: batch.project_id }, site.now_us()).await?;
    }
    if to == BatchState::Closed && batch.budget_cents.is_some() {
        budgets::free_spare(&mut tx, id).await?;
    }
    let action = format!("batch.{}", to.as_str());
    audit::note(
        &mut tx,
        site.now_us(),
        Some(actor),
        &action,
        &id.to_string(),
        serde_json::json!({ "from": batch.state }),
    )
    .await?;
    tx.commit().await?;
    if to == BatchState::Open {
        lately::one_more(site);
    }
    site.wake.notify_one();
    batch.state = to.as_str().to_owned();
    Ok(batch)
}

/// A project.
///
/// # Errors
/// When the database does not answer.
pub async fn project(tx: &mut Tx, id: ProjectId) -> DbResult<Option<Project>> {
    store::find_project(tx, id).await
}

/// All projects, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn projects(tx: &mut Tx) -> DbResult<Vec<Project>> {
    store::list_projects(tx).await
}

/// A batch.
///
/// # Errors
/// When the database does not answer.
pub async fn batch(tx: &mut Tx, id: BatchId) -> DbResult<Option<Batch>> {
    tx.ask(asked(id)).await
}

/// Asks for a batch.
pub fn asked(id: BatchId) -> Ask<Option<Batch>> {
    store::find_batch(id)
}

/// Asks for some batches.
///
/// # Errors
/// Never for ids: what cannot be written as JSON.
pub fn asked_some(ids: &BTreeSet<BatchId>) -> DbResult<Ask<Vec<Batch>>> {
    store::find_batches(ids)
}

/// The batches of a project, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn batches_of(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<Batch>> {
    store::list_batches(tx, project).await
}

/// Every batch that gives tasks.
///
/// # Errors
/// When the database does not answer.
pub async fn open_batches(tx: &mut Tx) -> DbResult<Vec<Batch>> {
    store::list_open(tx).await
}

/// Batches of a kind that were opened once, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn latest_of(tx: &mut Tx, kind: Kind, most: i64) -> DbResult<Vec<BatchId>> {
    store::list_latest(tx, kind.as_str(), most).await
}

/// An item.
///
/// # Errors
/// When the database does not answer.
pub async fn item(tx: &mut Tx, id: ItemId) -> DbResult<Option<Item>> {
    tx.ask(asked_item(id)).await
}

/// Asks for an item.
pub fn asked_item(id: ItemId) -> Ask<Option<Item>> {
    store::find_item(id)
}

/// Asks for some items.
///
/// # Errors
/// Never for ids: what cannot be written as JSON.
pub fn asked_items(ids: &[ItemId]) -> DbResult<Ask<Vec<Item>>> {
    store::find_items(ids)
}

/// The clips of those of some items that have one.
///
/// # Errors
/// When the database does not answer.
pub async fn clips_of(tx: &mut Tx, items: &[ItemId]) -> DbResult<Vec<(ItemId, String)>> {
    store::list_clips(tx, items).await
}

/// The items of a batch about one clip: work, and gold.
///
/// # Errors
/// When the database does not answer.
pub async fn items_about(tx: &mut Tx, batch: BatchId, clip: &str) -> DbResult<Vec<Item>> {
    store::list_about(tx, batch, clip).await
}

/// The gold of a batch: items and their known answers.
///
/// # Errors
/// When the database does not answer.
pub async fn gold_of(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(ItemId, String)>> {
    store::list_gold(tx, batch).await
}

/// Adds a prompt to a recording batch.
///
/// # Errors
/// When the database refuses.
pub async fn add_prompt(tx: &mut Tx, batch: &Batch, prompt: &Prompt, now_us: i64) -> DbResult<Item> {
    let sensitivity = prompt.sensitivity.unwrap_or(batch.sensitivity).max(batch.sensitivity);
    let item = Item {
        id: ItemId::new(),
        batch_id: batch.id,
        phrase: prompt.phrase.clone(),
        hint: prompt.hint.clone(),
        sensitivity,
        categories: rules::categories(sensitivity, prompt.categories.unwrap_or(batch.categories)),
        clip_id: None,
        gold_label: None,
        gold_reason: None,
    };
    store::insert_item(tx, &item, now_us).await?;
    Ok(item)
}

/// Adds a clip to a judging batch, as work or as gold; `None` when the clip is work already.
///
/// # Errors
/// When the database refuses.
pub async fn add_judging(tx: &mut Tx, batch: &Batch, new: &JudgeItem, now_us: i64) -> DbResult<Option<Item>> {
    let (gold_label, gold_reason) = match &new.gold {
        Some((label, reason)) => (Some(label.clone()), reason.clone()),
        None => (None, None),
    };
    let Some(batch) = hold_level(tx, batch.id).await? else { return Ok(None) };
    let sensitivity = new.sensitivity.max(batch.sensitivity);
    let item = Item {
        id: ItemId::new(),
        batch_id: batch.id,
        phrase: new.phrase.clone(),
        hint: String::new(),
        sensitivity,
        categories: rules::categories(sensitivity, new.categories | batch.categories),
        clip_id: Some(new.clip.clone()),
        gold_label,
        gold_reason,
    };
    Ok(store::insert_item(tx, &item, now_us).await?.then_some(item))
}

/// The judging batch that takes a project's new clips: the oldest that is not closed.
///
/// # Errors
/// When the database does not answer.
pub async fn judging_batch(tx: &mut Tx, project: ProjectId) -> DbResult<Option<Batch>> {
    let batches = store::list_batches(tx, project).await?;
    Ok(batches.into_iter().find(|batch| batch.kind() == Kind::Judge && batch.state() != BatchState::Closed))
}
