//! One item's evidence, gathered, weighed and written down: the same way for answers and rulings.

use super::model::{
    Calibration, Cells, Counted, Entry, Evidence, METHOD, Prediction, Settings, Source, State, StoredRuling, Verdict,
};
use super::{agreement, rules, seniors, store};
use crate::answers::{self, Answer};
use crate::batches::{self, Batch, Item, ItemId};
use crate::media::{self, Clip, ClipId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    site::Site,
};
use crate::tasks::{self, Slots};
use crate::trust::{self, Agreed, Level};
use std::collections::BTreeMap;

/// Everything known about an item whose row is locked.
pub struct Known {
    pub item: Item,
    pub batch: Batch,
    settings: Settings,
    clip_id: String,
    /// The recording, where the site has it.
    pub clip: Option<Clip>,
    pub slots: Slots,
    pub answers: Vec<Answer>,
    pub evidence: Evidence,
    /// What was decided last.
    last: Option<Entry>,
    /// Who gave each piece of evidence.
    workers: BTreeMap<String, String>,
    /// What the item teaches about each of them so far.
    taught: BTreeMap<String, Cells>,
    /// What it says about people's agreement so far.
    pub agreed: Vec<Agreed>,
    pub had_verdict: bool,
    /// The newest ruling: its label and whose it is.
    ruled: Option<(String, String)>,
}

impl Known {
    /// Whether a reviewer has ruled on it.
    pub fn is_ruled(&self) -> bool {
        self.ruled.is_some()
    }
}

/// Rulings on an item, oldest first, with the reviewer as a worker: how well somebody rules is
/// measured apart from how well they listen, because they see more when they rule.
pub async fn rulings(tx: &mut Tx, item: ItemId) -> DbResult<Vec<(Counted, String)>> {
    let rulings = store::list_rulings(tx, item).await?;
    weigh(tx, item, &rulings).await
}

async fn weigh(tx: &mut Tx, item: ItemId, rulings: &[StoredRuling]) -> DbResult<Vec<(Counted, String)>> {
    let mut counted = Vec::new();
    for ruling in rulings {
        let cells = expert_cells(tx, item, ruling).await?;
        let (id, label) = (ruling.id.to_string(), ruling.label.clone());
        counted.push((Counted { id, source: Source::Expert, label, cells }, ruling.reviewer()));
    }
    Ok(counted)
}

/// What is known of a reviewer without one item: their own answers to gold, and their rulings on
/// which evidence came later.
pub async fn expert_cells(tx: &mut Tx, item: ItemId, ruling: &StoredRuling) -> DbResult<Cells> {
    let gold = store::sum_gold_cells(tx, &ruling.person_id).await?;
    Ok(gold.plus(cells_without(tx, item, &ruling.reviewer()).await?))
}

/// The newest version of each model speaks for it: its versions err together.
pub fn newest(predictions: Vec<Prediction>) -> Vec<Prediction> {
    let mut newest: BTreeMap<String, Prediction> = BTreeMap::new();
    for prediction in predictions {
        newest.insert(prediction.model.clone(), prediction);
    }
    newest.into_values().collect()
}

/// A sum of parts without what an item adds.
fn without(sum: Cells, part: &store::Part) -> Cells {
    if part.own == 1 { sum.minus(part.cells) } else { sum.plus(part.cells) }
}

/// A worker's confusion matrix without one item.
pub async fn cells_without(tx: &mut Tx, item: ItemId, worker: &str) -> DbResult<Cells> {
    let parts = tx.ask(store::list_workers(item, &[worker])?).await?;
    Ok(parts.iter().fold(Cells::default(), without))
}

/// A piece of evidence: its id, whose kind of word it is, and what it says.
type Said = (String, Source, String);

/// What people and models say, each with its worker.
fn said(answers: &[Answer], predictions: Vec<Prediction>) -> Vec<(Said, String)> {
    let people = answers.iter().filter(|answer| answer.label != "unsure").map(|answer| {
        let one = (answer.id.to_string(), Source::Person, answer.label.clone());
        (one, answer.person_id.to_string())
    });
    let models = newest(predictions).into_iter().map(|prediction| {
        let worker = prediction.worker();
        ((prediction.id.to_string(), Source::Model, prediction.label), worker)
    });
    people.chain(models).collect()
}

/// Takes an item for this transaction and reads all that is known about it; `None` for what is
/// not judged.
pub async fn know(tx: &mut Tx, id: ItemId) -> DbResult<Option<Known>> {
    let (Some(slots), Some(item)) = tx.ask((tasks::lock_item(id), batches::asked_item(id))).await? else {
        return Ok(None);
    };
    let Some(clip_id) = item.clip_id.clone() else { return Ok(None) };
    let clip: ClipId = clip_id.parse().map_err(|error: uuid::Error| sqlx::Error::Decode(error.into()))?;
    let asked = (
        batches::asked(item.batch_id),
        answers::of_item(id),
        store::find_background(id, item.batch_id),
        store::find_last(id),
        media::asked(clip),
    );
    let (Some(batch), answers, background, last, clip) = tx.ask(asked).await? else {
        return Ok(None);
    };
    let rulings = if background.ruled > 0 { store::list_rulings(tx, id).await? } else { Vec::new() };
    let predictions = if background.predicted > 0 { store::list_predictions(tx, id).await? } else { Vec::new() };
    let said = said(&answers, predictions);
    let reviewers: Vec<String> = rulings.iter().map(StoredRuling::reviewer).collect();
    let names: Vec<&str> = said.iter().map(|(_, worker)| worker).chain(&reviewers).map(String::as_str).collect();
    let (mut others, mut taught) = (BTreeMap::<String, Cells>::new(), BTreeMap::new());
    let people: Vec<PersonId> =
        answers.iter().map(|answer| answer.person_id).chain(clip.iter().map(|clip| clip.speaker_id)).collect();
    let (parts, agreed) = tx.ask((store::list_workers(id, &names)?, trust::agreed(id, &people)?)).await?;
    for part in parts {
        let sum = others.entry(part.worker_id.clone()).or_default();
        *sum = without(*sum, &part);
        if part.own == 1 {
            taught.insert(part.worker_id, part.cells);
        }
    }
    let mut counted = weigh(tx, id, &rulings).await?;
    counted.extend(said.into_iter().map(|((id, source, label), worker)| {
        let cells = others.get(&worker).copied().unwrap_or_default();
        (Counted { id, source, label, cells }, worker)
    }));
    counted.sort_by(|a, b| a.0.id.cmp(&b.0.id));
    let workers = counted.iter().map(|(one, worker)| (one.id.clone(), worker.clone())).collect();
    let counted = counted.into_iter().map(|(one, _)| one).collect();
    let none = Calibration::default();
    let evidence = Evidence {
        method: METHOD.to_owned(),
        prior_yes: background.prior_yes.unwrap_or(none.prior_yes),
        temperature: background.temperature.unwrap_or(none.temperature),
        counted,
    };
    let had_verdict = background.decided > 0;
    let ruled = rulings.into_iter().next_back().map(|ruling| (ruling.label, ruling.person_id));
    let settings = background.settings();
    Ok(Some(Known {
        item,
        batch,
        settings,
        clip_id,
        clip,
        slots,
        answers,
        evidence,
        last,
        workers,
        taught,
        agreed,
        had_verdict,
        ruled,
    }))
}

/// What is new since the last entry, as cause and its id; `None` when nothing is.
fn cause(known: &Known, last: Option<&Entry>) -> Option<(&'static str, String)> {
    let before: Option<Evidence> = last.and_then(|last| serde_json::from_str(&last.evidence).ok());
    let old = |id: &str| before.as_ref().is_some_and(|before| before.counted.iter().any(|one| one.id == id));
    let new = known.evidence.counted.iter().rev().find(|one| !old(&one.id));
    if let Some(one) = new {
        let cause = match one.source {
            Source::Person => "answer",
            Source::Model => "prediction",
            Source::Expert => "ruling",
        };
        return Some((cause, one.id.clone()));
    }
    let answers = i64::try_from(known.answers.len()).unwrap_or(i64::MAX);
    if last.map_or(0, |last| last.answers) != answers {
        // An answer that says neither yes nor no.
        return known.answers.last().map(|answer| ("answer", answer.id.to_string()));
    }
    let calibration = |evidence: &Evidence| (evidence.prior_yes, evidence.temperature);
    let moved = before.is_some_and(|before| calibration(&before) != calibration(&known.evidence));
    moved.then(|| ("calibration", known.batch.id.to_string()))
}

/// Decides on an item that is known and writes everything down; `None` when nothing is new.
///
/// # Errors
/// When the database refuses.
pub async fn decide(site: &Site, tx: &mut Tx, known: Known) -> DbResult<Option<State>> {
    decide_because(site, tx, known, None).await
}

/// The same for a cause and its id that do not lie in the item's own evidence.
///
/// # Errors
/// When the database refuses.
pub async fn decide_because(
    site: &Site,
    tx: &mut Tx,
    known: Known,
    because: Option<(&'static str, String)>,
) -> DbResult<Option<State>> {
    let id = known.item.id;
    let Some((cause, cause_id)) = because.or_else(|| cause(&known, known.last.as_ref())) else { return Ok(None) };
    let yes = rules::yes(&known.evidence);
    let (label, probability) = rules::verdict(yes);
    let answers = i64::try_from(known.answers.len()).unwrap_or(i64::MAX);
    let votes = known.evidence.counted.iter().filter(|one| one.source == Source::Person).count();
    let worthless = known.evidence.counted.iter().filter(|one| rules::worthless(one)).count();
    let sum = rules::Sum {
        yes,
        answers,
        votes: i64::try_from(votes).unwrap_or(i64::MAX),
        worthless: i64::try_from(worthless).unwrap_or(i64::MAX),
        ruled: known.ruled.as_ref().map(|(label, _)| label.as_str()),
        had_verdict: known.had_verdict,
    };
    let policy = policy(site, tx, &known).await?;
    let (state, more) = rules::step(sum, policy);
    let now_us = site.now_us();
    let evidence = serde_json::to_string(&known.evidence).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let entry = Entry {
        cause: cause.to_owned(),
        cause_id,
        state: state.as_str().to_owned(),
        label: label.to_owned(),
        probability,
        answers,
        method: METHOD.to_owned(),
        evidence,
        at_us: now_us,
    };
    store::append(tx, id, known.batch.id, &entry).await?;
    if state != State::Open {
        settle(tx, &known, state, &entry).await?;
    }
    teach(tx, &known, state).await?;
    agreement::note(tx, &known, policy.audited, state, yes, now_us).await?;
    let expert = more == rules::More::None && policy.affordable && seniors::asks_expert(tx, &known, state).await?;
    ask(tx, &known, if expert { Ask::Expert } else { Ask::Anybody(more) }, yes, now_us).await?;
    metrics::counter!("sayso_verdicts_total", "state" => state.as_str()).increment(1);
    Ok(Some(state))
}

async fn policy(site: &Site, tx: &mut Tx, known: &Known) -> DbResult<rules::Policy> {
    let batch = &known.batch;
    let settings = known.settings;
    let affordable = settings.budget_cents == 0
        || batch.pay_cents == 0
        || (store::sum_extra(tx, batch.id).await? + 1).saturating_mul(batch.pay_cents) <= settings.budget_cents;
    Ok(rules::Policy {
        wanted: batch.answers_wanted,
        most: batch.answers_max,
        threshold: batch.threshold,
        paid: batch.pay_cents > 0,
        audited: affordable && rules::drawn(&site.secrets.key("audit"), &known.item.id.to_string(), settings.audit_ppm),
        affordable,
    })
}

/// A batch's settings, or the defaults.
pub async fn settings(tx: &mut Tx, batch: &Batch) -> DbResult<Settings> {
    Ok(tx.ask(store::find_settings(batch.id)).await?.unwrap_or_default())
}

/// Writes the verdict; a clip that is sure enough is accepted and paid, or not.
async fn settle(tx: &mut Tx, known: &Known, state: State, entry: &Entry) -> DbResult<()> {
    let verdict = Verdict {
        item_id: known.item.id,
        batch_id: known.batch.id,
        clip_id: known.clip_id.clone(),
        state: entry.state.clone(),
        label: entry.label.clone(),
        probability: entry.probability,
        answers: entry.answers,
        method: entry.method.clone(),
        decided_by: known.ruled.as_ref().filter(|_| state == State::Decided).map(|(_, person)| person.clone()),
        evidence: entry.evidence.clone(),
        at_us: entry.at_us,
    };
    store::put(tx, &verdict).await?;
    match &known.clip {
        Some(clip) if state != State::Contested => media::judged(tx, clip, entry.label == "yes", entry.at_us).await,
        _ => Ok(()),
    }
}

/// Counts what the item teaches about its workers, or takes it back.
async fn teach(tx: &mut Tx, known: &Known, state: State) -> DbResult<()> {
    let sure = matches!(state, State::Settled | State::Decided);
    let lessons = rules::lessons(&known.evidence);
    let lessons = lessons.into_iter().map(|(id, cells)| (id, if sure { cells } else { Cells::default() }));
    learn(tx, known, "verdict", lessons).await
}

/// Replaces what an item says about those who gave evidence, by its id; workers in one order for
/// everybody, so that two items never wait for each other.
async fn learn<'a>(
    tx: &mut Tx,
    known: &'a Known,
    source: &'static str,
    lessons: impl Iterator<Item = (&'a str, Cells)>,
) -> DbResult<()> {
    let mut changed: Vec<store::Lesson<'_>> = lessons
        .filter_map(|(evidence_id, cells)| {
            let worker_id = known.workers.get(evidence_id)?.as_str();
            let change = cells.minus(known.taught.get(worker_id).copied().unwrap_or_default());
            let (item_id, batch_id) = (known.item.id, known.batch.id);
            let lesson = store::Lesson { item_id, batch_id, worker_id, evidence_id, source, cells, change };
            (change != Cells::default()).then_some(lesson)
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    changed.sort_by_key(|lesson| lesson.worker_id);
    store::put_contributions(tx, &changed).await?;
    store::add_cells(tx, &changed).await
}

/// Opens or closes places of an item, and keeps count of those beyond the least.
pub async fn set_target(tx: &mut Tx, batch: &Batch, item: ItemId, slots: Slots, target: i64) -> DbResult<()> {
    let extra = |target: i64| (target - batch.answers_wanted).max(0);
    let change = extra(target) - extra(slots.target);
    if change != 0 {
        store::add_extra(tx, batch.id, item, change).await?;
    }
    if target == slots.target { Ok(()) } else { tasks::set_target(tx, item, target).await }
}

/// Who else is to answer.
enum Ask {
    /// An expert, for a contested item.
    Expert,
    /// So many more people.
    Anybody(rules::More),
}

/// Opens as many places as the item still wants, the uncertain ones early in the queue.
async fn ask(tx: &mut Tx, known: &Known, ask: Ask, yes: f64, now_us: i64) -> DbResult<()> {
    let (batch, id, slots) = (&known.batch, known.item.id, known.slots);
    let taken = slots.answers + slots.leases;
    let level = match ask {
        Ask::Anybody(rules::More::None) => return set_target(tx, batch, id, slots, taken).await,
        Ask::Anybody(rules::More::ToTheCap) => {
            tasks::set_level(tx, id, Level::New, now_us).await?;
            return set_target(tx, batch, id, slots, batch.answers_max.max(taken)).await;
        }
        // Only when nobody is answering it right now: one more, not one more each time.
        Ask::Anybody(rules::More::One) if slots.leases > 0 || slots.answers < slots.target => return Ok(()),
        Ask::Anybody(rules::More::One) => seniors::next_level(tx, known).await?,
        Ask::Expert => Level::Expert,
    };
    tasks::set_level(tx, id, level, now_us).await?;
    tasks::set_urgency(tx, id, rules::urgency_us(yes)).await?;
    set_target(tx, batch, id, slots, taken + 1).await
}

/// An answer to gold says how accurate its giver is.
pub async fn learn_from_gold(tx: &mut Tx, known: &Known, gold: &str) -> DbResult<()> {
    let yes = if gold == "yes" { super::model::ITEM } else { 0 };
    let counted = known.evidence.counted.iter();
    learn(tx, known, "gold", counted.map(|one| (one.id.as_str(), Cells::of(&one.label, yes)))).await
}
