//! Who is asked about what others are not sure of: newcomers' disagreements go to trusted people,
//! contested items to experts, while there are any; nothing waits for them for long.

use super::decide;
use super::findings::Findings;
use super::know::{Known, know};
use super::model::State;
use crate::platform::{
    clock::SECOND_US,
    db::{DbResult, Tx},
    ids::PersonId,
    site::Site,
    worker::JobError,
};
use crate::tasks;
use crate::trust::{self, Level};

/// So long an item waits for trusted people or experts, then for anybody, or for a reviewer alone.
const WAIT_US: i64 = 600 * SECOND_US;

/// Who speaks about an item, each once.
fn givers(known: &Known) -> Vec<PersonId> {
    known.answers.iter().map(|answer| answer.person_id).collect()
}

/// The highest level among those who answered.
async fn highest(tx: &mut Tx, known: &Known, givers: &[PersonId]) -> DbResult<Level> {
    let mut highest = Level::New;
    for person in givers {
        highest = highest.max(trust::level(tx, *person, &known.batch).await?);
    }
    Ok(highest)
}

/// Who gives the next answer: somebody trusted, when only newcomers have answered and there is
/// somebody trusted who has not.
pub async fn next_level(tx: &mut Tx, known: &Known) -> DbResult<Level> {
    let givers = givers(known);
    let newcomers = !givers.is_empty() && highest(tx, known, &givers).await? == Level::New;
    let trusted = newcomers && trust::has_level(tx, &known.batch, Level::Trusted, &givers).await?;
    Ok(if trusted { Level::Trusted } else { Level::New })
}

/// Whether an expert is asked about a contested item, once, besides the reviewer.
pub async fn asks_expert(tx: &mut Tx, known: &Known, state: State) -> DbResult<bool> {
    if state != State::Contested || known.is_ruled() || known.slots.leases > 0 {
        return Ok(false);
    }
    let givers = givers(known);
    Ok(trust::has_level(tx, &known.batch, Level::Expert, &givers).await?
        && highest(tx, known, &givers).await? < Level::Expert)
}

/// The chore: what has waited for trusted people for long is for everybody; what has waited for an
/// expert is left to the reviewer, who has it as well.
///
/// # Errors
/// When the database refuses.
pub async fn widen(site: Site) -> Result<(), JobError> {
    let mut tx = site.db.read().await?;
    let waiting = tasks::waiting_for_level(&mut tx, site.now_us() - WAIT_US).await?;
    drop(tx);
    for (item, level) in waiting {
        let mut tx = site.db.begin().await?;
        let Some(known) = know(&mut tx, item).await? else { continue };
        let taken = known.slots.answers + known.slots.leases;
        if level == Level::Expert {
            let mut findings = Findings::at(site.now_us());
            decide::set_target(&mut tx, &known.batch, known.slots, taken, &mut findings).await?;
            findings.write(&mut tx).await?;
        }
        tasks::set_level(&mut tx, item, Level::New, site.now_us()).await?;
        tx.commit().await?;
    }
    Ok(())
}
