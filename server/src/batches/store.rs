//! Every SQL statement of projects, batches and items.

use super::holds::Hold;
use super::model::{Batch, BatchId, Item, ItemId, Project, ProjectId};
use crate::platform::db::{self, Ask, DbResult, Tx};
use std::collections::BTreeSet;

pub async fn insert_project(tx: &mut Tx, project: &Project) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into projects (id, name, language, licence, currency, phrases, policy, created_us,
               sensitivity, categories)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (name) do nothing",
            (
                project.id,
                project.name.as_str(),
                project.language.as_str(),
                project.licence.as_str(),
                project.currency.as_str(),
                project.phrases.as_str(),
                project.policy.as_str(),
                project.created_us,
                project.sensitivity,
                project.categories,
            ),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn find_project(tx: &mut Tx, id: ProjectId) -> DbResult<Option<Project>> {
    tx.opt(
        "select id, name, language, licence, currency, phrases, created_us, sensitivity, categories,
           coalesce((select t.policy from policies t where t.project_id = projects.id order by t.at_us desc limit 1),
             policy) as policy from projects where id = $1",
        (id,),
    )
    .await
}

/// The same; nobody changes it before the end of the transaction.
pub async fn hold_project(tx: &mut Tx, id: ProjectId) -> DbResult<Option<Project>> {
    let _: Option<(ProjectId,)> = tx.opt("select id from projects where id = $1 /*pg: for share*/", (id,)).await?;
    find_project(tx, id).await
}

/// The same; nobody else reads it to change it, or makes a batch by it, before the end of the transaction.
pub async fn lock_project(tx: &mut Tx, id: ProjectId) -> DbResult<Option<Project>> {
    let _: Option<(ProjectId,)> =
        tx.opt("select id from projects where id = $1 /*pg: for no key update*/", (id,)).await?;
    find_project(tx, id).await
}

pub async fn set_least(tx: &mut Tx, id: ProjectId, level: i64, categories: i64) -> DbResult<()> {
    tx.exec("update projects set sensitivity = $2, categories = $3 where id = $1", (id, level, categories))
        .await
        .map(drop)
}

/// Makes every batch of a project at least this sensitive, about at least this.
pub async fn raise_batches(tx: &mut Tx, id: ProjectId, level: i64, categories: i64) -> DbResult<()> {
    tx.exec(
        "update batches set categories = categories | $3,
           sensitivity = case when sensitivity < $2 then $2 else sensitivity end
         where project_id = $1 and (sensitivity < $2 or categories & $3 <> $3)",
        (id, level, categories),
    )
    .await
    .map(drop)
}

pub async fn list_projects(tx: &mut Tx) -> DbResult<Vec<Project>> {
    tx.all(
        "select id, name, language, licence, currency, phrases, created_us, sensitivity, categories,
           coalesce((select t.policy from policies t where t.project_id = projects.id order by t.at_us desc limit 1),
             policy) as policy from projects order by id",
        (),
    )
    .await
}

pub async fn insert_batch(tx: &mut Tx, batch: &Batch, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into batches (id, project_id, name, kind, state, pay_cents, answers_wanted, answers_max, threshold,
           gold_ppm, max_per_person, lease_s, accept_after_s, sensitivity, created_us, budget_cents, categories)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        (
            batch.id,
            batch.project_id,
            batch.name.as_str(),
            batch.kind.as_str(),
            batch.state.as_str(),
            batch.pay_cents,
            batch.answers_wanted,
            batch.answers_max,
            batch.threshold,
            batch.gold_ppm,
            batch.max_per_person,
            batch.lease_s,
            batch.accept_after_s,
            batch.sensitivity,
            now_us,
            batch.budget_cents,
            batch.categories,
        ),
    )
    .await
    .map(drop)
}

pub fn find_batch(id: BatchId) -> Ask<Option<Batch>> {
    db::opt(
        "select id, project_id, name, kind, state, pay_cents, answers_wanted, answers_max, threshold, gold_ppm,
           max_per_person, lease_s, accept_after_s, sensitivity, budget_cents, categories,
           (select p.language from projects p where p.id = batches.project_id) as language from batches where id = $1",
        (id,),
    )
}

pub fn find_batches(ids: &BTreeSet<BatchId>) -> DbResult<Ask<Vec<Batch>>> {
    Ok(db::all(
        "select id, project_id, name, kind, state, pay_cents, answers_wanted, answers_max, threshold, gold_ppm,
           max_per_person, lease_s, accept_after_s, sensitivity, budget_cents, categories,
           (select p.language from projects p where p.id = batches.project_id) as language from batches
         where id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (db::json(ids)?,),
    ))
}

/// The same as [`find_batch`]; nobody changes it before the end of the transaction.
pub async fn hold_batch(tx: &mut Tx, id: BatchId) -> DbResult<Option<Batch>> {
    let _: Option<(BatchId,)> = tx.opt("select id from batches where id = $1 /*pg: for share*/", (id,)).await?;
    tx.ask(find_batch(id)).await
}

pub async fn list_batches(tx: &mut Tx, project: ProjectId) -> DbResult<Vec<Batch>> {
    tx.all(
        "select id, project_id, name, kind, state, pay_cents, answers_wanted, answers_max, threshold, gold_ppm,
           max_per_person, lease_s, accept_after_s, sensitivity, budget_cents, categories,
           (select p.language from projects p where p.id = batches.project_id) as language from batches where project_id = $1 order by id",
        (project,),
    )
    .await
}

pub async fn list_open(tx: &mut Tx) -> DbResult<Vec<Batch>> {
    tx.all(
        "select id, project_id, name, kind, state, pay_cents, answers_wanted, answers_max, threshold, gold_ppm,
           max_per_person, lease_s, accept_after_s, sensitivity, budget_cents, categories,
           (select p.language from projects p where p.id = batches.project_id) as language from batches where state = 'open' order by id",
        (),
    )
    .await
}

/// Batches of a kind that were opened once, newest first.
pub async fn list_latest(tx: &mut Tx, kind: &str, most: i64) -> DbResult<Vec<BatchId>> {
    let rows: Vec<(BatchId,)> = tx
        .all("select id from batches where kind = $1 and state <> 'draft' order by id desc limit $2", (kind, most))
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Changes the state only from the state that the decision was made on.
pub async fn set_state(tx: &mut Tx, id: BatchId, from: &str, to: &str) -> DbResult<bool> {
    Ok(tx.exec("update batches set state = $3 where id = $1 and state = $2", (id, from, to)).await? == 1)
}

/// False when the clip has its judging item already.
pub async fn insert_item(tx: &mut Tx, item: &Item, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into items (id, batch_id, phrase, hint, sensitivity, categories, clip_id, gold_label, gold_reason, created_us)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing",
            (
                item.id,
                item.batch_id,
                item.phrase.as_str(),
                item.hint.as_str(),
                item.sensitivity,
                item.categories,
                item.clip_id.as_deref(),
                item.gold_label.as_deref(),
                item.gold_reason.as_deref(),
                now_us,
            ),
        )
        .await?;
    Ok(touched == 1)
}

pub fn find_item(id: ItemId) -> Ask<Option<Item>> {
    db::opt(
        "select id, batch_id, phrase, hint, sensitivity, categories, clip_id, gold_label, gold_reason from items where id = $1",
        (id,),
    )
}

pub fn find_items(ids: &[ItemId]) -> DbResult<Ask<Vec<Item>>> {
    Ok(db::all(
        "select id, batch_id, phrase, hint, sensitivity, categories, clip_id, gold_label, gold_reason from items
         where id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (db::json(ids)?,),
    ))
}

/// The thresholds in force at a moment.
pub async fn find_policy(tx: &mut Tx, project: ProjectId, at_us: i64) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "select policy from (
               select policy, at_us from policies where project_id = $1 and at_us <= $2
               union all select policy, -1 as at_us from projects where id = $1) as known
             order by at_us desc limit 1",
            (project, at_us),
        )
        .await?;
    Ok(row.map(|(policy,)| policy))
}

/// Sets thresholds from a moment on; false when others were set at that very moment.
pub async fn insert_policy(tx: &mut Tx, project: ProjectId, policy: &str, at_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into policies (project_id, at_us, policy) values ($1, $2, $3)
             on conflict (project_id, at_us) do nothing",
            (project, at_us, policy),
        )
        .await?;
    Ok(touched == 1)
}

/// The clips of those items that have one.
pub async fn list_clips(tx: &mut Tx, items: &[ItemId]) -> DbResult<Vec<(ItemId, String)>> {
    let items = db::json(items)?;
    tx.all(
        "select id, clip_id from items where clip_id is not null and id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (items,),
    )
    .await
}

/// Work and gold of a batch about one clip.
pub async fn list_about(tx: &mut Tx, batch: BatchId, clip: &str) -> DbResult<Vec<Item>> {
    tx.all(
        "select id, batch_id, phrase, hint, sensitivity, categories, clip_id, gold_label, gold_reason from items
         where clip_id = $2 and batch_id = $1 order by id",
        (batch, clip),
    )
    .await
}

pub async fn set_pay(tx: &mut Tx, id: BatchId, pay_cents: i64) -> DbResult<()> {
    tx.exec("update batches set pay_cents = $2 where id = $1", (id, pay_cents)).await.map(drop)
}

pub async fn put_hold(tx: &mut Tx, id: BatchId, hold: &Hold, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into batch_holds (batch_id, cause, detail, by_person, at_us, released_us) values ($1, $2, $3, $4, $5, 0)
         on conflict (batch_id) do update set cause = $2, detail = $3, by_person = $4, at_us = $5, released_us = 0",
        (id, hold.cause.as_str(), hold.detail.as_str(), hold.by_person, now_us),
    )
    .await
    .map(drop)
}

pub async fn find_hold(tx: &mut Tx, id: BatchId) -> DbResult<Option<Hold>> {
    tx.opt("select cause, detail, by_person from batch_holds where batch_id = $1 and released_us = 0", (id,)).await
}

pub async fn release_hold(tx: &mut Tx, id: BatchId, now_us: i64) -> DbResult<()> {
    tx.exec("update batch_holds set released_us = $2 where batch_id = $1", (id, now_us)).await.map(drop)
}

/// When a batch was last opened again after a hold; 0 when it never was.
pub async fn released_us(tx: &mut Tx, id: BatchId) -> DbResult<i64> {
    let row: Option<(i64,)> = tx.opt("select released_us from batch_holds where batch_id = $1", (id,)).await?;
    Ok(row.map_or(0, |(at_us,)| at_us))
}

/// The gold of a batch: item and known answer.
pub async fn list_gold(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(ItemId, String)>> {
    tx.all("select id, gold_label from items where batch_id = $1 and gold_label is not null order by id", (batch,))
        .await
}
