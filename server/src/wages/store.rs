//! Every SQL statement of wages.

use super::model::{Floor, Round, Work};
use crate::batches::BatchId;
use crate::platform::{
    db::{self, Ask, DbResult, Tx},
    ids::PersonId,
};

/// When a person last finished a task.
pub fn find_last(person: PersonId) -> Ask<Option<(i64,)>> {
    db::opt("select at_us from wage_times where person_id = $1 order by at_us desc limit 1", (person,))
}

pub async fn insert(tx: &mut Tx, work: &Work, active_ms: i64, now_us: i64) -> DbResult<()> {
    tx.push(
        "insert into wage_times (task_id, batch_id, person_id, active_ms, pay_cents, at_us)
         values ($1, $2, $3, $4, $5, $6) on conflict (task_id) do nothing",
        (work.task.as_str(), work.batch, work.person, active_ms, work.pay_cents, now_us),
    )
    .await
}

/// The latest tasks of a batch after a moment: active time and when.
pub async fn list_latest(tx: &mut Tx, batch: BatchId, after_us: i64, most: i64) -> DbResult<Vec<(i64, i64)>> {
    tx.all(
        "select active_ms, at_us from wage_times where batch_id = $1 and at_us > $2 order by at_us desc limit $3",
        (batch, after_us, most),
    )
    .await
}

/// Tasks of a batch after a moment, up to ten thousand.
pub async fn count_since(tx: &mut Tx, batch: BatchId, since_us: i64) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select count(*) from (select 1 from wage_times where batch_id = $1 and at_us > $2 limit 10000) as tasks",
            (batch, since_us),
        )
        .await?;
    Ok(row.0)
}

/// A person's latest tasks: active time and pay.
pub async fn list_own(tx: &mut Tx, person: PersonId, most: i64) -> DbResult<Vec<(i64, i64)>> {
    tx.all(
        "select active_ms, pay_cents from wage_times where person_id = $1 order by at_us desc limit $2",
        (person, most),
    )
    .await
}

pub async fn find_floor(tx: &mut Tx, currency: &str) -> DbResult<Option<i64>> {
    let row: Option<(i64,)> = tx.opt("select cents_per_hour from wage_floors where currency = $1", (currency,)).await?;
    Ok(row.map(|(cents,)| cents))
}

/// Everybody's floors and those of regions.
pub async fn list_floors(tx: &mut Tx) -> DbResult<Vec<Floor>> {
    tx.all(
        "select region, currency, cents_per_hour from (
           select null as region, currency, cents_per_hour from wage_floors
           union all select region, currency, cents_per_hour from wage_region_floors) as floors
         order by currency, coalesce(region, '')",
        (),
    )
    .await
}

/// The floors of regions in one currency.
pub async fn list_regions(tx: &mut Tx, currency: &str) -> DbResult<Vec<(String, i64)>> {
    tx.all("select region, cents_per_hour from wage_region_floors where currency = $1 order by region", (currency,))
        .await
}

pub async fn put_region(tx: &mut Tx, region: &str, floor: &Floor, by: PersonId, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into wage_region_floors (region, currency, cents_per_hour, set_by, at_us) values ($1, $2, $3, $4, $5)
         on conflict (region, currency) do update set cents_per_hour = $3, set_by = $4, at_us = $5",
        (region, floor.currency.as_str(), floor.cents_per_hour, by, now_us),
    )
    .await
    .map(drop)
}

/// Who finished tasks of a batch after a moment.
pub async fn list_people(tx: &mut Tx, batch: BatchId, after_us: i64) -> DbResult<Vec<PersonId>> {
    let rows: Vec<(PersonId,)> = tx
        .all(
            "select distinct person_id from wage_times where batch_id = $1 and at_us > $2 order by person_id",
            (batch, after_us),
        )
        .await?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

pub async fn put_floor(tx: &mut Tx, floor: &Floor, by: PersonId, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into wage_floors (currency, cents_per_hour, set_by, at_us) values ($1, $2, $3, $4)
         on conflict (currency) do update set cents_per_hour = $2, set_by = $3, at_us = $4",
        (floor.currency.as_str(), floor.cents_per_hour, by, now_us),
    )
    .await
    .map(drop)
}

pub async fn last_round(tx: &mut Tx, batch: BatchId) -> DbResult<Option<Round>> {
    tx.opt(
        "select round, until_us, median_ms, due_cents from wage_rounds where batch_id = $1 order by round desc limit 1",
        (batch,),
    )
    .await
}

pub async fn find_round(tx: &mut Tx, batch: BatchId, round: i64) -> DbResult<Option<Round>> {
    tx.opt(
        "select round, until_us, median_ms, due_cents from wage_rounds where batch_id = $1 and round = $2",
        (batch, round),
    )
    .await
}

/// False when this round was begun before.
pub async fn insert_round(tx: &mut Tx, batch: BatchId, round: &Round) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into wage_rounds (batch_id, round, until_us, median_ms, due_cents) values ($1, $2, $3, $4, $5)
             on conflict do nothing",
            (batch, round.round, round.until_us, round.median_ms, round.due_cents),
        )
        .await?;
    Ok(touched == 1)
}

/// What each task of a batch paid after one moment and up to another, by person.
pub async fn list_paid(tx: &mut Tx, batch: BatchId, after_us: i64, until_us: i64) -> DbResult<Vec<(PersonId, i64)>> {
    tx.all(
        "select person_id, pay_cents from wage_times where batch_id = $1 and at_us > $2 and at_us <= $3
         order by person_id, task_id",
        (batch, after_us, until_us),
    )
    .await
}
