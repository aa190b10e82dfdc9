//! How much sensitive material one person may be given. Pure decisions.

mod allow;
mod meter;
mod quiet;
mod site;
mod work;

pub use allow::{allowance, extend, issue, may_keep, uses};
pub use meter::{close, settle};
pub use quiet::{is_zone, set_zone, zone_names, zones};
pub use site::{check, effective, lowered};
pub use work::{cap, is_rest_due, work_use};

use super::model::{Account, OptIn};
use crate::platform::clock::DAY_US;
use wire::Category;

/// How long an opt-in lasts.
const OPT_IN_US: i64 = 30 * DAY_US;

/// Agrees to a category for 30 days; when that ends, or `None` while the person is to be left in peace.
pub fn opt_in(account: &mut Account, category: Category, now_us: i64) -> Option<i64> {
    settle(account, now_us);
    if account.seen_us < account.calm_us {
        return None;
    }
    let until_us = account.seen_us + OPT_IN_US;
    account.opt_ins.retain(|known| known.category != category);
    account.opt_ins.push(OptIn { category, until_us });
    Some(until_us)
}

/// Takes an opt-in back; false when there was none.
pub fn opt_out(account: &mut Account, category: Category, now_us: i64) -> bool {
    settle(account, now_us);
    let before = account.opt_ins.len();
    account.opt_ins.retain(|known| known.category != category);
    account.opt_ins.len() < before
}

/// The level that two people or more agree on: at least that high is what each of them said.
pub fn raised(levels: &[i64]) -> Option<i64> {
    let mut levels = levels.to_vec();
    levels.sort_unstable_by_key(|level| -level);
    levels.get(1).copied()
}

/// Nothing sensitive for 24 hours, and nothing distressing before they agree again.
pub fn distress(account: &mut Account, now_us: i64) {
    settle(account, now_us);
    account.opt_ins.clear();
    account.open.clear();
    account.calm_us = account.seen_us + DAY_US;
}
