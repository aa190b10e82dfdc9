//! Every SQL statement of payouts.

use super::model::{Payout, PayoutId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

pub async fn put_destination(tx: &mut Tx, person: PersonId, destination: &str, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into payout_destinations (person_id, destination, changed_us) values ($1, $2, $3)
         on conflict (person_id) do update set destination = $2, changed_us = $3",
        (person, destination, now_us),
    )
    .await
    .map(drop)
}

/// Takes the person's row for this transaction: they ask for one payout at a time.
pub async fn lock_destination(tx: &mut Tx, person: PersonId) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "update payout_destinations set changed_us = changed_us where person_id = $1 returning destination",
            (person,),
        )
        .await?;
    Ok(row.map(|(destination,)| destination))
}

pub async fn find_destination(tx: &mut Tx, person: PersonId) -> DbResult<Option<String>> {
    let row: Option<(String,)> =
        tx.opt("select destination from payout_destinations where person_id = $1", (person,)).await?;
    Ok(row.map(|(destination,)| destination))
}

/// How many other people have their money sent to the same place.
pub async fn count_sharing(tx: &mut Tx, person: PersonId, destination: &str) -> DbResult<i64> {
    let row: (i64,) = tx
        .one(
            "select count(*) from payout_destinations where destination = $2 and person_id <> $1",
            (person, destination),
        )
        .await?;
    Ok(row.0)
}

/// People who share a destination with somebody, grouped by it.
pub async fn list_shared(tx: &mut Tx) -> DbResult<Vec<(String, PersonId)>> {
    tx.all(
        "select d.destination, d.person_id from payout_destinations d
         where exists (select 1 from payout_destinations o where o.destination = d.destination and o.person_id <> d.person_id)
         order by d.destination, d.person_id limit 10000",
        (),
    )
    .await
}

/// False when the person has a payout under way in this currency, or had one in this run.
pub async fn insert(tx: &mut Tx, payout: &Payout, period: Option<i64>) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into payouts (id, person_id, currency, amount_cents, destination, state, held, run_by, reference, requested_us, changed_us, run_period)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11) on conflict do nothing",
            (
                payout.id,
                payout.person_id,
                payout.currency.as_str(),
                payout.amount_cents,
                payout.destination.as_str(),
                payout.state.as_str(),
                payout.held.as_str(),
                payout.run_by,
                payout.reference.as_str(),
                payout.requested_us,
                period,
            ),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn find_under_way(tx: &mut Tx, person: PersonId, currency: &str) -> DbResult<Option<Payout>> {
    tx.opt(
        "select id, person_id, currency, amount_cents, destination, state, held, run_by, reference, requested_us, changed_us
         from payouts where person_id = $1 and currency = $2 and state in ('requested', 'approved', 'sent')",
        (person, currency),
    )
    .await
}

pub async fn find(tx: &mut Tx, id: PayoutId) -> DbResult<Option<Payout>> {
    tx.opt(
        "select id, person_id, currency, amount_cents, destination, state, held, run_by, reference, requested_us, changed_us
         from payouts where id = $1",
        (id,),
    )
    .await
}

/// Takes a payout for this transaction.
pub async fn lock(tx: &mut Tx, id: PayoutId) -> DbResult<Option<Payout>> {
    tx.opt(
        "update payouts set changed_us = changed_us where id = $1
         returning id, person_id, currency, amount_cents, destination, state, held, run_by, reference, requested_us, changed_us",
        (id,),
    )
    .await
}

pub async fn set_state(tx: &mut Tx, id: PayoutId, state: &str, reference: &str, now_us: i64) -> DbResult<()> {
    tx.exec(
        "update payouts set state = $2, reference = $3, changed_us = $4 where id = $1",
        (id, state, reference, now_us),
    )
    .await
    .map(drop)
}

/// False when this person has approved it before.
pub async fn insert_approval(tx: &mut Tx, id: PayoutId, person: PersonId, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into payout_approvals (payout_id, person_id, at_us) values ($1, $2, $3) on conflict do nothing",
            (id, person, now_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn count_approvals(tx: &mut Tx, id: PayoutId) -> DbResult<i64> {
    let row: (i64,) = tx.one("select count(*) from payout_approvals where payout_id = $1", (id,)).await?;
    Ok(row.0)
}

pub async fn list_of(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Payout>> {
    tx.all(
        "select id, person_id, currency, amount_cents, destination, state, held, run_by, reference, requested_us, changed_us
         from payouts where person_id = $1 order by id desc limit 100",
        (person,),
    )
    .await
}

/// Payouts in a state, oldest first.
pub async fn list_in(tx: &mut Tx, state: &str) -> DbResult<Vec<Payout>> {
    tx.all(
        "select id, person_id, currency, amount_cents, destination, state, held, run_by, reference, requested_us, changed_us
         from payouts where state = $1 order by id limit 10000",
        (state,),
    )
    .await
}

/// Everybody who has said where their money goes.
pub async fn list_reachable(tx: &mut Tx) -> DbResult<Vec<(PersonId,)>> {
    tx.all("select person_id from payout_destinations order by person_id", ()).await
}

/// Payouts whose money did not leave as their state says: id and state.
pub async fn list_unbooked(tx: &mut Tx) -> DbResult<Vec<(String, String)>> {
    tx.all(
        "select p.id, p.state from payouts p
         left join ledger_entries o on o.cause = 'payout:' || p.id
         left join ledger_entries r on r.cause = 'payout_failed:' || p.id
         where o.id is null or o.amount_cents <> p.amount_cents or o.person_id <> p.person_id
           or (p.state = 'failed') <> (r.id is not null)
         order by p.id limit 100",
        (),
    )
    .await
}

/// When everybody is paid out by itself, and since when that holds.
pub async fn find_schedule(tx: &mut Tx) -> DbResult<Option<(Option<i64>, i64, i64)>> {
    tx.opt("select weekday, least_cents, set_us from payout_schedule where name = 'site'", ()).await
}

pub async fn put_schedule(
    tx: &mut Tx,
    weekday: Option<i64>,
    least_cents: i64,
    by: PersonId,
    now_us: i64,
) -> DbResult<()> {
    tx.exec(
        "insert into payout_schedule (name, weekday, least_cents, set_us, set_by) values ('site', $1, $2, $3, $4)
         on conflict (name) do update set weekday = $1, least_cents = $2, set_us = $3, set_by = $4",
        (weekday, least_cents, now_us, by),
    )
    .await
    .map(drop)
}

pub async fn is_run_done(tx: &mut Tx, period: i64) -> DbResult<bool> {
    let row: (i64,) = tx.one("select count(*) from payout_runs where period = $1", (period,)).await?;
    Ok(row.0 > 0)
}

pub async fn insert_run(tx: &mut Tx, period: i64, now_us: i64) -> DbResult<()> {
    tx.exec("insert into payout_runs (period, done_us) values ($1, $2) on conflict do nothing", (period, now_us))
        .await
        .map(drop)
}
