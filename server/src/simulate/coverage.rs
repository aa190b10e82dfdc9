//! A skewed crowd records, with quotas and without: what is missing in the cells that were wanted.

use super::{Options, demographics, dice::Dice, memory, stage};
use crate::app;
use crate::batches::{self, Batch, BatchState, NewBatch, Prompt};
use crate::config::Config;
use crate::consent;
use crate::platform::{
    clock::Clock,
    ids::{self, PersonId},
    once::Once,
    problem::Problem,
    site::Site,
};
use crate::quotas::{self, Cell, Dimension};
use crate::tasks;
use serde::Serialize;
use std::{collections::BTreeMap, error::Error, fmt};
use wire::{Kind, NextTask};

/// The phrases that are wanted.
const PHRASES: [&str; 2] = ["Alexa", "Computer"];
/// Of a hundred recordings of a phrase, those wanted of each of two genders.
const TARGET_PERCENT: i64 = 45;
const GENDERS: [&str; 2] = ["male_masculine", "female_feminine"];
/// Recordings that somebody makes in one visit.
const VISIT: usize = 3;
/// Nobody makes more than this many times their share of all recordings.
const SHARE_TIMES: i64 = 10;
/// So many visits in a row in which nobody finds anything to record end the collection.
const VAIN_MAX: usize = 10_000;

/// What came of a collection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Recordings.
    pub recordings: i64,
    /// Recordings wanted in the target cells.
    pub wanted: i64,
    /// Of these, missing in the end.
    pub missing: i64,
    /// Visits until all places were taken.
    pub visits: usize,
}

/// The same crowd without quotas and with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Whoever comes records what comes next.
    pub off: Collected,
    /// Places are kept for those who are missing.
    pub on: Collected,
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, one) in [("off", self.off), ("on", self.on)] {
            let Collected { recordings, wanted, missing, visits } = one;
            writeln!(
                f,
                "quotas {name:<4}{recordings} recordings, {missing} of {wanted} missing in the target cells, {visits} visits"
            )?;
        }
        Ok(())
    }
}

/// Collects `--items` recordings from `--people`, who are skewed as a real crowd is.
///
/// # Errors
/// When the site fails.
pub async fn run(options: &Options) -> Result<Coverage, Box<dyn Error>> {
    options.check()?;
    Ok(Coverage { off: alone(options, false).await?, on: alone(options, true).await? })
}

/// Collects on a site of its own.
async fn alone(options: &Options, quotas: bool) -> Result<Collected, Box<dyn Error>> {
    let folder = memory().join(format!("sayso-simulation-{}", ids::new_uuid()));
    std::fs::create_dir_all(&folder)?;
    let collected = ids::repeatable(options.seed, async {
        let config = Config { data_dir: folder.clone(), ..Config::default() };
        let site = app::open(&config, Clock::manual(super::START_US)).await?;
        let collected = collect(&site, options, quotas).await?;
        site.db.close().await;
        Ok::<_, Box<dyn Error>>(collected)
    });
    let collected = collected.await;
    std::fs::remove_dir_all(&folder)?;
    collected
}

/// How many recordings of each phrase there are to be.
fn places(options: &Options) -> i64 {
    i64::try_from(options.items / PHRASES.len()).unwrap_or(0)
}

async fn collect(site: &Site, options: &Options, quotas: bool) -> Result<Collected, Problem> {
    let (admin, people) = stage::people(site, options).await?;
    let batch = prepare(site, admin, options, quotas).await?;
    let mut tx = site.db.begin().await?;
    for person in &people {
        consent::give(&mut tx, *person, batch.project_id, 1, site.now_us()).await?;
    }
    tx.commit().await?;
    let genders: BTreeMap<PersonId, Option<&str>> =
        people.iter().enumerate().map(|(n, person)| (*person, demographics::gender(n))).collect();
    let mut dice = Dice(options.seed);
    let mut recorded: BTreeMap<(String, Option<&str>), i64> = BTreeMap::new();
    let (mut visits, mut vain) = (0, 0);
    let all = places(options) * i64::try_from(PHRASES.len()).unwrap_or(1);
    while recorded.values().sum::<i64>() < all && vain < VAIN_MAX {
        let person = people[dice.below(people.len())];
        (visits, vain) = (visits + 1, vain + 1);
        for _ in 0..VISIT {
            let Some(phrase) = record(site, person, &batch).await? else { break };
            *recorded.entry((phrase, genders[&person])).or_default() += 1;
            vain = 0;
        }
    }
    let target = places(options) * TARGET_PERCENT / 100;
    let cells = PHRASES.iter().flat_map(|phrase| GENDERS.map(|gender| ((*phrase).to_owned(), Some(gender))));
    let missing = cells.map(|cell| (target - recorded.get(&cell).copied().unwrap_or(0)).max(0)).sum();
    let wanted = target * i64::try_from(PHRASES.len() * GENDERS.len()).unwrap_or(0);
    Ok(Collected { recordings: recorded.values().sum(), wanted, missing, visits })
}

/// An open recording batch with its prompts and, if they are on, its quotas.
async fn prepare(site: &Site, admin: PersonId, options: &Options, quotas: bool) -> Result<Batch, Problem> {
    let project = stage::project(site, admin).await?;
    let share = i64::try_from(options.items / options.people.max(1)).unwrap_or(1).max(1);
    let new = NewBatch {
        name: "Say it".to_owned(),
        kind: Kind::Record,
        pay_cents: options.pay_cents,
        answers_wanted: 1,
        answers_max: None,
        threshold: None,
        gold_rate: None,
        max_per_person: Some(share * SHARE_TIMES),
        lease_s: None,
        accept_after_s: Some(0),
        sensitivity: None,
        budget_cents: None,
        categories: Vec::new(),
    };
    let batch = batches::create_batch(site, admin, project, &new, &Once::default()).await?;
    let prompt = |phrase: &str| Prompt {
        line: 0,
        phrase: phrase.to_owned(),
        hint: String::new(),
        count: None,
        sensitivity: None,
        categories: None,
    };
    let prompts: Vec<Prompt> =
        PHRASES.iter().flat_map(|phrase| (0..places(options)).map(move |_| prompt(phrase))).collect();
    tasks::import_handlers::import_now(site, admin, &batch.id.to_string(), &prompts, &Once::default()).await?;
    if quotas {
        let target = places(options) * TARGET_PERCENT / 100;
        let cell = |phrase: &str, gender: &str| Cell {
            phrase: phrase.to_owned(),
            dimension: Dimension::Gender,
            value: gender.to_owned(),
            target,
        };
        let cells = PHRASES.iter().flat_map(|phrase| GENDERS.map(|gender| (0, cell(phrase, gender)))).collect();
        quotas::set_cells(site, admin, batch.id, cells, true).await?;
    }
    batches::set_state(site, admin, batch.id, BatchState::Open).await?;
    Ok(batch)
}

/// Somebody records what comes next; its phrase, or `None` when there is nothing for them.
async fn record(site: &Site, person: PersonId, batch: &Batch) -> Result<Option<String>, Problem> {
    let wish = NextTask { batch: Some(batch.id.to_string()), ..NextTask::default() };
    let task = match tasks::next(site, person, &wish).await {
        Ok(task) => task,
        Err(problem) if problem.status.is_server_error() => return Err(problem),
        Err(_) => return Ok(None),
    };
    let mut tx = site.db.begin().await?;
    let id = task.id.parse().map_err(Problem::internal)?;
    let submitted = tasks::submit(&mut tx, id, person, site.now_us()).await?;
    tasks::count(&mut tx, &submitted).await?;
    tx.commit().await?;
    Ok(Some(task.phrase))
}
