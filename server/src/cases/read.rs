//! New answers and ended tasks → what conduct needs to know, some at a time.

use super::model::{Conduct, Everybody, Said};
use super::{rules, store};
use crate::answers::{self, Given};
use crate::batches::{self, BatchId, ItemId};
use crate::media;
use crate::platform::{
    clock::{HOUR_US, SECOND_US},
    db::{self, DbResult, Tx},
    ids::PersonId,
    site::Site,
};
use crate::tasks;
use std::collections::{BTreeMap, HashMap, btree_map::Entry};

/// Answers or tasks that one transaction reads.
const PAGE: i64 = 500;
/// Answers of a person in a batch that are kept to look at.
const RECENT_MAX: usize = 200;
/// Younger answers are left for the next time: transactions may commit in another order than
/// that of their ids.
const SETTLED_US: i64 = 5 * SECOND_US;
/// A task that is leased for longer counts as taken, whatever becomes of it.
const LEASE_MAX_US: i64 = 2 * HOUR_US;
/// Skipping what is distressing is everybody's right, and never counts.
const SENSITIVE: i64 = 2;

type Who = (PersonId, BatchId);

/// What one page of reading adds, before it is written.
#[derive(Default)]
struct Added {
    conduct: BTreeMap<Who, (Conduct, Vec<Said>, i64)>,
    everybody: BTreeMap<BatchId, Everybody>,
    paces: BTreeMap<(BatchId, i64), i64>,
}

impl Added {
    async fn of(&mut self, tx: &mut Tx, who: Who) -> DbResult<&mut (Conduct, Vec<Said>, i64)> {
        if !self.conduct.contains_key(&who) {
            let known = store::find_conduct(tx, who.0, who.1).await?;
            if known.is_none() {
                self.everybody.entry(who.1).or_default().people += 1;
            }
            let (person_id, batch_id) = who;
            let none = Conduct {
                person_id,
                batch_id,
                recent: "[]".to_owned(),
                last_at_us: i64::MIN,
                answers: 0,
                expired: 0,
                skipped: 0,
            };
            let conduct = known.unwrap_or(none);
            let said = serde_json::from_str(&conduct.recent).unwrap_or_default();
            self.conduct.insert(who, (conduct, said, 0));
        }
        self.conduct.get_mut(&who).ok_or(sqlx::Error::RowNotFound)
    }

    async fn write(self, tx: &mut Tx) -> DbResult<()> {
        for (mut conduct, mut said, fresh) in self.conduct.into_values() {
            said.drain(..said.len().saturating_sub(RECENT_MAX));
            conduct.recent = db::json(&said)?;
            store::put_conduct(tx, &conduct, fresh).await?;
        }
        for (batch, more) in self.everybody {
            store::add_everybody(tx, batch, more).await?;
        }
        for ((batch, bin), answers) in self.paces {
            store::add_pace(tx, batch, bin, answers).await?;
        }
        Ok(())
    }
}

/// Reads on in the answers; false when there is nothing more for now.
///
/// # Errors
/// When the database refuses.
pub async fn answers(site: &Site) -> DbResult<bool> {
    let mut tx = site.db.begin().await?;
    let after = store::lock_cursor(&mut tx, "answers").await?;
    let mut page = answers::after(&mut tx, &after, PAGE).await?;
    let settled_us = site.now_us() - SETTLED_US;
    page.truncate(page.iter().position(|one| one.at_us > settled_us).unwrap_or(page.len()));
    let Some(last) = page.last() else { return Ok(false) };
    store::set_cursor(&mut tx, "answers", &last.id.to_string()).await?;
    let more = page.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
    let lengths = lengths(&mut tx, &page).await?;
    let mut added = Added::default();
    for given in &page {
        let (conduct, _, _) = added.of(&mut tx, (given.person_id, given.batch_id)).await?;
        let since_ms = given.at_us.saturating_sub(conduct.last_at_us) / 1_000;
        let pace_ms = given.duration_ms.min(since_ms.max(0));
        // It came before half of its clip can have played.
        let unheard = lengths.get(&given.item_id).is_some_and(|length_ms| pace_ms < length_ms / 2);
        let yes = match given.label.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        let (conduct, said, fresh) = added.of(&mut tx, (given.person_id, given.batch_id)).await?;
        said.push(Said { id: given.id.to_string(), item: given.item_id, yes, pace_ms, unheard });
        conduct.last_at_us = given.at_us;
        conduct.answers += 1;
        *fresh += 1;
        added.everybody.entry(given.batch_id).or_default().answers += 1;
        *added.paces.entry((given.batch_id, rules::bin_of(pace_ms))).or_default() += 1;
    }
    added.write(&mut tx).await?;
    tx.commit().await?;
    Ok(more)
}

/// How long the clips are that some answers are about, in milliseconds.
async fn lengths(tx: &mut Tx, page: &[Given]) -> DbResult<HashMap<ItemId, i64>> {
    let items: Vec<ItemId> = page.iter().map(|given| given.item_id).collect();
    let clips = batches::clips_of(tx, &items).await?;
    let ids: Vec<&str> = clips.iter().map(|(_, clip)| clip.as_str()).collect();
    let lengths = media::lengths_ms(tx, &ids).await?;
    Ok(clips.into_iter().filter_map(|(item, clip)| Some((item, *lengths.get(&clip)?))).collect())
}

/// Reads on in the tasks that have ended; false when there is nothing more for now.
///
/// # Errors
/// When the database refuses.
pub async fn tasks(site: &Site) -> DbResult<bool> {
    let mut tx = site.db.begin().await?;
    let after = store::lock_cursor(&mut tx, "tasks").await?;
    let mut page = tasks::after(&mut tx, &after, PAGE).await?;
    let old_us = site.now_us() - LEASE_MAX_US;
    let live = |task: &tasks::TaskRow| task.state == "leased" && task.leased_us > old_us;
    page.truncate(page.iter().position(live).unwrap_or(page.len()));
    let Some(last) = page.last() else { return Ok(false) };
    store::set_cursor(&mut tx, "tasks", &last.id.to_string()).await?;
    let more = page.len() == usize::try_from(PAGE).unwrap_or(usize::MAX);
    let mut added = Added::default();
    let mut sensitive: BTreeMap<BatchId, bool> = BTreeMap::new();
    for task in page.iter().filter(|task| matches!(task.state.as_str(), "skipped" | "expired")) {
        let batch = task.batch_id;
        let spared = match sensitive.entry(batch) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let known = batches::batch(&mut tx, batch).await?;
                *place.insert(known.is_some_and(|known| known.sensitivity >= SENSITIVE))
            }
        };
        if spared {
            continue;
        }
        let (conduct, _, fresh) = added.of(&mut tx, (task.person_id, batch)).await?;
        let count = if task.state == "skipped" { &mut conduct.skipped } else { &mut conduct.expired };
        *count += 1;
        *fresh += 1;
        added.everybody.entry(batch).or_default().returned += 1;
    }
    added.write(&mut tx).await?;
    tx.commit().await?;
    Ok(more)
}
