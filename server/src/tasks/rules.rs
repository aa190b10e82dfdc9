//! Which task comes next, and for how long. Pure decisions.

use super::model::{Draw, Enrolment, Picked};
use crate::platform::clock::{DAY_US, SECOND_US};
use crate::trust::Level;

/// Live leases that one person may hold: the task at hand and two loading ahead.
pub const LEASES_MAX: usize = 3;
/// Tasks that one request may ask for.
pub const COUNT_MAX: u8 = 5;
/// Times that a lease can be renewed; WCAG 2.2, success criterion 2.2.1, asks for ten at least.
pub const RENEWALS_MAX: i64 = 20;
/// An answer is taken this long after its lease, while its place is free.
pub const LATE_US: i64 = 60 * SECOND_US;
/// A person's place in the queue is saved once in so many tasks: what lies between is passed again.
const SAVED_EVERY: i64 = 16;
/// Somebody who has had so many tasks of a batch passes by many items in a search of all of it …
const BUSY: i64 = 1_000;
/// … and searches so only this often.
const REST_US: i64 = 30 * SECOND_US;

/// A place in the gold, 32 bits, times less than this fits into 63 bits.
const MIX_MAX: i64 = 1 << 31;

/// How long a lease lasts: three times what a task takes, not less than the batch says.
pub fn span_us(lease_s: i64, median_ms: i64) -> i64 {
    (lease_s * SECOND_US).max(median_ms.saturating_mul(3_000)).min(DAY_US)
}

/// Whether this serve is gold, and which to take. `mac` is a keyed hash of person, batch and serve
/// number: nobody outside can foresee it, and the site can repeat it.
pub fn gold(mac: &[u8; 32], gold_ppm: i64) -> Option<Draw> {
    let number = |bytes: &[u8]| bytes.iter().fold(0i64, |sum, byte| (sum << 8 | i64::from(*byte)) & i64::MAX);
    let draw = number(&mac[..8]) % 1_000_000;
    let (mix, add) = (1 + number(&mac[12..16]) % (MIX_MAX - 1), number(&mac[16..20]));
    (draw < gold_ppm).then(|| Draw { from: number(&mac[8..12]), mix, add })
}

/// A level as the queue stores it.
pub fn level(level: Level) -> i64 {
    match level {
        Level::New => 0,
        Level::Qualified => 1,
        Level::Trusted => 2,
        Level::Expert => 3,
    }
}

/// A level as it was stored.
pub fn level_of(stored: i64) -> Level {
    Level::ALL.into_iter().rfind(|known| level(*known) <= stored).unwrap_or(Level::New)
}

/// Whether one in sixteen tasks, by its id's random end.
pub fn is_sample(id: u128) -> bool {
    id & 15 == 0
}

/// Moves a person's place past what was picked for them.
pub fn advance(at: &mut Enrolment, picked: &[Picked]) {
    for one in picked {
        let item = one.item_id.to_string();
        match &one.returned {
            Some(returned) if *returned > at.cursor_returned => at.cursor_returned.clone_from(returned),
            _ if (one.rank, item.as_str()) > (at.cursor_rank, at.cursor_item.as_str()) => {
                (at.cursor_rank, at.cursor_item) = (one.rank, item);
            }
            _ => {}
        }
    }
}

/// Moves a person's place back to what a search of the whole queue found.
pub fn wrap(at: &mut Enrolment, picked: &[Picked]) {
    if let Some(first) = picked.iter().min_by_key(|one| (one.rank, one.item_id)) {
        (at.cursor_rank, at.cursor_item) = (first.rank, first.item_id.to_string());
    }
}

/// Whether the place is to be saved after `count` more tasks; `at` counts them already.
pub fn is_saved(at: &Enrolment, count: i64) -> bool {
    at.served / SAVED_EVERY != (at.served - count) / SAVED_EVERY
}

/// When somebody whose search of the whole queue found nothing searches again.
pub fn rest_us(served: i64, now_us: i64) -> i64 {
    if served < BUSY { 0 } else { now_us + REST_US }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batches::ItemId;
    use sha2::{Digest, Sha256};

    #[test]
    fn gold_comes_at_the_batch_s_rate_from_everywhere() {
        let draw = |ppm| (0..20_000u32).filter_map(move |n| gold(&Sha256::digest(n.to_le_bytes()).into(), ppm));
        assert_eq!(draw(0).count(), 0);
        let tenth = draw(100_000).count();
        assert!((1_850..2_150).contains(&tenth), "{tenth} of 20,000");
        let upper_half = draw(1_000_000).filter(|draw| draw.from >= 1 << 31).count();
        assert!((9_700..10_300).contains(&upper_half), "{upper_half} of 20,000");
        assert!(draw(1_000_000).all(|draw| (1..MIX_MAX).contains(&draw.mix) && draw.add < 2 * MIX_MAX));
    }

    #[test]
    fn a_lease_is_as_long_as_the_work_needs() {
        assert_eq!(span_us(300, 20_000), 300 * SECOND_US);
        assert_eq!(span_us(300, 200_000), 600 * SECOND_US);
        assert_eq!(span_us(300, i64::MAX), DAY_US);
    }

    fn picked(rank: i64, returned: Option<&str>) -> Picked {
        Picked {
            item_id: ItemId::new(),
            sensitivity: 0,
            categories: 0,
            rank,
            returned: returned.map(str::to_owned),
            phrase: String::new(),
        }
    }

    #[test]
    fn what_came_back_does_not_move_the_place_in_the_queue() {
        let mut at = Enrolment {
            served: 1,
            cursor_rank: 5,
            cursor_item: String::new(),
            cursor_returned: "b".into(),
            rest_us: 0,
            median_ms: 0,
        };
        advance(&mut at, &[picked(900, Some("c"))]);
        assert_eq!((at.cursor_rank, at.cursor_returned.as_str()), (5, "c"));
        advance(&mut at, &[picked(7, Some("a")), picked(6, None)]);
        assert_eq!((at.cursor_rank, at.cursor_returned.as_str()), (7, "c"));
        wrap(&mut at, &[picked(2, None)]);
        assert_eq!(at.cursor_rank, 2);
    }
}
