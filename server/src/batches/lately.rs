//! The open batches as they were a moment ago, so that not every request asks for them. Whoever relies on
//! one reads it anew.

use super::{Batch, store};
use crate::platform::{clock::steady, db::DbResult, site::Site};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a moment is.
const MOMENT: Duration = Duration::from_secs(1);

/// The list, and until when it is of use.
#[derive(Default)]
struct Lately(Mutex<Option<(Arc<[Batch]>, Instant)>>);

impl Lately {
    fn set(&self, list: Option<Arc<[Batch]>>) {
        let list = list.map(|list| (list, steady() + MOMENT));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = list;
    }

    fn get(&self) -> Option<Arc<[Batch]>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(_, until)| steady() < *until).map(|(list, _)| list.clone())
    }
}

/// The batches that gave tasks a moment ago, oldest first, if anybody asked for them then.
pub fn open_lately(site: &Site) -> Option<Arc<[Batch]>> {
    site.memory.of::<Lately>().get()
}

/// The batches that give tasks now.
///
/// # Errors
/// When the database does not answer.
pub async fn open_now(site: &Site) -> DbResult<Arc<[Batch]>> {
    let mut tx = site.db.glance().await?;
    let open: Arc<[Batch]> = store::list_open(&mut tx).await?.into();
    site.memory.of::<Lately>().set(Some(open.clone()));
    Ok(open)
}

/// Forgets them: one more is open.
pub fn one_more(site: &Site) {
    site.memory.of::<Lately>().set(None);
}
