//! Retires gold that was seen enough, and plants errors where gold runs low: a good recording of
//! one phrase, asked about as if it were another.

use super::{rules, store};
use crate::batches::{self, Batch, Item};
use crate::consent;
use crate::media::{self, ClipId};
use crate::platform::{
    db::{DbResult, Tx},
    ids::random_bytes,
    problem::Problem,
    site::Site,
};
use crate::tasks;
use crate::trust::{self, GoldSource};
use crate::verdicts::{self, Verdict};

/// Retires and refills the gold of a batch; how much is in use afterwards.
///
/// # Errors
/// When the database refuses.
pub async fn refill(site: &Site, batch: &Batch) -> Result<i64, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let open = tasks::open_gold(&mut tx, batch.id).await?;
    let (mut live, mut live_no) = (0, 0);
    for (item, label) in trust::live(&mut tx, batch.id).await? {
        if open.binary_search(&item).is_err() {
            trust::retire(&mut tx, item, now_us).await?;
            continue;
        }
        live += 1;
        live_no += i64::from(label == "no");
    }
    let policy = trust::policy(&mut tx, batch.id).await?;
    let wanted = rules::to_plant(live_no, policy.stock_min);
    if batch.gold_ppm > 0 && wanted > 0 {
        live += plant(&mut tx, batch, wanted, now_us).await?;
    }
    tx.commit().await?;
    Ok(live)
}

/// Plants up to `wanted` errors, each recording once; how many there were to plant.
async fn plant(tx: &mut Tx, batch: &Batch, wanted: i64, now_us: i64) -> DbResult<i64> {
    let after = store::last_planted(tx, batch.id).await?;
    let sure = verdicts::sure(tx, batch.id, rules::SURE, &after).await?;
    let mut items = Vec::new();
    for verdict in sure {
        if let Some(item) = batches::item(tx, verdict.item_id).await? {
            items.push((verdict, item));
        }
    }
    let mut planted = 0;
    for (verdict, item) in items.iter().filter(|(verdict, _)| verdict.label == "yes") {
        if planted == wanted {
            break;
        }
        let Some(phrase) = another_phrase(&items, item) else { continue };
        planted += i64::from(plant_one(tx, batch, verdict, phrase, now_us).await?);
    }
    Ok(planted)
}

/// A phrase as work has it, drawn from the work itself so that each comes as often as there.
fn another_phrase<'a>(items: &'a [(Verdict, Item)], than: &Item) -> Option<&'a str> {
    let others: Vec<&str> = items
        .iter()
        .map(|(_, item)| item.phrase.as_str())
        .filter(|phrase| rules::distinct(phrase, &than.phrase))
        .collect();
    let draw = usize::from(u16::from_le_bytes(random_bytes()));
    others.get(draw % others.len().max(1)).copied()
}

async fn plant_one(tx: &mut Tx, batch: &Batch, verdict: &Verdict, phrase: &str, now_us: i64) -> DbResult<bool> {
    let clip: ClipId = verdict.clip_id.parse().map_err(|error: uuid::Error| sqlx::Error::Decode(error.into()))?;
    let Some(clip) = media::find(tx, clip).await?.filter(|clip| clip.state == "verified") else { return Ok(false) };
    // Who has withdrawn is not heard any more.
    if !consent::may_record(tx, clip.speaker_id, batch.project_id).await?
        || !store::insert_glance(tx, verdict.item_id, batch.id, "planted", None, now_us).await?
    {
        return Ok(false);
    }
    let gold = (phrase.to_owned(), ("no".to_owned(), Some("wrong_word".to_owned())));
    media::gold::add(tx, batch, &clip, gold, (GoldSource::Planted, None), now_us).await?;
    Ok(true)
}
