//! A task: one item, leased to one person.

use crate::batches::{BatchId, ItemId};
use crate::platform::ids::PersonId;
use crate::typed_id;

typed_id!(
    /// One lease of one item to one person.
    TaskId
);

typed_id!(
    /// An item's coming back into the queue: an order of such events.
    ReturnId
);

/// A task as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TaskRow {
    /// The lease.
    pub id: TaskId,
    /// What is asked.
    pub item_id: ItemId,
    /// Its batch.
    pub batch_id: BatchId,
    /// Whose lease.
    pub person_id: PersonId,
    /// `leased`, `submitted`, `skipped` or `expired`.
    pub state: String,
    /// When it was given out, UTC microseconds.
    pub leased_us: i64,
    /// End of the lease, UTC microseconds.
    pub expires_us: i64,
}

/// A lease about to be stored.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Lease {
    /// The lease.
    pub id: TaskId,
    /// What is asked.
    pub item: ItemId,
    /// When it is given out, UTC microseconds.
    #[serde(skip)]
    pub leased_us: i64,
    /// Its end, UTC microseconds.
    pub expires_us: i64,
}

/// A live lease, with how its item stands now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Live {
    /// The task.
    #[sqlx(flatten)]
    pub task: TaskRow,
    /// 0 to 3.
    pub sensitivity: i64,
    /// What it is about: a set of categories.
    pub categories: i64,
}

/// A task whose lease was ended.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Ended {
    /// The task.
    #[sqlx(flatten)]
    pub task: TaskRow,
    /// How sensitive its item is, 0 to 3.
    pub sensitivity: i64,
}

/// A task that was closed with an answer.
#[derive(Clone, Debug)]
pub struct Submitted {
    /// The task.
    pub task: TaskRow,
    /// What its batch pays for it now.
    pub pay_cents: i64,
    /// When its person last finished one before, UTC microseconds.
    pub before_us: Option<i64>,
    /// Whether its lease had ended.
    pub late: bool,
    /// Whether its item counts the answer already.
    pub counted: bool,
}

/// What may be picked for a person.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    /// From where.
    pub batch: BatchId,
    /// For whom.
    pub person: PersonId,
    /// Highest sensitivity.
    pub sensitivity: i64,
    /// Categories that they are not given at sensitivity 2: a set.
    pub closed: i64,
    /// The person's level.
    pub level: i64,
}

/// Where a person stands in a batch.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Enrolment {
    /// Tasks given so far.
    pub served: i64,
    /// The place in the queue up to which they have come.
    pub cursor_rank: i64,
    /// Its item.
    pub cursor_item: String,
    /// The return up to which they have seen what came back.
    pub cursor_returned: String,
    /// No search through the whole queue before this, UTC microseconds.
    pub rest_us: i64,
    /// Estimate of how long a task of the batch takes; 0 when unknown.
    pub median_ms: i64,
}

/// Which gold to take: from this place on, those nearby in an order of its own, in which the one at
/// place p stands at `mix` p + `add`, modulo a prime.
#[derive(Clone, Copy, Debug)]
pub struct Draw {
    /// A place, 32 bits.
    pub from: i64,
    /// Not 0, 31 bits.
    pub mix: i64,
    /// 32 bits.
    pub add: i64,
}

impl Draw {
    /// For a search for none.
    pub const NONE: Self = Self { from: 0, mix: 1, add: 0 };
}

/// An item that was picked from the queue.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Picked {
    /// The item.
    pub item_id: ItemId,
    /// Its sensitivity.
    pub sensitivity: i64,
    /// What it is about: a set of categories.
    pub categories: i64,
    /// What is to be said; empty for a clip to judge.
    pub phrase: String,
    /// Its place in the queue.
    pub rank: i64,
    /// How it came back, if it did.
    pub returned: Option<String>,
}

/// How many answers an item has and may have.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Slots {
    /// The item.
    pub item_id: ItemId,
    /// Most answers and leases together.
    pub target: i64,
    /// Answers so far.
    pub answers: i64,
    /// Live leases.
    pub leases: i64,
    /// Whose recording it is about, if it is about one.
    pub speaker_id: Option<PersonId>,
}

/// How far an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Its answer is known.
    Gold,
    /// It has all the answers that it wants for now.
    Full,
    /// It wants more.
    Waiting,
}

/// How an item enters the queue.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The item.
    pub item: ItemId,
    /// Its batch.
    pub batch: BatchId,
    /// Mixed in unseen, answered by everybody once.
    pub gold: bool,
    /// Lower comes first.
    pub rank: i64,
    /// 0 to 3.
    pub sensitivity: i64,
    /// What it is about: a set of categories.
    pub categories: i64,
    /// Who speaks in the clip, and is never asked about it.
    pub speaker: Option<PersonId>,
    /// The clip that is heard.
    pub clip: Option<String>,
    /// What is to be said, in a recording batch.
    pub phrase: Option<String>,
    /// Answers wanted.
    pub target: i64,
}
