//! How long each person has sensitive material open, and limits at the moment of issue.
//!
//! One row per person decides: their account ([`Account`]) and the work of their day. Who issues reads it
//! once ([`standing`]), picks what it allows, and lends that under the row's lock ([`issue`]), where the
//! limits are checked again. What is lent counts from the start for as long as it may last, so a second
//! tab finds it gone; what was not used comes back with the answer ([`close`]).

pub mod handlers;
mod model;
pub mod page_handlers;
pub mod pages;
mod rules;
pub mod site_handlers;
mod store;

pub use model::{
    Account, Allowance, CEILING, Limits, Open, OptIn, Own, Report, Reported, SPAN_US, Totals, Use, Why, Work,
};
pub use rules::{
    allowance, close as close_account, distress as distress_account, extend as extend_account, issue as issue_account,
    opt_in, opt_out,
};

pub use store::Found;

use crate::audit;
use crate::platform::{
    clock::{DAY_US, minute_from},
    db::{self, Ask, DbResult, Only, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use actix_web::http::StatusCode;
use wire::Category;

/// How a person stands now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Their account.
    pub account: Account,
    /// The limits that hold for them.
    pub limits: Limits,
    /// What they may be given.
    pub allowance: Allowance,
    work: Work,
}

impl Standing {
    /// Whether a task that the person has open may be shown to them again.
    pub fn may_keep(&self, key: &str, level: i64) -> bool {
        level == 0 || (level <= CEILING && rules::may_keep(&self.account, key))
    }

    /// Why no work of any kind is given now; `cents` is what the next tasks would pay.
    pub fn day_over(&self, cents: i64, now_us: i64) -> Option<Problem> {
        let (again_us, new) = rules::cap(&self.work, &self.limits, cents, now_us)?;
        let why = if new {
            "New people’s earnings grow with the days they work here, and today’s are earned"
        } else {
            "You have worked as much as is good for a day"
        };
        let detail = format!("{why}. Thank you! There is more for you at {}.", minute_from(again_us));
        Some(Problem::new(StatusCode::FORBIDDEN, "daily_cap", detail).because("daily_cap").available_at(again_us))
    }

    /// Whether the person has worked for an hour without a rest.
    pub fn is_rest_due(&self, now_us: i64) -> bool {
        rules::is_rest_due(&self.work, now_us)
    }
}

/// Asks for what decides how a person stands, in one indexed read.
pub fn found(person: PersonId) -> Ask<Only<Found>> {
    store::find(person)
}

/// How a person stands.
///
/// # Errors
/// When the database does not answer.
pub async fn standing(tx: &mut Tx, person: PersonId, now_us: i64) -> DbResult<Standing> {
    Ok(standing_of(&tx.ask(found(person)).await?, now_us))
}

/// The same of somebody about whom was asked.
pub fn standing_of(found: &Found, now_us: i64) -> Standing {
    let account = read(&found.account);
    let site: Limits = serde_json::from_str(&found.settings).unwrap_or_default();
    let limits = rules::effective(&site, &account.own);
    let allowance = rules::allowance(&account, &limits, now_us);
    let mut settled = account;
    rules::settle(&mut settled, now_us);
    Standing { account: settled, limits, allowance, work: Work::from(found) }
}

fn read(account: &str) -> Account {
    serde_json::from_str(account).unwrap_or_default()
}

/// Changes a person's account under its lock.
async fn change<T>(tx: &mut Tx, person: PersonId, change: impl FnOnce(&mut Account) -> T) -> DbResult<T> {
    store::ensure(tx, person).await?;
    let mut account = read(&store::lock(tx, person).await?.unwrap_or_default());
    let outcome = change(&mut account);
    save(tx, person, &account).await?;
    Ok(outcome)
}

async fn save(tx: &mut Tx, person: PersonId, account: &Account) -> DbResult<()> {
    let used_us = account.hours.last().map_or(0, |_| account.seen_us);
    let text = db::json(account)?;
    store::put(tx, person, &text, used_us).await
}

/// Lends tasks in this transaction; false when a limit was reached meanwhile: nothing may then be given.
/// Whoever was never given anything sensitive, and agreed to nothing, costs no statement.
///
/// # Errors
/// When the database refuses.
pub async fn issue(tx: &mut Tx, person: PersonId, at: &Standing, new: &[Open], now_us: i64) -> DbResult<bool> {
    if !at.allowance.counts && new.iter().all(|open| open.level == 0) {
        return Ok(true);
    }
    change(tx, person, |account| rules::issue(account, &at.limits, new, now_us)).await
}

/// Lets a task that is open last longer; until when, or the refusal of the limit that forbids it.
///
/// # Errors
/// When the database refuses.
pub async fn extend(
    tx: &mut Tx,
    person: PersonId,
    key: &str,
    wanted_us: i64,
    now_us: i64,
) -> DbResult<Result<i64, Problem>> {
    let limits = standing(tx, person, now_us).await?.limits;
    let extended = change(tx, person, |account| rules::extend(account, &limits, key, wanted_us, now_us)).await?;
    Ok(extended.map_err(|(why, at_us)| refusal(why, at_us)))
}

/// Ends a task; how long it was open, if it was lent.
///
/// # Errors
/// When the database refuses.
pub async fn close(tx: &mut Tx, person: PersonId, key: &str, now_us: i64) -> DbResult<Option<i64>> {
    change(tx, person, |account| rules::close(account, key, now_us)).await
}

/// Lends a question that comes in a given order, whatever the mix, until it is closed or its time is over;
/// one that is open already stays so.
///
/// # Errors
/// 403 `exposure_limit` or `opt_in_required`.
pub async fn attend(
    tx: &mut Tx,
    person: PersonId,
    key: &str,
    (level, categories): (i64, i64),
    now_us: i64,
) -> Result<(), Problem> {
    let at = standing(tx, person, now_us).await?;
    if at.may_keep(key, level) {
        return Ok(());
    }
    let limits = Limits { strong_of_twenty: 21, ..at.limits };
    let lent = change(tx, person, |account| {
        let mix = account.recent;
        let allowance = rules::allowance(account, &limits, now_us);
        let until_us = now_us + SPAN_US.min(allowance.left_us(level));
        let open = Open { key: key.to_owned(), level, categories, from_us: now_us, until_us };
        let lent = rules::issue(account, &limits, &[open], now_us);
        account.recent = mix;
        if lent { Ok(()) } else { Err(allowance) }
    });
    lent.await?
        .map_err(|allowance| allowance.why.map_or_else(opt_in_required, |why| refusal(why, allowance.more_at_us)))
}

/// Adds a finished task to the work of the person's day.
///
/// # Errors
/// When the database refuses.
pub async fn worked(tx: &mut Tx, person: PersonId, active_ms: i64, cents: i64, now_us: i64) -> DbResult<()> {
    store::add_work(tx, person, active_ms, cents, now_us).await
}

/// Leaves somebody in peace: nothing sensitive for a day, nothing distressing before they agree again.
///
/// # Errors
/// When the database refuses.
pub async fn distress(tx: &mut Tx, person: PersonId, now_us: i64) -> DbResult<()> {
    change(tx, person, |account| rules::distress(account, now_us)).await?;
    store::insert_consent(tx, person, ("all", "distress"), now_us, 0).await
}

/// Notes a report; the level and categories that the item rises to, once two people have reported it.
///
/// # Errors
/// When the database refuses.
pub async fn report(tx: &mut Tx, person: PersonId, report: &Report, now_us: i64) -> DbResult<Option<(i64, i64)>> {
    store::put_report(tx, person, report, now_us).await?;
    let open = store::list_reports(tx, &report.item).await?;
    let categories = open.iter().fold(0, |set, (_, categories)| set | categories);
    let levels: Vec<i64> = open.iter().map(|(level, _)| *level).collect();
    Ok(rules::raised(&levels).map(|level| (level, categories)))
}

/// Items whose reports wait for a reviewer, the most reported first.
///
/// # Errors
/// When the database does not answer.
pub async fn reported(tx: &mut Tx) -> DbResult<Vec<Reported>> {
    store::list_reported(tx).await
}

/// Settles the reports about an item; false when there were none.
///
/// # Errors
/// When the database refuses.
pub async fn settle_reports(tx: &mut Tx, item: &str, by: PersonId, now_us: i64) -> DbResult<bool> {
    store::settle_reports(tx, item, by, now_us).await
}

/// Groups of fewer people are not told, nor how long they heard what (El Emam, Cell Size Precedents).
const FEW: usize = 5;

/// How much everybody together was exposed, counted anew from each person's account.
///
/// # Errors
/// When the database does not answer.
pub async fn totals(tx: &mut Tx, now_us: i64) -> DbResult<Totals> {
    let limits = limits(tx).await?;
    let accounts = store::list_used(tx, now_us - 7 * DAY_US).await?;
    let (mut totals, mut people, mut at_limit) = (Totals::default(), 0, 0);
    let [mut strong_day_us, mut strong_week_us, mut mild_day_us] = [0; 3];
    for (account,) in &accounts {
        let uses = rules::uses(&read(account), &limits, now_us);
        people += usize::from(uses.iter().any(|usage| usage.used_us > 0));
        strong_day_us += uses[1].used_us;
        strong_week_us += uses[2].used_us;
        mild_day_us += uses[3].used_us;
        at_limit += usize::from(uses[1..3].iter().any(|usage| usage.free_at_us.is_some()));
        totals.breaches += usize::from(uses.iter().any(|usage| usage.used_us > usage.limit_us));
    }
    totals.people = told(people, people);
    [totals.strong_day_min, totals.strong_week_min, totals.mild_day_min] =
        [strong_day_us, strong_week_us, mild_day_us].map(|used_us| told(people, used_us / 60_000_000));
    totals.at_limit = told(at_limit, at_limit);
    let consents = store::count_consents(tx, now_us - 30 * DAY_US).await?.into_iter();
    totals.consents = consents
        .map(|(category, action, count, people)| (category, action, told(usize::try_from(people).unwrap_or(0), count)))
        .collect();
    Ok(totals)
}

/// A figure about so many people, unless they are too few to stay unknown.
fn told<T>(people: usize, figure: T) -> Option<T> {
    (people == 0 || people >= FEW).then_some(figure)
}

/// The refusal that a limit makes, with when there is more.
pub fn refusal(why: Why, at_us: Option<i64>) -> Problem {
    let reason = match why {
        Why::Calm => "Something upset you a short while ago, so you get nothing sensitive for a day",
        Why::Withdrawn => "You do not agree to such material any more",
        Why::MildDay => "You have had as much sensitive material as is good for a day",
        Why::Open => "You have one distressing task open. Finish or skip it first",
        Why::Quiet => "It is night where you are, and distressing material waits until the morning",
        Why::Break => "You have had distressing material for a while. Take a break from it",
        Why::Day => "You have had as much distressing material as is good for a day",
        Why::Week => "You have had as much distressing material as is good for a week",
        Why::Mix => {
            "Only some of any twenty tasks may be distressing. Other tasks in between make room again, waiting alone does not"
        }
    };
    let problem = |detail| Problem::new(StatusCode::FORBIDDEN, "exposure_limit", detail).because("exposure_limit");
    let Some(at_us) = at_us else {
        let when = match why {
            Why::Withdrawn => "It comes again when you agree to it again, on “My limits”",
            _ => "As this limit is set now, more comes at no time: see “My limits”",
        };
        return problem(format!("{reason}. {when}."));
    };
    let when = match why {
        Why::Mix => "Do some, and ask again at",
        _ => "More is available at",
    };
    problem(format!("{reason}. {when} {}.", minute_from(at_us))).available_at(at_us)
}

/// The refusal of material that nobody agreed to hear.
pub fn opt_in_required() -> Problem {
    let detail = "What is left here may be distressing, and you have not agreed to hear that. You need not: choose \
                  another batch. It is available as soon as you agree, on “My limits”.";
    Problem::new(StatusCode::FORBIDDEN, "opt_in_required", detail).because("opt_in_required")
}

/// Agrees to a category of distressing material, for 30 days.
///
/// # Errors
/// 422 `adults_only`, `time_zone_required`; 403 `exposure_limit` within a day of being distressed.
pub async fn agree(site: &Site, person: PersonId, category: Category, adult: bool) -> Result<(), Problem> {
    if !adult {
        return Err(Problem::invalid("adults_only", "Confirm that you are 18 or older: this is for adults only."));
    }
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let at = standing(&mut tx, person, now_us).await?;
    if at.account.zone.is_empty() {
        return Err(Problem::invalid(
            "time_zone_required",
            "Say in which time zone you live first, so that your nights are kept free.",
        ));
    }
    let until_us = change(&mut tx, person, |account| rules::opt_in(account, category, now_us)).await?;
    let Some(until_us) = until_us else { return Err(refusal(Why::Calm, Some(at.account.calm_us))) };
    store::insert_consent(&mut tx, person, (category.as_str(), "given"), now_us, until_us).await?;
    Ok(tx.commit().await?)
}

/// Takes an opt-in back at once; doing it twice is doing it once.
///
/// # Errors
/// When the database refuses.
pub async fn withdraw(site: &Site, person: PersonId, category: Category) -> Result<(), Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    if change(&mut tx, person, |account| rules::opt_out(account, category, now_us)).await? {
        store::insert_consent(&mut tx, person, (category.as_str(), "withdrawn"), now_us, now_us).await?;
    }
    Ok(tx.commit().await?)
}

/// Sets a person's time zone: the first one at once, a later one beside the old for a day.
///
/// # Errors
/// 422 `invalid_time_zone`.
pub async fn set_zone(site: &Site, person: PersonId, zone: &str) -> Result<(), Problem> {
    if !rules::is_zone(zone) {
        return Err(Problem::invalid("invalid_time_zone", "Choose a time zone such as Europe/Zurich."));
    }
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    change(&mut tx, person, |account| rules::set_zone(account, zone, now_us)).await?;
    Ok(tx.commit().await?)
}

/// Sets what a person lowers for themselves.
///
/// # Errors
/// 422 `invalid_limit` for one above the site's.
pub async fn set_own(site: &Site, person: PersonId, own: Own) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    if !rules::lowered(&limits(&mut tx).await?, &own) {
        return Err(Problem::invalid(
            "invalid_limit",
            "You can lower each limit, to 0 at the least, but not raise it.",
        ));
    }
    change(&mut tx, person, |account| account.own = own).await?;
    Ok(tx.commit().await?)
}

/// The site's limits.
///
/// # Errors
/// When the database does not answer.
pub async fn limits(tx: &mut Tx) -> DbResult<Limits> {
    let settings = store::find_settings(tx).await?.unwrap_or_default();
    Ok(serde_json::from_str(&settings).unwrap_or_default())
}

/// Sets the site's limits, from now on.
///
/// # Errors
/// 422 `invalid_limit` beyond the bounds that protect people.
pub async fn set_limits(site: &Site, actor: PersonId, limits: &Limits) -> Result<(), Problem> {
    rules::check(limits).map_err(|detail| Problem::invalid("invalid_limit", detail))?;
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let before = self::limits(&mut tx).await?;
    let text = serde_json::to_string(limits).map_err(Problem::internal)?;
    if !store::insert_settings(&mut tx, &text, actor, now_us).await? {
        return Err(Problem::conflict("settings_conflict", "Somebody else has just set this. Look, then try again."));
    }
    let detail = serde_json::json!({ "before": before, "now": limits });
    audit::note(&mut tx, now_us, Some(actor), "exposure.limits", "site", detail).await?;
    Ok(tx.commit().await?)
}
