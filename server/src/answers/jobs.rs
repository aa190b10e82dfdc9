//! Judgements' pay becomes payable.

use super::AcceptAnswer;
use crate::ledger;
use crate::platform::{site::Site, worker::JobError};

/// Accepts the pay of judgements; doing it twice is doing it once.
///
/// # Errors
/// When the database refuses.
pub async fn accept_answers(site: Site, jobs: Vec<AcceptAnswer>) -> Result<(), JobError> {
    let tasks: Vec<String> = jobs.iter().map(|job| job.task.to_string()).collect();
    let mut tx = site.db.begin().await?;
    ledger::accept_all(&mut tx, &tasks, site.now_us()).await?;
    Ok(tx.commit().await?)
}
