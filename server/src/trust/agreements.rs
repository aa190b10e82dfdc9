//! How far people agree with each other: what items say about it, counted into each person's row.

use super::model::{Added, Agreement, Saying};
use super::store::{self, Agreed};
use crate::batches::{Batch, ItemId};
use crate::platform::{
    db::{Ask, DbResult, Tx},
    ids::PersonId,
};
use std::collections::BTreeMap;

/// Asks for what items have said so far about people's agreement with each other.
///
/// # Errors
/// Never for ids: what cannot be written as JSON.
pub fn agreed(about: &[(ItemId, PersonId)]) -> DbResult<Ask<Vec<Agreed>>> {
    store::list_agreements(about)
}

/// What an item says `now` about people's agreement with each other and did not say `before`.
pub fn sayings(
    (batch, item): (&Batch, ItemId),
    before: &[Agreed],
    now: &[Agreement],
    now_us: i64,
) -> impl Iterator<Item = Saying> {
    now.iter().filter_map(move |one| {
        let old = before
            .iter()
            .find(|old| (old.item_id, old.person_id, old.craft.as_str()) == (item, one.person, one.craft.as_str()));
        let (right, wrong, at_us) = old.map_or((0, 0, now_us), |old| (old.right_ppm, old.wrong_ppm, old.at_us));
        let saying = Saying {
            item_id: item,
            person_id: one.person,
            craft: one.craft,
            language: batch.language.clone(),
            right_ppm: one.right_ppm,
            wrong_ppm: one.wrong_ppm,
            at_us,
            more: (one.right_ppm - right, one.wrong_ppm - wrong),
            first: old.is_none(),
        };
        (saying.first || saying.more != (0, 0)).then_some(saying)
    })
}

/// Counts what items say about people, who come in one order for everybody: two who count never wait for each
/// other. What was said before a person's counts began anew stays as it was.
///
/// # Errors
/// When the database refuses.
pub async fn agree(tx: &mut Tx, said: &[Saying]) -> DbResult<()> {
    if said.is_empty() {
        return Ok(());
    }
    let mut added: BTreeMap<_, Added<'_>> = BTreeMap::new();
    for one in said {
        let language = one.language.as_str();
        let (person_id, craft) = (one.person_id, one.craft);
        let none = Added { person_id, craft, language, right_ppm: 0, wrong_ppm: 0, answered: 0 };
        let sum = added.entry((person_id, craft.as_str(), language, one.at_us)).or_insert(none);
        sum.right_ppm += one.more.0;
        sum.wrong_ppm += one.more.1;
        sum.answered += i64::from(one.first);
    }
    let added: Vec<_> = added.into_iter().map(|((.., at_us), added)| (at_us, added)).collect();
    // Nearly always one moment, now; where there are more, still person by person.
    for run in added.chunk_by(|a, b| a.0 == b.0) {
        let (at_us, _) = run[0];
        store::add_agreements(tx, &run.iter().map(|(_, added)| added).collect::<Vec<_>>(), at_us).await?;
    }
    store::put_agreements(tx, said).await
}
