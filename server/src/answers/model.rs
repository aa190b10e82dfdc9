//! A judgement as given.

use crate::batches::{BatchId, ItemId};
use crate::platform::{ids::PersonId, queue::Job};
use crate::tasks::TaskId;
use crate::typed_id;
use serde::{Deserialize, Serialize};

typed_id!(
    /// One judgement.
    AnswerId
);

/// A judgement as stored; never changed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Answer {
    /// The judgement.
    pub id: AnswerId,
    /// The task that it answers.
    pub task_id: TaskId,
    /// The item.
    pub item_id: ItemId,
    /// Who judged.
    pub person_id: PersonId,
    /// `yes`, `no` or `unsure`.
    pub label: String,
    /// Why not, if given.
    pub reason: Option<String>,
    /// Time taken as the client measured it.
    pub duration_ms: i64,
    /// Digest of the body, to recognise its repetition.
    pub body_sha256: String,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// An answer as those read it who watch over conduct.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Given {
    /// The judgement.
    pub id: AnswerId,
    /// The item.
    pub item_id: ItemId,
    /// Its batch.
    pub batch_id: BatchId,
    /// Who judged.
    pub person_id: PersonId,
    /// `yes`, `no` or `unsure`.
    pub label: String,
    /// Time taken as the client measured it.
    pub duration_ms: i64,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// Job: see whether an item's answers settle it. Done where verdicts are made.
#[derive(Serialize, Deserialize)]
pub struct DecideItem {
    /// The item.
    pub item: ItemId,
    /// Whether to look at it although it waits for answers: something else than an answer has changed.
    #[serde(default)]
    pub anyway: bool,
}

impl Job for DecideItem {
    const KIND: &'static str = "decide_item";
    const LIGHT: bool = true;

    fn key(&self) -> Option<String> {
        Some(format!("{}{}", self.item, if self.anyway { " anyway" } else { "" }))
    }
}

/// Job: a judgement's pay becomes payable. It runs a fixed time after the answer, for gold and
/// work alike, so that the statement does not tell them apart.
#[derive(Serialize, Deserialize)]
pub struct AcceptAnswer {
    /// The task.
    pub task: TaskId,
}

impl Job for AcceptAnswer {
    const KIND: &'static str = "accept_answer";
    const LIGHT: bool = true;
}
