//! New answers → a verdict, one more answer, or a reviewer.

use super::{METHOD, Verdict, labels, rules, store, weighed};
use crate::answers::DecideItem;
use crate::batches;
use crate::media::{self, ClipId};
use crate::platform::{site::Site, worker::JobError};
use crate::tasks;
use consensus::Decision;

/// Decides on one item; running it again changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn decide_item(site: Site, job: DecideItem) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let Some(slots) = tasks::lock_item(&mut tx, job.item).await? else { return Ok(()) };
    let Some(item) = batches::item(&mut tx, job.item).await? else { return Ok(()) };
    let Some(batch) = batches::batch(&mut tx, item.batch_id).await? else { return Ok(()) };
    let settled = store::find(&mut tx, job.item).await?.is_some_and(|verdict| verdict.state != "contested");
    let (Some(clip), None, false) = (item.clip_id, item.gold_label, settled) else { return Ok(()) };
    let weighed = weighed(&mut tx, job.item).await?;
    let (state, class, probability) =
        match rules::decide(&labels(&weighed), batch.answers_wanted, batch.answers_max, batch.threshold) {
            Decision::AskOneMore => {
                // Only when nobody is answering it right now: one more, not one more each time.
                if slots.leases == 0 && slots.answers >= slots.target {
                    tasks::set_target(&mut tx, job.item, slots.answers + 1).await?;
                    tx.commit().await?;
                }
                return Ok(());
            }
            Decision::Settled { label, probability } => ("settled", label, probability),
            Decision::Contested { label, probability } => ("contested", label, probability),
        };
    let now_us = site.now_us();
    let verdict = Verdict {
        item_id: job.item,
        batch_id: batch.id,
        clip_id: clip.clone(),
        state: state.to_owned(),
        label: rules::CLASSES[class].to_owned(),
        probability,
        answers: i64::try_from(weighed.len()).unwrap_or(i64::MAX),
        method: METHOD.to_owned(),
        decided_by: None,
        at_us: now_us,
    };
    store::put(&mut tx, &verdict).await?;
    tasks::set_target(&mut tx, job.item, slots.answers + slots.leases).await?;
    if state == "settled" {
        let clip: ClipId = clip.parse().map_err(|_| JobError::Final(format!("item {} has no clip", job.item)))?;
        media::judged(&mut tx, clip, class == 0, now_us).await?;
    }
    tx.commit().await?;
    metrics::counter!("sayso_verdicts_total", "state" => state).increment(1);
    Ok(())
}
