//! What gold says about a batch's probabilities: the answers it rests on, and how far they are off.

use super::model::{Calibration, Cells, Counted, Evidence, METHOD, Source};
use super::{rules, store};
use crate::batches::{Batch, ItemId};
use crate::platform::db::{DbResult, Tx};
use consensus::calibration::Reliability;
use std::collections::{BTreeMap, HashMap};

/// Newest answers to gold that a calibration rests on.
const GOLD_ANSWERS: i64 = 4_000;

/// Answers to gold in groups as large as those that settle an item of work, each with its truth.
pub async fn gold_groups(tx: &mut Tx, batch: &Batch, in_force: Calibration) -> DbResult<Vec<(Evidence, bool)>> {
    let mut workers: HashMap<String, Cells> = HashMap::new();
    let mut items: BTreeMap<ItemId, (bool, Vec<Counted>)> = BTreeMap::new();
    for (item, worker, yes_yes, yes_no, no_yes, no_no) in store::list_gold(tx, batch.id, GOLD_ANSWERS).await? {
        let own = Cells { yes_yes, yes_no, no_yes, no_no };
        let all = match workers.get(&worker) {
            Some(cells) => *cells,
            None => store::sum_cells(tx, &worker).await?,
        };
        workers.insert(worker.clone(), all);
        let label = if own.yes_yes + own.no_yes > 0 { "yes" } else { "no" };
        let one = Counted { id: worker, source: Source::Person, label: label.to_owned(), cells: all.minus(own) };
        items.entry(item).or_insert((own.yes_yes + own.yes_no > 0, Vec::new())).1.push(one);
    }
    let size = usize::try_from(batch.answers_wanted.max(2)).unwrap_or(2);
    let Calibration { prior_yes, temperature, .. } = in_force;
    let groups = items.into_values().flat_map(|(truth, counted)| {
        let whole = counted.chunks_exact(size).map(<[Counted]>::to_vec).collect::<Vec<_>>();
        whole
            .into_iter()
            .map(move |counted| (Evidence { method: METHOD.to_owned(), prior_yes, temperature, counted }, truth))
    });
    Ok(groups.collect())
}

/// How far a batch's probabilities are from what came true on gold, and on how many groups of
/// answers that rests. Each half of the gold is calibrated by the other half.
///
/// # Errors
/// When the database does not answer.
pub async fn reliability(tx: &mut Tx, batch: &Batch) -> DbResult<(Option<Reliability>, usize)> {
    let in_force = store::find_calibration(tx, batch.id).await?.unwrap_or_default();
    let groups = gold_groups(tx, batch, in_force).await?;
    Ok((rules::held_out(&groups), groups.len()))
}
