//! What early stopping missed: settled items that were asked to the most all the same.

use super::{model::State, rules, store};
use crate::batches::Batch;
use crate::platform::{
    db::{DbResult, Tx},
    site::Site,
};

/// How the audit of a batch stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// Audited items that got all answers they may get, or are in doubt again.
    pub items: i64,
    /// Of them, those that have another label now than when they were settled, or are contested.
    pub overturned: i64,
}

/// The audit of a batch. Its items were drawn before anybody answered: the share that is overturned
/// is what all settled items would show if they were asked on.
///
/// # Errors
/// When the database does not answer.
pub async fn missed(site: &Site, tx: &mut Tx, batch: &Batch) -> DbResult<Missed> {
    let share_ppm = super::settings(tx, batch.id).await?.audit_ppm;
    let key = site.secrets.key("audit");
    let asked_on = store::list_asked_on(tx, batch.id, batch.answers_max).await?;
    let drawn = asked_on.iter().filter(|(item, ..)| rules::drawn(&key, &item.to_string(), share_ppm));
    Ok(drawn.fold(Missed::default(), |sum, (_, before, state, now)| Missed {
        items: sum.items + 1,
        overturned: sum.overturned + i64::from(before != now || *state == State::Contested.as_str()),
    }))
}
