//! Consensus over answers; contested items; a reviewer's ruling.

pub mod handlers;
pub mod jobs;
mod model;
pub mod pages;
mod rules;
mod store;

pub use model::{Contested, METHOD, Opinion, Ruling, Verdict};

use crate::answers::{self, Answer};
use crate::audit;
use crate::batches::{self, ItemId};
use crate::media::{self, ClipId};
use crate::platform::{
    caller::Caller,
    db::{DbResult, Tx},
    problem::Problem,
    site::Site,
};
use crate::tasks;
use crate::trust;
use actix_web::http::StatusCode;
use wire::Label;

/// The answers to an item with the measured accuracy of whoever gave them.
async fn weighed(tx: &mut Tx, item: ItemId) -> DbResult<Vec<(Answer, f64)>> {
    let mut weighed = Vec::new();
    for answer in answers::of_item(tx, item).await? {
        let accuracy = trust::skill_of(tx, answer.person_id).await?.accuracy();
        weighed.push((answer, accuracy));
    }
    Ok(weighed)
}

fn labels(weighed: &[(Answer, f64)]) -> Vec<rules::Weighed<'_>> {
    weighed.iter().map(|(answer, accuracy)| (answer.label.as_str(), *accuracy)).collect()
}

/// Contested items, the most doubtful first; never the caller's own clip.
///
/// # Errors
/// When the database does not answer.
pub async fn contested(site: &Site, caller: &Caller) -> Result<Vec<Contested>, Problem> {
    let mut tx = site.db.read().await?;
    let mut shown = Vec::new();
    for verdict in store::list_contested(&mut tx).await? {
        let Some(item) = batches::item(&mut tx, verdict.item_id).await? else { continue };
        let weighed = weighed(&mut tx, verdict.item_id).await?;
        if may_rule(&mut tx, caller, &verdict, &weighed).await?.is_err() {
            continue;
        }
        let opinions = weighed
            .into_iter()
            .map(|(answer, accuracy)| Opinion { label: answer.label, reason: answer.reason, accuracy })
            .collect();
        shown.push(Contested {
            item: verdict.item_id.to_string(),
            phrase: item.phrase,
            clip: verdict.clip_id,
            label: verdict.label,
            probability: verdict.probability,
            opinions,
        });
    }
    Ok(shown)
}

/// A reviewer decides on nobody's behalf twice: not on their own clip, not where they answered.
async fn may_rule(
    tx: &mut Tx,
    caller: &Caller,
    verdict: &Verdict,
    weighed: &[(Answer, f64)],
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
    if weighed.iter().any(|(answer, _)| answer.person_id == caller.person) {
        return Ok(Err(Problem::conflict(
            "already_answered",
            "You have judged this recording before. Somebody else must decide.",
        )));
    }
    Ok(Ok(()))
}

/// A reviewer settles a contested item.
///
/// # Errors
/// 404; 403 `own_clip`; 409 `already_answered` or `not_contested`; 422 `reason_required`.
pub async fn rule(site: &Site, caller: &Caller, item: ItemId, ruling: &Ruling) -> Result<Verdict, Problem> {
    match (ruling.label, ruling.reason) {
        (Label::Unsure, _) => return Err(Problem::invalid("invalid_label", "A reviewer decides yes or no.")),
        (Label::No, None) => return Err(Problem::invalid("reason_required", "Say why not.")),
        _ => {}
    }
    let mut tx = site.db.begin().await?;
    tasks::lock_item(&mut tx, item).await?.ok_or_else(Problem::not_found)?;
    let mut verdict = store::find(&mut tx, item).await?.ok_or_else(Problem::not_found)?;
    let weighed = weighed(&mut tx, item).await?;
    if verdict.state != "contested" {
        let again =
            verdict.decided_by.as_deref() == Some(&caller.person.to_string()) && verdict.label == ruling.label.as_str();
        return if again {
            Ok(verdict)
        } else {
            Err(Problem::conflict("not_contested", "This item is settled already."))
        };
    }
    may_rule(&mut tx, caller, &verdict, &weighed).await??;
    let now_us = site.now_us();
    verdict.state = "decided".to_owned();
    verdict.label = ruling.label.as_str().to_owned();
    verdict.probability = rules::ruled(&labels(&weighed), &verdict.label);
    verdict.decided_by = Some(caller.person.to_string());
    verdict.at_us = now_us;
    store::put(&mut tx, &verdict).await?;
    let clip: ClipId = verdict.clip_id.parse().map_err(Problem::internal)?;
    media::judged(&mut tx, clip, ruling.label == Label::Yes, now_us).await?;
    let detail = serde_json::json!({ "label": verdict.label, "reason": ruling.reason });
    audit::note(&mut tx, now_us, Some(caller.person), "verdict.decide", &item.to_string(), detail).await?;
    tx.commit().await?;
    Ok(verdict)
}
