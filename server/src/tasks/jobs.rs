//! Leases that ran out go back into the queue.

use super::{afford, store};
use crate::platform::{db::DbResult, site::Site, worker::JobError};

/// Ends leases that ran out and returns how many; safe in every process at once.
///
/// # Errors
/// When the database refuses.
pub async fn expire(site: &Site) -> DbResult<usize> {
    let mut ended = 0;
    loop {
        let mut tx = site.db.begin().await?;
        let over = store::expire(&mut tx, site.now_us()).await?;
        if over.is_empty() {
            return Ok(ended);
        }
        for (item, _, _) in &over {
            store::free_lease(&mut tx, *item).await?;
        }
        let places: Vec<_> = over.iter().map(|(_, batch, task)| (*batch, task.to_string())).collect();
        afford::give_back(&mut tx, &places).await?;
        tx.commit().await?;
        ended += over.len();
    }
}

/// The chore: every few seconds, so that an abandoned item is soon offered again.
///
/// # Errors
/// When the database refuses.
pub async fn expire_leases(site: Site) -> Result<(), JobError> {
    let ended = expire(&site).await?;
    if ended > 0 {
        tracing::info!(ended, "leases expired");
    }
    Ok(())
}
