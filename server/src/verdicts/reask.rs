//! Somebody turned out to guess: others are asked about what rested on their answers.

use super::decide;
use super::findings::Findings;
use super::know::{Known, know};
use super::model::{Counted, Evidence, Source};
use super::{rules, seniors};
use crate::batches;
use crate::platform::{ids::PersonId, site::Site, worker::JobError};
use crate::tasks;
use crate::trust::{self, Cost, Pause, ReaskWork};
use consensus::stopping::INDEPENDENT_MIN;

/// Looks at every item that a paused person answered while they may have guessed: what the others
/// settle without them is decided anew, with their answers counting for what gold says they are
/// worth; about the rest one more person is asked. Running it again changes nothing.
///
/// # Errors
/// When the database refuses.
pub async fn reask_work(site: Site, job: ReaskWork) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let Some(pause) = trust::pause(&mut tx, job.pause).await? else { return Ok(()) };
    drop(tx);
    let mut after = String::new();
    loop {
        let mut tx = site.db.read().await?;
        let within = (pause.window_us, if pause.ended_us > 0 { pause.ended_us } else { i64::MAX });
        let items = tasks::answered_by(&mut tx, pause.person_id, within, &after).await?;
        drop(tx);
        let Some(last) = items.last() else { return Ok(()) };
        after = last.to_string();
        for item in items {
            reask(&site, &pause, item).await?;
        }
    }
}

async fn reask(site: &Site, pause: &Pause, item: batches::ItemId) -> Result<(), JobError> {
    let mut tx = site.db.begin().await?;
    let Some(known) = know(&mut tx, item).await? else { return Ok(()) };
    if known.item.gold_label.is_some() || known.batch.language != pause.language || pause.craft != "judge" {
        return Ok(());
    }
    let Some(project) = batches::project(&mut tx, known.batch.project_id).await? else { return Ok(()) };
    let sure = sure_without(&known, pause.person_id);
    let answers = i64::from(!sure);
    let cost = Cost { currency: project.currency, answers, cents: answers * known.batch.pay_cents };
    if !trust::note_reasked(&mut tx, pause.id, item, &cost).await? {
        return Ok(());
    }
    if sure {
        let (because, mut findings) = (("calibration", pause.id.to_string()), Findings::at(site.now_us()));
        decide::decide_because(site, &mut tx, &known, Some(because), &mut findings).await?;
        findings.write(&mut tx).await?;
    } else {
        let taken = known.slots.answers + known.slots.leases;
        let level = seniors::next_level(&mut tx, &known).await?;
        tasks::set_level(&mut tx, item, level, site.now_us()).await?;
        tasks::set_target(&mut tx, item, known.slots.target.max(taken) + 1).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether the others alone are as many and as sure as an item needs.
fn sure_without(known: &Known, person: PersonId) -> bool {
    let own = |one: &Counted| {
        known.answers.iter().any(|answer| answer.person_id == person && answer.id.to_string() == one.id)
    };
    let others: Vec<Counted> = known.evidence.counted.iter().filter(|one| !own(one)).cloned().collect();
    let people = others.iter().filter(|one| one.source == Source::Person).count();
    let ruled = others.iter().any(|one| one.source == Source::Expert);
    let fewest = if known.batch.pay_cents > 0 { usize::try_from(INDEPENDENT_MIN).unwrap_or(2) } else { 1 };
    let (_, probability) = rules::verdict(rules::yes(&Evidence { counted: others, ..known.evidence.clone() }));
    ruled || (people >= fewest && probability >= known.batch.threshold)
}
