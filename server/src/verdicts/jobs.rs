//! New answers → a verdict, one more answer, or a reviewer; gold → calibrated probabilities.

use super::calibrate::gold_groups;
use super::decide::{self, decide};
use super::{rules, store};
use crate::answers::DecideItem;
use crate::batches::{self, Batch};
use crate::platform::{queue, site::Site, worker::JobError};
use wire::Kind;

/// Decides on one item; running it again changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn decide_item(site: Site, job: DecideItem) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let Some(known) = decide::know(&mut tx, job.item).await? else { return Ok(()) };
    if let Some(gold) = known.item.gold_label.clone() {
        decide::learn_from_gold(&mut tx, &known, &gold).await?;
        return Ok(tx.commit().await?);
    }
    decide(&site, &mut tx, known).await?;
    Ok(tx.commit().await?)
}

/// The chore: every few minutes, each open batch learns from its gold how far to trust its crowd.
///
/// # Errors
/// When the database refuses.
pub async fn calibrate(site: Site) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let open = batches::open_batches(&mut tx).await?;
    drop(tx);
    for batch in open.iter().filter(|batch| batch.kind() == Kind::Judge) {
        calibrate_batch(&site, batch).await?;
    }
    Ok(())
}

/// Fits a batch's calibration and, when it has moved, looks at its contested items anew.
async fn calibrate_batch(site: &Site, batch: &Batch) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let in_force = store::find_calibration(&mut tx, batch.id).await?.unwrap_or_default();
    let groups = gold_groups(&mut tx, batch, in_force).await?;
    let found = rules::calibrated(&groups, store::count_settled(&mut tx, batch.id).await?);
    drop(tx);
    if !rules::moved(in_force, found) {
        return Ok(());
    }
    let mut tx = site.db.begin().await?;
    let now_us = site.now_us();
    store::insert_calibration(&mut tx, batch.id, found, now_us).await?;
    for (item,) in store::list_contested_of(&mut tx, batch.id).await? {
        queue::enqueue(&mut tx, &DecideItem { item }, now_us).await?;
    }
    tx.commit().await?;
    tracing::info!(batch = %batch.id, temperature = found.temperature, prior_yes = found.prior_yes, "calibrated");
    Ok(())
}
