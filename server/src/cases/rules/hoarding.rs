//! Tasks taken and not done.

use super::binomial_tail;
use crate::cases::model::{Everybody, Evidence};
use std::collections::BTreeMap;

/// What became of somebody's tasks in a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tasks {
    /// Answered.
    pub answers: i64,
    /// Ran out.
    pub expired: i64,
    /// Given back.
    pub skipped: i64,
}

/// Fewest tasks that came back undone.
const RETURNED_MIN: i64 = 10;
/// The least share that is taken for usual: pauses, closed laptops and hard prompts happen.
const SHARE_USUAL: f64 = 0.1;
/// How improbable an honest person's share must be.
const ALPHA: f64 = 1e-6;

/// Whether somebody gives back, or lets run out, far more tasks than others: more than twice the
/// share of everybody else in the batch.
pub fn hoarding(own: Tasks, everybody: Everybody) -> Option<Evidence> {
    let returned = own.expired + own.skipped;
    let (others, others_all) = {
        let returned_others = (everybody.returned - returned).max(0);
        (returned_others, (everybody.answers - own.answers).max(0) + returned_others)
    };
    let size = |value: i64| usize::try_from(value).unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let number = |value: i64| value as f64;
    let usual = if others_all == 0 { 0.0 } else { number(others) / number(others_all) };
    let expected = (2.0 * usual).clamp(SHARE_USUAL, 0.6);
    let all = own.answers + returned;
    let probability = binomial_tail(size(returned), size(all), expected);
    if returned < RETURNED_MIN || probability > ALPHA {
        return None;
    }
    Some(Evidence {
        summary: format!(
            "Of {all} tasks taken, {} ran out and {} were skipped. Of everybody else's, {:.0} % came back undone.",
            own.expired,
            own.skipped,
            usual * 100.0
        ),
        figures: BTreeMap::from([
            ("tasks".to_owned(), number(all)),
            ("expired".to_owned(), number(own.expired)),
            ("skipped".to_owned(), number(own.skipped)),
            ("usual_share".to_owned(), usual),
            ("probability_by_chance".to_owned(), probability),
        ]),
        ..Evidence::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_who_lets_tasks_run_out_is_found_and_a_hard_batch_accuses_nobody() {
        let easy = Everybody { people: 50, answers: 5_000, returned: 200 };
        let own = Tasks { answers: 2, expired: 12, skipped: 3 };
        assert!(hoarding(own, easy).is_some_and(|found| found.summary.starts_with("Of 17 tasks taken, 12 ran out")));
        let hard = Everybody { people: 50, answers: 2_000, returned: 2_500 };
        assert_eq!(hoarding(Tasks { answers: 40, expired: 5, skipped: 45 }, hard), None);
        assert_eq!(hoarding(Tasks { answers: 0, expired: 9, skipped: 0 }, easy), None);
    }
}
