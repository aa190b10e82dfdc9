//! Judgements' pay becomes payable.

use super::AcceptAnswer;
use crate::ledger;
use crate::platform::{site::Site, worker::JobError};

/// Accepts the pay of one judgement; doing it twice is doing it once.
///
/// # Errors
/// When the database refuses.
pub async fn accept_answer(site: Site, job: AcceptAnswer) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    ledger::accept(&mut tx, &job.task.to_string(), site.now_us()).await?;
    Ok(tx.commit().await?)
}
