//! A judging batch of any size, written straight into an empty database.

use super::{Failure, store};
use crate::batches::{BatchId, ProjectId};
use crate::platform::site::Site;

/// Rows written in one transaction.
const LOT: i64 = 100_000;
/// Answers that each answered item has; all that it wants.
const WANTED: i64 = 3;

/// Fills the database with `items` items and as many answers: a third of the items has its three
/// answers, of a thousand people, the others have none. The clips that they are about are not there.
pub async fn fill(site: &Site, items: i64) -> Result<BatchId, Failure> {
    let (project, batch) = (ProjectId::new(), BatchId::new());
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    if !store::is_empty(&mut tx).await? {
        return Err("the database is not empty: give a new one with DATABASE_URL or SAYSO_DATA_DIR".into());
    }
    store::insert_project(&mut tx, project, now_us).await?;
    store::insert_batch(&mut tx, batch, project, WANTED, now_us).await?;
    tx.commit().await?;
    for from in (0..items).step_by(usize::try_from(LOT)?) {
        let until = (from + LOT).min(items);
        let mut tx = site.db.begin().await?;
        store::insert_items(&mut tx, batch, (from, until), now_us).await?;
        store::insert_queue(&mut tx, batch, (from, until), items / WANTED, WANTED, now_us).await?;
        // One answer an item, spread over the first third.
        store::insert_tasks(&mut tx, batch, (from, until), WANTED, now_us).await?;
        store::insert_answers(&mut tx, batch, (from, until), WANTED, now_us).await?;
        store::insert_pay(&mut tx, project, (from, until), now_us).await?;
        tx.commit().await?;
        tracing::info!(rows = until, of = items, "filled");
    }
    let mut tx = site.db.begin().await?;
    store::set_watched(&mut tx, items).await?;
    store::analyze(&mut tx).await?;
    tx.commit().await?;
    Ok(batch)
}
