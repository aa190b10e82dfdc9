//! Double-entry money: pending on submission, payable on acceptance, returned on refusal; bonuses,
//! top-ups and won appeals; payouts.
//!
//! Every entry moves one amount from one account to another, so the books balance by
//! construction; every entry has a cause that can occur only once, so nothing pays twice.

pub mod bonuses;
mod days;
pub mod funding;
pub mod handlers;
mod model;
pub mod pages;
pub mod payouts;
mod store;
mod table;

pub use model::{Account, Balance, Costs, Grant, Line, Pay, Refusal, Refused, amount};

use crate::batches::{BatchId, budgets};
use crate::platform::{
    clock::DAY_US,
    db::{DbResult, Tx},
    ids::PersonId,
};
use std::collections::BTreeMap;
use store::Posting;

/// What a check of the books found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Findings {
    /// Accounts that exist.
    pub accounts: usize,
    /// Sum over all accounts, which must be zero.
    pub sum_cents: i64,
    /// Sentences about what is wrong.
    pub faults: Vec<String>,
}

/// How long one can appeal against a refusal: 14 days. As long, its pay stays in the budget.
pub const APPEAL_WITHIN_US: i64 = 14 * DAY_US;

/// Notes pay as pending: project → person. Twice is once; a task without pay leaves no entry.
///
/// # Errors
/// When the database refuses.
pub async fn pend(tx: &mut Tx, pay: &Pay, note: &str, now_us: i64) -> DbResult<()> {
    if pay.cents == 0 {
        return Ok(());
    }
    let accounts = (Account::Funding(pay.project.clone()), Account::Pending(pay.person));
    store::push(tx, &posting(format!("pend:{}", pay.task), "pend", pay, accounts, note), now_us).await
}

/// Makes a task's pending pay payable, unless it was settled before.
///
/// # Errors
/// When the database refuses.
pub async fn accept(tx: &mut Tx, task: &str, now_us: i64) -> DbResult<()> {
    let Some((pay, note)) = pending(tx, task).await? else { return Ok(()) };
    settle(tx, &pay, "accept", Account::Payable(pay.person), &note, now_us).await.map(drop)
}

/// The same for many tasks at once.
///
/// # Errors
/// When the database refuses.
pub async fn accept_all(tx: &mut Tx, tasks: &[String], now_us: i64) -> DbResult<()> {
    store::insert_accepted(tx, tasks, now_us).await
}

/// Returns a task's pending pay to the project, unless it was settled before, and keeps why: the
/// person reads it on their statement and may appeal. False when it was settled before.
///
/// # Errors
/// When the database refuses.
pub async fn refuse(tx: &mut Tx, refusal: &Refusal, now_us: i64) -> DbResult<bool> {
    let Some((pay, note)) = pending(tx, &refusal.task).await? else { return Ok(false) };
    let note = format!("{note}: {}", refusal.text);
    let back = Account::Funding(pay.project.clone());
    let refused = settle(tx, &pay, "void", back, &note, now_us).await?;
    if refused {
        store::insert_refusal(tx, refusal, &pay, now_us).await?;
        budgets::refuse(tx, refusal.batch, &refusal.task, now_us + APPEAL_WITHIN_US).await?;
    }
    Ok(refused)
}

/// Pays something beyond a task's own pay, payable at once: once a `pay.task`, which here names
/// whatever is granted for. False when that was granted before.
///
/// # Errors
/// When the database refuses.
pub async fn grant(tx: &mut Tx, grant: Grant, pay: &Pay, note: &str, now_us: i64) -> DbResult<bool> {
    if pay.cents == 0 {
        return Ok(false);
    }
    let accounts = (Account::Funding(pay.project.clone()), Account::Payable(pay.person));
    let cause = format!("{}:{}", grant.as_str(), pay.task);
    store::insert(tx, &posting(cause, grant.as_str(), pay, accounts, note), now_us).await
}

fn posting<'a>(
    cause: String,
    kind: &'static str,
    pay: &'a Pay,
    (debit, credit): (Account, Account),
    note: &'a str,
) -> Posting<'a> {
    Posting {
        cause,
        kind,
        project: &pay.project,
        person: Some(pay.person),
        debit,
        credit,
        cents: pay.cents,
        currency: &pay.currency,
        note,
    }
}

/// The pay that waits for a task's acceptance, and what it is for.
async fn pending(tx: &mut Tx, task: &str) -> DbResult<Option<(Pay, String)>> {
    let found = store::find_pending(tx, &format!("pend:{task}")).await?;
    Ok(found.map(|(person, project, cents, currency, note)| {
        (Pay { task: task.to_owned(), person, project, cents, currency }, note)
    }))
}

/// Accepting and refusing share one cause, so only one of them can ever happen.
async fn settle(
    tx: &mut Tx,
    pay: &Pay,
    kind: &'static str,
    credit: Account,
    note: &str,
    now_us: i64,
) -> DbResult<bool> {
    let accounts = (Account::Pending(pay.person), credit);
    store::insert(tx, &posting(format!("settle:{}", pay.task), kind, pay, accounts, note), now_us).await
}

/// A refusal, if this task was refused.
///
/// # Errors
/// When the database does not answer.
pub async fn refusal(tx: &mut Tx, task: &str) -> DbResult<Option<Refused>> {
    store::find_refusal(tx, task).await
}

/// What people refused in a batch after a moment, and who refused most of it. What a rule refuses
/// does not count: it is the same for everybody, and nobody's doing.
///
/// # Errors
/// When the database does not answer.
pub async fn refusals_since(tx: &mut Tx, batch: BatchId, since_us: i64) -> DbResult<(i64, Option<PersonId>)> {
    let by = store::count_refusals(tx, batch, since_us).await?;
    let by: Vec<(PersonId, i64)> = by.into_iter().filter_map(|(by, count)| Some((by?, count))).collect();
    let main = by.iter().max_by_key(|(_, count)| *count).map(|(by, _)| *by);
    Ok((by.iter().map(|(_, count)| count).sum(), main))
}

/// What a person was refused, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn refusals_of(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Refused>> {
    store::list_refusals(tx, person).await
}

/// What a person has earned, one balance a currency.
///
/// # Errors
/// When the database does not answer.
pub async fn balances(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Balance>> {
    store::list_balances(tx, person).await
}

/// What a project's money did.
///
/// # Errors
/// When the database does not answer.
pub async fn project_costs(tx: &mut Tx, project: &str) -> DbResult<Costs> {
    store::project_costs(tx, project).await
}

/// Replays all entries and tells what does not balance.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(tx: &mut Tx) -> DbResult<Findings> {
    let balances = store::account_balances(tx).await?;
    let mut faults = Vec::new();
    for (account, currency, cents) in &balances {
        if *cents < 0 && !account.ends_with(":funding") && account != "outside" {
            faults.push(format!("{account} is {}", amount(*cents, currency)));
        }
    }
    let unfounded = store::count_unfounded(tx).await?;
    if unfounded > 0 {
        faults.push(format!("{unfounded} settlements have no matching pending entry"));
    }
    let returned = store::count_unpaid_returns(tx).await?;
    if returned > 0 {
        faults.push(format!("{returned} failed payouts return money that had not left"));
    }
    let unexplained = store::count_unexplained(tx).await?;
    if unexplained > 0 {
        faults.push(format!("{unexplained} refusals say neither why nor by whom"));
    }
    faults.extend(payouts::verify(tx).await?);
    faults.extend(budgets::verify(tx).await?);
    faults.extend(verify_budgets(tx).await?);
    let sum_cents = balances.iter().map(|(_, _, cents)| cents).sum();
    if sum_cents != 0 {
        faults.push(format!("all accounts together hold {sum_cents}, not 0"));
    }
    Ok(Findings { accounts: balances.len(), sum_cents, faults })
}

/// Uses of budgets that are compared at a time.
const USES: i64 = 1_000;

/// What budgets say was earned, against the entries. Tasks go on being finished meanwhile: what
/// differs is looked at once more.
async fn verify_budgets(tx: &mut Tx) -> DbResult<Vec<String>> {
    let (mut faults, mut after) = (Vec::new(), String::new());
    loop {
        let uses = budgets::paid_after(tx, &after, USES).await?;
        let Some((last, _)) = uses.last() else { return Ok(faults) };
        let last = last.clone();
        let causes: Vec<&str> = uses.iter().map(|(cause, _)| cause.as_str()).collect();
        let mut booked: BTreeMap<String, i64> = store::list_booked(tx, &causes).await?.into_iter().collect();
        // A lift's cause names the batch and the round; its entries name the person as well.
        if causes.iter().any(|cause| cause.contains(':') && !cause.starts_with("left:")) {
            for (cause, cents) in store::list_lifts(tx).await? {
                let round = cause.strip_prefix("top_up:").and_then(|cause| cause.rsplit_once(':'));
                *booked.entry(round.map_or("", |(round, _)| round).to_owned()).or_default() += cents;
            }
        }
        let again: BTreeMap<String, i64> = budgets::paid_after(tx, &after, USES).await?.into_iter().collect();
        let same = uses.iter().filter(|(cause, paid)| again.get(cause) == Some(paid));
        for (cause, paid) in same {
            let booked = booked.get(cause).copied().unwrap_or(0);
            if booked != *paid {
                faults.push(format!("{cause} earned {booked}, and {paid} of its batch's budget"));
            }
        }
        after = last;
    }
}
