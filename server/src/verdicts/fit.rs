//! The batch fit of a project: read here, computed by `rules/fit.rs`.

use super::measured::Measured;
use super::model::{Counted, Prediction, Source, StoredRuling};
use super::rules::fit::{Asked, Fit, Said, Terms};
use super::{know, store};
use crate::answers;
use crate::batches::{self, Batch, ItemId, ProjectId};
use crate::platform::{
    db::{DbResult, Tx},
    worker::JobError,
};
use std::collections::{BTreeMap, BTreeSet};
use wire::Kind;

/// Everybody who speaks in a project, by number in the order of first appearance.
#[derive(Default)]
struct Workers(BTreeMap<String, u32>);

impl Workers {
    fn number(&mut self, worker: String) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry(worker).or_insert(next)
    }
}

/// Fits all answers, predictions and rulings of a project's judging batches, as they are stored.
///
/// # Errors
/// When the database does not answer, or there are more answers than fit into memory.
pub async fn fit(tx: &mut Tx, project: ProjectId) -> Result<Fit, JobError> {
    let (mut items, mut terms, mut workers) = (Vec::new(), Vec::new(), Workers::default());
    for batch in batches::batches_of(tx, project).await?.iter().filter(|batch| batch.kind() == Kind::Judge) {
        items.extend(asked(tx, batch, terms.len(), &mut workers).await?);
        terms.push(Terms { wanted: usize::try_from(batch.answers_wanted).unwrap_or(2), threshold: batch.threshold });
    }
    let fit = tokio::task::spawn_blocking(move || Fit::new(items, terms));
    let fit = fit.await.map_err(|error| JobError::Retry(error.to_string()))?;
    fit.map_err(|error| JobError::Final(error.to_string()))
}

/// What was said about each item of a batch.
async fn asked(tx: &mut Tx, batch: &Batch, number: usize, workers: &mut Workers) -> DbResult<Vec<Asked>> {
    let gold: BTreeMap<ItemId, bool> =
        batches::gold_of(tx, batch.id).await?.into_iter().map(|(item, label)| (item, label == "yes")).collect();
    let mut said: BTreeMap<ItemId, Vec<Said>> = BTreeMap::new();
    for (id, item, person, label) in answers::votes_of(tx, batch.id).await? {
        let worker = workers.number(person.to_string());
        said.entry(item).or_default().push(Said { id: id.0, worker, source: Source::Person, yes: label == "yes" });
    }
    let mut predictions: BTreeMap<ItemId, Vec<Prediction>> = BTreeMap::new();
    for prediction in store::list_predictions_of(tx, batch.id).await? {
        predictions.entry(prediction.item_id).or_default().push(prediction);
    }
    for (item, predictions) in predictions {
        let said = said.entry(item).or_default();
        said.extend(know::newest(predictions).into_iter().map(|one| Said {
            id: one.id.0,
            worker: workers.number(one.worker()),
            source: Source::Model,
            yes: one.label == "yes",
        }));
    }
    let ruled: BTreeSet<ItemId> = store::list_ruled(tx, batch.id).await?.into_iter().map(|(item,)| item).collect();
    let mut asked = Vec::with_capacity(said.len());
    for (item, said) in said {
        let rulings = if ruled.contains(&item) { rulings(tx, item).await? } else { Vec::new() };
        asked.push(Asked { item, batch: number, gold: gold.get(&item).copied(), said, rulings });
    }
    Ok(asked)
}

/// The rulings on an item, oldest first: how well somebody rules is measured apart from how well they listen,
/// because they see more when they rule.
async fn rulings(tx: &mut Tx, item: ItemId) -> DbResult<Vec<Counted>> {
    let rulings = tx.ask(store::list_rulings(&[item])?).await?;
    let workers = rulings.iter().flat_map(|ruling| [ruling.reviewer(), ruling.person_id.clone()]).collect();
    let measured = Measured::find(tx, item, &workers).await?;
    let counted = |ruling: StoredRuling| Counted {
        id: ruling.id.to_string(),
        source: Source::Expert,
        cells: measured.reviewer(item, &ruling),
        label: ruling.label,
    };
    Ok(rulings.into_iter().map(counted).collect())
}
