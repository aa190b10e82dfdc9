//! How much sensitive material each person has been given, and limits at issue time.

pub mod handlers;
mod model;
pub mod pages;
mod rules;
mod store;

pub use model::{Limit, Use};
pub use rules::CEILING;

use crate::platform::{
    clock::DAY_US,
    db::{DbResult, Tx},
    ids::PersonId,
};

/// What a person may be given now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Highest level.
    pub level: i64,
    /// When a higher one may be given, UTC microseconds.
    pub more_at_us: Option<i64>,
}

/// What a person may be given. Whoever hands out items holds the person in this transaction, so that
/// two requests of one person cannot count at the same time.
///
/// # Errors
/// When the database does not answer.
pub async fn allowance(tx: &mut Tx, person: PersonId, now_us: i64) -> DbResult<Allowance> {
    let seen = store::list_since(tx, person, now_us - DAY_US).await?;
    let (level, more_at_us) = rules::allowed(&seen, now_us);
    Ok(Allowance { level, more_at_us })
}

/// Counts an item that is handed out in this transaction, after [`allowance`].
///
/// # Errors
/// When the database refuses.
pub async fn note(tx: &mut Tx, person: PersonId, level: i64, now_us: i64) -> DbResult<()> {
    if level == 0 { Ok(()) } else { store::insert(tx, person, level, now_us).await }
}
