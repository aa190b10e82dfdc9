//! A person's account of sensitive material, the limits, and what follows from both.

use crate::platform::clock::SECOND_US;
use serde::{Deserialize, Serialize};
use wire::Category;

/// Highest level that the crowd is ever given.
pub const CEILING: i64 = 2;
/// Every category.
pub const EVERYTHING: i64 = 63;
/// Longest that a sensitive task is lent at a time; who is at it may hold it longer, within the limits.
pub const SPAN_US: i64 = 120 * SECOND_US;

/// A sensitive task that somebody has open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The lease, or the question of a training.
    pub key: String,
    /// 1 or 2.
    pub level: i64,
    /// What it is about: a set of [`Category`].
    pub categories: i64,
    /// Since when, by the site's clock.
    pub from_us: i64,
    /// Until when at most, by the site's clock.
    pub until_us: i64,
}

/// Time of one clock hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// Hours since 1970, UTC.
    pub hour: i64,
    /// With anything sensitive open.
    pub mild_us: i64,
    /// Of that, with something distressing open.
    pub strong_us: i64,
}

/// What a person lowers for themselves; nothing is as the site says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Own {
    /// Minutes of distressing material in 24 hours.
    pub strong_day_min: Option<i64>,
    /// Minutes of distressing material in 7 days.
    pub strong_week_min: Option<i64>,
    /// Minutes of any sensitive material in 24 hours.
    pub mild_day_min: Option<i64>,
    /// Minutes of any work in 24 hours.
    pub work_day_min: Option<i64>,
}

/// A category that somebody agreed to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OptIn {
    /// Of level 2.
    pub category: Category,
    /// Until then.
    pub until_us: i64,
}

/// Everything that decides which sensitive material a person may be given.
///
/// Their own time never goes back, so a clock that is set back frees nothing: `seen_us` is the latest
/// moment that they have seen, and windows are counted in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Their own time.
    pub seen_us: i64,
    /// The site's clock when time was last counted.
    pub counted_us: i64,
    /// What is open.
    pub open: Vec<Open>,
    /// Time used in the last 7 days, oldest first.
    pub hours: Vec<Hour>,
    /// Distressing time since the last break.
    pub run_us: i64,
    /// When distressing material was last open, in their own time.
    pub heard_us: i64,
    /// The last twenty tasks, the latest in the lowest bit; 1 is a distressing one.
    pub recent: u32,
    /// What they agreed to.
    pub opt_ins: Vec<OptIn>,
    /// Nothing sensitive before this, because they were distressed.
    pub calm_us: i64,
    /// IANA name of their time zone; empty before they chose one.
    pub zone: String,
    /// The zone that they chose since, and from when it counts alone.
    pub next_zone: Option<(String, i64)>,
    /// What they lowered.
    pub own: Own,
}

/// The site's limits. Published ceilings (four or five hours a day) are for trained, counselled staff;
/// people at home get a fraction of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Minutes of distressing material (level 2) in a row.
    pub strong_run_min: i64,
    /// Minutes of the break after that.
    pub break_min: i64,
    /// Minutes of distressing material in 24 hours.
    pub strong_day_min: i64,
    /// Minutes of distressing material in 7 days.
    pub strong_week_min: i64,
    /// Minutes of any sensitive material (level 1 and 2) in 24 hours.
    pub mild_day_min: i64,
    /// No distressing material from this hour on, in the person's time zone.
    pub quiet_from_h: i64,
    /// Until this hour.
    pub quiet_to_h: i64,
    /// Distressing tasks among any twenty.
    pub strong_of_twenty: i64,
    /// Minutes of any work in 24 hours.
    pub work_day_min: i64,
    /// Days of work on which a new person's earnings are limited.
    pub ramp_days: i64,
    /// The limit on the first day in minor units; twice that on the second, and so on. 0 is none.
    pub ramp_cents: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            strong_run_min: 20,
            break_min: 10,
            strong_day_min: 60,
            strong_week_min: 240,
            mild_day_min: 120,
            quiet_from_h: 22,
            quiet_to_h: 6,
            strong_of_twenty: 6,
            work_day_min: 480,
            ramp_days: 7,
            ramp_cents: 0,
        }
    }
}

/// Why no (more) sensitive material is given now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// They were distressed a short while ago.
    Calm,
    /// They do not agree to it any more.
    Withdrawn,
    /// Sensitive material of the last 24 hours.
    MildDay,
    /// One distressing task is open already.
    Open,
    /// It is night where they are.
    Quiet,
    /// A break is due.
    Break,
    /// Distressing material of the last 24 hours.
    Day,
    /// Distressing material of the last 7 days.
    Week,
    /// Too many of the last twenty tasks were distressing.
    Mix,
}

/// What a person may be given now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Highest level.
    pub level: i64,
    /// Categories of level 2 that they have not agreed to.
    pub closed: i64,
    /// How long any sensitive task may be open from now.
    pub mild_left_us: i64,
    /// How long a distressing one.
    pub strong_left_us: i64,
    /// Which limit keeps the level down, if one does.
    pub why: Option<Why>,
    /// When that limit gives room again, UTC microseconds, where time brings it.
    pub more_at_us: Option<i64>,
    /// Whether tasks count in the mix that this person hears.
    pub counts: bool,
}

impl Allowance {
    /// How long a task of a level may be open from now; without end at level 0.
    pub fn left_us(&self, level: i64) -> i64 {
        match level {
            0 => i64::MAX,
            1 => self.mild_left_us,
            _ => self.strong_left_us.min(self.mild_left_us),
        }
    }

    /// Whether a task may be given.
    pub fn permits(&self, level: i64, categories: i64) -> bool {
        level <= self.level && (level < 2 || categories & self.closed == 0)
    }
}

/// Work of the last hours, of any kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// When the present day of work began: it lasts 24 hours.
    pub from_us: i64,
    /// Time worked in it.
    pub ms: i64,
    /// Earned in it, minor units.
    pub cents: i64,
    /// Days of work before it.
    pub days: i64,
    /// When they began to work without a rest of five minutes.
    pub rest_from_us: i64,
    /// When they last finished a task.
    pub last_us: i64,
}

/// How far one limit is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// What is limited, in words.
    pub what: &'static str,
    /// Level that it is about; 0 for all work.
    pub level: i64,
    /// Length of the window in hours; 0 for time in a row.
    pub window_h: i64,
    /// Used.
    pub used_us: i64,
    /// Allowed.
    pub limit_us: i64,
    /// When there is room again, if there is none now.
    pub free_at_us: Option<i64>,
}

/// What somebody says about an item that upset them.
#[derive(Clone, Debug)]
pub struct Report {
    /// The item.
    pub item: String,
    /// How upsetting it is, 1 to 3.
    pub level: i64,
    /// What it is about: a set of [`Category`].
    pub categories: i64,
}

/// An item whose reports no reviewer has looked at.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Reported {
    /// The item.
    pub item_id: String,
    /// People who reported it.
    pub reports: i64,
    /// The highest level that one of them named.
    pub level: i64,
    /// Everything that they named: a set of [`Category`].
    pub categories: i64,
}

/// Totals over everybody.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Totals {
    /// People with anything sensitive open in the last 7 days; nothing below five.
    pub people: Option<usize>,
    /// Minutes of any sensitive material in 24 hours; nothing where they are those of fewer than five.
    pub mild_day_min: Option<i64>,
    /// Minutes of distressing material in 24 hours, likewise.
    pub strong_day_min: Option<i64>,
    /// The same in 7 days.
    pub strong_week_min: Option<i64>,
    /// People who have used up a limit of distressing material; nothing below five.
    pub at_limit: Option<usize>,
    /// People beyond a limit of the site: must be none, so even one is told.
    pub breaches: usize,
    /// Opt-ins given, taken back, and distress told, in 30 days: category, action, how often; nothing for
    /// how often where fewer than five people did.
    pub consents: Vec<(String, String, Option<i64>)>,
}
