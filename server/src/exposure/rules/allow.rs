//! What may be given now, and for how long: every limit at once.

use super::super::model::{Account, Allowance, CEILING, EVERYTHING, Limits, Open, Use, Why};
use super::{quiet, settle};
use crate::platform::clock::{DAY_US, HOUR_US, SECOND_US};
use wire::Category;

const MINUTE_US: i64 = 60 * SECOND_US;
/// With less time than this left, nothing is begun.
const LEAST_US: i64 = 30 * SECOND_US;
/// The nineteen tasks before the next one.
const NINETEEN: u32 = 0x7_ffff;
/// How long another task is taken to last where only other tasks make room: long enough to be worth
/// asking again, and nobody waits for nothing.
const OTHER_TASK_US: i64 = 30 * SECOND_US;

/// One limit: what is left of it, why, and when there is more; never where the limit leaves room for none.
type Gate = (i64, Why, Option<i64>);

/// What a person may be given now, by limits that hold for them.
pub fn allowance(account: &Account, limits: &Limits, now_us: i64) -> Allowance {
    let mut account = account.clone();
    settle(&mut account, now_us);
    let mild = tightest(&mild(&account, limits));
    let strong = tightest(&strong(&account, limits, now_us, None));
    let live = live(&account);
    let mut allowance = Allowance {
        level: CEILING,
        closed: EVERYTHING & !live,
        mild_left_us: mild.0,
        strong_left_us: strong.0,
        why: None,
        more_at_us: None,
        counts: live != 0,
    };
    if live == 0 {
        allowance.level = 1;
    } else if strong.0 < LEAST_US {
        (allowance.level, allowance.why, allowance.more_at_us) = (1, Some(strong.1), strong.2);
    }
    if mild.0 < LEAST_US {
        (allowance.level, allowance.why, allowance.more_at_us) = (0, Some(mild.1), mild.2);
    }
    allowance
}

/// Lends tasks, if all of them are allowed; otherwise nothing was lent. Those of level 0 count in the
/// mix only.
pub fn issue(account: &mut Account, limits: &Limits, new: &[Open], now_us: i64) -> bool {
    let mut next = account.clone();
    settle(&mut next, now_us);
    for open in new {
        let allowance = allowance(&next, limits, now_us);
        let fits = open.level == 0 || open.until_us - now_us <= allowance.left_us(open.level);
        if !allowance.permits(open.level, open.categories) || !fits {
            return false;
        }
        next.recent = (next.recent << 1 | u32::from(open.level >= 2)) & 0xf_ffff;
        if open.level >= 2 && is_rested(&next, limits) {
            next.run_us = 0;
        }
        if open.level > 0 {
            next.open.push(open.clone());
        }
    }
    *account = next;
    true
}

/// Lends an open task longer, at most until `wanted_us`; until when, or which limit forbids it.
pub fn extend(
    account: &mut Account,
    limits: &Limits,
    key: &str,
    wanted_us: i64,
    now_us: i64,
) -> Result<i64, (Why, Option<i64>)> {
    settle(account, now_us);
    if !may_keep(account, key) {
        return Err((Why::Withdrawn, None));
    }
    let Some(at) = account.open.iter().position(|open| open.key == key) else { return Err((Why::Withdrawn, None)) };
    let mut gates = mild(account, limits);
    if account.open[at].level >= 2 {
        gates.extend(strong(account, limits, now_us, Some(key)));
    }
    let (left_us, why, more_us) = tightest(&gates);
    let until_us = wanted_us.min(now_us.saturating_add(left_us));
    let open = &mut account.open[at];
    if until_us <= open.until_us && left_us < LEAST_US {
        return Err((why, more_us));
    }
    open.until_us = open.until_us.max(until_us);
    Ok(open.until_us)
}

/// Whether a task that a person has open may be shown to them again.
pub fn may_keep(account: &Account, key: &str) -> bool {
    let open = account.open.iter().find(|open| open.key == key);
    let agreed = |open: &Open| open.level < 2 || open.categories & !live(account) == 0;
    account.seen_us >= account.calm_us && open.is_some_and(agreed)
}

/// Whether there was a break since distressing material was last open.
fn is_rested(account: &Account, limits: &Limits) -> bool {
    account.seen_us >= account.heard_us + limits.break_min * MINUTE_US
}

/// Categories that the person agrees to now.
fn live(account: &Account) -> i64 {
    if account.seen_us < account.calm_us {
        return 0;
    }
    let live = account.opt_ins.iter().filter(|known| known.until_us > account.seen_us);
    Category::set(&live.map(|known| known.category).collect::<Vec<_>>())
}

/// Limits on anything sensitive.
fn mild(account: &Account, limits: &Limits) -> Vec<Gate> {
    let calm = account.seen_us < account.calm_us;
    let mut gates = vec![window(account, 1, 24, limits.mild_day_min, Why::MildDay)];
    if calm {
        gates.push((0, Why::Calm, Some(account.calm_us)));
    }
    gates
}

/// Limits on what is distressing; `except` is the task that is asked about.
fn strong(account: &Account, limits: &Limits, now_us: i64, except: Option<&str>) -> Vec<Gate> {
    let mut gates = vec![
        window(account, 2, 24, limits.strong_day_min, Why::Day),
        window(account, 2, 168, limits.strong_week_min, Why::Week),
    ];
    let rested_us = account.heard_us + limits.break_min * MINUTE_US;
    let run_us = if is_rested(account, limits) { 0 } else { account.run_us };
    gates.push((limits.strong_run_min * MINUTE_US - run_us, Why::Break, Some(rested_us)));
    for at_us in [now_us, account.seen_us] {
        let nights = quiet::nights(account, limits, at_us).into_iter();
        gates.extend(nights.map(|(from_us, until_us)| (from_us - at_us, Why::Quiet, Some(until_us))));
    }
    if except.is_none() {
        if let Some(open) = account.open.iter().find(|open| open.level >= 2) {
            gates.push((0, Why::Open, Some(open.until_us)));
        }
        let others = others_first(account, limits);
        if others != Some(0) {
            let ready = others.map(|others| account.seen_us + i64::from(others) * OTHER_TASK_US);
            gates.push((0, Why::Mix, ready));
        }
    }
    gates
}

/// Other tasks that must come before a distressing one; `None` when none of twenty may be distressing.
fn others_first(account: &Account, limits: &Limits) -> Option<u32> {
    let heard = |others: u32| i64::from(((account.recent << others) & NINETEEN).count_ones());
    (0..20).find(|others| heard(*others) < limits.strong_of_twenty)
}

/// What is left of a limit within the last hours. An hour counts until all of it has left the window.
fn window(account: &Account, level: i64, hours: i64, limit_min: i64, why: Why) -> Gate {
    let (used_us, times) = used(account, level, hours);
    let limit_us = limit_min * MINUTE_US;
    let mut left_us = limit_us - used_us;
    let now_left_us = left_us;
    let mut free_us = None;
    for (end_us, time_us) in times {
        if left_us >= LEAST_US {
            break;
        }
        left_us += time_us;
        free_us = Some(end_us + hours * HOUR_US);
    }
    (now_left_us, why, free_us.filter(|_| left_us >= LEAST_US))
}

fn used(account: &Account, level: i64, hours: i64) -> (i64, Vec<(i64, i64)>) {
    let from_us = account.seen_us - hours * HOUR_US;
    let times: Vec<(i64, i64)> = account
        .hours
        .iter()
        .map(|hour| ((hour.hour + 1) * HOUR_US, if level >= 2 { hour.strong_us } else { hour.mild_us }))
        .filter(|(end_us, time_us)| *end_us > from_us && *time_us > 0)
        .collect();
    (times.iter().map(|(_, time_us)| time_us).sum(), times)
}

/// The limit that leaves least; of those that leave nothing, the one that lasts longest.
fn tightest(gates: &[Gate]) -> Gate {
    let key = |gate: &&Gate| (gate.0.max(LEAST_US - 1), gate.2.map_or(i64::MIN, |at_us| -at_us));
    let mut least = gates.iter().min_by_key(key).copied().unwrap_or((DAY_US, Why::Calm, None));
    least.0 = gates.iter().map(|gate| gate.0).min().unwrap_or(DAY_US);
    least
}

/// How far each limit is used up.
pub fn uses(account: &Account, limits: &Limits, now_us: i64) -> Vec<Use> {
    let mut account = account.clone();
    settle(&mut account, now_us);
    let rested_us = account.heard_us + limits.break_min * MINUTE_US;
    let run_us = if is_rested(&account, limits) { 0 } else { account.run_us };
    let run_limit_us = limits.strong_run_min * MINUTE_US;
    let row = |what, level, window_h, limit_min| {
        let (left_us, _, free_at_us) = window(&account, level, window_h, limit_min, Why::Day);
        let limit_us = limit_min * MINUTE_US;
        Use { what, level, window_h, used_us: limit_us - left_us, limit_us, free_at_us }
    };
    vec![
        Use {
            what: "Distressing material in a row",
            level: 2,
            window_h: 0,
            used_us: run_us,
            limit_us: run_limit_us,
            free_at_us: (run_limit_us - run_us < LEAST_US).then_some(rested_us),
        },
        row("Distressing material in 24 hours", 2, 24, limits.strong_day_min),
        row("Distressing material in 7 days", 2, 168, limits.strong_week_min),
        row("Any sensitive material in 24 hours", 1, 24, limits.mild_day_min),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_US: i64 = 1_767_614_400_000_000;

    fn hears(recent: u32) -> Account {
        let mut account = Account { recent, zone: "UTC".to_owned(), seen_us: NOON_US, ..Account::default() };
        super::super::opt_in(&mut account, Category::Hate, NOON_US);
        account
    }

    #[test]
    fn the_mix_says_when_it_is_worth_asking_again() {
        let limits = Limits::default();
        // Six of the latest six: the oldest leaves the twenty after fourteen others.
        let full = allowance(&hears(0b11_1111), &limits, NOON_US);
        assert_eq!((full.why, full.more_at_us), (Some(Why::Mix), Some(NOON_US + 14 * OTHER_TASK_US)));
        let mut later = hears(0b11_1111 << 13);
        assert_eq!(allowance(&later, &limits, NOON_US).more_at_us, Some(NOON_US + OTHER_TASK_US));
        later.recent <<= 1;
        assert_eq!(allowance(&later, &limits, NOON_US).level, 2);
    }

    #[test]
    fn what_never_comes_is_not_promised() {
        let none = Limits { strong_of_twenty: 0, ..Limits::default() };
        let never = allowance(&hears(0), &none, NOON_US);
        assert_eq!((never.level, never.why, never.more_at_us), (1, Some(Why::Mix), None));
        // A break ends, but where the day's limit is nothing there is none after it either.
        let mut tired = hears(0);
        (tired.run_us, tired.heard_us) = (20 * MINUTE_US, NOON_US);
        let own = Limits { strong_day_min: 0, ..Limits::default() };
        let never = allowance(&tired, &own, NOON_US);
        assert_eq!((never.why, never.more_at_us), (Some(Why::Day), None));
    }
}
