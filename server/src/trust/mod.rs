//! How accurate each person is, measured on gold: items whose answer is known; what that allows.

mod model;
mod qualification;
mod store;

pub use model::{Level, Refusal, Standing};
pub use qualification::{Qualification, REQUIRED, qualification, qualify, require_qualification, waive_qualification};

use crate::batches::Batch;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};
use consensus::Skill;

/// How somebody did on one gold item.
#[derive(Clone, Debug)]
pub struct GoldResult {
    /// The task that handed it out.
    pub task: String,
    /// Who answered.
    pub person: PersonId,
    /// The gold item.
    pub item: String,
    /// Its batch.
    pub batch: String,
    /// Whether the answer was the known one.
    pub correct: bool,
}

fn skill((right, wrong): (i64, i64)) -> Skill {
    Skill { right: u32::try_from(right).unwrap_or(u32::MAX), wrong: u32::try_from(wrong).unwrap_or(u32::MAX) }
}

/// Counts an answer to gold; once a task.
///
/// # Errors
/// When the database refuses.
pub async fn score(tx: &mut Tx, result: &GoldResult, now_us: i64) -> DbResult<()> {
    store::insert(tx, result, now_us).await
}

/// What is known about a person.
///
/// # Errors
/// When the database does not answer.
pub async fn skill_of(tx: &mut Tx, person: PersonId) -> DbResult<Skill> {
    store::find_counts(tx, person).await.map(skill)
}

/// What a person may do in a batch now; asked in the transaction that gives out a task.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(tx: &mut Tx, person: PersonId, batch: &Batch, now_us: i64) -> DbResult<Standing> {
    let _ = now_us;
    let qualification = qualification(tx, person, batch.id).await?;
    Ok(Standing { level: qualification.level(), gold_ppm: batch.gold_ppm, refusal: qualification.refusal(batch.id) })
}

/// What is known about everybody who met gold.
///
/// # Errors
/// When the database does not answer.
pub async fn skills(tx: &mut Tx) -> DbResult<Vec<(PersonId, Skill)>> {
    let counts = store::list_counts(tx).await?;
    Ok(counts.into_iter().map(|(person, right, wrong)| (person, skill((right, wrong)))).collect())
}
