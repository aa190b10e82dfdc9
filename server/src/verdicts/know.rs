//! All that is known about some items: read in one message, and what that names in a second one.

use super::measured::Measured;
use super::model::{Calibration, Cells, Counted, Entry, Evidence, METHOD, Prediction, Settings, Source, StoredRuling};
use super::store::{self, Background};
use crate::answers::{self, Answer};
use crate::batches::{self, Batch, BatchId, Item, ItemId};
use crate::media::{self, Clip};
use crate::platform::{
    db::{Ask, DbResult, Outcome, Tx},
    ids::PersonId,
};
use crate::tasks::{self, Slots};
use crate::trust::{self, Agreed};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Everything known about an item whose row is locked.
pub struct Known {
    pub item: Item,
    pub batch: Batch,
    pub settings: Settings,
    pub clip_id: String,
    /// The recording, where the site has it.
    pub clip: Option<Clip>,
    pub slots: Slots,
    pub answers: Vec<Answer>,
    pub evidence: Evidence,
    /// What was decided last.
    pub last: Option<Entry>,
    /// Who gave each piece of evidence, and what the item teaches about them so far.
    pub workers: BTreeMap<String, (String, Cells)>,
    /// What it says about people's agreement so far.
    pub agreed: Vec<Agreed>,
    pub had_verdict: bool,
    /// The newest ruling: its label and whose it is.
    pub ruled: Option<(String, String)>,
}

impl Known {
    /// Whether a reviewer has ruled on it.
    pub fn is_ruled(&self) -> bool {
        self.ruled.is_some()
    }
}

/// Takes an item for this transaction and reads all that is known about it; `None` for what is
/// not judged.
pub async fn know(tx: &mut Tx, id: ItemId) -> DbResult<Option<Known>> {
    Ok(read(tx, &[id], tasks::lock_item(id)).await?.pop())
}

/// The same for those of some items that nobody else holds, in the order of their clips.
pub async fn know_free(tx: &mut Tx, ids: &[ItemId]) -> DbResult<Vec<Known>> {
    let mut known = read(tx, ids, tasks::lock_free_items(ids)?).await?;
    known.sort_by(|a, b| a.clip_id.cmp(&b.clip_id));
    Ok(known)
}

/// The newest version of each model speaks for it: its versions err together.
pub fn newest(predictions: Vec<Prediction>) -> Vec<Prediction> {
    let mut newest: BTreeMap<String, Prediction> = BTreeMap::new();
    for prediction in predictions {
        newest.insert(prediction.model.clone(), prediction);
    }
    newest.into_values().collect()
}

/// What was said about an item that is taken.
struct Heard {
    slots: Slots,
    item: Item,
    clip_id: String,
    answers: Vec<Answer>,
    predictions: Vec<Prediction>,
    rulings: Vec<StoredRuling>,
    last: Option<Entry>,
    had_verdict: bool,
}

impl Heard {
    /// Each piece of evidence of a person or a model: its id, whose kind of word it is, what it says; and its worker.
    fn said(&self) -> impl Iterator<Item = (String, Source, &str, String)> {
        let people =
            self.answers.iter().filter(|answer| answer.label != "unsure").map(|answer| {
                (answer.id.to_string(), Source::Person, answer.label.as_str(), answer.person_id.to_string())
            });
        let models = self.predictions.iter().map(|prediction| {
            (prediction.id.to_string(), Source::Model, prediction.label.as_str(), prediction.worker())
        });
        people.chain(models)
    }
}

/// What bears on some items without being about one of them alone.
struct Around {
    batches: HashMap<BatchId, Batch>,
    backgrounds: HashMap<BatchId, Background>,
    clips: HashMap<String, Clip>,
    measured: Measured,
    agreed: HashMap<ItemId, Vec<Agreed>>,
}

async fn read<L>(tx: &mut Tx, ids: &[ItemId], lock: Ask<L>) -> DbResult<Vec<Known>>
where
    L: Outcome<Out: IntoIterator<Item = Slots>>,
{
    let asked = (
        lock,
        batches::asked_items(ids)?,
        answers::of_items(ids)?,
        store::list_last(ids)?,
        store::list_rulings(ids)?,
        store::list_predictions(ids)?,
        store::list_decided(ids)?,
        store::list_contributions(ids)?,
    );
    // Each statement sees what was committed before it: what is read behind the lock is not older than it.
    let (slots, items, answers, last, rulings, predictions, decided, contributions) = tx.ask(asked).await?;
    let mut items: HashMap<ItemId, Item> = items.into_iter().map(|item| (item.id, item)).collect();
    let mut answers = by_item(answers, |one| one.item_id);
    let mut last: HashMap<ItemId, Entry> = last.into_iter().map(|one| (one.item_id, one.entry)).collect();
    let mut rulings = by_item(rulings, |one| one.item_id);
    let mut predictions = by_item(predictions, |one| one.item_id);
    let decided: HashSet<ItemId> = decided.into_iter().map(|(item,)| item).collect();
    let heard = slots.into_iter().filter_map(|slots| {
        let (id, item) = (slots.item_id, items.remove(&slots.item_id)?);
        Some(Heard {
            clip_id: item.clip_id.clone()?,
            slots,
            item,
            answers: answers.remove(&id).unwrap_or_default(),
            predictions: newest(predictions.remove(&id).unwrap_or_default()),
            rulings: rulings.remove(&id).unwrap_or_default(),
            last: last.remove(&id),
            had_verdict: decided.contains(&id),
        })
    });
    let heard: Vec<Heard> = heard.collect();
    if heard.is_empty() {
        return Ok(Vec::new());
    }
    let mut around = around(tx, &heard, contributions).await?;
    Ok(heard.into_iter().filter_map(|heard| known(heard, &mut around)).collect())
}

fn by_item<T>(all: Vec<T>, item: impl Fn(&T) -> ItemId) -> HashMap<ItemId, Vec<T>> {
    let mut sorted: HashMap<ItemId, Vec<T>> = HashMap::new();
    for one in all {
        sorted.entry(item(&one)).or_default().push(one);
    }
    sorted
}

async fn around(tx: &mut Tx, heard: &[Heard], contributions: Vec<store::Contribution>) -> DbResult<Around> {
    let of_items: BTreeSet<BatchId> = heard.iter().map(|one| one.item.batch_id).collect();
    let clips: Vec<&str> = heard.iter().map(|one| one.clip_id.as_str()).collect();
    let mut workers: BTreeSet<String> = BTreeSet::new();
    let mut about: Vec<(ItemId, PersonId)> = Vec::new();
    for one in heard {
        workers.extend(one.said().map(|(_, _, _, worker)| worker));
        workers.extend(one.rulings.iter().flat_map(|ruling| [ruling.reviewer(), ruling.person_id.clone()]));
        let people = one.answers.iter().map(|answer| answer.person_id).chain(one.slots.speaker_id);
        about.extend(people.map(|person| (one.item.id, person)));
    }
    let asked = (
        batches::asked_some(&of_items)?,
        store::list_backgrounds(&of_items)?,
        media::asked_some(&clips)?,
        store::list_confusions(&workers)?,
        trust::agreed(&about)?,
    );
    let (batches, backgrounds, clips, confusions, agreed) = tx.ask(asked).await?;
    Ok(Around {
        batches: batches.into_iter().map(|batch| (batch.id, batch)).collect(),
        backgrounds: backgrounds.into_iter().map(|one| (one.batch_id, one)).collect(),
        clips: clips.into_iter().map(|clip| (clip.id.to_string(), clip)).collect(),
        measured: Measured { confusions, contributions },
        agreed: by_item(agreed, |one| one.item_id),
    })
}

/// What is known about one of the items.
fn known(heard: Heard, around: &mut Around) -> Option<Known> {
    let (id, measured) = (heard.item.id, &around.measured);
    let batch = around.batches.get(&heard.item.batch_id)?.clone();
    let background = around.backgrounds.get(&batch.id)?;
    let reviewers = heard.rulings.iter().map(|ruling| {
        let (evidence, label) = (ruling.id.to_string(), ruling.label.clone());
        let cells = measured.reviewer(id, ruling);
        (Counted { id: evidence, source: Source::Expert, label, cells }, ruling.reviewer())
    });
    let others = heard.said().map(|(evidence, source, label, worker)| {
        let cells = measured.without(id, &worker);
        (Counted { id: evidence, source, label: label.to_owned(), cells }, worker)
    });
    let mut counted: Vec<(Counted, String)> = reviewers.chain(others).collect();
    counted.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    let workers = counted.iter().map(|(one, worker)| {
        let taught = measured.taught(id, worker);
        (one.id.clone(), (worker.clone(), taught))
    });
    let workers = workers.collect();
    let counted = counted.into_iter().map(|(one, _)| one).collect();
    let none = Calibration::default();
    Some(Known {
        settings: background.settings(),
        evidence: Evidence {
            method: METHOD.to_owned(),
            prior_yes: background.prior_yes.unwrap_or(none.prior_yes),
            temperature: background.temperature.unwrap_or(none.temperature),
            counted,
        },
        workers,
        agreed: around.agreed.remove(&id).unwrap_or_default(),
        clip: around.clips.get(&heard.clip_id).cloned(),
        ruled: heard.rulings.into_iter().next_back().map(|ruling| (ruling.label, ruling.person_id)),
        item: heard.item,
        batch,
        clip_id: heard.clip_id,
        slots: heard.slots,
        answers: heard.answers,
        last: heard.last,
        had_verdict: heard.had_verdict,
    })
}
