//! A case: what looked like abuse, with its evidence, and what a human made of it.

use crate::batches::{BatchId, ItemId};
use crate::platform::{clock::rfc3339, ids::PersonId};
use crate::typed_id;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

typed_id!(
    /// One case.
    CaseId
);

/// What somebody seems to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Answers before the clip can have been heard.
    TooFast,
    /// Answers by a pattern, not by what is heard.
    StraightLining,
    /// Makes the same mistakes as somebody else.
    Copying,
    /// Uses more than one account.
    SeveralAccounts,
    /// Takes tasks and does not do them.
    Hoarding,
}

impl Kind {
    /// The word used in the database and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooFast => "too_fast",
            Self::StraightLining => "straight_lining",
            Self::Copying => "copying",
            Self::SeveralAccounts => "several_accounts",
            Self::Hoarding => "hoarding",
        }
    }
}

/// Why a case was raised: figures and examples, for a human to judge.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Evidence {
    /// What was found, in a sentence.
    pub summary: String,
    /// The batch, if it is about one.
    pub batch: Option<String>,
    /// Figures by name; units last in the name.
    pub figures: BTreeMap<String, f64>,
    /// Items, or recordings where accounts share a voice, at most twenty.
    pub examples: Vec<String>,
    /// Other people whom it concerns.
    pub people: Vec<String>,
}

/// A case as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Case {
    /// The case.
    pub id: CaseId,
    /// Whom it is about.
    pub person_id: PersonId,
    /// See [`Kind`].
    pub kind: String,
    /// `open`, `dismissed`, `warned` or `paused`.
    pub state: String,
    /// JSON of the [`Evidence`].
    pub evidence: String,
    /// What the human who decided wrote.
    pub note: String,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// When it was raised, UTC microseconds.
    pub opened_us: i64,
    /// When it was decided.
    pub decided_us: i64,
}

/// A case as reviewers see it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CaseView {
    /// The case.
    pub id: String,
    /// Whom it is about.
    pub person: String,
    /// `too_fast`, `straight_lining`, `copying`, `several_accounts` or `hoarding`.
    pub kind: String,
    /// `open`, `dismissed`, `warned` or `paused`.
    pub state: String,
    /// Why it was raised.
    pub evidence: Evidence,
    /// What the human who decided wrote.
    pub note: String,
    /// When it was raised, RFC 3339.
    pub opened_at: String,
    /// When it was decided.
    pub decided_at: Option<String>,
}

impl Case {
    /// Why it was raised.
    pub fn evidence(&self) -> Evidence {
        serde_json::from_str(&self.evidence).unwrap_or_default()
    }
}

impl From<Case> for CaseView {
    fn from(case: Case) -> Self {
        let evidence = case.evidence();
        Self {
            id: case.id.to_string(),
            person: case.person_id.to_string(),
            kind: case.kind,
            state: case.state,
            evidence,
            note: case.note,
            opened_at: rfc3339(case.opened_us),
            decided_at: (case.decided_us > 0).then(|| rfc3339(case.decided_us)),
        }
    }
}

/// What a human makes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// There is an innocent explanation.
    Dismiss,
    /// The person is told, and may go on.
    Warn,
    /// The person is paused in the batch's craft and language, is told why and how to come back, and others are
    /// asked about what they answered.
    Pause,
}

impl Action {
    /// The state that it leads to.
    pub fn state(self) -> &'static str {
        match self {
            Self::Dismiss => "dismissed",
            Self::Warn => "warned",
            Self::Pause => "paused",
        }
    }
}

/// Body of `POST /api/v1/cases/{id}`.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseRuling {
    /// What follows.
    pub action: Action,
    /// Why; the person reads it with a warning, and with a pause, which takes 20 characters at least.
    pub note: String,
}

/// An answer as far as conduct goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The answer.
    pub id: String,
    /// The item.
    pub item: ItemId,
    /// Whether it said yes; `None` for unsure.
    pub yes: Option<bool>,
    /// Time taken: what the client measured, or since the person's answer before if that is less.
    pub pace_ms: i64,
    /// Whether that is less than half of the clip.
    pub unheard: bool,
}

/// How a person went about a batch, as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Conduct {
    /// Who.
    pub person_id: PersonId,
    /// Where.
    pub batch_id: BatchId,
    /// JSON of the newest [`Said`].
    pub recent: String,
    /// When the newest was given, UTC microseconds.
    pub last_at_us: i64,
    /// Answers.
    pub answers: i64,
    /// Tasks whose lease ran out.
    pub expired: i64,
    /// Tasks that were skipped.
    pub skipped: i64,
}

/// The conduct of everybody in a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Everybody {
    /// People who were given tasks.
    pub people: i64,
    /// Answers.
    pub answers: i64,
    /// Tasks that were skipped or ran out.
    pub returned: i64,
}
