//! Why there is no task for somebody now, and when to come back.

use super::{model::Reach, store};
use crate::batches::{BatchId, BatchState, budgets};
use crate::exposure;
use crate::platform::{clock::minute_from, db::Tx, problem::Problem};
use actix_web::http::StatusCode;

const SPENT: &str = "The money that was set aside for this batch is promised or earned.";

/// Nothing to do, through nobody's fault. All of them are 404 `no_task`; `reason` tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// Everything is being done by others; the first of their leases ends then, UTC microseconds.
    OnLease(i64),
    /// What is open the person was given before, or speaks in.
    NotForYou,
    /// The batch's money is promised or earned; some of it may come back then, UTC microseconds, if some
    /// is promised.
    Spent(Option<i64>),
    /// Every item has its answers.
    Finished,
    /// The batch is paused.
    Paused,
    /// The batch is not open yet.
    Draft,
    /// The batch is over.
    Closed,
    /// No batch of this kind is open.
    NoBatch,
}

impl Nothing {
    /// Why a batch in this state gives no tasks, if it does not.
    pub fn in_state(state: BatchState) -> Option<Self> {
        match state {
            BatchState::Open => None,
            BatchState::Paused => Some(Self::Paused),
            BatchState::Draft => Some(Self::Draft),
            BatchState::Closed => Some(Self::Closed),
        }
    }

    /// Of several batches' reasons, the one that passes first.
    pub fn or_sooner(self, other: Option<Self>) -> Self {
        match (self, other) {
            (Self::OnLease(a), Some(Self::OnLease(b))) => Self::OnLease(a.min(b)),
            (Self::OnLease(_), _) | (_, None) => self,
            (_, Some(other)) => other,
        }
    }

    /// The reply: with when to come back or, where nobody knows, a sentence that says so.
    pub fn problem(self) -> Problem {
        let (reason, detail) = match self {
            Self::OnLease(at_us) => {
                let detail = format!(
                    "Everything left here is being done by others. Something may be free at {}.",
                    minute_from(at_us)
                );
                return no_task("all_out_on_lease", detail).available_at(at_us);
            }
            Self::Spent(Some(at_us)) => {
                let detail =
                    format!("{SPENT} Some of it may come back at {}. Choose another batch.", minute_from(at_us));
                return no_task("budget_exhausted", detail).available_at(at_us);
            }
            Self::Spent(None) => {
                let detail = format!("{SPENT} No time is known at which there is more. Choose another batch.");
                return no_task("budget_exhausted", detail);
            }
            Self::NotForYou => (
                "nothing_left_for_you",
                "You have done everything here that you can do; the rest is for others. Thank you! No time is known \
                 at which more comes: choose another batch.",
            ),
            Self::Finished => (
                "finished",
                "Everything here is done. Thank you! No time is known at which more comes: choose another batch.",
            ),
            Self::Paused => {
                ("paused", "This batch is paused. No time is known at which it goes on: choose another batch.")
            }
            Self::Draft => ("not_open", "This batch is not open yet. No time is known at which it opens."),
            Self::Closed => ("closed", "This batch is closed and does not open again. Choose another one."),
            Self::NoBatch => {
                ("no_batch", "There is nothing for you to do here right now. No time is known at which more comes.")
            }
        };
        no_task(reason, detail)
    }
}

/// Says that a batch's budget is exhausted, and when some of it may come back: when the first lease ends,
/// or the time to appeal against a refusal.
///
/// # Errors
/// When the database does not answer.
pub async fn spent(tx: &mut Tx, batch: BatchId) -> Result<Nothing, Problem> {
    let ends = [store::first_end(tx, batch).await?, budgets::next_free(tx, batch).await?];
    Ok(Nothing::Spent(ends.into_iter().flatten().min()))
}

fn no_task(reason: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_task", detail).because(reason)
}

/// Why nothing was found in a batch: a limit of the person's (the problem), or there is nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn why(
    tx: &mut Tx,
    reach: &Reach,
    allowance: exposure::Allowance,
) -> Result<Result<Nothing, Problem>, Problem> {
    // Who is left in peace has agreed to nothing, and is told of the peace first.
    let unheard = if allowance.why == Some(exposure::Why::Calm) { 0 } else { allowance.closed };
    if let Some(why) = allowance.why
        && store::waits_above(tx, reach, exposure::CEILING, unheard).await?
    {
        return Ok(Err(exposure::refusal(why, allowance.more_at_us)));
    }
    if allowance.closed != 0
        && store::waits_above(tx, &Reach { sensitivity: 1, ..*reach }, exposure::CEILING, 0).await?
    {
        return Ok(Err(exposure::opt_in_required()));
    }
    if let Some(at_us) = store::next_end(tx, reach.batch, reach.person).await? {
        return Ok(Ok(Nothing::OnLease(at_us)));
    }
    if store::waits_for_level(tx, reach.batch, reach.level).await? {
        let detail = "What is left here is for people with more experience, which comes with tasks and not with time. \
            Choose another batch first.";
        let limit = Problem::new(StatusCode::FORBIDDEN, "qualification_required", detail);
        return Ok(Err(limit.because("qualification_required")));
    }
    let others = store::is_under_way(tx, reach.batch).await?;
    Ok(Ok(if others { Nothing::NotForYou } else { Nothing::Finished }))
}

#[cfg(test)]
mod tests {
    use super::Nothing::{Finished, NotForYou, OnLease};

    #[test]
    fn what_comes_back_soonest_is_what_is_said() {
        assert_eq!(OnLease(5).or_sooner(Some(OnLease(3))), OnLease(3));
        assert_eq!(Finished.or_sooner(Some(OnLease(3))), OnLease(3));
        assert_eq!(OnLease(5).or_sooner(Some(NotForYou)), OnLease(5));
        assert_eq!(Finished.or_sooner(Some(NotForYou)), NotForYou);
    }
}
