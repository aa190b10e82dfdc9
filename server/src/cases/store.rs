//! Every SQL statement of cases and of people's conduct.

use super::model::{Case, CaseId, Conduct, Everybody, Kind};
use crate::batches::BatchId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// False when the person has an open case of this kind.
pub async fn insert(
    tx: &mut Tx,
    person: PersonId,
    kind: Kind,
    evidence: &str,
    now_us: i64,
) -> DbResult<Option<CaseId>> {
    let id = CaseId::new();
    let touched = tx
        .exec(
            "insert into cases (id, person_id, kind, state, evidence, note, decided_by, mark, opened_us, decided_us)
             values ($1, $2, $3, 'open', $4, '', null, '', $5, 0) on conflict do nothing",
            (id, person, kind.as_str(), evidence, now_us),
        )
        .await?;
    Ok((touched == 1).then_some(id))
}

pub async fn find(tx: &mut Tx, id: CaseId) -> DbResult<Option<Case>> {
    tx.opt(
        "select id, person_id, kind, state, evidence, note, decided_by, opened_us, decided_us from cases where id = $1",
        (id,),
    )
    .await
}

/// Open cases, the oldest first; never about the reader.
pub async fn list_open(tx: &mut Tx, reader: PersonId) -> DbResult<Vec<Case>> {
    tx.all(
        "select id, person_id, kind, state, evidence, note, decided_by, opened_us, decided_us from cases
         where state = 'open' and person_id <> $1 order by opened_us, id limit 200",
        (reader,),
    )
    .await
}

/// Cases of a person, the newest first.
pub async fn list_of(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Case>> {
    tx.all(
        "select id, person_id, kind, state, evidence, note, decided_by, opened_us, decided_us from cases
         where person_id = $1 order by id desc limit 100",
        (person,),
    )
    .await
}

/// What was written to a person who was warned since a moment, the newest first.
pub async fn list_warnings(tx: &mut Tx, person: PersonId, since_us: i64) -> DbResult<Vec<(String,)>> {
    tx.all(
        "select note from cases where person_id = $1 and state = 'warned' and decided_us > $2 order by decided_us desc",
        (person, since_us),
    )
    .await
}

/// From open to decided; false when somebody was faster.
pub async fn decide(tx: &mut Tx, id: CaseId, state: &str, note: &str, by: PersonId, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update cases set state = $2, note = $3, decided_by = $4, decided_us = $5,
               mark = (select at from case_cursors where name = 'answers')
             where id = $1 and state = 'open'",
            (id, state, note, by, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// The newest answer that was known when the person's last case of this kind was decided.
pub async fn find_mark(tx: &mut Tx, person: PersonId, kind: Kind) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "select mark from cases where person_id = $1 and kind = $2 and state <> 'open' order by id desc limit 1",
            (person, kind.as_str()),
        )
        .await?;
    Ok(row.map(|(mark,)| mark))
}

/// Whether the person has an open case of this kind.
pub async fn is_open(tx: &mut Tx, person: PersonId, kind: Kind) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select count(*) from cases where person_id = $1 and kind = $2 and state = 'open'",
            (person, kind.as_str()),
        )
        .await?;
    Ok(row.0 > 0)
}

/// Takes a cursor for this transaction, so that one process at a time reads on, and tells where it stands.
pub async fn lock_cursor(tx: &mut Tx, name: &str) -> DbResult<String> {
    let row: (String,) = tx.one("update case_cursors set at = at where name = $1 returning at", (name,)).await?;
    Ok(row.0)
}

pub async fn set_cursor(tx: &mut Tx, name: &str, at: &str) -> DbResult<()> {
    tx.exec("update case_cursors set at = $2 where name = $1", (name, at)).await.map(drop)
}

pub async fn find_conduct(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<Option<Conduct>> {
    tx.opt(
        "select person_id, batch_id, recent, last_at_us, answers, expired, skipped from conduct
         where person_id = $1 and batch_id = $2",
        (person, batch),
    )
    .await
}

/// Writes a person's conduct; `fresh` more of it has not been looked at.
pub async fn put_conduct(tx: &mut Tx, conduct: &Conduct, fresh: i64) -> DbResult<()> {
    tx.exec(
        "insert into conduct (person_id, batch_id, recent, fresh, last_at_us, answers, expired, skipped)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (person_id, batch_id) do update set recent = $3, fresh = conduct.fresh + $4, last_at_us = $5,
           answers = $6, expired = $7, skipped = $8",
        (
            conduct.person_id,
            conduct.batch_id,
            conduct.recent.as_str(),
            fresh,
            conduct.last_at_us,
            conduct.answers,
            conduct.expired,
            conduct.skipped,
        ),
    )
    .await
    .map(drop)
}

/// Those with the most conduct that nobody has looked at.
pub async fn list_due(tx: &mut Tx, fresh_min: i64, limit: i64) -> DbResult<Vec<Conduct>> {
    tx.all(
        "select person_id, batch_id, recent, last_at_us, answers, expired, skipped from conduct
         where fresh >= $1 order by fresh desc, person_id, batch_id limit $2",
        (fresh_min, limit),
    )
    .await
}

pub async fn set_looked_at(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<()> {
    tx.exec("update conduct set fresh = 0 where person_id = $1 and batch_id = $2", (person, batch)).await.map(drop)
}

pub async fn add_everybody(tx: &mut Tx, batch: BatchId, more: Everybody) -> DbResult<()> {
    tx.exec(
        "insert into batch_conduct (batch_id, people, answers, returned) values ($1, $2, $3, $4)
         on conflict (batch_id) do update set people = batch_conduct.people + $2,
           answers = batch_conduct.answers + $3, returned = batch_conduct.returned + $4",
        (batch, more.people, more.answers, more.returned),
    )
    .await
    .map(drop)
}

pub async fn find_everybody(tx: &mut Tx, batch: BatchId) -> DbResult<Option<Everybody>> {
    tx.opt("select people, answers, returned from batch_conduct where batch_id = $1", (batch,)).await
}

/// People of all batches together, who may count more than once.
pub async fn count_people(tx: &mut Tx) -> DbResult<i64> {
    let row: (i64,) = tx.one("select cast(coalesce(sum(people), 0) as bigint) from batch_conduct", ()).await?;
    Ok(row.0)
}

pub async fn add_pace(tx: &mut Tx, batch: BatchId, bin: i64, answers: i64) -> DbResult<()> {
    tx.exec(
        "insert into case_paces (batch_id, bin, answers) values ($1, $2, $3)
         on conflict (batch_id, bin) do update set answers = case_paces.answers + $3",
        (batch, bin, answers),
    )
    .await
    .map(drop)
}

pub async fn list_paces(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(i64, i64)>> {
    tx.all("select bin, answers from case_paces where batch_id = $1 order by bin", (batch,)).await
}
