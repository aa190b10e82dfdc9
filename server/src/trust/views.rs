//! What a person sees of their own accuracy, and what reviewers see of everybody's.

use super::model::{
    Cost, CraftView, Example, Interval, MyTrust, NextLevel, Pause, PauseId, PauseRow, PauseView, PersonView, Tally,
};
use super::{pauses, rules, store};
use crate::accounts;
use crate::batches;
use crate::platform::{
    caller::Caller,
    clock::DAY_US,
    db::{DbResult, Tx},
    ids::PersonId,
};
use std::collections::HashMap;

fn interval(tally: &Tally) -> Interval {
    let (low, high) = rules::interval(tally);
    Interval { accuracy: rules::measured(tally).accuracy(), low, high }
}

/// A person's measurements as they stood when the day began: shown at once, they would tell which
/// of the answers just given were to gold.
async fn as_of_today(tx: &mut Tx, tally: Tally, now_us: i64) -> DbResult<(Tally, i64)> {
    let until_us = now_us - now_us.rem_euclid(DAY_US);
    let (yes_right, yes_wrong, no_right, no_wrong) =
        if tally.craft == "judge" { store::find_gold_until(tx, &tally, until_us).await? } else { (0, 0, 0, 0) };
    let (agree_right, agree_wrong) = store::find_agreed_until(tx, &tally, until_us).await?;
    Ok((Tally { yes_right, yes_wrong, no_right, no_wrong, agree_right, agree_wrong, ..tally }, until_us))
}

async fn pause_view(tx: &mut Tx, pause: &Pause, now_us: i64) -> DbResult<PauseView> {
    let appeal = store::pauses::find_appeal(tx, pause.id).await?;
    let in_force = pause.ended_us == 0 && pause.until_us > now_us;
    Ok(PauseView {
        id: pause.id.to_string(),
        craft: pause.craft.clone(),
        language: pause.language.clone(),
        at_us: pause.at_us,
        until_us: pause.until_us,
        in_force,
        ended_by: if in_force || !pause.ended_by.is_empty() { pause.ended_by.clone() } else { "time".to_owned() },
        by_reviewer: pause.caused_by.is_some(),
        reason: pause.reason.clone(),
        right_answers: pause.right_answers,
        wrong_answers: pause.wrong_answers,
        mistakes: pause
            .mistakes()
            .iter()
            .map(|one| format!("{} ({} times)", rules::mistake_words(one), one.times))
            .collect(),
        may_appeal: in_force && appeal.is_none(),
        appeal,
    })
}

/// A person's own accuracy, pauses, and mistakes that may be shown.
///
/// # Errors
/// When the database does not answer.
pub async fn mine(tx: &mut Tx, person: PersonId, now_us: i64) -> DbResult<MyTrust> {
    let (mut crafts, mut pauses, mut examples) = (Vec::new(), Vec::new(), Vec::new());
    for tally in store::list_of(tx, person).await? {
        let (tally, as_of_us) = as_of_today(tx, tally, now_us).await?;
        let skill = rules::measured(&tally);
        let next = rules::next_level(&tally).map(|(level, right_answers)| NextLevel { level, right_answers });
        crafts.push(CraftView {
            level: rules::level(&tally),
            measured: (skill.right + skill.wrong > 0).then(|| interval(&tally)),
            next,
            as_of_us,
            craft: tally.craft,
            language: tally.language,
        });
    }
    for pause in store::pauses::list_pauses_of(tx, person).await? {
        pauses.push(pause_view(tx, &pause, now_us).await?);
    }
    for (task, item, known, reason, said) in store::gold::list_examples(tx, person).await? {
        let Some(item) = batches::item(tx, item).await? else { continue };
        examples.push(Example {
            phrase: item.phrase,
            audio_url: format!("/api/v1/tasks/{task}/audio"),
            known,
            reason,
            said,
        });
    }
    Ok(MyTrust { crafts, pauses, examples })
}

async fn names(tx: &mut Tx) -> DbResult<HashMap<PersonId, String>> {
    Ok(accounts::list(tx).await?.into_iter().map(|person| (person.id, person.name)).collect())
}

/// Pauses, those whose appeal waits first, with what asking others again costs.
///
/// # Errors
/// When the database does not answer.
pub async fn everyones_pauses(tx: &mut Tx, caller: &Caller, now_us: i64) -> DbResult<Vec<PauseRow>> {
    let names = names(tx).await?;
    let mut costs: HashMap<PauseId, Vec<Cost>> = HashMap::new();
    for (pause, currency, answers, cents) in store::pauses::list_costs(tx).await? {
        costs.entry(pause).or_default().push(Cost { currency, answers, cents });
    }
    let mut rows = Vec::new();
    for pause in store::pauses::list_pauses(tx).await? {
        let view = pause_view(tx, &pause, now_us).await?;
        let waits = view.appeal.as_ref().is_some_and(|appeal| appeal.state == "waiting");
        let barred = if waits { pauses::biased(tx, &pause, caller.person).await? } else { None };
        rows.push(PauseRow {
            person: pause.person_id.to_string(),
            name: names.get(&pause.person_id).cloned().unwrap_or_default(),
            costs: costs.remove(&pause.id).unwrap_or_default(),
            barred: barred.map(str::to_owned),
            waits,
            pause: view,
        });
    }
    rows.sort_by_key(|row| !row.waits);
    Ok(rows)
}

/// Everybody who was measured, by level, the highest first.
///
/// # Errors
/// When the database does not answer.
pub async fn people(tx: &mut Tx) -> DbResult<Vec<PersonView>> {
    let names = names(tx).await?;
    let mut people = Vec::new();
    for tally in store::list(tx).await? {
        let id: Option<PersonId> = tally.person_id.parse().ok();
        people.push(PersonView {
            name: id.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
            level: rules::level(&tally),
            measured: interval(&tally),
            gold_right: tally.yes_right + tally.no_right,
            gold_wrong: tally.yes_wrong + tally.no_wrong,
            unsure: tally.unsure,
            answered: tally.answered,
            pauses: tally.pauses,
            paused: tally.paused_id.is_some(),
            person: tally.person_id,
            craft: tally.craft,
            language: tally.language,
        });
    }
    people.sort_by(|a, b| b.level.cmp(&a.level).then(b.measured.low.total_cmp(&a.measured.low)));
    Ok(people)
}
