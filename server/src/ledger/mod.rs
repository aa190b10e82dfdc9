//! Double-entry money: pending on submission, payable on acceptance, returned on refusal.
//!
//! Every entry moves one amount from one account to another, so the books balance by
//! construction; every entry has a cause that can occur only once, so nothing pays twice.

pub mod handlers;
mod model;
pub mod pages;
mod store;

pub use model::{Account, Balance, Line, Pay, amount};

use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};
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

/// Notes pay as pending: project → person. Twice is once; a task without pay leaves no entry.
///
/// # Errors
/// When the database refuses.
pub async fn pend(tx: &mut Tx, pay: &Pay, note: &str, now_us: i64) -> DbResult<()> {
    if pay.cents == 0 {
        return Ok(());
    }
    let posting = Posting {
        cause: format!("pend:{}", pay.task),
        kind: "pend",
        pay,
        debit: Account::Funding(pay.project.clone()),
        credit: Account::Pending(pay.person),
        note,
    };
    store::insert(tx, &posting, now_us).await.map(drop)
}

/// Makes a task's pending pay payable, unless it was settled before.
///
/// # Errors
/// When the database refuses.
pub async fn accept(tx: &mut Tx, task: &str, now_us: i64) -> DbResult<()> {
    let Some((pay, note)) = pending(tx, task).await? else { return Ok(()) };
    let credit = Account::Payable(pay.person);
    settle(tx, &pay, "accept", credit, &note, now_us).await
}

/// The same for many tasks at once.
///
/// # Errors
/// When the database refuses.
pub async fn accept_all(tx: &mut Tx, tasks: &[String], now_us: i64) -> DbResult<()> {
    store::insert_accepted(tx, tasks, now_us).await
}

/// Returns a task's pending pay to the project, unless it was settled before; `why` is for the
/// person's statement.
///
/// # Errors
/// When the database refuses.
pub async fn void(tx: &mut Tx, task: &str, why: &str, now_us: i64) -> DbResult<()> {
    let Some((pay, note)) = pending(tx, task).await? else { return Ok(()) };
    let credit = Account::Funding(pay.project.clone());
    settle(tx, &pay, "void", credit, &format!("{note}: {why}"), now_us).await
}

/// The pay that waits for a task's acceptance, and what it is for.
async fn pending(tx: &mut Tx, task: &str) -> DbResult<Option<(Pay, String)>> {
    let found = store::find_pending(tx, &format!("pend:{task}")).await?;
    Ok(found.map(|(person, project, cents, currency, note)| {
        (Pay { task: task.to_owned(), person, project, cents, currency }, note)
    }))
}

/// Accepting and voiding share one cause, so only one of them can ever happen.
async fn settle(tx: &mut Tx, pay: &Pay, kind: &'static str, credit: Account, note: &str, now_us: i64) -> DbResult<()> {
    let debit = Account::Pending(pay.person);
    let posting = Posting { cause: format!("settle:{}", pay.task), kind, pay, debit, credit, note };
    store::insert(tx, &posting, now_us).await.map(drop)
}

/// What a person has earned, one balance a currency.
///
/// # Errors
/// When the database does not answer.
pub async fn balances(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Balance>> {
    store::list_balances(tx, person).await
}

/// Pending and payable cents of a project.
///
/// # Errors
/// When the database does not answer.
pub async fn project_totals(tx: &mut Tx, project: &str) -> DbResult<(i64, i64)> {
    store::project_totals(tx, project).await
}

/// Replays all entries and tells what does not balance.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(tx: &mut Tx) -> DbResult<Findings> {
    let balances = store::account_balances(tx).await?;
    let mut faults = Vec::new();
    for (account, currency, cents) in &balances {
        if *cents < 0 && !account.ends_with(":funding") {
            faults.push(format!("{account} is {}", amount(*cents, currency)));
        }
    }
    let unfounded = store::count_unfounded(tx).await?;
    if unfounded > 0 {
        faults.push(format!("{unfounded} settlements have no matching pending entry"));
    }
    let sum_cents = balances.iter().map(|(_, _, cents)| cents).sum();
    if sum_cents != 0 {
        faults.push(format!("all accounts together hold {sum_cents}, not 0"));
    }
    Ok(Findings { accounts: balances.len(), sum_cents, faults })
}
