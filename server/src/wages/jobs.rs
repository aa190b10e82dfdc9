//! Batches that pay less than the floor are paused, and everybody who worked is lifted to it.

use super::{
    model::{Floors, Round, TopUp},
    rules, store,
};
use crate::accounts;
use crate::batches::{self, Batch, Hold, budgets};
use crate::ledger::{self, Grant, Pay, amount};
use crate::platform::{db::Tx, ids::PersonId, queue, site::Site, worker::JobError};
use std::collections::BTreeMap;

/// The chore: looks at what an hour pays in every open batch.
///
/// # Errors
/// When the database refuses.
pub async fn watch(site: Site) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let open = batches::open_batches(&mut tx).await?;
    drop(tx);
    for batch in open.iter().filter(|batch| batch.pay_cents > 0) {
        look_at(&site, batch).await?;
        if batch.budget_cents.is_some() {
            let mut tx = site.db.begin().await?;
            super::plan(&mut tx, batch).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Pauses a batch whose tasks since the last round pay less than the floor, and begins a round.
async fn look_at(site: &Site, batch: &Batch) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let Some(project) = batches::project(&mut tx, batch.project_id).await? else { return Ok(()) };
    let floors = super::floors_in(&mut tx, &project.currency).await?;
    let last = store::last_round(&mut tx, batch.id).await?;
    let after_us = last.map_or(i64::MIN, |last| last.until_us);
    let latest = store::list_latest(&mut tx, batch.id, after_us, rules::TASKS_MAX).await?;
    let times: Vec<i64> = latest.iter().map(|(ms, _)| *ms).collect();
    let Some(pace) = rules::pace(&times) else { return Ok(()) };
    let due_cents = rules::due_in(&floors, None, pace.median_ms);
    let below = batch.pay_cents < due_cents;
    if !below && !is_below_somewhere(&mut tx, batch, &floors, (after_us, pace.median_ms)).await? {
        return Ok(());
    }
    let round = Round {
        round: last.map_or(1, |last| last.round + 1),
        until_us: latest.first().map_or(0, |(_, at_us)| *at_us),
        median_ms: pace.median_ms,
        due_cents,
    };
    if !store::insert_round(&mut tx, batch.id, &round).await? {
        return Ok(());
    }
    if below {
        hold(&mut tx, batch, &project.currency, (pace.median_ms, floors.site.unwrap_or(0), due_cents), site.now_us())
            .await?;
    }
    queue::enqueue(&mut tx, &TopUp { batch: batch.id, round: round.round }, site.now_us()).await?;
    tx.commit().await?;
    site.wake.notify_one();
    Ok(())
}

/// Whether somebody who worked after a moment lives where more is due than the batch pays. Then they
/// are lifted, and the batch goes on.
async fn is_below_somewhere(
    tx: &mut Tx,
    batch: &Batch,
    floors: &Floors,
    (after_us, median_ms): (i64, i64),
) -> Result<bool, JobError> {
    if !floors.regions.keys().any(|region| rules::due_in(floors, Some(region), median_ms) > batch.pay_cents) {
        return Ok(false);
    }
    for person in store::list_people(tx, batch.id, after_us).await? {
        let region = accounts::profile(tx, person).await?.region;
        if rules::due_in(floors, region.as_deref(), median_ms) > batch.pay_cents {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Pauses a batch that pays less than everybody's floor.
async fn hold(
    tx: &mut Tx,
    batch: &Batch,
    currency: &str,
    (median_ms, floor, due_cents): (i64, i64, i64),
    now_us: i64,
) -> Result<(), JobError> {
    let hold = Hold {
        cause: "wage_floor".to_owned(),
        detail: format!(
            "A task takes {:.1} s in the middle and pays {}; at {} an hour it must pay at least {}. \
             Everybody who worked is lifted to that. Raise the pay, then open the batch again.",
            median_ms as f64 / 1e3,
            amount(batch.pay_cents, currency),
            amount(floor, currency),
            amount(due_cents, currency),
        ),
        by_person: None,
    };
    batches::hold(tx, batch.id, &hold, now_us).await?;
    tracing::warn!(batch = %batch.id, due_cents, "a batch pays less than the floor and was paused");
    Ok(())
}

/// Lifts everybody's pay of one round; running it again changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn top_up(site: Site, job: TopUp) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let Some(batch) = batches::batch(&mut tx, job.batch).await? else { return Ok(()) };
    let Some(project) = batches::project(&mut tx, batch.project_id).await? else { return Ok(()) };
    let Some(round) = store::find_round(&mut tx, job.batch, job.round).await? else { return Ok(()) };
    let before = store::find_round(&mut tx, job.batch, job.round - 1).await?;
    let after_us = before.map_or(i64::MIN, |before| before.until_us);
    let mut paid: BTreeMap<PersonId, Vec<i64>> = BTreeMap::new();
    for (person, cents) in store::list_paid(&mut tx, job.batch, after_us, round.until_us).await? {
        paid.entry(person).or_default().push(cents);
    }
    let floors = super::floors_in(&mut tx, &project.currency).await?;
    let mut lifted = 0;
    for (person, cents) in paid {
        let region = accounts::profile(&mut tx, person).await?.region;
        let due_cents = rules::due_in(&floors, region.as_deref(), round.median_ms).max(round.due_cents);
        let pay = Pay {
            task: format!("{}:{}:{person}", job.batch, job.round),
            person,
            project: project.id.to_string(),
            cents: rules::shortfall_cents(&cents, due_cents),
            currency: project.currency.clone(),
        };
        let note = format!(
            "A task of “{}” turned out to take {:.1} s: your {} tasks are lifted to {} each",
            batch.name,
            round.median_ms as f64 / 1e3,
            cents.len(),
            amount(due_cents, &project.currency)
        );
        if ledger::grant(&mut tx, Grant::TopUp, &pay, &note, site.now_us()).await? {
            lifted += pay.cents;
        }
    }
    budgets::lift(&mut tx, &batch, job.round, lifted).await?;
    Ok(tx.commit().await?)
}
