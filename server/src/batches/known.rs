//! What never changes once it was made, read once a process: items, and the fixed part of a batch.
//! Its state, its pay and its limits are not here: they are read each time.

use super::model::{BatchId, Item, ItemId, ProjectId};
use super::store;
use crate::platform::{
    db::{DbResult, Tx},
    memo::Memo,
};
use std::sync::Arc;
use wire::Kind;

/// Items remembered: those that several people are asked about within minutes.
static ITEMS: Memo<ItemId, Item> = Memo::new(2_048);
static TERMS: Memo<BatchId, Terms> = Memo::new(256);

/// What a batch is, whatever becomes of it.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Its project.
    pub project: ProjectId,
    /// What its tasks ask for.
    pub kind: Kind,
    /// ISO 4217 code of its pay.
    pub currency: String,
    /// BCP 47 tag of its phrases.
    pub language: String,
    /// After how long a judgement's pay is accepted, seconds.
    pub accept_after_s: i64,
    /// Whether it has a budget.
    pub limited: bool,
}

/// What a batch is; never changed once it was made.
///
/// # Errors
/// When the database does not answer.
pub async fn terms(tx: &mut Tx, id: BatchId) -> DbResult<Option<Arc<Terms>>> {
    if let Some(terms) = TERMS.get(id) {
        return Ok(Some(terms));
    }
    let Some(batch) = tx.ask(store::find_batch(id)).await? else { return Ok(None) };
    let Some(project) = store::find_project(tx, batch.project_id).await? else { return Ok(None) };
    let terms = Terms {
        project: project.id,
        kind: batch.kind(),
        currency: project.currency,
        language: project.language,
        accept_after_s: batch.accept_after_s,
        limited: batch.budget_cents.is_some(),
    };
    Ok(Some(TERMS.put(id, terms)))
}

/// An item that was met lately.
pub fn remembered_item(id: ItemId) -> Option<Arc<Item>> {
    ITEMS.get(id)
}

/// Remembers an item that was asked for.
pub fn keep_item(item: Item) -> Arc<Item> {
    ITEMS.put(item.id, item)
}

/// An item; never changed once it was made.
///
/// # Errors
/// When the database does not answer.
pub async fn known_item(tx: &mut Tx, id: ItemId) -> DbResult<Option<Arc<Item>>> {
    if let Some(item) = remembered_item(id) {
        return Ok(Some(item));
    }
    Ok(tx.ask(store::find_item(id)).await?.map(keep_item))
}
