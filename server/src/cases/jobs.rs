//! Reading conduct and looking at people, a bounded amount in each run.

use super::{Kind, look, raise, read, rules, store};
use crate::media::{self, CompareAccounts};
use crate::platform::{site::Site, worker::JobError};

/// Pages that one run reads of answers and of tasks.
const PAGES: usize = 10;

/// The chore: reads on, and looks at the people with the most that is new.
///
/// # Errors
/// When the database refuses.
pub async fn watch(site: Site) -> Result<(), JobError> {
    for _ in 0..PAGES {
        if !read::answers(&site).await? {
            break;
        }
    }
    for _ in 0..PAGES {
        if !read::tasks(&site).await? {
            break;
        }
    }
    look::at_people(&site).await?;
    Ok(())
}

/// Compares a verified clip with other accounts' newest takes of its phrase, and with their files
/// of any age.
///
/// # Errors
/// When the database refuses.
pub async fn compare_accounts(site: Site, job: CompareAccounts) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let Some(clip) = media::find(&mut tx, job.clip).await? else { return Ok(()) };
    let Some((print, others)) = media::prints_of_others(&mut tx, &clip).await? else { return Ok(()) };
    drop(tx);
    let prints: Vec<_> = others.iter().map(|(print, _)| print.clone()).collect();
    let compared = tokio::task::spawn_blocking(move || rules::shared_sound(&print, &prints)).await;
    let Some((n, mut evidence)) = compared.map_err(|error| JobError::Retry(error.to_string()))? else { return Ok(()) };
    let mut tx = site.db.begin().await?;
    if store::find_mark(&mut tx, clip.speaker_id, Kind::SeveralAccounts).await?.is_none() {
        evidence.people = vec![others[n].1.to_string()];
        evidence.batch = Some(clip.batch_id.to_string());
        raise(&mut tx, clip.speaker_id, Kind::SeveralAccounts, &evidence, site.now_us()).await?;
        tx.commit().await?;
    }
    Ok(())
}
