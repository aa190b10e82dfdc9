//! A person's level and standing.

/// How far a person's accuracy is established; higher may do what lower may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing is known yet.
    New,
    /// Passed a batch's qualification, or met enough gold.
    Qualified,
    /// Accurate beyond doubt; looks at newcomers' work.
    Trusted,
    /// Is asked about what others disagree on.
    Expert,
}

/// Why a person is given no work in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Stable code of the reply.
    pub code: &'static str,
    /// What happened and what to do, for the person.
    pub detail: String,
    /// When work is available again, if that is known, UTC microseconds.
    pub available_us: Option<i64>,
}

/// What a person may do in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Their level.
    pub level: Level,
    /// How much of their work is gold, in millionths.
    pub gold_ppm: i64,
    /// Set when they are given no work now.
    pub refusal: Option<Refusal>,
}
