//! What people say about material that upsets: distress, and reports that raise an item's level.

use super::{leaving, model::TaskId, store};
use crate::audit;
use crate::batches::{self, ItemId, Least, ProjectId};
use crate::exposure::{self, Report, Reported};
use crate::platform::{caller::Caller, db::Tx, ids::PersonId, problem::Problem, site::Site};
use wire::{Category, ReportBody, SkipCode};

/// Takes everything sensitive away from somebody whom a task upset: what they have open is given back and
/// its time paid, and for a day they get other tasks.
///
/// # Errors
/// 403 `foreign_task`.
pub async fn distress(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> Result<(), Problem> {
    super::own(tx, id, person).await?;
    for live in tx.ask(store::list_live(person, now_us)).await? {
        if live.sensitivity > 0 || live.task.id == id {
            leave(tx, live.task.id, person, now_us).await?;
        }
    }
    Ok(exposure::distress(tx, person, now_us).await?)
}

/// Gives a task back because of what it is.
async fn leave(tx: &mut Tx, id: TaskId, person: PersonId, now_us: i64) -> Result<(), Problem> {
    match leaving::give_back(tx, id, person, (Some(SkipCode::Upsetting), ""), now_us).await? {
        Some(left) => leaving::pay(tx, &left.task, now_us).await,
        None => Ok(()),
    }
}

/// Notes that a task's item is more upsetting than it says, and gives the task back. Two people's reports
/// raise the item for everybody, until a reviewer has looked.
///
/// # Errors
/// 403 `foreign_task`, 422 `invalid_report`.
pub async fn report(tx: &mut Tx, id: TaskId, person: PersonId, body: &ReportBody, now_us: i64) -> Result<(), Problem> {
    if !(1..=3).contains(&body.level) || body.categories.is_empty() {
        return Err(Problem::invalid("invalid_report", "Say how upsetting it is, 1 to 3, and what it is about."));
    }
    let task = super::own(tx, id, person).await?;
    let categories = Category::set(&body.categories);
    let report = Report { item: task.item_id.to_string(), level: body.level, categories };
    leave(tx, id, person, now_us).await?;
    let before = store::lock_sensitivity(tx, task.item_id).await?;
    if let Some((level, categories)) = exposure::report(tx, person, &report, now_us).await?
        && level > before.0
    {
        store::set_sensitivity(tx, task.item_id, level, batches::categories(level, before.1 | categories)).await?;
    }
    Ok(())
}

/// Sets how sensitive a project's material is at the least: a higher level holds at once for what waits in
/// the queue, and what somebody has open who may not have it is taken back when they next ask or hold it.
///
/// # Errors
/// As [`batches::set_least`].
pub async fn set_least(site: &Site, actor: PersonId, id: ProjectId, least: &Least) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    let (level, categories) = batches::set_least(&mut tx, actor, id, least, site.now_us()).await?;
    for batch in batches::batches_of(&mut tx, id).await?.iter().filter(|_| level > 0) {
        store::raise_sensitivity(&mut tx, batch.id, level, categories).await?;
    }
    Ok(tx.commit().await?)
}

/// What waits for a reviewer: reported items with what is known of them.
///
/// # Errors
/// When the database does not answer.
pub async fn reported(tx: &mut Tx) -> Result<Vec<(Reported, batches::Item, (i64, i64))>, Problem> {
    let mut rows = Vec::new();
    for reported in exposure::reported(tx).await? {
        let Ok(id) = reported.item_id.parse::<ItemId>() else { continue };
        let Some(item) = batches::item(tx, id).await? else { continue };
        let now = super::sensitivity(tx, id).await?;
        rows.push((reported, item, now));
    }
    Ok(rows)
}

/// Settles the reports about an item: it has this level from now on.
///
/// # Errors
/// 404 without open reports, 422 `invalid_report`.
pub async fn settle(
    site: &Site,
    reviewer: &Caller,
    item: ItemId,
    (level, categories): (i64, i64),
) -> Result<(), Problem> {
    if !(0..=3).contains(&level) {
        return Err(Problem::invalid("invalid_report", "A level is 0 to 3."));
    }
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let before = store::lock_sensitivity(&mut tx, item).await?;
    if !exposure::settle_reports(&mut tx, &item.to_string(), reviewer.person, now_us).await? {
        return Err(Problem::not_found());
    }
    let categories = batches::categories(level, categories);
    store::set_sensitivity(&mut tx, item, level, categories).await?;
    let detail = serde_json::json!({ "before": before.0, "now": level, "categories": Category::of(categories) });
    audit::note(&mut tx, now_us, Some(reviewer.person), "exposure.relevel", &item.to_string(), detail).await?;
    Ok(tx.commit().await?)
}
