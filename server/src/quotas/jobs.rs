//! What follows when people change what they say about themselves.

use super::store;
use crate::accounts::ProfileChanged;
use crate::platform::{site::Site, worker::JobError};

/// Counts the places that a person holds for what they say now; what they erased is nowhere kept.
///
/// # Errors
/// When the database refuses.
pub async fn follow_profile(site: Site, job: ProfileChanged) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let batches = store::list_batches_of(&mut tx, job.person).await?;
    drop(tx);
    for (batch,) in batches {
        let mut tx = site.db.begin().await?;
        super::follow(&mut tx, job.person, batch).await?;
        tx.commit().await?;
    }
    Ok(())
}
