//! What a reviewer sees and decides, and how a verdict came about.

use super::decide::decide;
use super::know::{know, newest};
use super::measured::Measured;
use super::model::{Contested, Entry, Evidence, ModelView, Opinion, Prediction, Ruling, Source, Verdict, VerdictView};
use super::{rules, store};
use crate::answers::{self, Answer};
use crate::audit;
use crate::batches::{self, ItemId};
use crate::media::{self, ClipId};
use crate::platform::{caller::Caller, db::Tx, problem::Problem, site::Site};
use actix_web::http::StatusCode;
use std::collections::{BTreeSet, HashMap};
use wire::Label;

/// Contested items, the most doubtful first; never the caller's own clip, and nothing that they
/// have judged.
///
/// # Errors
/// When the database does not answer.
pub async fn contested(site: &Site, caller: &Caller) -> Result<Vec<Contested>, Problem> {
    let mut tx = site.db.read().await?;
    let mut shown = Vec::new();
    let mut histories: HashMap<ItemId, Vec<Entry>> = HashMap::new();
    for one in store::list_contested_history(&mut tx).await? {
        histories.entry(one.item_id).or_default().push(one.entry);
    }
    for verdict in store::list_contested(&mut tx).await? {
        let Some(item) = batches::item(&mut tx, verdict.item_id).await? else { continue };
        let answers = tx.ask(answers::of_items(&[verdict.item_id])?).await?;
        if may_rule(&mut tx, caller, &verdict, &answers).await?.is_err() {
            continue;
        }
        let opinions = opinions(&mut tx, verdict.item_id, answers).await?;
        let models = models(&mut tx, verdict.item_id).await?;
        shown.push(Contested {
            item: verdict.item_id.to_string(),
            phrase: item.phrase,
            clip: verdict.clip_id,
            label: verdict.label,
            probability: verdict.probability,
            opinions,
            models,
            history: histories.remove(&verdict.item_id).unwrap_or_default(),
        });
    }
    Ok(shown)
}

/// What listeners, and reviewers before this one, said about an item.
async fn opinions(tx: &mut Tx, item: ItemId, answers: Vec<Answer>) -> Result<Vec<Opinion>, Problem> {
    let rulings = tx.ask(store::list_rulings(&[item])?).await?;
    let mut workers: BTreeSet<String> = answers.iter().map(|answer| answer.person_id.to_string()).collect();
    workers.extend(rulings.iter().flat_map(|ruling| [ruling.reviewer(), ruling.person_id.clone()]));
    let measured = Measured::find(tx, item, &workers).await?;
    let listeners = answers.into_iter().map(|answer| {
        let cells = measured.without(item, &answer.person_id.to_string());
        let accuracy = rules::accuracy(Source::Person, cells);
        Opinion { by: "listener".to_owned(), label: answer.label, reason: answer.reason, accuracy }
    });
    let reviewers = rulings.into_iter().map(|ruling| {
        let accuracy = rules::accuracy(Source::Expert, measured.reviewer(item, &ruling));
        Opinion { by: "reviewer".to_owned(), label: ruling.label, reason: ruling.reason, accuracy }
    });
    Ok(listeners.chain(reviewers).collect())
}

/// What the newest version of each model says about an item.
async fn models(tx: &mut Tx, item: ItemId) -> Result<Vec<ModelView>, Problem> {
    let predictions = newest(tx.ask(store::list_predictions(&[item])?).await?);
    let workers = predictions.iter().map(Prediction::worker).collect();
    let measured = Measured::find(tx, item, &workers).await?;
    let view = |prediction: Prediction| ModelView {
        model: prediction.name(),
        accuracy: rules::accuracy(Source::Model, measured.without(item, &prediction.worker())),
        label: prediction.label,
        probability: prediction.probability,
    };
    Ok(predictions.into_iter().map(view).collect())
}

/// A reviewer decides on nobody's behalf twice: not on their own clip, not where they answered
/// or ruled before.
async fn may_rule(
    tx: &mut Tx,
    caller: &Caller,
    verdict: &Verdict,
    answers: &[Answer],
) -> Result<Result<(), Problem>, Problem> {
    let clip: ClipId = verdict.clip_id.parse().map_err(Problem::internal)?;
    let own = media::find(tx, clip).await?.is_some_and(|clip| clip.speaker_id == caller.person);
    if own {
        return Ok(Err(Problem::new(
            StatusCode::FORBIDDEN,
            "own_clip",
            "This is your own recording. Somebody else must decide.",
        )));
    }
    let caller = caller.person.to_string();
    let ruled = tx.ask(store::list_rulings(&[verdict.item_id])?).await?.iter().any(|ruling| ruling.person_id == caller);
    if ruled || answers.iter().any(|answer| answer.person_id.to_string() == caller) {
        return Ok(Err(Problem::conflict(
            "already_answered",
            "You have judged this recording before. Somebody else must decide.",
        )));
    }
    Ok(Ok(()))
}

/// A reviewer rules on a contested item: strong evidence, which settles it unless everything
/// else outweighs it.
///
/// # Errors
/// 404; 403 `own_clip`; 409 `already_answered` or `not_contested`; 422 `reason_required`.
pub async fn rule(site: &Site, caller: &Caller, item: ItemId, ruling: &Ruling) -> Result<(), Problem> {
    match (ruling.label, ruling.reason) {
        (Label::Unsure, _) => return Err(Problem::invalid("invalid_label", "A reviewer decides yes or no.")),
        (Label::No, None) => return Err(Problem::invalid("reason_required", "Say why not.")),
        _ => {}
    }
    let mut tx = site.db.begin().await?;
    let known = know(&mut tx, item).await?.ok_or_else(Problem::not_found)?;
    let verdict = store::find(&mut tx, item).await?.ok_or_else(Problem::not_found)?;
    let label = ruling.label.as_str();
    let before = tx.ask(store::list_rulings(&[item])?).await?;
    let person = caller.person.to_string();
    if before.iter().any(|one| one.person_id == person && one.label == label) {
        return Ok(());
    }
    if verdict.state != "contested" {
        return Err(Problem::conflict("not_contested", "This item is settled already."));
    }
    may_rule(&mut tx, caller, &verdict, &known.answers).await??;
    let now_us = site.now_us();
    let reason = ruling.reason.map(|reason| reason.as_str());
    store::insert_ruling(&mut tx, item, caller.person, label, reason, now_us).await?;
    let known = know(&mut tx, item).await?.ok_or_else(Problem::not_found)?;
    decide(site, &mut tx, &known).await?;
    let detail = serde_json::json!({ "label": label, "reason": ruling.reason });
    audit::note(&mut tx, now_us, Some(caller.person), "verdict.decide", &item.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// A verdict with what made it, computed anew from the stored answers.
///
/// # Errors
/// 404 without a verdict.
pub async fn view(tx: &mut Tx, item: ItemId) -> Result<VerdictView, Problem> {
    let verdict = store::find(tx, item).await?.ok_or_else(Problem::not_found)?;
    let evidence: Option<Evidence> = serde_json::from_str(&verdict.evidence).ok();
    let replayed = match &evidence {
        Some(evidence) => replays(tx, &verdict, evidence).await?,
        None => false,
    };
    Ok(VerdictView {
        item: item.to_string(),
        clip: verdict.clip_id,
        state: verdict.state,
        label: verdict.label,
        probability: verdict.probability,
        method: verdict.method,
        evidence,
        replayed,
        history: store::list_history(tx, item).await?,
    })
}

/// Whether what counted is stored as it counted, and gives the same probability to the bit.
async fn replays(tx: &mut Tx, verdict: &Verdict, evidence: &Evidence) -> Result<bool, Problem> {
    let answers = tx.ask(answers::of_items(&[verdict.item_id])?).await?;
    let mut stored: Vec<(String, String)> =
        answers.into_iter().map(|answer| (answer.id.to_string(), answer.label)).collect();
    let rulings = tx.ask(store::list_rulings(&[verdict.item_id])?).await?;
    stored.extend(rulings.into_iter().map(|ruling| (ruling.id.to_string(), ruling.label)));
    let predictions = tx.ask(store::list_predictions(&[verdict.item_id])?).await?;
    stored.extend(predictions.into_iter().map(|prediction| (prediction.id.to_string(), prediction.label)));
    let known =
        evidence.counted.iter().all(|one| stored.iter().any(|(id, label)| *id == one.id && *label == one.label));
    let (label, probability) = rules::verdict(rules::yes(evidence));
    Ok(known && label == verdict.label && probability.to_bits() == verdict.probability.to_bits())
}

/// What replaying every verdict found.
pub struct Replayed {
    /// Verdicts looked at.
    pub verdicts: u64,
    /// Of them, made before evidence was kept: they cannot be replayed.
    pub unexplained: u64,
    /// What does not follow from what is stored.
    pub faults: Vec<String>,
}

/// Computes every verdict anew from the stored answers, rulings and predictions, and compares it with
/// the newest entry of its history.
///
/// # Errors
/// When the database does not answer.
pub async fn verify(tx: &mut Tx) -> Result<Replayed, Problem> {
    let mut found = Replayed { verdicts: 0, unexplained: 0, faults: Vec::new() };
    let mut after = String::new();
    loop {
        let some = store::list_after(tx, &after).await?;
        let Some(last) = some.last() else { break };
        after = last.item_id.to_string();
        for verdict in &some {
            found.verdicts += 1;
            let mut wrong = fault(tx, verdict).await?;
            if wrong.is_some()
                && let Some(verdict) = store::find(tx, verdict.item_id).await?
            {
                // It may have changed between two statements.
                wrong = fault(tx, &verdict).await?;
            }
            match wrong {
                None if verdict.evidence.is_empty() => found.unexplained += 1,
                None => {}
                Some(fault) => found.faults.push(format!("verdict on item {} {fault}", verdict.item_id)),
            }
        }
    }
    let lost = store::list_lost(tx).await?;
    found.faults.extend(lost.iter().map(|(item,)| format!("verdict on item {item} is missing")));
    Ok(found)
}

/// What is wrong with a verdict.
async fn fault(tx: &mut Tx, verdict: &Verdict) -> Result<Option<&'static str>, Problem> {
    let last = tx.ask(store::list_last(&[verdict.item_id])?).await?.pop().map(|one| one.entry);
    if verdict.evidence.is_empty() && last.is_none() {
        return Ok(None);
    }
    let Ok(evidence) = serde_json::from_str(&verdict.evidence) else {
        return Ok(Some("has evidence that cannot be read"));
    };
    if !replays(tx, verdict, &evidence).await? {
        return Ok(Some("does not follow from the stored answers"));
    }
    let same = last.is_some_and(|last| {
        (last.state, last.label, last.probability.to_bits(), last.answers, last.evidence)
            == (
                verdict.state.clone(),
                verdict.label.clone(),
                verdict.probability.to_bits(),
                verdict.answers,
                verdict.evidence.clone(),
            )
    });
    Ok((!same).then_some("differs from its history"))
}
