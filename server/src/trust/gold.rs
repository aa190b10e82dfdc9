//! The stock of gold: what a batch has, what is used up, and how much it wants.

use super::model::{GoldPolicy, GoldSource};
use super::store;
use crate::audit;
use crate::batches::{self, BatchId, Item, ItemId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use wire::Kind;

/// Notes that an item is gold, where it comes from and who vouches for it.
///
/// # Errors
/// When the database refuses.
pub async fn stock(tx: &mut Tx, item: &Item, source: GoldSource, by: Option<PersonId>, now_us: i64) -> DbResult<()> {
    let label = item.gold_label.as_deref().unwrap_or_default();
    store::gold::insert_gold(tx, (item.id, item.batch_id), label, source, by, now_us).await
}

/// Notes that gold is used up; false when it was before.
///
/// # Errors
/// When the database refuses.
pub async fn retire(tx: &mut Tx, item: ItemId, now_us: i64) -> DbResult<bool> {
    store::gold::retire_gold(tx, item, now_us).await
}

/// Gold of a batch that is in use, each with its answer.
///
/// # Errors
/// When the database does not answer.
pub async fn live(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(ItemId, String)>> {
    store::gold::list_live(tx, batch).await
}

/// Gold of a batch by source and label: how much is in use, how much is retired.
///
/// # Errors
/// When the database does not answer.
pub async fn stock_of(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<(String, String, i64, i64)>> {
    store::gold::list_stock(tx, batch).await
}

/// How a batch uses gold: its own policy, or the defaults.
///
/// # Errors
/// When the database does not answer.
pub async fn policy(tx: &mut Tx, batch: BatchId) -> DbResult<GoldPolicy> {
    Ok(store::gold::find_policy(tx, batch).await?.unwrap_or_default())
}

/// Changes how a batch uses gold that is made from now on.
///
/// # Errors
/// 404 without the judging batch, 422 `invalid_gold_policy`.
pub async fn set_policy(site: &Site, actor: PersonId, id: BatchId, policy: GoldPolicy) -> Result<(), Problem> {
    if !(1..=1_000_000).contains(&policy.viewers_max) || !(0..=100_000).contains(&policy.stock_min) {
        return Err(Problem::invalid(
            "invalid_gold_policy",
            "Gold is seen by 1 to 1,000,000 people, and 0 to 100,000 of it are enough.",
        ));
    }
    let mut tx = site.db.begin().await?;
    let batch = batches::batch(&mut tx, id).await?.filter(|batch| batch.kind() == Kind::Judge);
    batch.ok_or_else(Problem::not_found)?;
    store::gold::put_policy(&mut tx, id, policy).await?;
    let detail = serde_json::to_value(policy).map_err(Problem::internal)?;
    audit::note(&mut tx, site.now_us(), Some(actor), "batch.gold_policy", &id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}
