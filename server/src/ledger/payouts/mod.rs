//! Payouts: asked for or made by a run, approved by others than their payee, sent, settled or
//! failed. The money leaves what is payable in the transaction that makes the payout, and comes
//! back in the one that fails it.

pub mod handlers;
pub mod jobs;
pub(super) mod model;
pub mod page_handlers;
mod pages;
mod provider;
pub mod results;
mod rules;
pub mod schedule;
mod store;

pub use model::{Payout, PayoutId, PayoutState, SendPayout};
pub use rules::{FOUR_EYES_CENTS, LEAST_CENTS};

use super::model::{Account, amount};
use super::store::{Posting, insert as post, list_balances};
use crate::audit;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    queue,
    site::Site,
};
use actix_web::http::StatusCode;

/// Says where a person's money goes from now on.
///
/// # Errors
/// 422 `invalid_destination`.
pub async fn set_destination(site: &Site, person: PersonId, text: &str) -> Result<(), Problem> {
    let destination = rules::destination(text)?;
    let mut tx = site.db.begin().await?;
    store::put_destination(&mut tx, person, &destination, site.now_us()).await?;
    Ok(tx.commit().await?)
}

/// Where a person's money goes; empty when they have not said.
///
/// # Errors
/// When the database does not answer.
pub async fn destination(tx: &mut Tx, person: PersonId) -> DbResult<String> {
    Ok(store::find_destination(tx, person).await?.unwrap_or_default())
}

/// People whose money goes to the same place as somebody else's, grouped by that place.
///
/// # Errors
/// When the database does not answer.
pub async fn shared_destinations(tx: &mut Tx) -> DbResult<Vec<(String, PersonId)>> {
    store::list_shared(tx).await
}

/// A person's payouts, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Payout>> {
    store::list_of(tx, person).await
}

/// Asks for all that is payable in one currency. While a payout is under way, asking again brings
/// that one.
///
/// # Errors
/// 409 `no_destination`, 409 `too_little`.
pub async fn request(site: &Site, person: PersonId, currency: &str) -> Result<Payout, Problem> {
    let mut tx = site.db.begin().await?;
    let destination = store::lock_destination(&mut tx, person).await?.ok_or_else(|| {
        Problem::conflict("no_destination", "Say first where the money shall go: the form is on the page My pay.")
    })?;
    if let Some(payout) = store::find_under_way(&mut tx, person, currency).await? {
        return Ok(payout);
    }
    let by_hand = Run { by: None, period: None, least_cents: LEAST_CENTS };
    let payout = make(&mut tx, (person, destination), currency, &by_hand, site.now_us()).await?.ok_or_else(|| {
        let least = amount(LEAST_CENTS, currency);
        Problem::conflict(
            "too_little",
            format!("You can ask for a payout from {least} on. What you have earned stays yours."),
        )
    })?;
    tx.commit().await?;
    Ok(payout)
}

/// Makes a payout of all that is payable; `None` when that is too little. The person's row is
/// locked, so nobody else makes one.
async fn make(
    tx: &mut Tx,
    (person, destination): (PersonId, String),
    currency: &str,
    run: &Run,
    now_us: i64,
) -> DbResult<Option<Payout>> {
    let balances = list_balances(tx, person).await?;
    let payable = balances.iter().find(|balance| balance.currency == currency).map_or(0, |found| found.payable_cents);
    if payable < run.least_cents {
        return Ok(None);
    }
    let sharing = store::count_sharing(tx, person, &destination).await?;
    let held =
        if sharing > 0 { format!("{sharing} more accounts have their money sent there.") } else { String::new() };
    let payout = Payout {
        id: PayoutId::new(),
        person_id: person,
        currency: currency.to_owned(),
        amount_cents: payable,
        destination,
        state: PayoutState::Requested.as_str().to_owned(),
        held,
        run_by: run.by,
        reference: String::new(),
        requested_us: now_us,
        changed_us: now_us,
    };
    if !store::insert(tx, &payout, run.period).await? {
        return Ok(None);
    }
    let accounts = (Account::Payable(person), Account::Paid(person));
    post(tx, &posting(format!("payout:{}", payout.id), "payout", &payout, accounts), now_us).await?;
    Ok(Some(payout))
}

fn posting<'p>(
    cause: String,
    kind: &'static str,
    payout: &'p Payout,
    (debit, credit): (Account, Account),
) -> Posting<'p> {
    Posting {
        cause,
        kind,
        project: "",
        person: Some(payout.person_id),
        debit,
        credit,
        cents: payout.amount_cents,
        currency: &payout.currency,
        note: &payout.destination,
    }
}

/// Makes a payout for everybody to whom enough is payable and who said where it goes; starting it is
/// the administrator's approval.
///
/// # Errors
/// When the database refuses; what was made before stays.
pub async fn run(site: &Site, by: PersonId) -> Result<usize, Problem> {
    go_through(site, &Run { by: Some(by), period: None, least_cents: LEAST_CENTS }).await
}

/// Why payouts are made.
struct Run {
    /// The administrator who started it.
    by: Option<PersonId>,
    /// The day that it was due, when it goes by itself: one payout a person for it.
    period: Option<i64>,
    /// Less than this is not paid out.
    least_cents: i64,
}

async fn go_through(site: &Site, run: &Run) -> Result<usize, Problem> {
    let mut tx = site.db.read().await?;
    let people = store::list_reachable(&mut tx).await?;
    drop(tx);
    let mut made = 0;
    for (person,) in people {
        let now_us = site.now_us();
        let mut tx = site.db.begin().await?;
        let Some(destination) = store::lock_destination(&mut tx, person).await? else { continue };
        for balance in list_balances(&mut tx, person).await? {
            if store::find_under_way(&mut tx, person, &balance.currency).await?.is_some() {
                continue;
            }
            let to = (person, destination.clone());
            let Some(payout) = make(&mut tx, to, &balance.currency, run, now_us).await? else { continue };
            made += 1;
            if let Some(by) = run.by.filter(|by| *by != person && payout.held.is_empty()) {
                note_approval(&mut tx, &payout, by, now_us).await?;
            }
        }
        tx.commit().await?;
    }
    site.wake.notify_one();
    Ok(made)
}

/// Approves a payout; doing it twice is doing it once. `despite` says that whoever approves has
/// seen why it is held.
///
/// # Errors
/// 404; 403 `own_payout`; 409 `payout_held`, 409 `payout_over` once it has failed.
pub async fn approve(site: &Site, by: PersonId, id: PayoutId, despite: bool) -> Result<Payout, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let payout = store::lock(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if payout.person_id == by {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "own_payout",
            "This is your own payout. Somebody else must decide.",
        ));
    }
    match payout.state() {
        PayoutState::Requested => {}
        PayoutState::Failed => return Err(over()),
        _ => return Ok(payout),
    }
    if !payout.held.is_empty() && !despite {
        let detail =
            format!("Look at this one first: {} Then approve it once more, saying that you have looked.", payout.held);
        return Err(Problem::conflict("payout_held", detail));
    }
    note_approval(&mut tx, &payout, by, now_us).await?;
    let payout = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    site.wake.notify_one();
    Ok(payout)
}

fn over() -> Problem {
    Problem::conflict("payout_over", "This payout has ended already. The money is where its page says.")
}

/// Counts an approval and, when it was the last one needed, lets the payout go.
async fn note_approval(tx: &mut Tx, payout: &Payout, by: PersonId, now_us: i64) -> DbResult<()> {
    if !store::insert_approval(tx, payout.id, by, now_us).await? {
        return Ok(());
    }
    let detail = serde_json::json!({ "amount": amount(payout.amount_cents, &payout.currency) });
    audit::note(tx, now_us, Some(by), "payout.approve", &payout.id.to_string(), detail).await?;
    if store::count_approvals(tx, payout.id).await? >= rules::approvals_needed(payout.amount_cents) {
        store::set_state(tx, payout.id, PayoutState::Approved.as_str(), "", now_us).await?;
        queue::enqueue(tx, &SendPayout { payout: payout.id }, now_us).await?;
    }
    Ok(())
}

/// Moves a payout on: sent, settled or failed, with what the provider calls it or why it failed.
/// Saying the same twice is saying it once.
///
/// # Errors
/// 404; 403 `own_payout`; 409 `payout_state` for a way that it cannot go.
pub async fn advance(
    site: &Site,
    by: Option<PersonId>,
    id: PayoutId,
    to: PayoutState,
    reference: &str,
) -> Result<Payout, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let payout = store::lock(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if by == Some(payout.person_id) {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "own_payout",
            "This is your own payout. Somebody else must decide.",
        ));
    }
    let from = payout.state();
    if from == to {
        return Ok(payout);
    }
    if to == PayoutState::Approved || !rules::may_move(from, to) {
        let detail = format!("This payout is {}, so it cannot become {}.", from.as_str(), to.as_str());
        return Err(Problem::conflict("payout_state", detail));
    }
    let reference: String = reference.trim().chars().take(300).collect();
    store::set_state(&mut tx, id, to.as_str(), &reference, now_us).await?;
    if to == PayoutState::Failed {
        let accounts = (Account::Paid(payout.person_id), Account::Payable(payout.person_id));
        post(&mut tx, &posting(format!("payout_failed:{id}"), "payout_failed", &payout, accounts), now_us).await?;
    }
    let detail = serde_json::json!({ "state": to.as_str() });
    audit::note(&mut tx, now_us, by, "payout.state", &id.to_string(), detail).await?;
    let payout = store::find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    tx.commit().await?;
    Ok(payout)
}

/// Sentences about payouts whose money did not move as their state says.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn verify(tx: &mut Tx) -> DbResult<Vec<String>> {
    let unbooked = store::list_unbooked(tx).await?;
    Ok(unbooked
        .into_iter()
        .map(|(id, state)| format!("payout {id} is {state}, and its entries say otherwise"))
        .collect())
}
