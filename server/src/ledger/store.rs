//! Every SQL statement of the ledger: append and read, never update.

use super::model::{Account, Balance, EntryId, Line, Pay};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// One posting, named by its cause; false when that cause was posted before.
pub struct Posting<'a> {
    pub cause: String,
    pub kind: &'static str,
    pub pay: &'a Pay,
    pub debit: Account,
    pub credit: Account,
    pub note: &'a str,
}

pub async fn insert(tx: &mut Tx, posting: &Posting<'_>, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into ledger_entries (id, cause, kind, project_id, person_id, debit, credit, amount_cents, currency, note, at_us)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (cause) do nothing",
            (
                EntryId::new(),
                posting.cause.as_str(),
                posting.kind,
                posting.pay.project.as_str(),
                posting.pay.person,
                posting.debit.to_string(),
                posting.credit.to_string(),
                posting.pay.cents,
                posting.pay.currency.as_str(),
                posting.note,
                now_us,
            ),
        )
        .await?;
    Ok(touched == 1)
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
    let rows = serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
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

pub async fn list_balances(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Balance>> {
    tx.all(
        "select currency,
           cast(coalesce(sum(case kind when 'pend' then amount_cents else -amount_cents end), 0) as bigint) as pending_cents,
           cast(coalesce(sum(case kind when 'accept' then amount_cents else 0 end), 0) as bigint) as payable_cents
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

pub async fn project_totals(tx: &mut Tx, project: &str) -> DbResult<(i64, i64)> {
    tx.one(
        "select
           cast(coalesce(sum(case kind when 'pend' then amount_cents else -amount_cents end), 0) as bigint),
           cast(coalesce(sum(case kind when 'accept' then amount_cents else 0 end), 0) as bigint)
         from ledger_entries where project_id = $1",
        (project,),
    )
    .await
}
