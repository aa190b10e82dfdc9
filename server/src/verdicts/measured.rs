//! What is known of workers (people, reviewers, models) without the item that it is used on.

use super::model::{Cells, StoredRuling};
use super::store::{self, Confusion, Contribution};
use crate::batches::ItemId;
use crate::platform::db::{DbResult, Tx};
use std::collections::BTreeSet;

/// Some workers' confusion matrices, and what some items add to them.
pub struct Measured {
    pub confusions: Vec<Confusion>,
    pub contributions: Vec<Contribution>,
}

impl Measured {
    /// Some workers, with what one item adds.
    pub async fn find(tx: &mut Tx, item: ItemId, workers: &BTreeSet<String>) -> DbResult<Self> {
        let asked = (store::list_confusions(workers)?, store::list_contributions(&[item])?);
        let (confusions, contributions) = tx.ask(asked).await?;
        Ok(Self { confusions, contributions })
    }

    fn sum(&self, counts: impl Fn(&Confusion) -> bool) -> Cells {
        self.confusions.iter().filter(|one| counts(one)).fold(Cells::default(), |sum, one| sum.plus(one.cells))
    }

    /// What an item teaches about a worker so far.
    pub fn taught(&self, item: ItemId, worker: &str) -> Cells {
        let of = |one: &&Contribution| one.item_id == item && one.worker_id == worker;
        self.contributions.iter().find(of).map(|one| one.cells).unwrap_or_default()
    }

    /// A worker's confusion matrix without one item.
    pub fn without(&self, item: ItemId, worker: &str) -> Cells {
        self.sum(|one| one.worker_id == worker).minus(self.taught(item, worker))
    }

    /// What is known of a reviewer without one item: their own answers to gold, and their rulings on which
    /// evidence came later.
    pub fn reviewer(&self, item: ItemId, ruling: &StoredRuling) -> Cells {
        let gold = self.sum(|one| one.source == "gold" && one.worker_id == ruling.person_id);
        gold.plus(self.without(item, &ruling.reviewer()))
    }
}
