//! Refusals as their people see them, and appeals.

use crate::ledger::Refused;
use crate::platform::clock::rfc3339;
use crate::platform::ids::PersonId;
use serde::{Deserialize, Serialize};

/// A reviewer's refusal of a task.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefusal {
    /// One of [`super::rules::CODES`].
    pub code: String,
    /// At least 20 characters, for the person: what was wrong, and what would have been right.
    pub text: String,
}

/// What a person says against a refusal.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    /// 20 to 2,000 characters.
    pub text: String,
}

/// A reviewer's decision on an appeal.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Whether the person is paid after all.
    pub won: bool,
    /// At least 20 characters, for the person.
    pub text: String,
}

/// An appeal as kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Appeal {
    /// The refused task.
    pub task_id: String,
    /// Who appeals.
    pub person_id: PersonId,
    /// What they say.
    pub text: String,
    /// `open`, `won` or `lost`.
    pub state: String,
    /// Who decided.
    pub decided_by: Option<PersonId>,
    /// What they said; empty while it is open.
    pub answer: String,
    /// UTC microseconds.
    pub filed_us: i64,
    /// When it must be decided, UTC microseconds.
    pub due_us: i64,
    /// When it was found overdue, UTC microseconds; 0 when it never was.
    pub escalated_us: i64,
    /// UTC microseconds; 0 while it is open.
    pub decided_us: i64,
}

/// A refusal and what came of it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RefusalView {
    /// The refused task.
    pub task: String,
    /// The item that it was about.
    pub item: String,
    /// What was done, in words.
    pub work: String,
    /// Stable, for programs.
    pub code: String,
    /// What was wrong.
    pub text: String,
    /// Whether a rule that holds for everybody refused it, and not a person.
    pub by_rule: bool,
    /// Minor units of `currency` that were not paid.
    pub amount_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// RFC 3339.
    pub refused_at: String,
    /// Until when one can appeal, RFC 3339.
    pub appeal_until: String,
    /// Whether one can appeal now.
    pub may_appeal: bool,
    /// `open`, `won` or `lost`; nothing without an appeal.
    pub appeal: Option<String>,
    /// What the person said.
    pub appeal_text: String,
    /// What the reviewer answered.
    pub answer: String,
    /// When an open appeal is decided at the latest, RFC 3339.
    pub due_at: Option<String>,
}

impl RefusalView {
    /// A refusal with its appeal, at a moment.
    pub fn of(refused: &Refused, appeal: Option<&Appeal>, appeal_until_us: i64, now_us: i64) -> Self {
        Self {
            task: refused.task_id.clone(),
            item: refused.item_id.to_string(),
            work: refused.work.clone(),
            code: refused.code.clone(),
            text: refused.text.clone(),
            by_rule: refused.refused_by.is_none(),
            amount_cents: refused.amount_cents,
            currency: refused.currency.clone(),
            refused_at: rfc3339(refused.at_us),
            appeal_until: rfc3339(appeal_until_us),
            may_appeal: appeal.is_none() && now_us <= appeal_until_us,
            appeal: appeal.map(|appeal| appeal.state.clone()),
            appeal_text: appeal.map(|appeal| appeal.text.clone()).unwrap_or_default(),
            answer: appeal.map(|appeal| appeal.answer.clone()).unwrap_or_default(),
            due_at: appeal.filter(|appeal| appeal.state == "open").map(|appeal| rfc3339(appeal.due_us)),
        }
    }
}

/// An open appeal as a reviewer sees it: never whose it is.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AppealView {
    /// The refused task.
    pub task: String,
    /// The item that it was about.
    pub item: String,
    /// The clip that was recorded or judged, if it can be heard.
    pub clip: Option<String>,
    /// Why it was refused, for programs.
    pub code: String,
    /// Why it was refused, as the person read it.
    pub refusal: String,
    /// What the person says.
    pub text: String,
    /// Minor units of `currency`.
    pub amount_cents: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// RFC 3339.
    pub filed_at: String,
    /// RFC 3339.
    pub due_at: String,
    /// Whether it waits longer than it may.
    pub overdue: bool,
}
