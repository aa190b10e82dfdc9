//! From counts to a level, to a share of gold, and to a pause. Pure decisions.
//!
//! **Accuracy.** Beta posterior mean and Wilson interval ([`consensus::Skill`]) over gold and over
//! agreement with others. Agreement counts half, because others err too, and never more than the
//! gold does: people who only agree with each other get nowhere.
//!
//! **Levels** follow from the lower end of the 95 % interval, never from counts: [`LEVELS`].
//!
//! **Pause.** A sequential probability ratio test (A. Wald, *Annals of Mathematical Statistics* 16
//! (1945), 117–186) of an accuracy of 0.5 against one of 0.9, restarted where it becomes hopeless
//! as Page's cumulative sum is (*Biometrika* 41 (1954), 100–115), so that somebody who has been
//! reliable for long is noticed, too, when they stop being it. The same test runs on each kind of
//! truth alone: always saying yes is right four times in five where four recordings in five are
//! good. Only gold counts here, so nobody is paused for disagreeing with a crowd.

use super::model::{Craft, Level, Mistake, Tally};
use crate::platform::clock::DAY_US;
use consensus::Skill;

/// The 95 % interval.
const Z: f64 = 1.96;
/// Lower ends of the interval that make a level.
const LEVELS: [(Level, f64); 3] = [(Level::Expert, 0.95), (Level::Trusted, 0.9), (Level::Qualified, 0.8)];
/// Least gold, or judged recordings, of an expert.
const EXPERT_MIN: i64 = 50;

/// Logarithms of likelihood ratios in millionths of a nat: a right answer speaks for 0.9,
/// ln(0.5/0.9), a wrong one for 0.5, ln(0.5/0.1).
const RIGHT: i64 = -587_787;
const WRONG: i64 = 1_609_438;
/// Gold answers in which somebody new, or back from a pause, is on probation.
pub const PROBATION: i64 = 20;
/// Doubt that pauses on probation, where somebody who guesses must be noticed, and afterwards,
/// where an honest person may have a bad day.
const PAUSE_PROBATION: i64 = 3_600_000;
const PAUSE: i64 = 6_000_000;
/// Doubt about one kind of truth that pauses at any time.
const PAUSE_KIND: i64 = 6_000_000;
/// Trust does not pile up beyond this.
const DOUBT_MIN: i64 = -4_000_000;

/// The share of gold falls to a half within some hundred answers.
const HALVING_ANSWERS: f64 = 100.0;
const HALVING_POWER: f64 = 0.8;
/// Gold answers after which somebody is no newcomer: so many, and so many of each kind of truth, but
/// not more than so many.
const KNOWN_GOLD: i64 = 5;
const KNOWN_EACH: i64 = 2;
const KNOWN_GOLD_MAX: i64 = 12;
/// How many times the batch's share newcomers and doubted people get.
const TESTED_TIMES: i64 = 5;
/// Doubt about one kind of truth from which somebody is doubted: two mistakes in a row.
const DOUBT_KIND: i64 = 2 * WRONG;
/// Never less gold than this, unless the batch has less.
const GOLD_MIN_PPM: i64 = 10_000;
/// Never more gold than this.
const GOLD_MAX_PPM: i64 = 500_000;
/// The first pause lasts a day, each further one twice as long, at most two weeks.
const WAIT_DAYS_MAX: i64 = 14;
const ITEM: i64 = 1_000_000;

fn whole(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// What was measured, as right and wrong answers: gold, and agreement as far as it counts.
pub fn measured(tally: &Tally) -> Skill {
    let agreed = (tally.agree_right + tally.agree_wrong).max(0);
    let right = tally.agree_right.clamp(0, agreed);
    // A recording is judged by others only; there is no gold to hold against it.
    let most = if tally.craft == Craft::Record.as_str() { agreed } else { (agreed / 2).min(tally.gold() * ITEM) };
    let counted = |part: i64| if agreed == 0 { 0 } else { i128::from(part) * i128::from(most) / i128::from(agreed) };
    let items = |part: i64| i64::try_from((counted(part) + i128::from(ITEM / 2)) / i128::from(ITEM)).unwrap_or(0);
    Skill {
        right: whole(tally.yes_right + tally.no_right + items(right)),
        wrong: whole(tally.yes_wrong + tally.no_wrong + items(agreed - right)),
    }
}

/// The 95 % interval of a person's accuracy.
pub fn interval(tally: &Tally) -> (f64, f64) {
    measured(tally).interval(Z)
}

fn level_of(skill: Skill, evidence: i64) -> Level {
    let low = skill.interval(Z).0;
    let reached =
        LEVELS.iter().find(|(level, bound)| low >= *bound && (*level != Level::Expert || evidence >= EXPERT_MIN));
    reached.map_or(Level::New, |(level, _)| *level)
}

fn evidence(tally: &Tally) -> i64 {
    if tally.craft == Craft::Record.as_str() { (tally.agree_right + tally.agree_wrong) / ITEM } else { tally.gold() }
}

/// The level that the measurements support.
pub fn level(tally: &Tally) -> Level {
    level_of(measured(tally), evidence(tally))
}

/// The next level, and how many right answers in a row would reach it.
pub fn next_level(tally: &Tally) -> Option<(Level, u32)> {
    let (skill, now, evidence) = (measured(tally), level(tally), evidence(tally));
    let more = |n: u32| level_of(Skill { right: skill.right.saturating_add(n), ..skill }, evidence + i64::from(n));
    (1..=10_000).find(|n| more(*n) > now).map(|n| (more(n), n))
}

/// Counts an answer to gold.
pub fn count(tally: &mut Tally, known: &str, said: &str) {
    if said == "unsure" {
        tally.unsure += 1;
        return;
    }
    let right = known == said;
    let truth = known == "yes";
    let cell = match (truth, right) {
        (true, true) => &mut tally.yes_right,
        (true, false) => &mut tally.yes_wrong,
        (false, true) => &mut tally.no_right,
        (false, false) => &mut tally.no_wrong,
    };
    *cell += 1;
    tally.answered += 1;
    let step = if right { RIGHT } else { WRONG };
    tally.doubt = (tally.doubt + step).max(DOUBT_MIN);
    let kind = if truth { &mut tally.doubt_yes } else { &mut tally.doubt_no };
    *kind = (*kind + step).max(DOUBT_MIN);
}

/// Whether somebody's answers to gold call for a pause.
pub fn unreliable(tally: &Tally) -> bool {
    let bound = if tally.gold() <= PROBATION { PAUSE_PROBATION } else { PAUSE };
    tally.doubt >= bound || tally.doubt_yes >= PAUSE_KIND || tally.doubt_no >= PAUSE_KIND
}

/// How long a pause lasts for somebody who had this many before, microseconds.
pub fn wait_us(pauses: i64) -> i64 {
    (1_i64 << pauses.clamp(0, 4)).min(WAIT_DAYS_MAX) * DAY_US
}

/// Whether somebody has met so little gold that nothing is known of them. Who always says the same
/// shows it on one kind of truth only, so both kinds count, unless one is hard to come by.
fn is_new(tally: &Tally) -> bool {
    let (yes, no) = (tally.yes_right + tally.yes_wrong, tally.no_right + tally.no_wrong);
    yes + no < KNOWN_GOLD || (yes.min(no) < KNOWN_EACH && yes + no < KNOWN_GOLD_MAX)
}

/// How much of somebody's work in a batch is gold, in millionths: the batch's share once they are
/// known, about half of it after 100 answers, a sixth after 1,000, never nothing. Newcomers get more
/// at first, and so does whoever is doubted or comes back from a pause: a guesser must meet enough
/// gold before they have spoiled much.
pub fn gold_ppm(base_ppm: i64, tally: &Tally) -> i64 {
    let doubted = tally.doubt > 0 || tally.doubt_yes.max(tally.doubt_no) >= DOUBT_KIND;
    let tested_ppm = (base_ppm * TESTED_TIMES).min(GOLD_MAX_PPM);
    if doubted || is_new(tally) || (tally.pauses > 0 && tally.gold() < PROBATION) {
        return tested_ppm;
    }
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "at most a million millionths")]
    let share = (base_ppm as f64 * (1.0 + tally.answered as f64 / HALVING_ANSWERS).powf(-HALVING_POWER)) as i64;
    share.max(GOLD_MIN_PPM.min(base_ppm))
}

/// A kind of mistake in words.
pub fn mistake_words(mistake: &Mistake) -> String {
    let why = match mistake.known_reason.as_str() {
        "wrong_word" => "recordings that say another word",
        "cut_off" => "recordings that are cut off",
        "noise" => "recordings in which noise hides the word",
        "several_voices" => "recordings with several voices",
        "silence" => "recordings in which nobody speaks",
        _ => "recordings that are not right",
    };
    if mistake.known == "yes" {
        "“no” to recordings that are right".to_owned()
    } else {
        format!("“yes” to {why}")
    }
}

/// What a paused person reads where they ask for work.
pub fn pause_sentence(right: i64, wrong: i64, mistakes: &[Mistake], until: &str) -> String {
    let mostly = mistakes.first().map_or_else(String::new, |most| format!(", mostly {}", mistake_words(most)));
    format!(
        "Your judging is paused until {until}. Of {} recordings whose right answer is known you judged {wrong} \
         differently{mostly}. See examples, how to come back sooner, and how to appeal: /trust",
        right + wrong
    )
}

#[cfg(test)]
#[path = "rules_test.rs"]
mod tests;
