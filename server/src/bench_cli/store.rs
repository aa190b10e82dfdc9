//! Every SQL statement that fills an empty database, in ranges of row numbers.
//!
//! It writes other rooms' tables, which nothing else may: row by row through the rooms, ten million
//! of each would take days.

use crate::batches::{BatchId, ProjectId};
use crate::platform::db::{DbResult, Tx};

/// Whether nothing was ever put into the database.
pub async fn is_empty(tx: &mut Tx) -> DbResult<bool> {
    let row: (i64,) = tx.one("select (select count(*) from projects) + (select count(*) from people)", ()).await?;
    Ok(row.0 == 0)
}

pub async fn insert_project(tx: &mut Tx, project: ProjectId, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into projects (id, name, language, licence, currency, phrases, policy, created_us)
         values ($1, 'Benchmark', 'en', 'CC0-1.0', 'USD', '[\"Alexa\"]', '{}', $2)",
        (project, now_us),
    )
    .await
    .map(drop)
}

pub async fn insert_batch(tx: &mut Tx, batch: BatchId, project: ProjectId, wanted: i64, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into batches (id, project_id, name, kind, state, pay_cents, answers_wanted, answers_max, threshold,
           gold_ppm, max_per_person, lease_s, accept_after_s, sensitivity, created_us)
         values ($1, $2, 'Benchmark', 'judge', 'open', 3, $3, $3, 0.9, 0, 0, 600, 60, 0, $4)",
        (batch, project, wanted, now_us),
    )
    .await
    .map(drop)
}

pub async fn insert_items(tx: &mut Tx, batch: BatchId, (from, until): (i64, i64), now_us: i64) -> DbResult<()> {
    tx.exec(
        "/*lite: with recursive numbers (n) as (select $2 union all select n + 1 from numbers where n + 1 < $3)*/
         insert into items (id, batch_id, phrase, hint, sensitivity, clip_id, gold_label, gold_reason, created_us)
         select '01900000-0000-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/, $1, 'Alexa', '', 0,
           '01900000-0001-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/, null, null, $4
         from /*pg: generate_series($2, $3 - 1) as n*//*lite: numbers*/",
        (batch, from, until, now_us),
    )
    .await
    .map(drop)
}

/// The first `done` items have their answers, the others wait.
pub async fn insert_queue(
    tx: &mut Tx,
    batch: BatchId,
    (from, until): (i64, i64),
    done: i64,
    wanted: i64,
    now_us: i64,
) -> DbResult<()> {
    tx.exec(
        "/*lite: with recursive numbers (n) as (select $2 union all select n + 1 from numbers where n + 1 < $3)*/
         insert into queue (item_id, batch_id, lane, rank, sensitivity, speaker_id, clip_id, target, answers, leases, open)
         select '01900000-0000-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/, $1, 0, $6 - 100000000 + n, 0, null,
           '01900000-0001-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/, $5,
           case when n < $4 then $5 else 0 end, 0, case when n < $4 then 0 else 1 end
         from /*pg: generate_series($2, $3 - 1) as n*//*lite: numbers*/",
        (batch, from, until, done, wanted, now_us),
    )
    .await
    .map(drop)
}

/// Answer number n is the (n mod wanted)-th one to item n / wanted, of one of a thousand people.
pub async fn insert_tasks(
    tx: &mut Tx,
    batch: BatchId,
    (from, until): (i64, i64),
    wanted: i64,
    now_us: i64,
) -> DbResult<()> {
    tx.exec(
        "/*lite: with recursive numbers (n) as (select $2 union all select n + 1 from numbers where n + 1 < $3)*/
         insert into tasks (id, item_id, batch_id, person_id, state, note, leased_us, expires_us, closed_us)
         select '01900000-0002-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/,
           '01900000-0000-7000-8000-' || /*pg: lpad(to_hex(n / $4), 12, '0')*//*lite: printf('%012x', n / $4)*/, $1,
           '01900000-0003-7000-8000-' || /*pg: lpad(to_hex(n % 1000), 12, '0')*//*lite: printf('%012x', n % 1000)*/,
           'submitted', '', $5 - 900000000, $5 - 300000000, $5 - 600000000
         from /*pg: generate_series($2, $3 - 1) as n*//*lite: numbers*/",
        (batch, from, until, wanted, now_us),
    )
    .await
    .map(drop)
}

pub async fn insert_answers(
    tx: &mut Tx,
    batch: BatchId,
    (from, until): (i64, i64),
    wanted: i64,
    now_us: i64,
) -> DbResult<()> {
    tx.exec(
        "/*lite: with recursive numbers (n) as (select $2 union all select n + 1 from numbers where n + 1 < $3)*/
         insert into answers (id, task_id, item_id, batch_id, person_id, label, reason, duration_ms, body_sha256, at_us)
         select '01900000-0004-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/,
           '01900000-0002-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/,
           '01900000-0000-7000-8000-' || /*pg: lpad(to_hex(n / $4), 12, '0')*//*lite: printf('%012x', n / $4)*/, $1,
           '01900000-0003-7000-8000-' || /*pg: lpad(to_hex(n % 1000), 12, '0')*//*lite: printf('%012x', n % 1000)*/,
           'yes', null, 1000, '', $5 - 600000000
         from /*pg: generate_series($2, $3 - 1) as n*//*lite: numbers*/",
        (batch, from, until, wanted, now_us),
    )
    .await
    .map(drop)
}

pub async fn insert_pay(tx: &mut Tx, project: ProjectId, (from, until): (i64, i64), now_us: i64) -> DbResult<()> {
    tx.exec(
        "/*lite: with recursive numbers (n) as (select $2 union all select n + 1 from numbers where n + 1 < $3)*/
         insert into ledger_entries (id, cause, kind, project_id, person_id, debit, credit, amount_cents, currency, note, at_us)
         select '01900000-0005-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/,
           'pend:01900000-0002-7000-8000-' || /*pg: lpad(to_hex(n), 12, '0')*//*lite: printf('%012x', n)*/, 'pend', $1,
           '01900000-0003-7000-8000-' || /*pg: lpad(to_hex(n % 1000), 12, '0')*//*lite: printf('%012x', n % 1000)*/,
           'project:' || $1 || ':funding',
           'person:01900000-0003-7000-8000-' || /*pg: lpad(to_hex(n % 1000), 12, '0')*//*lite: printf('%012x', n % 1000)*/ || ':pending',
           3, 'USD', 'Judgement', $4
         from /*pg: generate_series($2, $3 - 1) as n*//*lite: numbers*/",
        (project, from, until, now_us),
    )
    .await
    .map(drop)
}

/// What is there counts as looked through for conduct, as on a site that has run all along.
pub async fn set_watched(tx: &mut Tx, items: i64) -> DbResult<()> {
    tx.exec(
        "update case_cursors set at = case name when 'answers' then '01900000-0004-7000-8000-'
             else '01900000-0002-7000-8000-' end
           || /*pg: lpad(to_hex($1), 12, '0')*//*lite: printf('%012x', $1)*/",
        (items,),
    )
    .await
    .map(drop)
}

/// Lets the database count what it has.
pub async fn analyze(tx: &mut Tx) -> DbResult<()> {
    tx.exec("analyze", ()).await.map(drop)
}
