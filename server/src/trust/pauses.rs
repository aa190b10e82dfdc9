//! Pause, not ban: how it begins, what the person reads, and the three ways back.

use super::model::{Appeal, Cost, Craft, Pause, PauseId, ReaskWork, Refusal, Tally, WayBack};
use super::{rules, store};
use crate::audit;
use crate::batches::{Batch, ItemId};
use crate::platform::{
    caller::Caller,
    clock::{DAY_US, rfc3339},
    db::{self, DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    queue,
    site::Site,
};
use actix_web::http::StatusCode;
use serde_json::json;

/// Longest text of an appeal, of its answer, and of a reviewer's reason, in characters.
const TEXT_MAX: usize = 2_000;
/// Shortest: a word is no reason.
const TEXT_MIN: usize = 20;

/// A text that says something.
fn text(given: &str, code: &'static str) -> Result<String, Problem> {
    let given = given.trim();
    let length = given.chars().count();
    if (TEXT_MIN..=TEXT_MAX).contains(&length) {
        return Ok(given.to_owned());
    }
    Err(Problem::invalid(code, format!("Write {TEXT_MIN} to {TEXT_MAX} characters, so that others can follow.")))
}

async fn begin(tx: &mut Tx, tally: &Tally, pause: &Pause) -> DbResult<()> {
    store::pauses::insert_pause(tx, pause).await?;
    store::pauses::set_paused(tx, tally, pause).await?;
    let actor = pause.caused_by.as_deref().and_then(|id| id.parse().ok());
    let detail = json!({ "pause": pause.id, "craft": pause.craft, "language": pause.language,
        "right": pause.right_answers, "wrong": pause.wrong_answers });
    audit::note(tx, pause.at_us, actor, "trust.pause", &tally.person_id, detail).await?;
    queue::enqueue(tx, &ReaskWork { pause: pause.id }, pause.at_us).await?;
    // Once more for the tasks that they still held: no lease lasts longer than a day.
    queue::enqueue(tx, &ReaskWork { pause: pause.id }, pause.at_us + DAY_US).await?;
    metrics::counter!("sayso_pauses_total").increment(1);
    Ok(())
}

async fn new(tx: &mut Tx, tally: &Tally, person: PersonId, now_us: i64) -> DbResult<Pause> {
    let mistakes = store::pauses::list_mistakes(tx, person, &tally.language, tally.window_us).await?;
    Ok(Pause {
        id: PauseId::new(),
        person_id: person,
        craft: tally.craft.clone(),
        language: tally.language.clone(),
        window_us: tally.window_us,
        at_us: now_us,
        until_us: now_us + rules::wait_us(tally.pauses),
        caused_by: None,
        reason: String::new(),
        right_answers: tally.yes_right + tally.no_right,
        wrong_answers: tally.yes_wrong + tally.no_wrong,
        mistakes: db::json(&mistakes)?,
        ended_us: 0,
        ended_by: String::new(),
    })
}

/// Pauses somebody whose answers to gold call for it.
pub async fn pause(tx: &mut Tx, tally: &Tally, person: PersonId, now_us: i64) -> DbResult<()> {
    let pause = new(tx, tally, person, now_us).await?;
    begin(tx, tally, &pause).await
}

/// A reviewer pauses somebody, after looking at a case. Pausing the paused changes nothing.
///
/// # Errors
/// 422 `reason_required` for a reason that is too short.
pub async fn pause_by(
    tx: &mut Tx,
    reviewer: PersonId,
    person: PersonId,
    batch: &Batch,
    reason: &str,
    now_us: i64,
) -> Result<(), Problem> {
    let reason = text(reason, "reason_required")?;
    let tally = store::lock(tx, person, super::craft(batch), &batch.language).await?;
    if tally.paused_id.is_none() {
        let pause = Pause { caused_by: Some(reviewer.to_string()), reason, ..new(tx, &tally, person, now_us).await? };
        begin(tx, &tally, &pause).await?;
    }
    Ok(())
}

/// A pause.
///
/// # Errors
/// When the database does not answer.
pub async fn find(tx: &mut Tx, id: PauseId) -> DbResult<Option<Pause>> {
    store::pauses::find_pause(tx, id).await
}

/// The pause that a row says is in force.
pub async fn in_force(tx: &mut Tx, tally: &Tally) -> DbResult<Option<Pause>> {
    let id = tally.paused_id.as_deref().and_then(|id| id.parse().ok());
    match id {
        Some(id) => store::pauses::find_pause(tx, id).await,
        None => Ok(None),
    }
}

/// Whether a person's work in a batch is paused; only looks, and changes nothing.
///
/// # Errors
/// When the database does not answer.
pub async fn is_paused(tx: &mut Tx, person: PersonId, batch: &Batch, now_us: i64) -> DbResult<bool> {
    let Some(tally) = store::find(tx, person, super::craft(batch), &batch.language).await? else { return Ok(false) };
    Ok(in_force(tx, &tally).await?.is_some_and(|pause| pause.until_us > now_us))
}

/// What a paused person reads where they ask for work.
pub fn refusal(pause: &Pause) -> Refusal {
    let until = rfc3339(pause.until_us);
    let detail = if pause.caused_by.is_some() {
        format!(
            "Your work is paused until {until}: {} See how to come back sooner and how to appeal: /trust",
            pause.reason
        )
    } else {
        rules::pause_sentence(pause.right_answers, pause.wrong_answers, &pause.mistakes(), &until)
    };
    Refusal { code: "paused", detail, available_us: Some(pause.until_us) }
}

/// Ends a pause and begins a fresh window, on probation; ending it twice is ending it once.
pub async fn end(tx: &mut Tx, pause: &Pause, by: WayBack, actor: Option<PersonId>, now_us: i64) -> DbResult<()> {
    if !store::pauses::set_resumed(tx, pause, now_us).await? {
        return Ok(());
    }
    store::pauses::end_pause(tx, pause.id, by, now_us).await?;
    let detail = json!({ "pause": pause.id, "by": by.as_str() });
    audit::note(tx, now_us, actor, "trust.resume", &pause.person_id.to_string(), detail).await
}

/// Ends the pause of somebody who has passed a batch's training again; nothing happens to others.
///
/// # Errors
/// When the database refuses.
pub async fn resume(tx: &mut Tx, person: PersonId, batch: &Batch, by: WayBack, now_us: i64) -> DbResult<()> {
    let Some(tally) = store::find(tx, person, super::craft(batch), &batch.language).await? else { return Ok(()) };
    match in_force(tx, &tally).await? {
        Some(pause) => end(tx, &pause, by, None, now_us).await,
        None => Ok(()),
    }
}

/// Notes that an item of a paused person was looked at, and what asking others costs.
///
/// # Errors
/// When the database refuses. False when it was noted before: then nothing is to be asked.
pub async fn note_reasked(tx: &mut Tx, pause: PauseId, item: ItemId, cost: &Cost) -> DbResult<bool> {
    store::pauses::insert_reasked(tx, pause, item, cost).await
}

/// The paused person appeals; the same text again changes nothing.
///
/// # Errors
/// 404 for a pause that is not the caller's, 409 `appealed` or `pause_over`, 422 `invalid_appeal`.
pub async fn appeal(site: &Site, person: PersonId, id: PauseId, given: &str) -> Result<(), Problem> {
    let given = text(given, "invalid_appeal")?;
    let mut tx = site.db.begin().await?;
    let pause = find(&mut tx, id).await?.filter(|pause| pause.person_id == person).ok_or_else(Problem::not_found)?;
    let now_us = site.now_us();
    if let Some(before) = store::pauses::find_appeal(&mut tx, id).await? {
        let same = before.text == given;
        return if same { Ok(()) } else { Err(Problem::conflict("appealed", "You have appealed already.")) };
    }
    if pause.ended_us > 0 || pause.until_us <= now_us {
        return Err(Problem::conflict("pause_over", "This pause is over. Ask for a task."));
    }
    store::pauses::insert_appeal(&mut tx, id, &given, now_us).await?;
    let detail = json!({ "pause": id });
    audit::note(&mut tx, now_us, Some(person), "trust.appeal", &person.to_string(), detail).await?;
    Ok(tx.commit().await?)
}

/// Why a reviewer must leave an appeal to somebody else, if they must.
pub async fn biased(tx: &mut Tx, pause: &Pause, reviewer: PersonId) -> DbResult<Option<&'static str>> {
    if pause.person_id == reviewer {
        return Ok(Some("This is your own appeal. Somebody else must decide."));
    }
    if pause.caused_by.as_deref() == Some(&reviewer.to_string()) {
        return Ok(Some("You have paused this person. Somebody else must decide."));
    }
    let vouched = pause.craft == Craft::Judge.as_str() && store::pauses::vouched(tx, pause, reviewer).await?;
    Ok(vouched.then_some("You have vouched for known answers that this pause rests on. Somebody else must decide."))
}

/// A reviewer decides on an appeal: won, and the person may work at once; or lost, with an answer.
///
/// # Errors
/// 404 without an appeal, 403 `own_decision`, 409 `appeal_decided`, 422 `invalid_note`.
pub async fn decide(site: &Site, caller: &Caller, id: PauseId, won: bool, note: &str) -> Result<(), Problem> {
    let note = text(note, "invalid_note")?;
    let mut tx = site.db.begin().await?;
    let pause = find(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let appeal: Appeal = store::pauses::find_appeal(&mut tx, id).await?.ok_or_else(Problem::not_found)?;
    let state = if won { "won" } else { "lost" };
    if let Some(why) = biased(&mut tx, &pause, caller.person).await? {
        return Err(Problem::new(StatusCode::FORBIDDEN, "own_decision", why));
    }
    let now_us = site.now_us();
    if !store::pauses::decide_appeal(&mut tx, id, state, &note, caller.person, now_us).await? {
        let same = appeal.state == state && appeal.note == note;
        return if same { Ok(()) } else { Err(Problem::conflict("appeal_decided", "Somebody has decided already.")) };
    }
    if won {
        end(&mut tx, &pause, WayBack::Appeal, Some(caller.person), now_us).await?;
    }
    let detail = json!({ "pause": id, "state": state });
    audit::note(&mut tx, now_us, Some(caller.person), "trust.decide", &pause.person_id.to_string(), detail).await?;
    Ok(tx.commit().await?)
}
