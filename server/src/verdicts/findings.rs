//! What decisions say beyond their items: about people and models, and about a batch's budget.
//!
//! It is written when all of a transaction's items are decided on, each row that other items share once and
//! in one order for everybody: two who decide never wait for each other.

use super::know::Known;
use super::model::Cells;
use super::store::{self, Added, Taught};
use crate::batches::{BatchId, ItemId};
use crate::platform::db::{DbResult, Tx};
use crate::trust::{self, Saying};
use std::collections::BTreeMap;

/// Rows over which the count of a batch's further answers is spread.
const SHARDS: i64 = 16;

/// What is written at the end.
pub struct Findings {
    /// When all of it is decided, UTC microseconds: one moment, so that what is counted of a person is one row.
    pub at_us: i64,
    taught: Vec<Taught>,
    said: Vec<Saying>,
    /// Places beyond the least, by batch and shard of the count.
    extra: BTreeMap<(BatchId, i64), i64>,
}

impl Findings {
    /// Nothing yet.
    pub fn at(at_us: i64) -> Self {
        Self { at_us, taught: Vec::new(), said: Vec::new(), extra: BTreeMap::new() }
    }

    /// Replaces what an item says about those who gave evidence, by its id.
    pub fn learn<'a>(&mut self, known: &Known, source: &'static str, lessons: impl Iterator<Item = (&'a str, Cells)>) {
        self.taught.extend(lessons.filter_map(|(evidence_id, cells)| {
            let (worker_id, before) = known.workers.get(evidence_id)?.clone();
            let change = cells.minus(before);
            let (item_id, batch_id) = (known.item.id, known.batch.id);
            let evidence_id = evidence_id.to_owned();
            let taught = Taught { item_id, batch_id, worker_id, evidence_id, source, cells, change };
            (change != Cells::default()).then_some(taught)
        }));
    }

    /// What items say about people's agreement with each other.
    pub fn say(&mut self, said: impl Iterator<Item = Saying>) {
        self.said.extend(said);
    }

    /// Counts places of an item beyond the least, or takes them back.
    pub fn add_extra(&mut self, batch: BatchId, item: ItemId, change: i64) {
        let shard = i64::from(item.0.as_bytes()[15]) % SHARDS;
        *self.extra.entry((batch, shard)).or_default() += change;
    }

    /// Places beyond the least that a batch opened here.
    pub fn extra(&self, batch: BatchId) -> i64 {
        self.extra.range((batch, 0)..(batch, SHARDS)).map(|(_, change)| change).sum()
    }

    /// Writes everything down.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn write(self, tx: &mut Tx) -> DbResult<()> {
        let mut sums: BTreeMap<(&str, &'static str), Cells> = BTreeMap::new();
        for one in &self.taught {
            let sum = sums.entry((&one.worker_id, one.source)).or_default();
            *sum = sum.plus(one.change);
        }
        let added = sums.into_iter().map(|((worker_id, source), cells)| Added { worker_id, source, cells });
        if !self.taught.is_empty() {
            store::put_contributions(tx, &self.taught).await?;
            store::add_cells(tx, &added.collect::<Vec<_>>()).await?;
        }
        trust::agree(tx, &self.said).await?;
        for ((batch, shard), change) in self.extra.into_iter().filter(|(_, change)| *change != 0) {
            store::add_extra(tx, batch, shard, change).await?;
        }
        Ok(())
    }
}
