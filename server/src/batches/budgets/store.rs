//! Every SQL statement of budgets.

use super::{Recount, Standing};
use crate::batches::BatchId;
use crate::platform::db::{self, DbResult, Tx};

pub async fn insert(tx: &mut Tx, batch: BatchId) -> DbResult<()> {
    tx.exec("insert into batch_budgets (batch_id, unit_cents) values ($1, null)", (batch,)).await.map(drop)
}

pub async fn insert_shard(tx: &mut Tx, batch: BatchId, shard: i64, cents: i64) -> DbResult<()> {
    tx.exec("insert into batch_budget_shards (batch_id, shard, left_cents) values ($1, $2, $3)", (batch, shard, cents))
        .await
        .map(drop)
}

/// What is reserved for each task; nothing until it was worked out.
pub async fn find_unit(tx: &mut Tx, batch: BatchId) -> DbResult<Option<i64>> {
    let row: Option<(Option<i64>,)> =
        tx.opt("select unit_cents from batch_budgets where batch_id = $1", (batch,)).await?;
    Ok(row.and_then(|(unit,)| unit))
}

pub async fn set_unit(tx: &mut Tx, batch: BatchId, unit_cents: i64) -> DbResult<()> {
    tx.exec(
        "update batch_budgets set unit_cents = $2
         where batch_id = $1 and (unit_cents is null or unit_cents <> $2)",
        (batch, unit_cents),
    )
    .await
    .map(drop)
}

pub async fn set_amount(tx: &mut Tx, batch: BatchId, cents: i64) -> DbResult<()> {
    tx.exec("update batches set budget_cents = $2 where id = $1", (batch, cents)).await.map(drop)
}

/// Takes from one row that holds enough and that nobody else is taking from; false when there is none.
pub async fn take(tx: &mut Tx, batch: BatchId, cents: i64, first: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update batch_budget_shards set left_cents = left_cents - $2
             where batch_id = $1 and shard = (
               select s.shard from batch_budget_shards s where s.batch_id = $1 and s.left_cents >= $2
                 and not exists (select 1 from batch_budget_shards o where o.batch_id = $1 and o.left_cents < 0)
               order by (s.shard + $3) % 16 limit 1 /*pg: for update of s skip locked*/)",
            (batch, cents, first),
        )
        .await?;
    Ok(touched == 1)
}

/// What every row holds, in one order for everybody; they are this transaction's until its end.
pub async fn lock_shards(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<i64>> {
    let rows: Vec<(i64,)> = tx
        .all(
            "select left_cents from batch_budget_shards where batch_id = $1 order by shard /*pg: for update*/",
            (batch,),
        )
        .await?;
    Ok(rows.into_iter().map(|(left,)| left).collect())
}

/// Adds to one row, or takes from it.
pub async fn add(tx: &mut Tx, batch: BatchId, shard: i64, cents: i64) -> DbResult<()> {
    tx.exec(
        "update batch_budget_shards set left_cents = left_cents + $3 where batch_id = $1 and shard = $2",
        (batch, shard, cents),
    )
    .await
    .map(drop)
}

/// Notes what is reserved for tasks that are given out in this transaction.
pub async fn insert_uses(tx: &mut Tx, batch: BatchId, tasks: &[String], kept_cents: i64) -> DbResult<()> {
    tx.exec(
        "insert into batch_budget_uses (cause, batch_id, state, kept_cents, paid_cents, until_us)
         select n.cause, $2, 'leased', $3, 0, null
         from /*pg: jsonb_array_elements_text($1::jsonb) as n (cause)*/
           /*lite: (select value as cause from json_each($1)) as n*/",
        (db::json(tasks)?, batch, kept_cents),
    )
    .await
    .map(drop)
}

/// Notes money that was earned without a reservation; false when that was noted before.
pub async fn insert_paid(tx: &mut Tx, batch: BatchId, cause: &str, state: &str, paid_cents: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into batch_budget_uses (cause, batch_id, state, kept_cents, paid_cents, until_us)
             values ($1, $2, $3, 0, $4, null) on conflict (cause) do nothing",
            (cause, batch, state, paid_cents),
        )
        .await?;
    Ok(touched == 1)
}

/// What is kept for a cause in a state.
pub async fn find_kept(tx: &mut Tx, cause: &str, state: &str) -> DbResult<Option<i64>> {
    let row: Option<(i64,)> =
        tx.opt("select kept_cents from batch_budget_uses where cause = $1 and state = $2", (cause, state)).await?;
    Ok(row.map(|(kept,)| kept))
}

/// Moves a use on.
pub async fn set_use(tx: &mut Tx, cause: &str, state: &str, kept_cents: i64, paid_cents: i64) -> DbResult<()> {
    tx.exec(
        "update batch_budget_uses set state = $2, kept_cents = $3, paid_cents = $4, until_us = null where cause = $1",
        (cause, state, kept_cents, paid_cents),
    )
    .await
    .map(drop)
}

/// Keeps what refused work would have earned until a moment.
pub async fn set_refused(tx: &mut Tx, cause: &str, until_us: i64) -> DbResult<()> {
    tx.exec(
        "update batch_budget_uses set state = 'refused', kept_cents = kept_cents + paid_cents, paid_cents = 0, until_us = $2
         where cause = $1 and state = 'done'",
        (cause, until_us),
    )
    .await
    .map(drop)
}

/// Keeps it until an appeal is decided.
pub async fn set_appealed(tx: &mut Tx, cause: &str) -> DbResult<()> {
    tx.exec("update batch_budget_uses set until_us = null where cause = $1 and state = 'refused'", (cause,))
        .await
        .map(drop)
}

/// Forgets what is kept for causes in a state, and tells how much it was.
pub async fn delete(tx: &mut Tx, causes: &[String], state: &str) -> DbResult<Vec<(BatchId, i64)>> {
    tx.all(
        "delete from batch_budget_uses where state = $2 and cause /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)
         returning batch_id, kept_cents",
        (db::json(causes)?, state),
    )
    .await
}

/// Refused work against which nobody appealed in time, some at a time.
pub async fn list_over(tx: &mut Tx, now_us: i64) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "select cause from batch_budget_uses where state = 'refused' and until_us < $1 order by until_us limit 500",
            (now_us,),
        )
        .await?;
    Ok(rows.into_iter().map(|(cause,)| cause).collect())
}

/// When the first of a batch's refusals is final that nobody appealed against.
pub async fn next_free(tx: &mut Tx, batch: BatchId) -> DbResult<Option<i64>> {
    let row: (Option<i64>,) = tx
        .one("select min(until_us) from batch_budget_uses where batch_id = $1 and state = 'refused'", (batch,))
        .await?;
    Ok(row.0)
}

/// Finished tasks for which more is kept than they earned.
pub async fn list_spare(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(String, i64)>> {
    tx.all(
        "select cause, kept_cents from batch_budget_uses where batch_id = $1 and state = 'done' and kept_cents > 0
         order by cause limit 5000 /*pg: for update*/",
        (batch,),
    )
    .await
}

/// Keeps no more for these finished tasks.
pub async fn free_spare(tx: &mut Tx, causes: &[String]) -> DbResult<()> {
    tx.exec(
        "update batch_budget_uses set kept_cents = 0 where state = 'done' and cause /*pg: = any(array(*//*lite: in (*/
           select /*pg: jsonb_array_elements_text($1::jsonb)*//*lite: value from json_each($1)*/ /*pg: )*/)",
        (db::json(causes)?,),
    )
    .await
    .map(drop)
}

/// What tasks that are out want in addition when each shall have this much.
pub async fn missing(tx: &mut Tx, batch: BatchId, unit_cents: i64) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select cast(coalesce(sum($2 - kept_cents), 0) as bigint) from batch_budget_uses
             where batch_id = $1 and state = 'leased' and kept_cents < $2",
            (batch, unit_cents),
        )
        .await?;
    Ok(row.0)
}

/// Keeps at least this much for every task that is out.
pub async fn raise_kept(tx: &mut Tx, batch: BatchId, unit_cents: i64) -> DbResult<()> {
    tx.exec(
        "update batch_budget_uses set kept_cents = $2 where batch_id = $1 and state = 'leased' and kept_cents < $2",
        (batch, unit_cents),
    )
    .await
    .map(drop)
}

/// How a batch's budget stands; nothing when it has none.
pub async fn find_standing(tx: &mut Tx, batch: BatchId) -> DbResult<Option<Standing>> {
    tx.opt(
        "select b.budget_cents,
           (select cast(sum(s.left_cents) as bigint) from batch_budget_shards s where s.batch_id = b.id) as left_cents,
           cast(coalesce(sum(u.kept_cents), 0) as bigint) as reserved_cents,
           cast(coalesce(sum(u.paid_cents), 0) as bigint) as spent_cents
         from batches b left join batch_budget_uses u on u.batch_id = b.id
         where b.id = $1 and b.budget_cents is not null group by b.id, b.budget_cents",
        (batch,),
    )
    .await
}

/// Budgets whose parts do not come to their amount, all read in one statement.
pub async fn list_unbalanced(tx: &mut Tx) -> DbResult<Vec<Recount>> {
    tx.all(
        "select budget.id, budget.budget_cents, budget.held from (
           select b.id, b.budget_cents,
             (select cast(coalesce(sum(s.left_cents), 0) as bigint) from batch_budget_shards s where s.batch_id = b.id)
             + (select cast(coalesce(sum(u.kept_cents + u.paid_cents), 0) as bigint)
                from batch_budget_uses u where u.batch_id = b.id) as held
           from batches b where b.budget_cents is not null) as budget
         where budget.held <> budget.budget_cents order by budget.id",
        (),
    )
    .await
}

/// What tasks and lifts after a cause have earned, in the order of their causes, some at a time.
pub async fn list_paid(tx: &mut Tx, after: &str, limit: i64) -> DbResult<Vec<(String, i64)>> {
    tx.all(
        "select cause, paid_cents from batch_budget_uses where cause > $1 and state <> 'leased' order by cause limit $2",
        (after, limit),
    )
    .await
}
