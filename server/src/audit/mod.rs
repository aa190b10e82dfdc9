//! Append who did what, in the caller's transaction, in a chain that shows tampering.
//!
//! Each entry's hash covers its content and the hash before it, so an edit, a removal or an
//! insertion breaks the chain at a known place; the head's count shows a cut-off end.

pub mod handlers;
mod model;
pub mod pages;
mod store;

pub use model::{Entry, Findings};

use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// Appends an entry. `actor` is `None` for the site itself; `subject` is an id, never a name.
///
/// # Errors
/// When the database refuses; the caller's transaction must then not commit.
pub async fn note(
    tx: &mut Tx,
    now_us: i64,
    actor: Option<PersonId>,
    action: &str,
    subject: &str,
    detail: serde_json::Value,
) -> DbResult<()> {
    let (seq, before) = store::advance(tx).await?;
    let mut entry = Entry {
        seq,
        at_us: now_us,
        actor: actor.map_or_else(|| "site".to_owned(), |person| person.to_string()),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_string(),
        hash: String::new(),
    };
    entry.hash = entry.hash_after(&before);
    store::insert(tx, &entry).await?;
    store::set_head(tx, &entry.hash).await
}

/// Recomputes the whole chain.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(tx: &mut Tx) -> DbResult<Findings> {
    let (count, head) = store::head(tx).await?;
    let mut findings = Findings { entries: count, first_bad: None };
    let (mut before, mut expected) = (String::new(), 1);
    loop {
        let page = store::list_after(tx, expected - 1).await?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            if entry.seq != expected || entry.hash != entry.hash_after(&before) {
                findings.first_bad = Some(expected);
                return Ok(findings);
            }
            before = entry.hash;
            expected += 1;
        }
    }
    if expected - 1 != count || before != head {
        findings.first_bad = Some(expected);
    }
    Ok(findings)
}
