//! The account of exposure against a plain list of what was open when: no limit is passed, whatever comes.

use crate::helpers::chance::Chance;
use sayso::exposure::{self, Account, Limits, Open};
use wire::Category;

const MINUTE_US: i64 = 60_000_000;
const HOUR_US: i64 = 60 * MINUTE_US;
/// A Monday, 09:00 UTC.
const START_US: i64 = 1_767_603_600_000_000;

/// A distressing task as it was open, by the true time.
struct Heard {
    key: String,
    from_us: i64,
    until_us: i64,
}

struct World {
    account: Account,
    now_us: i64,
    heard: Vec<Heard>,
    lent: u64,
    tasks: Vec<bool>,
}

impl World {
    /// What was open of distressing material between two moments.
    fn time_us(&self, from_us: i64, until_us: i64) -> i64 {
        let clip = |one: &Heard| (one.until_us.min(until_us) - one.from_us.max(from_us)).max(0);
        self.heard.iter().rev().take_while(|one| one.until_us > from_us - HOUR_US).map(clip).sum()
    }

    fn ask(&mut self, limits: &Limits, level: i64, category: Category) {
        let allowance = exposure::allowance(&self.account, limits, self.now_us);
        let until_us = self.now_us + exposure::SPAN_US.min(allowance.left_us(level)).max(0);
        self.lent += 1;
        let key = self.lent.to_string();
        let open = Open { key: key.clone(), level, categories: category.bit(), from_us: self.now_us, until_us };
        let live = self.account.opt_ins.iter().any(|known| known.category == category && known.until_us > self.now_us);
        let given = exposure::issue_account(&mut self.account, limits, &[open], self.now_us);
        if given && level == 2 {
            assert!(live, "no live opt-in for {category:?}");
            assert!(self.now_us >= self.account.calm_us, "they were to be left in peace");
            assert!(self.heard.iter().rev().take(2).all(|one| one.until_us <= self.now_us), "two at a time");
            self.heard.push(Heard { key, from_us: self.now_us, until_us });
        }
        if given {
            self.tasks.push(level == 2);
            let strong = self.tasks.iter().rev().take(20).filter(|strong| **strong).count();
            assert!(strong <= 6, "{strong} of twenty tasks are distressing");
        }
    }

    fn close(&mut self) {
        let Some(last) = self.heard.last_mut().filter(|one| one.until_us > self.now_us) else { return };
        last.until_us = self.now_us;
        let key = last.key.clone();
        exposure::close_account(&mut self.account, &key, self.now_us);
    }

    fn hold(&mut self, limits: &Limits) {
        let Some(last) = self.heard.last_mut().filter(|one| one.until_us > self.now_us) else { return };
        let wanted_us = self.now_us + exposure::SPAN_US;
        if let Ok(until_us) = exposure::extend_account(&mut self.account, limits, &last.key, wanted_us, self.now_us) {
            last.until_us = until_us;
        }
    }

    /// Every limit, over the time up to the end of what is open now.
    fn check(&self) {
        let end_us = self.heard.last().map_or(self.now_us, |one| one.until_us);
        assert!(self.time_us(end_us - 24 * HOUR_US, end_us) <= 60 * MINUTE_US, "more than an hour in a day");
        assert!(self.time_us(end_us - 168 * HOUR_US, end_us) <= 240 * MINUTE_US, "more than four hours in a week");
        let mut run_us = 0;
        let mut after_us = i64::MAX;
        for one in self.heard.iter().rev().filter(|one| one.until_us > one.from_us) {
            if after_us != i64::MAX && after_us - one.until_us >= 10 * MINUTE_US {
                break;
            }
            run_us += one.until_us - one.from_us;
            after_us = one.from_us;
        }
        assert!(run_us <= 20 * MINUTE_US, "{} s without a break", run_us / 1_000_000);
        if let Some(last) = self.heard.last() {
            for at_us in [last.from_us, last.until_us - 1] {
                let hour = at_us.div_euclid(HOUR_US).rem_euclid(24);
                assert!(last.until_us == last.from_us || (6..22).contains(&hour), "at night, {hour}:00");
            }
        }
    }
}

/// A hundred thousand steps; `SAYSO_STEPS` asks for another number.
#[test]
fn no_limit_is_passed_and_no_opt_in_missed_in_a_hundred_thousand_steps() {
    let steps: u64 = std::env::var("SAYSO_STEPS").ok().and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let mut dice = Chance(7);
    let limits = Limits::default();
    let mut world =
        World { account: Account::default(), now_us: START_US, heard: Vec::new(), lent: 0, tasks: Vec::new() };
    world.account.zone = "UTC".to_owned();
    for _ in 0..steps {
        let category = Category::ALL[dice.below(6) as usize];
        match dice.below(40) {
            0 => world.now_us += dice.below(300 * 60) as i64 * 1_000_000,
            1..=12 => world.now_us += dice.below(100) as i64 * 1_000_000,
            13..=15 => drop(exposure::opt_in(&mut world.account, category, world.now_us)),
            16 => drop(exposure::opt_out(&mut world.account, category, world.now_us)),
            17 if dice.below(2_000) == 0 => {
                world.close();
                exposure::distress_account(&mut world.account, world.now_us);
            }
            18..=20 => world.close(),
            21..=24 => world.hold(&limits),
            25..=28 => world.ask(&limits, 2, category),
            _ => world.ask(&limits, dice.below(2) as i64, category),
        }
        world.check();
    }
    assert!(world.heard.len() > 200 || steps < 100_000, "only {} distressing tasks", world.heard.len());
}

/// What a clock that jumps could free: nothing is lent twice for the same day of a person's own time.
#[test]
fn a_clock_that_jumps_about_frees_no_time() {
    let mut dice = Chance(11);
    let limits = Limits { quiet_from_h: 0, quiet_to_h: 0, strong_of_twenty: 20, ..Limits::default() };
    for _ in 0..200 {
        let mut account = Account::default();
        let mut now_us = START_US;
        exposure::opt_in(&mut account, Category::Hate, now_us);
        let (mut lent_us, mut latest_us) = (0, now_us);
        for n in 0..400 {
            now_us = match dice.below(6) {
                0 => now_us - 24 * HOUR_US,
                1 => (now_us + 24 * HOUR_US).min(START_US + 24 * HOUR_US),
                _ => now_us + dice.below(130) as i64 * 1_000_000,
            };
            latest_us = latest_us.max(now_us);
            let allowance = exposure::allowance(&account, &limits, now_us);
            let until_us = now_us + exposure::SPAN_US.min(allowance.left_us(2)).max(0);
            let open =
                Open { key: n.to_string(), level: 2, categories: Category::Hate.bit(), from_us: now_us, until_us };
            if exposure::issue_account(&mut account, &limits, &[open], now_us) {
                // Never closed early: all of it is used.
                lent_us += until_us - now_us;
            }
        }
        let days = (latest_us - START_US) / (24 * HOUR_US) + 1;
        assert!(lent_us <= days * 60 * MINUTE_US, "{} min in {days} days", lent_us / MINUTE_US);
    }
}
