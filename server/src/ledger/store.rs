//! Every SQL statement of the ledger: append and read, never update.

use super::model::{Account, Balance, Costs, EntryId, Line, Pay, Refusal, Refused};
use crate::batches::BatchId;
use crate::platform::{
    db::{self, Args, DbResult, Tx},
    ids::PersonId,
};

/// One movement between two accounts, named by its cause.
pub struct Posting<'a> {
    pub cause: String,
    pub kind: &'static str,
    /// Empty when no project is concerned.
    pub project: &'a str,
    pub person: Option<PersonId>,
    pub debit: Account,
    pub credit: Account,
    pub cents: i64,
    pub currency: &'a str,
    pub note: &'a str,
}

const INSERT: &str =
    "insert into ledger_entries (id, cause, kind, project_id, person_id, debit, credit, amount_cents, currency, note, at_us)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (cause) do nothing";

fn args<'a>(posting: &Posting<'a>, now_us: i64) -> impl Args<'a> {
    (
        EntryId::new(),
        posting.cause.clone(),
        posting.kind,
        posting.project,
        posting.person,
        posting.debit.to_string(),
        posting.credit.to_string(),
        posting.cents,
        posting.currency,
        posting.note,
        now_us,
    )
}

/// False when that cause was posted before.
pub async fn insert(tx: &mut Tx, posting: &Posting<'_>, now_us: i64) -> DbResult<bool> {
    Ok(tx.exec(INSERT, args(posting, now_us)).await? == 1)
}

/// The same where nobody needs to know.
pub async fn push(tx: &mut Tx, posting: &Posting<'_>, now_us: i64) -> DbResult<()> {
    tx.push(INSERT, args(posting, now_us)).await
}

/// The pay that is pending for a task, as it was posted.
pub async fn find_pending(tx: &mut Tx, cause: &str) -> DbResult<Option<(PersonId, String, i64, String, String)>> {
    tx.opt("select person_id, project_id, amount_cents, currency, note from ledger_entries where cause = $1", (cause,))
        .await
}

/// Posts the acceptance of each task's pending pay, where it was not settled before.
pub async fn insert_accepted(tx: &mut Tx, tasks: &[String], now_us: i64) -> DbResult<()> {
    #[derive(serde::Serialize)]
    struct New<'a> {
        id: EntryId,
        task: &'a str,
    }
    let rows: Vec<New> = tasks.iter().map(|task| New { id: EntryId::new(), task }).collect();
    let rows = db::json(&rows)?;
    tx.exec(
        "insert into ledger_entries (id, cause, kind, project_id, person_id, debit, credit, amount_cents, currency, note, at_us)
         select n.id, 'settle:' || n.task, 'accept', p.project_id, p.person_id, 'person:' || p.person_id || ':pending',
           'person:' || p.person_id || ':payable', p.amount_cents, p.currency, p.note, $2
         from /*pg: jsonb_to_recordset($1::jsonb) as n (id text, task text)*/
           /*lite: (select value ->> 'id' as id, value ->> 'task' as task from json_each($1)) as n*/
         join ledger_entries p on p.cause = 'pend:' || n.task
         where true on conflict (cause) do nothing",
        (rows, now_us),
    )
    .await
    .map(drop)
}

pub async fn list_lines(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Line>> {
    tx.all(
        "select kind, amount_cents, currency, note, at_us from ledger_entries where person_id = $1
         order by id desc limit 200",
        (person,),
    )
    .await
}

/// Every movement, oldest first.
pub async fn list_all_lines(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Line>> {
    tx.all(
        "select kind, amount_cents, currency, note, at_us from ledger_entries where person_id = $1 order by id",
        (person,),
    )
    .await
}

pub async fn list_balances(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Balance>> {
    tx.all(
        "select currency,
           cast(sum(case kind when 'pend' then amount_cents when 'accept' then -amount_cents
                    when 'void' then -amount_cents else 0 end) as bigint) as pending_cents,
           cast(sum(case when kind in ('accept', 'appeal', 'bonus', 'top_up', 'payout_failed') then amount_cents
                    when kind = 'payout' then -amount_cents else 0 end) as bigint) as payable_cents,
           cast(sum(case kind when 'payout' then amount_cents when 'payout_failed' then -amount_cents
                    else 0 end) as bigint) as paid_cents
         from ledger_entries where person_id = $1 group by currency order by currency",
        (person,),
    )
    .await
}

/// Balance of every account: what came in less what went out.
pub async fn account_balances(tx: &mut Tx) -> DbResult<Vec<(String, String, i64)>> {
    tx.all(
        "select account, currency, cast(coalesce(sum(cents), 0) as bigint) from (
           select credit as account, currency, amount_cents as cents from ledger_entries
           union all
           select debit as account, currency, -amount_cents as cents from ledger_entries) as moves
         group by account, currency order by account, currency",
        (),
    )
    .await
}

/// Settlements whose pending entry is missing or differs.
pub async fn count_unfounded(tx: &mut Tx) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select count(*) from ledger_entries s where s.kind in ('accept', 'void') and not exists (
               select 1 from ledger_entries p where p.cause = replace(s.cause, 'settle:', 'pend:')
                 and p.kind = 'pend' and p.person_id = s.person_id and p.amount_cents = s.amount_cents
                 and p.currency = s.currency)",
            (),
        )
        .await?;
    Ok(row.0)
}

/// Failed payouts whose money had never left.
pub async fn count_unpaid_returns(tx: &mut Tx) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select count(*) from ledger_entries r where r.kind = 'payout_failed' and not exists (
               select 1 from ledger_entries p where p.cause = replace(r.cause, 'payout_failed:', 'payout:')
                 and p.kind = 'payout' and p.person_id = r.person_id and p.amount_cents = r.amount_cents
                 and p.currency = r.currency)",
            (),
        )
        .await?;
    Ok(row.0)
}

pub async fn project_costs(tx: &mut Tx, project: &str) -> DbResult<Costs> {
    tx.one(
        "select
           cast(coalesce(sum(case kind when 'fund' then amount_cents else 0 end), 0) as bigint) as funded_cents,
           cast(coalesce(sum(case kind when 'pend' then amount_cents when 'accept' then -amount_cents
             when 'void' then -amount_cents else 0 end), 0) as bigint) as pending_cents,
           cast(coalesce(sum(case kind when 'accept' then amount_cents else 0 end), 0) as bigint) as accepted_cents,
           cast(coalesce(sum(case kind when 'appeal' then amount_cents else 0 end), 0) as bigint) as appeals_cents,
           cast(coalesce(sum(case kind when 'bonus' then amount_cents else 0 end), 0) as bigint) as bonuses_cents,
           cast(coalesce(sum(case kind when 'top_up' then amount_cents else 0 end), 0) as bigint) as top_ups_cents
         from ledger_entries where project_id = $1",
        (project,),
    )
    .await
}

pub async fn insert_refusal(tx: &mut Tx, refusal: &Refusal, pay: &Pay, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into refusals (task_id, person_id, project_id, batch_id, item_id, code, text, refused_by, amount_cents, currency, at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        (
            refusal.task.as_str(),
            pay.person,
            pay.project.as_str(),
            refusal.batch,
            refusal.item,
            refusal.code.as_str(),
            refusal.text.as_str(),
            refusal.by,
            pay.cents,
            pay.currency.as_str(),
            now_us,
        ),
    )
    .await
    .map(drop)
}

pub async fn find_refusal(tx: &mut Tx, task: &str) -> DbResult<Option<Refused>> {
    tx.opt(
        "select task_id, person_id, project_id, batch_id, item_id, code, text, refused_by, amount_cents, currency, at_us,
           coalesce((select e.note from ledger_entries e where e.cause = 'pend:' || task_id), '') as work
         from refusals where task_id = $1",
        (task,),
    )
    .await
}

pub async fn list_refusals(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Refused>> {
    tx.all(
        "select task_id, person_id, project_id, batch_id, item_id, code, text, refused_by, amount_cents, currency, at_us,
           coalesce((select e.note from ledger_entries e where e.cause = 'pend:' || task_id), '') as work
         from refusals where person_id = $1 order by at_us desc, task_id limit 200",
        (person,),
    )
    .await
}

/// Refused pay without a kept refusal.
pub async fn count_unexplained(tx: &mut Tx) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select count(*) from ledger_entries e where e.kind = 'void'
               and not exists (select 1 from refusals r where e.cause = 'settle:' || r.task_id)",
            (),
        )
        .await?;
    Ok(row.0)
}

/// Refusals of a batch after a moment, by who refused.
pub async fn count_refusals(tx: &mut Tx, batch: BatchId, since_us: i64) -> DbResult<Vec<(Option<PersonId>, i64)>> {
    tx.all(
        "select refused_by, count(*) from (
           select refused_by from refusals where batch_id = $1 and at_us > $2 limit 10000) as refused
         group by refused_by order by refused_by",
        (batch, since_us),
    )
    .await
}

/// What tasks have earned in all: pending or accepted, and won back.
pub async fn list_booked(tx: &mut Tx, causes: &[&str]) -> DbResult<Vec<(String, i64)>> {
    let causes = db::json(causes)?;
    tx.all(
        "select n.cause, cast(sum(case e.kind when 'void' then -e.amount_cents else e.amount_cents end) as bigint)
         from /*pg: jsonb_array_elements_text($1::jsonb) as n (cause)*/
           /*lite: (select value as cause from json_each($1)) as n*/
         join ledger_entries e on e.cause in ('pend:' || n.cause, 'settle:' || n.cause, 'appeal:' || n.cause)
         where e.kind in ('pend', 'void', 'appeal') group by n.cause",
        (causes,),
    )
    .await
}

/// Everything that lifted somebody to the floor: cause and amount.
pub async fn list_lifts(tx: &mut Tx) -> DbResult<Vec<(String, i64)>> {
    tx.all("select cause, amount_cents from ledger_entries where kind = 'top_up'", ()).await
}

/// What a person earned on each day after a moment: day since 1970, currency and minor units. What
/// was refused counts on the day of its refusal.
pub async fn list_days(tx: &mut Tx, person: PersonId, from_us: i64) -> DbResult<Vec<(i64, String, i64)>> {
    tx.all(
        "select at_us / 86400000000 as day, currency,
           cast(sum(case kind when 'void' then -amount_cents else amount_cents end) as bigint)
         from ledger_entries
         where person_id = $1 and at_us >= $2 and kind in ('pend', 'void', 'appeal', 'bonus', 'top_up')
         group by at_us / 86400000000, currency order by day desc",
        (person, from_us),
    )
    .await
}
