//! Gold is retired and refilled by itself.

use super::stock;
use crate::batches;
use crate::platform::{problem::Problem, site::Site, worker::JobError};
use wire::Kind;

fn retry(problem: Problem) -> JobError {
    JobError::Retry(problem.to_string())
}

/// The chore: every minute, each open judging batch gets its gold looked after; it warns when that
/// is not enough.
///
/// # Errors
/// When the database refuses.
pub async fn refill(site: Site) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let open = batches::open_batches(&mut tx).await?;
    drop(tx);
    for batch in open.iter().filter(|batch| batch.kind() == Kind::Judge) {
        let live = super::refill(&site, batch).await.map_err(retry)?;
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        metrics::gauge!("sayso_gold_live", "batch" => batch.id.to_string()).set(live as f64);
        let mut tx = site.db.read().await?;
        if stock(&mut tx, batch).await?.low {
            tracing::debug!(batch = %batch.id, live, "gold runs low: promote some at /gold/{}", batch.id);
        }
    }
    Ok(())
}
