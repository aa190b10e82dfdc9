//! New answers → a verdict, one more answer, or a reviewer; gold → calibrated probabilities; what
//! was settled long ago → asked once more.

use super::calibrate::gold_groups;
use super::decide::{self, decide};
use super::findings::Findings;
use super::know::{Known, know, know_free};
use super::{rules, store};
use crate::answers::DecideItem;
use crate::batches::{self, Batch, ItemId};
use crate::platform::{
    clock::SECOND_US,
    db::{DbResult, Tx},
    queue,
    site::Site,
    worker::JobError,
};
use crate::tasks::{self, Progress};
use crate::trust::{self, GoldResult};
use std::collections::{BTreeSet, HashSet};
use wire::Kind;

/// Items that are decided on in one transaction: on SQLite nobody else writes meanwhile.
const TOGETHER: usize = 16;

/// Decides on some items; running it again changes nothing. An item that still waits for answers
/// that it wants anyway is left until they are there: nothing could follow from a part of them.
///
/// # Errors
/// When the database refuses.
pub async fn decide_items(site: Site, jobs: Vec<DecideItem>) -> Result<(), JobError> {
    let items: Vec<ItemId> = jobs.iter().map(|job| job.item).collect::<BTreeSet<_>>().into_iter().collect();
    let anyway: HashSet<ItemId> = jobs.iter().filter(|job| job.anyway).map(|job| job.item).collect();
    let mut tx = site.db.read().await?;
    let progress = tasks::progress(&mut tx, &items).await?;
    drop(tx);
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for (item, progress) in progress {
        match progress {
            // It takes the rows of people for itself.
            Progress::Gold => alone.push(item),
            Progress::Full => together.push(item),
            Progress::Waiting if anyway.contains(&item) => together.push(item),
            Progress::Waiting => {}
        }
    }
    for some in together.chunks(TOGETHER) {
        let done = decide_together(&site, some).await?;
        alone.extend(some.iter().filter(|item| !done.contains(item)));
    }
    for item in alone {
        decide_alone(&site, item).await?;
    }
    Ok(())
}

/// Decides on those of some items that nobody else holds, in one transaction; tells which they were.
async fn decide_together(site: &Site, items: &[ItemId]) -> Result<Vec<ItemId>, JobError> {
    let mut tx = site.db.begin().await?;
    let known = know_free(&mut tx, items).await?;
    let (mut done, mut findings) = (Vec::new(), Findings::at(site.now_us()));
    for known in known.iter().filter(|known| known.item.gold_label.is_none()) {
        decide::decide_because(site, &mut tx, known, None, &mut findings).await?;
        done.push(known.item.id);
    }
    findings.write(&mut tx).await?;
    tx.commit().await?;
    Ok(done)
}

async fn decide_alone(site: &Site, item: ItemId) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let Some(known) = know(&mut tx, item).await? else { return Ok(()) };
    if let Some(gold) = known.item.gold_label.clone() {
        let mut findings = Findings::at(site.now_us());
        decide::learn_from_gold(&known, &gold, &mut findings);
        findings.write(&mut tx).await?;
        score(&mut tx, &known, &gold, site.now_us()).await?;
        return Ok(tx.commit().await?);
    }
    decide(site, &mut tx, &known).await?;
    Ok(tx.commit().await?)
}

/// Counts the answers to gold that were not counted yet. Here and not where answers are taken:
/// taking one lasts as long for gold as for work. People in one order for everybody.
async fn score(tx: &mut Tx, known: &Known, gold: &str, now_us: i64) -> DbResult<()> {
    let scored = trust::scored(tx, known.item.id).await?;
    let mut fresh: Vec<_> =
        known.answers.iter().filter(|answer| !scored.contains(&answer.task_id.to_string())).collect();
    fresh.sort_by_key(|answer| answer.person_id);
    for answer in fresh {
        let result = GoldResult {
            task: answer.task_id.to_string(),
            person: answer.person_id,
            item: answer.item_id.to_string(),
            known: gold.to_owned(),
            known_reason: known.item.gold_reason.clone().unwrap_or_default(),
            said: answer.label.clone(),
        };
        trust::score(tx, &known.batch, &result, now_us).await?;
    }
    Ok(())
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
        queue::enqueue(&mut tx, &DecideItem { item, anyway: true }, now_us).await?;
    }
    tx.commit().await?;
    tracing::info!(batch = %batch.id, temperature = found.temperature, prior_yes = found.prior_yes, "calibrated");
    Ok(())
}

/// The chore: a share of what was settled long enough ago is asked once more, of somebody else.
///
/// # Errors
/// When the database refuses.
pub async fn recheck(site: Site) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let open = batches::open_batches(&mut tx).await?;
    drop(tx);
    for batch in open.iter().filter(|batch| batch.kind() == Kind::Judge) {
        while recheck_some(&site, batch).await? {}
    }
    Ok(())
}

/// Looks at the next verdicts of a batch; false when there are none.
async fn recheck_some(site: &Site, batch: &Batch) -> Result<bool, JobError> {
    let mut tx = site.db.begin().await?;
    let settings = super::settings(&mut tx, batch.id).await?;
    let now_us = site.now_us();
    let after = store::find_cursor(&mut tx, batch.id).await?.unwrap_or((i64::MIN, String::new()));
    let until_us = now_us - settings.recheck_after_s.saturating_mul(SECOND_US);
    let ripe = if settings.recheck_ppm == 0 {
        Vec::new()
    } else {
        store::list_ripe(&mut tx, batch.id, &after, until_us).await?
    };
    let Some(last) = ripe.last() else { return Ok(false) };
    store::put_cursor(&mut tx, batch.id, last.at_us, last.item_id).await?;
    let (key, mut findings) = (site.secrets.key("recheck"), Findings::at(now_us));
    for verdict in ripe.iter().filter(|one| rules::drawn(&key, &one.item_id.to_string(), settings.recheck_ppm)) {
        let Some(slots) = tx.ask(tasks::lock_item(verdict.item_id)).await? else { continue };
        if store::insert_recheck(&mut tx, verdict, now_us).await? {
            let target = slots.target.max(slots.answers + slots.leases) + 1;
            tasks::set_level(&mut tx, verdict.item_id, trust::Level::New, now_us).await?;
            decide::set_target(&mut tx, batch, slots, target, &mut findings).await?;
        }
    }
    findings.write(&mut tx).await?;
    tx.commit().await?;
    Ok(true)
}
