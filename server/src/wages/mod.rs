//! Fair pay by the hour: time measured honestly, a floor, and everybody lifted to it when a batch
//! turns out to pay less.

pub mod handlers;
pub mod jobs;
mod model;
pub mod page_handlers;
mod pages;
mod rules;
mod store;

use model::Floors;
pub use model::{Floor, Forecast, Pace, Prospect, Round, TopUp, Work};
pub use rules::{due_cents, hourly_cents};

use crate::accounts::is_region;
use crate::audit;
use crate::batches::{self, Batch, BatchId, budgets};
use crate::exposure;
use crate::platform::{
    db::{Ask, DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use wire::Kind;

/// Most that a floor may be: a thousand an hour.
const FLOOR_MAX_CENTS: i64 = 100_000;

/// When a person last finished a task, UTC microseconds.
pub fn last_us(person: PersonId) -> Ask<Option<(i64,)>> {
    store::find_last(person)
}

/// Notes how long a task took that is finished in this transaction.
///
/// # Errors
/// When the database refuses.
pub async fn note(tx: &mut Tx, work: &Work, now_us: i64) -> DbResult<()> {
    let active_ms = rules::active_ms(work.leased_us, work.before_us, work.client_ms, now_us);
    exposure::worked(tx, work.person, active_ms, work.pay_cents, now_us).await?;
    store::insert(tx, work, active_ms, now_us).await
}

/// A batch's pace on its latest tasks, once there are ten.
///
/// # Errors
/// When the database does not answer.
pub async fn pace(tx: &mut Tx, batch: BatchId) -> DbResult<Option<Pace>> {
    let latest = store::list_latest(tx, batch, i64::MIN, rules::TASKS_MAX).await?;
    Ok(rules::pace(&latest.iter().map(|(ms, _)| *ms).collect::<Vec<_>>()))
}

/// The moment before a batch's latest tasks, UTC microseconds.
///
/// # Errors
/// When the database does not answer.
pub async fn lately_us(tx: &mut Tx, batch: BatchId) -> DbResult<i64> {
    let latest = store::list_latest(tx, batch, i64::MIN, 200).await?;
    Ok(latest.last().map_or(0, |(_, at_us)| at_us - 1))
}

/// Tasks of a batch after a moment.
///
/// # Errors
/// When the database does not answer.
pub async fn count_since(tx: &mut Tx, batch: BatchId, since_us: i64) -> DbResult<i64> {
    store::count_since(tx, batch, since_us).await
}

/// What an hour of a person's latest tasks paid, in minor units; `None` while there are too few.
///
/// # Errors
/// When the database does not answer.
pub async fn own_hourly_cents(tx: &mut Tx, person: PersonId) -> DbResult<Option<i64>> {
    Ok(rules::own_hourly_cents(&store::list_own(tx, person, 100).await?))
}

/// The least hourly pay in a currency, in minor units; `None` when nobody has set one.
///
/// # Errors
/// When the database does not answer.
pub async fn floor(tx: &mut Tx, currency: &str) -> DbResult<Option<i64>> {
    store::find_floor(tx, currency).await
}

/// Every floor.
///
/// # Errors
/// When the database does not answer.
pub async fn floors(tx: &mut Tx) -> DbResult<Vec<Floor>> {
    store::list_floors(tx).await
}

/// Median active time of the latest tasks of this kind, in milliseconds: what to expect of a new
/// batch. `None` while there are too few.
///
/// # Errors
/// When the database does not answer.
pub async fn forecast(tx: &mut Tx, kind: Kind) -> DbResult<Option<Forecast>> {
    let mut medians = Vec::new();
    for batch in batches::latest_of(tx, kind, rules::BATCHES_MAX).await? {
        if let Some(pace) = pace(tx, batch).await? {
            medians.push(pace.median_ms);
        }
    }
    Ok(rules::forecast(&medians))
}

/// What an hour of a new batch of this kind may pay at a price.
///
/// # Errors
/// When the database does not answer.
pub async fn prospect(tx: &mut Tx, currency: &str, kind: Kind, pay_cents: i64) -> DbResult<Prospect> {
    let forecast = forecast(tx, kind).await?;
    let floor = store::find_floor(tx, currency).await?;
    let due = forecast.zip(floor).map(|(forecast, floor)| due_cents(forecast.median_ms, floor));
    Ok(Prospect {
        forecast,
        floor_cents_per_hour: floor,
        hourly_cents: forecast.map(|forecast| hourly_cents(pay_cents, forecast.median_ms)),
        due_cents: due,
        below_floor: pay_cents > 0 && due.is_some_and(|due| pay_cents < due),
    })
}

/// Works out what a task of a batch may cost at most, and tells its budget: its pay, or what a task
/// must pay at the pace of the batch or, while that is not known, of earlier batches of its kind.
///
/// # Errors
/// When the database refuses.
pub async fn plan(tx: &mut Tx, batch: &Batch) -> DbResult<()> {
    if batch.budget_cents.is_none() {
        return Ok(());
    }
    let median_ms = match pace(tx, batch.id).await? {
        Some(pace) => Some(pace.median_ms),
        None => forecast(tx, batch.kind()).await?.map(|forecast| forecast.median_ms),
    };
    let currency = batches::terms(tx, batch.id).await?.map(|terms| terms.currency.clone()).unwrap_or_default();
    let floor = store::find_floor(tx, &currency).await?;
    let due = median_ms.zip(floor).map_or(0, |(median_ms, floor)| due_cents(median_ms, floor));
    // A task without pay is given for nothing: nobody is lifted.
    let unit = if batch.pay_cents == 0 { 0 } else { due.max(batch.pay_cents) };
    budgets::plan(tx, batch, unit).await
}

/// The last time a batch was found to pay less than the floor.
///
/// # Errors
/// When the database does not answer.
pub async fn last_round(tx: &mut Tx, batch: BatchId) -> DbResult<Option<Round>> {
    store::last_round(tx, batch).await
}

/// Every floor in one currency.
async fn floors_in(tx: &mut Tx, currency: &str) -> DbResult<Floors> {
    let regions = store::list_regions(tx, currency).await?.into_iter().collect();
    Ok(Floors { site: store::find_floor(tx, currency).await?, regions })
}

/// Sets the least hourly pay in a currency, of everybody or in a region, from now on.
///
/// # Errors
/// 422 `invalid_floor`.
pub async fn set_floor(site: &Site, actor: PersonId, floor: &Floor) -> Result<(), Problem> {
    let code = floor.currency.len() == 3 && floor.currency.bytes().all(|byte| byte.is_ascii_uppercase());
    if !code || !(1..=FLOOR_MAX_CENTS).contains(&floor.cents_per_hour) {
        return Err(Problem::invalid(
            "invalid_floor",
            "Give a currency of three capitals, and 1 to 100,000 minor units an hour.",
        ));
    }
    if floor.region.as_deref().is_some_and(|region| !is_region(region)) {
        let detail = "Give a country as two capitals, such as CH, if you like with its part, such as US-CA.";
        return Err(Problem::invalid("invalid_floor", detail));
    }
    let mut tx = site.db.begin().await?;
    match &floor.region {
        Some(region) => store::put_region(&mut tx, region, floor, actor, site.now_us()).await?,
        None => store::put_floor(&mut tx, floor, actor, site.now_us()).await?,
    }
    let detail = serde_json::to_value(floor).map_err(Problem::internal)?;
    audit::note(&mut tx, site.now_us(), Some(actor), "wages.floor", &floor.currency, detail).await?;
    Ok(tx.commit().await?)
}
