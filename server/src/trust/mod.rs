//! How accurate each person is, measured on gold and against each other; what that allows.
//!
//! Two kinds of evidence: answers to gold (items whose answer is known), and agreement with what
//! everybody else says about an item. Both are counted into one row per person, craft and language
//! as they come in, so that [`standing`] reads one row however much somebody has done. `rules.rs`
//! says what follows: the level, the share of gold, a pause.

pub mod handlers;
mod agreements;
mod gold;
mod model;
mod qualification;
pub mod page_handlers;
pub mod pages;
mod pauses;
mod rules;
mod store;
mod views;

pub use agreements::{agree, agreed, sayings};
pub use gold::{live, policy, retire, set_policy, stock, stock_of};
pub use model::{
    Agreement, Cost, Craft, GoldPolicy, GoldResult, GoldSource, Known, Level, Pause, PauseId, ReaskWork, Refusal,
    Saying, Standing, WayBack,
};
pub use pauses::{find as pause, is_paused, note_reasked, pause_by, resume};
pub use qualification::{Qualification, REQUIRED, qualification, qualify, require_qualification, waive_qualification};
pub use store::Agreed;

use crate::batches::{Batch, ItemId};
use crate::platform::{
    db::{Ask, DbResult, Only, Tx},
    ids::PersonId,
};
use consensus::Skill;
use model::Tally;
use wire::Kind;

/// What a batch's work is measured as.
fn craft(batch: &Batch) -> Craft {
    if batch.kind() == Kind::Judge { Craft::Judge } else { Craft::Record }
}

/// Counts an answer to gold, once a task; it may pause its giver.
///
/// # Errors
/// When the database refuses.
pub async fn score(tx: &mut Tx, batch: &Batch, result: &GoldResult, now_us: i64) -> DbResult<()> {
    if !store::gold::insert_result(tx, result, batch.id, &batch.language, now_us).await? {
        return Ok(());
    }
    let mut tally = store::lock(tx, result.person, Craft::Judge, &batch.language).await?;
    rules::count(&mut tally, &result.known, &result.said);
    store::put(tx, &tally).await?;
    if tally.paused_id.is_none() && rules::unreliable(&tally) {
        pauses::pause(tx, &tally, result.person, now_us).await?;
    }
    Ok(())
}

/// Which tasks about a gold item were counted.
///
/// # Errors
/// When the database does not answer.
pub async fn scored(tx: &mut Tx, item: ItemId) -> DbResult<Vec<String>> {
    Ok(store::gold::list_scored(tx, item).await?.into_iter().map(|(task,)| task).collect())
}

/// How a person did on gold, in all languages and since ever.
///
/// # Errors
/// When the database does not answer.
pub async fn skill_of(tx: &mut Tx, person: PersonId) -> DbResult<Skill> {
    let (right, wrong) = store::gold::find_counts(tx, person).await?;
    Ok(Skill { right: u32::try_from(right).unwrap_or(u32::MAX), wrong: u32::try_from(wrong).unwrap_or(u32::MAX) })
}

/// A person's level in a batch.
///
/// # Errors
/// When the database does not answer.
pub async fn level(tx: &mut Tx, person: PersonId, batch: &Batch) -> DbResult<Level> {
    let qualified = qualification(tx, person, batch.id).await?.level();
    let tally = store::find(tx, person, craft(batch), &batch.language).await?;
    Ok(tally.map_or(Level::New, |tally| rules::level(&tally)).max(qualified))
}

/// Whether anybody but these people is measured to have this level, among those who have done most.
///
/// # Errors
/// When the database does not answer.
pub async fn has_level(tx: &mut Tx, batch: &Batch, level: Level, except: &[PersonId]) -> DbResult<bool> {
    let busiest = store::list_busiest(tx, craft(batch), &batch.language).await?;
    let other = |tally: &&Tally| except.iter().all(|person| person.to_string() != tally.person_id);
    Ok(busiest.iter().filter(other).any(|tally| tally.paused_id.is_none() && rules::level(tally) >= level))
}

/// Asks for what [`standing`] wants to know.
pub fn known(person: PersonId, batch: &Batch) -> Ask<Only<Known>> {
    store::known(person, craft(batch), &batch.language, batch.id)
}

/// What a person may do in a batch now, by what is known of them; asked in the transaction that gives out a
/// task. A pause whose time is over ends here.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(tx: &mut Tx, person: PersonId, batch: &Batch, known: Known, now_us: i64) -> DbResult<Standing> {
    let Known { required, passed, mut tally } = known;
    let qualification = Qualification { required: required > 0, passed: passed > 0 };
    let to_pass = qualification.refusal(batch.id);
    let mut refusal = None;
    if let Some(pause) = pauses::in_force(tx, &tally).await? {
        if pause.until_us <= now_us {
            pauses::end(tx, &pause, WayBack::Time, None, now_us).await?;
            tally = store::lock(tx, person, craft(batch), &batch.language).await?;
        } else {
            refusal = Some(pauses::refusal(&pause));
        }
    }
    Ok(Standing {
        level: rules::level(&tally).max(qualification.level()),
        gold_ppm: rules::gold_ppm(batch.gold_ppm, &tally),
        refusal: refusal.or(to_pass),
    })
}
