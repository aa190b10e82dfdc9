//! Every SQL statement of verdicts, their history and what they rest on.

mod predictions;
mod settings;
mod workers;

pub use predictions::*;
pub use settings::*;
pub use workers::*;

use super::model::{Calibration, Entry, EntryId, Settings, StoredRuling, Verdict};
use crate::batches::{BatchId, ItemId};
use crate::platform::{
    db::{self, Ask, DbResult, Tx},
    ids::PersonId,
};
use std::collections::BTreeSet;

pub async fn find(tx: &mut Tx, item: ItemId) -> DbResult<Option<Verdict>> {
    tx.opt(
        "select item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, evidence, at_us
         from verdicts where item_id = $1",
        (item,),
    )
    .await
}

/// Contested items, the most doubtful first; of equally doubtful ones the oldest.
pub async fn list_contested(tx: &mut Tx) -> DbResult<Vec<Verdict>> {
    tx.all(
        "select item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, evidence, at_us
         from verdicts where state = 'contested' order by probability, at_us, item_id limit 100",
        (),
    )
    .await
}

/// Settled items of a batch that are sure enough, in the order of their ids.
pub async fn list_sure(tx: &mut Tx, batch: BatchId, probability: f64, after: &str) -> DbResult<Vec<Verdict>> {
    tx.all(
        "select item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, evidence, at_us
         from verdicts where batch_id = $1 and state = 'settled' and probability >= $2 and item_id > $3
         order by item_id limit 200",
        (batch, probability, after),
    )
    .await
}

pub async fn list_contested_of(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(ItemId,)>> {
    tx.all("select item_id from verdicts where batch_id = $1 and state = 'contested' order by item_id", (batch,)).await
}

pub async fn put(tx: &mut Tx, verdict: &Verdict) -> DbResult<()> {
    tx.follow(
        "insert into verdicts (item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, evidence, at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (item_id) do update set state = $4, label = $5, probability = $6, answers = $7, method = $8,
           decided_by = $9, evidence = $10, at_us = $11",
        (
            verdict.item_id,
            verdict.batch_id,
            verdict.clip_id.as_str(),
            verdict.state.as_str(),
            verdict.label.as_str(),
            verdict.probability,
            verdict.answers,
            verdict.method.as_str(),
            verdict.decided_by.as_deref(),
            verdict.evidence.as_str(),
            verdict.at_us,
        ),
    )
    .await
}

pub async fn append(tx: &mut Tx, item: ItemId, batch: BatchId, entry: &Entry) -> DbResult<()> {
    tx.follow(
        "insert into verdict_history (id, item_id, batch_id, cause, cause_id, state, label, probability, answers, method,
           evidence, at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        (
            EntryId::new(),
            item,
            batch,
            entry.cause.as_str(),
            entry.cause_id.as_str(),
            entry.state.as_str(),
            entry.label.as_str(),
            entry.probability,
            entry.answers,
            entry.method.as_str(),
            entry.evidence.as_str(),
            entry.at_us,
        ),
    )
    .await
}

/// The newest entry of each of some items' histories, which are short.
pub fn list_last(items: &[ItemId]) -> DbResult<Ask<Vec<ItemEntry>>> {
    Ok(db::all(
        "select h.item_id, h.cause, h.cause_id, h.state, h.label, h.probability, h.answers, h.method, h.evidence, h.at_us
         from verdict_history h
         where h.item_id /*pg: = any(array(*//*lite: in (*/
             select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)
           and not exists (
             select 1 from verdict_history n where n.item_id = h.item_id and n.id > h.id /*pg: offset 0*/)",
        (db::json(items)?,),
    ))
}

/// Those of some items that have a verdict.
pub fn list_decided(items: &[ItemId]) -> DbResult<Ask<Vec<(ItemId,)>>> {
    Ok(db::all(
        "select item_id from verdicts where item_id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (db::json(items)?,),
    ))
}

pub async fn list_history(tx: &mut Tx, item: ItemId) -> DbResult<Vec<Entry>> {
    tx.all(
        "select cause, cause_id, state, label, probability, answers, method, evidence, at_us
         from verdict_history where item_id = $1 order by id",
        (item,),
    )
    .await
}

/// The histories of the items that [`list_contested`] lists.
pub async fn list_contested_history(tx: &mut Tx) -> DbResult<Vec<ItemEntry>> {
    tx.all(
        "select item_id, cause, cause_id, state, label, probability, answers, method, '' as evidence, at_us
         from verdict_history where item_id in (
           select item_id from verdicts where state = 'contested' order by probability, at_us, item_id limit 100)
         order by item_id, id",
        (),
    )
    .await
}

/// An entry of a history with its item.
#[derive(sqlx::FromRow)]
pub struct ItemEntry {
    pub item_id: ItemId,
    #[sqlx(flatten)]
    pub entry: Entry,
}

/// Some verdicts in the order of their items.
pub async fn list_after(tx: &mut Tx, after: &str) -> DbResult<Vec<Verdict>> {
    tx.all(
        "select item_id, batch_id, clip_id, state, label, probability, answers, method, decided_by, evidence, at_us
         from verdicts where item_id > $1 order by item_id limit 500",
        (after,),
    )
    .await
}

/// Items whose history ends with a verdict that is not there.
pub async fn list_lost(tx: &mut Tx) -> DbResult<Vec<(ItemId,)>> {
    tx.all(
        "select distinct h.item_id from verdict_history h
         where h.state <> 'open' and not exists (select 1 from verdicts v where v.item_id = h.item_id)
         order by h.item_id",
        (),
    )
    .await
}

/// False when this person has ruled on the item before.
pub async fn insert_ruling(
    tx: &mut Tx,
    item: ItemId,
    person: PersonId,
    label: &str,
    reason: Option<&str>,
    now_us: i64,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into rulings (id, item_id, person_id, label, reason, at_us) values ($1, $2, $3, $4, $5, $6)
             on conflict (item_id, person_id) do nothing",
            (EntryId::new(), item, person, label, reason, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// The rulings on some items, oldest first.
pub fn list_rulings(items: &[ItemId]) -> DbResult<Ask<Vec<StoredRuling>>> {
    Ok(db::all(
        "select id, item_id, person_id, label, reason from rulings where item_id /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/) order by id",
        (db::json(items)?,),
    ))
}

/// Items of a batch that a reviewer ruled on.
pub async fn list_ruled(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(ItemId,)>> {
    tx.all(
        "select distinct r.item_id from rulings r join verdicts v on v.item_id = r.item_id where v.batch_id = $1",
        (batch,),
    )
    .await
}

/// Items of a batch that were settled and answered again after that, up to `most` answers or until
/// they were in doubt again: item, its first label, its state and label now.
pub async fn list_asked_on(tx: &mut Tx, batch: BatchId, most: i64) -> DbResult<Vec<(ItemId, String, String, String)>> {
    tx.all(
        "select v.item_id, h.label, v.state, v.label from verdicts v join verdict_history h on h.item_id = v.item_id
         where v.batch_id = $1 and v.answers > h.answers and (v.answers >= $2 or v.state <> 'settled')
           and h.id = (select min(f.id) from verdict_history f where f.item_id = v.item_id and f.state = 'settled')",
        (batch, most),
    )
    .await
}

/// Places that a batch has opened beyond the least of its items.
pub async fn sum_extra(tx: &mut Tx, batch: BatchId) -> DbResult<i64> {
    let row: (i64,) = tx
        .one("select cast(coalesce(sum(answers), 0) as bigint) from verdict_extras where batch_id = $1", (batch,))
        .await?;
    Ok(row.0)
}

/// Counts places beyond the least of items, or takes them back, in one share of the count.
pub async fn add_extra(tx: &mut Tx, batch: BatchId, shard: i64, change: i64) -> DbResult<()> {
    tx.follow(
        "insert into verdict_extras (batch_id, shard, answers) values ($1, $2, $3)
         on conflict (batch_id, shard) do update set answers = verdict_extras.answers + $3",
        (batch, shard, change),
    )
    .await
}

/// The newest contributions of a worker by gold, and the newest by verdicts; those that were
/// taken back say nothing.
pub async fn list_lessons_of(tx: &mut Tx, worker: &str, limit: i64) -> DbResult<Vec<super::model::Lesson>> {
    tx.all(
        "select * from (
           select item_id, worker_id, evidence_id, yes_yes, yes_no, no_yes, no_no from contributions
           where worker_id = $1 and source = 'gold' order by evidence_id desc limit $2) as by_gold
         where yes_yes + yes_no + no_yes + no_no > 0
         union all select * from (
           select item_id, worker_id, evidence_id, yes_yes, yes_no, no_yes, no_no from contributions
           where worker_id = $1 and source = 'verdict' order by evidence_id desc limit $2) as by_verdict
         where yes_yes + yes_no + no_yes + no_no > 0
         order by evidence_id desc",
        (worker, limit),
    )
    .await
}

pub async fn list_lessons_about(tx: &mut Tx, item: ItemId, limit: i64) -> DbResult<Vec<super::model::Lesson>> {
    tx.all(
        "select item_id, worker_id, evidence_id, yes_yes, yes_no, no_yes, no_no from contributions
         where item_id = $1 and yes_yes + yes_no + no_yes + no_no > 0 order by worker_id limit $2",
        (item, limit),
    )
    .await
}

/// What a batch says about decisions on its items, in one look.
#[derive(sqlx::FromRow)]
pub struct Background {
    pub batch_id: BatchId,
    /// Its settings; all are `None` where the defaults are in force.
    pub audit_ppm: Option<i64>,
    pub recheck_ppm: Option<i64>,
    pub recheck_after_s: Option<i64>,
    pub budget_cents: Option<i64>,
    /// Its calibration; both are `None` where there is none yet.
    pub prior_yes: Option<i64>,
    pub temperature: Option<i64>,
}

impl Background {
    /// The batch's settings, or the defaults.
    pub fn settings(&self) -> Settings {
        let none = Settings::default();
        Settings {
            audit_ppm: self.audit_ppm.unwrap_or(none.audit_ppm),
            recheck_ppm: self.recheck_ppm.unwrap_or(none.recheck_ppm),
            recheck_after_s: self.recheck_after_s.unwrap_or(none.recheck_after_s),
            budget_cents: self.budget_cents.unwrap_or(none.budget_cents),
        }
    }
}

pub fn list_backgrounds(batches: &BTreeSet<BatchId>) -> DbResult<Ask<Vec<Background>>> {
    Ok(db::all(
        "select b.batch_id, s.audit_ppm, s.recheck_ppm, s.recheck_after_s, s.budget_cents, c.prior_yes, c.temperature
         from /*pg: jsonb_array_elements_text($1::jsonb) as b (batch_id)*//*lite: (select value as batch_id from json_each($1)) as b*/
         left join verdict_settings s on s.batch_id = b.batch_id
         left join calibrations c on c.id = (select max(newest.id) from calibrations newest where newest.batch_id = b.batch_id)",
        (db::json(batches)?,),
    ))
}

/// The newest calibration of a batch.
pub async fn find_calibration(tx: &mut Tx, batch: BatchId) -> DbResult<Option<Calibration>> {
    tx.opt(
        "select prior_yes, temperature, gold_groups from calibrations where batch_id = $1 order by id desc limit 1",
        (batch,),
    )
    .await
}

pub async fn insert_calibration(tx: &mut Tx, batch: BatchId, found: Calibration, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into calibrations (id, batch_id, prior_yes, temperature, gold_groups, at_us) values ($1, $2, $3, $4, $5, $6)",
        (EntryId::new(), batch, found.prior_yes, found.temperature, found.gold_groups, now_us),
    )
    .await
    .map(drop)
}

/// Newest answers of people to the gold of a batch: item, worker, what the answer counts.
pub async fn list_gold(tx: &mut Tx, batch: BatchId, limit: i64) -> DbResult<Vec<(ItemId, String, i64, i64, i64, i64)>> {
    tx.all(
        "select item_id, worker_id, yes_yes, yes_no, no_yes, no_no from contributions
         where batch_id = $1 and source = 'gold' and worker_id not like 'model:%' order by evidence_id desc limit $2",
        (batch, limit),
    )
    .await
}

/// How many items of a batch are settled, and the yes among them in millionths of an item.
pub async fn count_settled(tx: &mut Tx, batch: BatchId) -> DbResult<(i64, i64)> {
    tx.one(
        "select count(*), cast(coalesce(sum(case label when 'yes' then probability else 1 - probability end), 0) * 1000000 as bigint)
         from verdicts where batch_id = $1 and state in ('settled', 'decided')",
        (batch,),
    )
    .await
}
