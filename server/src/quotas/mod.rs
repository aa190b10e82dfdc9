//! Coverage: how many recordings a batch wants of whom, which places are kept for them, who is looked for.
//!
//! A *place* is one recording that a batch wants. It counts in each *axis*: any phrase or its own, by
//! accent, gender, age, device or noise. In an axis, every place either falls into the *cell* of the
//! person who takes it or is one that no cell waits for. So a cell's places cannot be used up by
//! others, however many people ask at once, and a person whom no cell waits for works as long as
//! there are places for everybody.

pub mod handlers;
pub mod import;
pub mod jobs;
mod model;
pub mod pages;
mod rules;
mod speakers;
mod store;

pub use model::{Cell, Choice, Dimension, Left, Outlook, Places, Plan, SpeakerLimits, Values};
pub use rules::PEOPLE_MIN;
pub use speakers::{left, limits, set_limits};

use crate::accounts::{self, Profile};
use crate::audit;
use crate::batches::{self, Batch, BatchId, BatchState, import::refused_rows};
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
    locks,
    problem::Problem,
    site::Site,
};
use model::{Axis, AxisView, CellView, Overview, Slot};
use std::collections::{BTreeMap, BTreeSet};
use wire::{CaptureSettings, Kind, RowError};

/// Most cells of a batch: each is looked at when somebody asks for a prompt.
const CELLS_MAX: usize = 500;

/// The code of a refusal because what is left is kept for others.
pub const FULL: &str = "quota_full";

/// What a recording of this person would count for.
///
/// # Errors
/// When the database does not answer.
pub async fn values(tx: &mut Tx, person: PersonId) -> DbResult<Values> {
    let profile = accounts::profile(tx, person).await?;
    let capture = store::find_capture(tx, person).await?;
    Ok(rules::values(&profile, capture.as_ref()))
}

/// Which phrases of a batch a person may get now. Ask in the transaction that gives one out, and
/// [`take`] its place there.
///
/// # Errors
/// When the database does not answer.
pub async fn plan(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<Plan> {
    locks::shared(tx, "quotas", batch).await?;
    // What people say about themselves is not copied to where nobody asks for it.
    let asked = store::has_axes(tx, batch).await?;
    let profile = if asked { accounts::profile(tx, person).await? } else { Profile::default() };
    let capture = store::find_capture(tx, person).await?;
    let values = rules::values(&profile, capture.as_ref());
    let mut plan = if asked {
        planned(tx, batch, values).await?
    } else {
        Plan { values, standings: Vec::new(), choice: Choice::Any, enough: false }
    };
    let before = plan.choice.clone();
    plan.choice = speakers::narrow(tx, batch, person, plan.choice).await?;
    plan.enough = plan.choice != before;
    Ok(plan)
}

async fn planned(tx: &mut Tx, batch: BatchId, values: Values) -> DbResult<Plan> {
    let standings = store::list_standings(tx, batch, &values).await?;
    let mut choice = rules::choose(&standings, &[]);
    if matches!(choice, Choice::Only(_) | Choice::Nothing) {
        let places = store::list_places(tx, batch).await?;
        let phrases: Vec<String> = places.into_iter().map(|(phrase, _)| phrase).collect();
        choice = rules::choose(&standings, &phrases);
    }
    Ok(Plan { values, standings, choice, enough: false })
}

/// Takes the place of a prompt that was picked. False when somebody else was faster and what is left
/// is kept for others: then forget the transaction and plan anew.
///
/// # Errors
/// When the database refuses.
pub async fn take(
    tx: &mut Tx,
    plan: &Plan,
    batch: BatchId,
    person: PersonId,
    task: &str,
    phrase: &str,
) -> DbResult<bool> {
    let mine = plan.standings.iter().filter(|standing| standing.phrase.is_empty() || standing.phrase == phrase);
    let mut settled = "";
    for standing in mine {
        // What was kept of the phrase itself was kept of any phrase, too: nothing is left to take there.
        if standing.phrase.is_empty() && standing.dimension == settled {
            continue;
        }
        let axis = Axis { phrase: standing.phrase.clone(), dimension: standing.dimension.clone() };
        let cell = store::take_cell(tx, batch, &axis, plan.values.of(&axis.dimension)).await?;
        if cell.is_some_and(|(kept, taken)| taken <= kept) {
            settled = &standing.dimension;
        } else if !store::take_free(tx, batch, &axis).await? {
            return Ok(false);
        }
    }
    store::insert_slot(tx, task, batch, person, phrase, &plan.values).await?;
    speakers::count(tx, batch, person, phrase).await
}

/// Takes the place of a task again that had been given back; false when it is gone.
///
/// # Errors
/// When the database refuses.
pub async fn take_again(tx: &mut Tx, batch: BatchId, person: PersonId, task: &str, phrase: &str) -> DbResult<bool> {
    let plan = plan(tx, person, batch).await?;
    take(tx, &plan, batch, person, task, phrase).await
}

/// Gives places back: of tasks that were skipped or ran out, or whose recording could not be used.
/// A task that holds none is passed over.
///
/// # Errors
/// When the database refuses.
pub async fn give_back(tx: &mut Tx, tasks: &[(BatchId, String)]) -> DbResult<()> {
    let mut by_batch: BTreeMap<BatchId, BTreeSet<&str>> = BTreeMap::new();
    for (batch, task) in tasks {
        by_batch.entry(*batch).or_default().insert(task);
    }
    for (batch, tasks) in by_batch {
        locks::shared(tx, "quotas", batch).await?;
        let mut slots = Vec::new();
        for task in tasks {
            slots.extend(store::delete_slot(tx, task).await?);
        }
        for slot in &slots {
            speakers::uncount(tx, batch, slot.person_id, &slot.phrase).await?;
        }
        if !slots.is_empty() {
            return_places(tx, batch, &slots).await?;
        }
    }
    Ok(())
}

/// Puts places back where they came from: cells of their phrase, of any phrase, or what is for everybody.
async fn return_places(tx: &mut Tx, batch: BatchId, slots: &[Slot]) -> DbResult<()> {
    let mut returned: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
    let axes = store::list_axes(tx, batch).await?;
    for axis in &axes {
        for slot in slots {
            let own = axis.phrase == slot.phrase;
            let alone = axis.phrase.is_empty()
                && !axes.iter().any(|other| other.phrase == slot.phrase && other.dimension == axis.dimension);
            if own || alone {
                *returned.entry((&axis.dimension, &axis.phrase, slot.values.of(&axis.dimension))).or_default() += 1;
            }
        }
    }
    for axis in &axes {
        let mine = returned
            .iter()
            .filter(|((dimension, phrase, _), _)| axis.dimension == *dimension && axis.phrase == *phrase);
        let mine: Vec<(&str, i64)> = mine.map(|((_, _, value), places)| (*value, *places)).collect();
        let mut free = 0;
        for (value, places) in mine {
            let cell = store::return_cell(tx, batch, axis, value, places).await?;
            let beyond = cell.map_or(places, |(kept, taken)| rules::freed(kept, taken, places));
            free += beyond;
            if !axis.phrase.is_empty() {
                *returned.entry((&axis.dimension, "", value)).or_default() += beyond;
            }
        }
        if free > 0 {
            store::return_free(tx, batch, axis, free).await?;
        }
    }
    Ok(())
}

/// Notes that a batch wants more recordings.
///
/// # Errors
/// When the database refuses.
pub async fn grow(tx: &mut Tx, batch: BatchId, places: &Places) -> DbResult<()> {
    locks::shared(tx, "quotas", batch).await?;
    for (phrase, more) in places {
        store::add_places(tx, batch, phrase, *more).await?;
    }
    for axis in store::list_axes(tx, batch).await? {
        store::return_free(tx, batch, &axis, rules::places_of(&axis, places)).await?;
    }
    Ok(())
}

/// Notes what a usable recording tells of a person's microphone and surroundings.
///
/// # Errors
/// When the database refuses.
pub async fn note_capture(tx: &mut Tx, person: PersonId, settings: &CaptureSettings, snr_db: f64) -> DbResult<()> {
    let before = store::find_capture(tx, person).await?;
    store::put_capture(tx, person, &rules::heard(before.as_ref(), rules::device(settings), snr_db)).await
}

/// How a batch's quotas look to somebody with these values.
///
/// # Errors
/// When the database does not answer.
pub async fn outlook(tx: &mut Tx, batch: BatchId, values: &Values) -> DbResult<Outlook> {
    Ok(rules::outlook(&planned(tx, batch, values.clone()).await?))
}

/// The reply to somebody for whom no place is left, without anybody else's figures.
pub fn full(plan: &Plan) -> Problem {
    if plan.enough {
        return speakers::spoken_enough();
    }
    let mut detail = "There are enough recordings by voices like yours here for now: the places that are left are kept \
        for voices that are still rare. Thank you! No time is known at which there are more: you can listen to recordings \
        and judge them, or choose another batch."
        .to_owned();
    if rules::unsaid(plan) {
        detail += " If you like, say something about yourself on the page “About you” (/profile): places may be kept for you.";
    }
    Problem::new(actix_web::http::StatusCode::FORBIDDEN, FULL, detail).because(FULL)
}

/// Sets the cells of a recording batch: all of them anew, or changes those that are named. A target
/// of 0 takes a cell away.
///
/// # Errors
/// 404 without the batch; 409 `batch_state`; 422 `import_rows`, `too_many_cells`.
pub async fn set_cells(
    site: &Site,
    actor: PersonId,
    id: BatchId,
    rows: Vec<(u64, Cell)>,
    anew: bool,
) -> Result<(), Problem> {
    let mut tx = site.db.begin().await?;
    locks::alone(&mut tx, "quotas", id).await?;
    let batch = batches::batch(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    if batch.kind() != Kind::Record || batch.state() == BatchState::Closed {
        return Err(Problem::conflict("batch_state", "Quotas belong to a recording batch that is not closed."));
    }
    let places: Places = store::list_places(&mut tx, id).await?.into_iter().collect();
    check_phrases(&mut tx, &batch, &places, &rows).await?;
    let before = if anew { Vec::new() } else { cells(&mut tx, id).await? };
    let given = rows.into_iter().map(|(_, cell)| cell);
    let cells: BTreeMap<_, _> = before
        .into_iter()
        .chain(given)
        .map(|cell| ((cell.phrase.clone(), cell.dimension, cell.value.clone()), cell))
        .collect();
    let cells: Vec<Cell> = cells.into_values().filter(|cell| cell.target > 0).collect();
    if cells.len() > CELLS_MAX {
        return Err(Problem::invalid("too_many_cells", "A batch has at most 500 cells. Leave some out."));
    }
    copy_said(&mut tx, id, !cells.is_empty()).await?;
    write(&mut tx, id, &cells, &places).await?;
    let detail = serde_json::json!({ "cells": cells });
    audit::note(&mut tx, site.now_us(), Some(actor), "batch.set_quotas", &id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// The cells as they were set.
async fn cells(tx: &mut Tx, batch: BatchId) -> DbResult<Vec<Cell>> {
    let cells = store::list_cells(tx, batch).await?.into_iter().filter_map(|row| {
        let dimension = row.dimension.parse().ok()?;
        Some(Cell { phrase: row.phrase, dimension, value: row.value, target: row.target })
    });
    Ok(cells.collect())
}

/// Every phrase must be one that the batch or its project has.
async fn check_phrases(tx: &mut Tx, batch: &Batch, places: &Places, rows: &[(u64, Cell)]) -> Result<(), Problem> {
    let known = batches::project(tx, batch.project_id).await?.map(|project| project.phrases()).unwrap_or_default();
    let unknown = rows.iter().filter(|(_, cell)| {
        !cell.phrase.is_empty() && !places.contains_key(&cell.phrase) && !known.contains(&cell.phrase)
    });
    let faults: Vec<RowError> = unknown
        .map(|(line, _)| RowError {
            line: *line,
            field: "phrase".to_owned(),
            message: "Neither the project nor a prompt of this batch has this phrase. Leave it empty for any."
                .to_owned(),
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(refused_rows(faults)) }
}

/// Copies what people say about themselves to the places that they hold, or forgets it there.
async fn copy_said(tx: &mut Tx, batch: BatchId, asked: bool) -> DbResult<()> {
    store::forget_said(tx, batch).await?;
    if asked {
        let profiles = accounts::profiles(tx).await?;
        for (person,) in store::list_people(tx, batch).await? {
            if let Some(profile) = profiles.get(&person) {
                store::set_said(tx, person, batch, &rules::values(profile, None)).await?;
            }
        }
    }
    Ok(())
}

/// Writes cells and axes as the places that are taken make them. The batch must be locked.
async fn write(tx: &mut Tx, batch: BatchId, cells: &[Cell], places: &Places) -> DbResult<()> {
    let held = store::list_held(tx, batch).await?;
    store::delete_cells(tx, batch).await?;
    store::delete_axes(tx, batch).await?;
    for (axis, free, cells) in rules::count(cells, places, &held) {
        store::insert_axis(tx, batch, &axis, free).await?;
        for cell in cells {
            store::insert_cell(tx, batch, &cell).await?;
        }
    }
    Ok(())
}

/// Lets the places that a person holds follow what they now say about themselves.
async fn follow(tx: &mut Tx, person: PersonId, batch: BatchId) -> DbResult<()> {
    locks::alone(tx, "quotas", batch).await?;
    let cells = cells(tx, batch).await?;
    if cells.is_empty() {
        return Ok(());
    }
    let values = values(tx, person).await?;
    store::set_said(tx, person, batch, &values).await?;
    let places = store::list_places(tx, batch).await?.into_iter().collect();
    write(tx, batch, &cells, &places).await
}

/// The quotas of a batch as administrators may see them: nothing that tells of fewer than five people.
///
/// # Errors
/// When the database does not answer.
async fn overview(tx: &mut Tx, batch: BatchId) -> DbResult<Overview> {
    let cells = store::list_cells(tx, batch).await?;
    let held = store::list_held(tx, batch).await?;
    let places: Places = store::list_places(tx, batch).await?.into_iter().collect();
    let shown = rules::shown(&cells, &held);
    let profiles: Vec<Values> =
        accounts::profiles(tx).await?.values().map(|profile: &Profile| rules::values(profile, None)).collect();
    let mut axes: Vec<AxisView> = Vec::new();
    for cell in cells {
        let Ok(dimension) = cell.dimension.parse::<Dimension>() else { continue };
        let axis = Axis { phrase: cell.phrase.clone(), dimension: cell.dimension.clone() };
        let recorded = |value: Option<&str>| {
            shown.get(&axis).and_then(|groups| groups.get(&value.map(str::to_owned))).map(|group| group.recorded)
        };
        let people = profiles.iter().filter(|values| values.of(&cell.dimension) == cell.value).count();
        let view = CellView {
            recorded: recorded(Some(&cell.value)),
            missing: recorded(Some(&cell.value)).map(|recorded| (cell.target - recorded).max(0)),
            phrase: cell.phrase.clone(),
            dimension,
            value: cell.value.clone(),
            target: cell.target,
            people: rules::in_fives(people),
        };
        match axes.last_mut().filter(|last| last.phrase == cell.phrase && last.dimension == dimension) {
            Some(last) => last.cells.push(view),
            None => axes.push(AxisView {
                phrase: cell.phrase.clone(),
                dimension,
                places: rules::places_of(&axis, &places),
                others: recorded(None),
                cells: vec![view],
            }),
        }
    }
    Ok(Overview { axes })
}
