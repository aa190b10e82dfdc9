//! SQL of what is known of each worker: their confusion matrix, and what each item adds to it.

use super::super::model::Cells;
use crate::batches::{BatchId, ItemId};
use crate::platform::db::{self, Ask, DbResult, Tx};
use serde::Serialize;
use std::collections::BTreeSet;

/// What a worker said on gold and on settled items, all items together.
pub async fn sum_cells(tx: &mut Tx, worker: &str) -> DbResult<Cells> {
    tx.one(
        "select cast(coalesce(sum(yes_yes), 0) as bigint) as yes_yes, cast(coalesce(sum(yes_no), 0) as bigint) as yes_no,
           cast(coalesce(sum(no_yes), 0) as bigint) as no_yes, cast(coalesce(sum(no_no), 0) as bigint) as no_no
         from confusions where worker_id = $1",
        (worker,),
    )
    .await
}

/// What a worker said on gold, or on settled items.
#[derive(sqlx::FromRow)]
pub struct Confusion {
    pub worker_id: String,
    /// `gold` or `verdict`.
    pub source: String,
    #[sqlx(flatten)]
    pub cells: Cells,
}

pub fn list_confusions(workers: &BTreeSet<String>) -> DbResult<Ask<Vec<Confusion>>> {
    Ok(db::all(
        "select worker_id, source, yes_yes, yes_no, no_yes, no_no from confusions
         where worker_id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (db::json(workers)?,),
    ))
}

/// What an item adds to that.
#[derive(sqlx::FromRow)]
pub struct Contribution {
    pub item_id: ItemId,
    pub worker_id: String,
    #[sqlx(flatten)]
    pub cells: Cells,
}

pub fn list_contributions(items: &[ItemId]) -> DbResult<Ask<Vec<Contribution>>> {
    Ok(db::all(
        "select item_id, worker_id, yes_yes, yes_no, no_yes, no_no from contributions
         where item_id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (db::json(items)?,),
    ))
}

/// What an item teaches about a worker, by which answer.
#[derive(Serialize)]
pub struct Taught {
    pub item_id: ItemId,
    pub batch_id: BatchId,
    pub worker_id: String,
    pub evidence_id: String,
    pub source: &'static str,
    #[serde(flatten)]
    pub cells: Cells,
    /// By how much that differs from what the item taught before.
    #[serde(skip)]
    pub change: Cells,
}

pub async fn put_contributions(tx: &mut Tx, taught: &[Taught]) -> DbResult<()> {
    tx.push(
        "insert into contributions (item_id, worker_id, batch_id, evidence_id, source, yes_yes, yes_no, no_yes, no_no)
         select n.item_id, n.worker_id, n.batch_id, n.evidence_id, n.source, n.yes_yes, n.yes_no, n.no_yes, n.no_no
         from /*pg: jsonb_to_recordset($1::jsonb) as n (item_id text, worker_id text, batch_id text, evidence_id text, source text,
             yes_yes bigint, yes_no bigint, no_yes bigint, no_no bigint)*/
           /*lite: (select value ->> 'item_id' as item_id, value ->> 'worker_id' as worker_id, value ->> 'batch_id' as batch_id,
             value ->> 'evidence_id' as evidence_id, value ->> 'source' as source, value ->> 'yes_yes' as yes_yes,
             value ->> 'yes_no' as yes_no, value ->> 'no_yes' as no_yes, value ->> 'no_no' as no_no from json_each($1)) as n*/
         where true
         on conflict (item_id, worker_id) do update set evidence_id = excluded.evidence_id, yes_yes = excluded.yes_yes,
           yes_no = excluded.yes_no, no_yes = excluded.no_yes, no_no = excluded.no_no",
        (db::json(taught)?,),
    )
    .await
}

/// What is added to what is known of a worker.
#[derive(Serialize)]
pub struct Added<'a> {
    pub worker_id: &'a str,
    pub source: &'static str,
    #[serde(flatten)]
    pub cells: Cells,
}

/// Adds to workers' counts, each worker's of a source once, in the order given.
pub async fn add_cells(tx: &mut Tx, added: &[Added<'_>]) -> DbResult<()> {
    tx.push(
        "insert into confusions (worker_id, source, yes_yes, yes_no, no_yes, no_no)
         select n.worker_id, n.source, n.yes_yes, n.yes_no, n.no_yes, n.no_no
         from /*pg: jsonb_to_recordset($1::jsonb) as n (worker_id text, source text,
             yes_yes bigint, yes_no bigint, no_yes bigint, no_no bigint)*/
           /*lite: (select value ->> 'worker_id' as worker_id, value ->> 'source' as source, value ->> 'yes_yes' as yes_yes,
             value ->> 'yes_no' as yes_no, value ->> 'no_yes' as no_yes, value ->> 'no_no' as no_no from json_each($1)) as n*/
         where true
         on conflict (worker_id, source) do update set yes_yes = confusions.yes_yes + excluded.yes_yes,
           yes_no = confusions.yes_no + excluded.yes_no, no_yes = confusions.no_yes + excluded.no_yes,
           no_no = confusions.no_no + excluded.no_no",
        (db::json(added)?,),
    )
    .await
}
