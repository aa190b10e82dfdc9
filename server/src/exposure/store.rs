//! Every SQL statement of exposure.

use super::model::{Report, Reported, Work};
use crate::platform::{
    clock::{DAY_US, SECOND_US},
    db::{self, Ask, DbResult, Only, Tx},
    ids::PersonId,
};
use crate::typed_id;
use sqlx::FromRow;

typed_id!(
    /// One opt-in given or taken back.
    ConsentId
);

/// A person's row, with the settings in force; empty texts where there is none.
#[derive(Default, FromRow)]
pub struct Found {
    /// JSON.
    pub account: String,
    /// JSON.
    pub settings: String,
    pub work_from_us: i64,
    pub work_ms: i64,
    pub earned_cents: i64,
    pub days: i64,
    pub rest_from_us: i64,
    pub last_us: i64,
}

/// What decides about a person, in one statement.
pub fn find(person: PersonId) -> Ask<Only<Found>> {
    db::one(
        "select coalesce(p.account, '') as account, coalesce(s.settings, '') as settings,
           coalesce(p.work_from_us, 0) as work_from_us, coalesce(p.work_ms, 0) as work_ms,
           coalesce(p.earned_cents, 0) as earned_cents, coalesce(p.days, 0) as days,
           coalesce(p.rest_from_us, 0) as rest_from_us, coalesce(p.last_us, 0) as last_us
         from (select 1 as one) as o
         left join exposure_people p on p.person_id = $1
         left join (select settings from exposure_settings order by at_us desc limit 1) as s on 1 = 1",
        (person,),
    )
}

/// Makes sure that a person has a row.
pub async fn ensure(tx: &mut Tx, person: PersonId) -> DbResult<()> {
    tx.exec("insert into exposure_people (person_id) values ($1) on conflict (person_id) do nothing", (person,))
        .await
        .map(drop)
}

/// Takes a person's account for this transaction.
pub async fn lock(tx: &mut Tx, person: PersonId) -> DbResult<Option<String>> {
    let row: Option<(String,)> =
        tx.opt("select account from exposure_people where person_id = $1 /*pg: for no key update*/", (person,)).await?;
    Ok(row.map(|(account,)| account))
}

/// Saves an account that was taken; `used_us` is when sensitive material was last open.
pub async fn put(tx: &mut Tx, person: PersonId, account: &str, used_us: i64) -> DbResult<()> {
    tx.exec(
        "update exposure_people set account = $2, used_us = case when $3 > used_us then $3 else used_us end
         where person_id = $1",
        (person, account, used_us),
    )
    .await
    .map(drop)
}

/// Adds finished work to a person's day. The first task begins the day, and ends the one before.
pub async fn add_work(tx: &mut Tx, person: PersonId, active_ms: i64, cents: i64, now_us: i64) -> DbResult<()> {
    tx.push(
        "insert into exposure_people (person_id, work_from_us, work_ms, earned_cents, rest_from_us, last_us)
         values ($1, $2 - $3 * 1000, $3, $4, $2 - $3 * 1000, $2)
         on conflict (person_id) do update set
           days = exposure_people.days
             + case when exposure_people.work_from_us > 0 and $2 >= exposure_people.work_from_us + $5 then 1 else 0 end,
           work_ms = case when $2 >= exposure_people.work_from_us + $5 then $3 else exposure_people.work_ms + $3 end,
           earned_cents = case when $2 >= exposure_people.work_from_us + $5 then $4
             else exposure_people.earned_cents + $4 end,
           work_from_us = case when $2 >= exposure_people.work_from_us + $5 then $2 - $3 * 1000
             else exposure_people.work_from_us end,
           rest_from_us = case when $2 - $3 * 1000 - exposure_people.last_us >= $6 then $2 - $3 * 1000
             else exposure_people.rest_from_us end,
           last_us = case when $2 > exposure_people.last_us then $2 else exposure_people.last_us end",
        (person, now_us, active_ms, cents, DAY_US, 300 * SECOND_US),
    )
    .await
}

pub async fn insert_consent(
    tx: &mut Tx,
    person: PersonId,
    (category, action): (&str, &str),
    now_us: i64,
    until_us: i64,
) -> DbResult<()> {
    tx.exec(
        "insert into exposure_consents (id, person_id, category, action, at_us, until_us)
         values ($1, $2, $3, $4, $5, $6)",
        (ConsentId::new(), person, category, action, now_us, until_us),
    )
    .await
    .map(drop)
}

/// The site's limits, where somebody has set them.
pub async fn find_settings(tx: &mut Tx) -> DbResult<Option<String>> {
    let row: Option<(String,)> =
        tx.opt("select settings from exposure_settings order by at_us desc limit 1", ()).await?;
    Ok(row.map(|(settings,)| settings))
}

/// Sets the site's limits from a moment on; false when others were set at that very moment.
pub async fn insert_settings(tx: &mut Tx, settings: &str, by: PersonId, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into exposure_settings (at_us, settings, set_by) values ($1, $2, $3)
             on conflict (at_us) do nothing",
            (now_us, settings, by),
        )
        .await?;
    Ok(touched == 1)
}

/// Accounts of everybody who had sensitive material open since a moment.
pub async fn list_used(tx: &mut Tx, since_us: i64) -> DbResult<Vec<(String,)>> {
    tx.all("select account from exposure_people where used_us > 0 and used_us > $1", (since_us,)).await
}

/// How often opt-ins were given and taken back since a moment, by category and action, and by how many people.
pub async fn count_consents(tx: &mut Tx, since_us: i64) -> DbResult<Vec<(String, String, i64, i64)>> {
    tx.all(
        "select category, action, count(*), count(distinct person_id) from exposure_consents where at_us > $1
         group by category, action order by category, action",
        (since_us,),
    )
    .await
}

/// Somebody's report about an item; a later one of theirs replaces it.
pub async fn put_report(tx: &mut Tx, person: PersonId, report: &Report, now_us: i64) -> DbResult<()> {
    tx.exec(
        "insert into exposure_reports (item_id, person_id, level, categories, at_us) values ($1, $2, $3, $4, $5)
         on conflict (item_id, person_id) do update set level = $3, categories = $4, at_us = $5, settled_us = 0",
        (report.item.as_str(), person, report.level, report.categories, now_us),
    )
    .await
    .map(drop)
}

/// Level and categories of an item's reports that no reviewer has looked at.
pub async fn list_reports(tx: &mut Tx, item: &str) -> DbResult<Vec<(i64, i64)>> {
    tx.all("select level, categories from exposure_reports where item_id = $1 and settled_us = 0", (item,)).await
}

/// A set of categories, aggregated from rows: one bit after another, because SQLite has no `bit_or`.
pub async fn list_reported(tx: &mut Tx) -> DbResult<Vec<Reported>> {
    tx.all(
        "select item_id, count(*) as reports, max(level) as level,
           max(categories & 1) + max(categories & 2) + max(categories & 4) + max(categories & 8)
             + max(categories & 16) + max(categories & 32) as categories
         from exposure_reports where settled_us = 0 group by item_id order by count(*) desc, item_id limit 100",
        (),
    )
    .await
}

pub async fn settle_reports(tx: &mut Tx, item: &str, by: PersonId, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update exposure_reports set settled_us = $3, settled_by = $2 where item_id = $1 and settled_us = 0",
            (item, by, now_us),
        )
        .await?;
    Ok(touched > 0)
}

impl From<&Found> for Work {
    fn from(found: &Found) -> Self {
        Self {
            from_us: found.work_from_us,
            ms: found.work_ms,
            cents: found.earned_cents,
            days: found.days,
            rest_from_us: found.rest_from_us,
            last_us: found.last_us,
        }
    }
}
