//! Statements about pauses, appeals and what is asked again.

use super::super::model::{Appeal, Cost, Mistake, Pause, PauseId, Tally, WayBack};
use crate::batches::ItemId;
use crate::platform::{
    db::{DbResult, Tx},
    ids::PersonId,
};

/// How often which mistake was made, the most frequent first.
pub async fn list_mistakes(tx: &mut Tx, person: PersonId, language: &str, since_us: i64) -> DbResult<Vec<Mistake>> {
    tx.all(
        "select known, known_reason, said, count(*) as times from gold_results
         where person_id = $1 and language = $2 and at_us >= $3 and correct = 0 and said <> 'unsure'
         group by known, known_reason, said order by times desc, known, known_reason",
        (person, language, since_us),
    )
    .await
}

pub async fn insert_pause(tx: &mut Tx, pause: &Pause) -> DbResult<()> {
    tx.exec(
        "insert into pauses (id, person_id, craft, language, window_us, at_us, until_us, caused_by, reason, right_answers,
           wrong_answers, mistakes, ended_us, ended_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, '')",
        (
            pause.id,
            pause.person_id,
            pause.craft.as_str(),
            pause.language.as_str(),
            pause.window_us,
            pause.at_us,
            pause.until_us,
            pause.caused_by.as_deref(),
            pause.reason.as_str(),
            pause.right_answers,
            pause.wrong_answers,
            pause.mistakes.as_str(),
        ),
    )
    .await
    .map(drop)
}

pub async fn set_paused(tx: &mut Tx, tally: &Tally, pause: &Pause) -> DbResult<()> {
    tx.exec(
        "update standings set paused_id = $4, paused_until_us = $5, pauses = pauses + 1
         where person_id = $1 and craft = $2 and language = $3",
        (tally.person_id.as_str(), tally.craft.as_str(), tally.language.as_str(), pause.id, pause.until_us),
    )
    .await
    .map(drop)
}

/// Begins a fresh window; false when the person is not paused by this pause.
pub async fn set_resumed(tx: &mut Tx, pause: &Pause, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update standings set paused_id = null, paused_until_us = 0, window_us = $3, yes_right = 0, yes_wrong = 0,
               no_right = 0, no_wrong = 0, unsure = 0, answered = 0, agree_right = 0, agree_wrong = 0, doubt = 0,
               doubt_yes = 0, doubt_no = 0
             where person_id = $1 and paused_id = $2",
            (pause.person_id, pause.id, now_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn end_pause(tx: &mut Tx, id: PauseId, by: WayBack, now_us: i64) -> DbResult<()> {
    tx.exec("update pauses set ended_us = $2, ended_by = $3 where id = $1 and ended_us = 0", (id, now_us, by.as_str()))
        .await
        .map(drop)
}

pub async fn find_pause(tx: &mut Tx, id: PauseId) -> DbResult<Option<Pause>> {
    tx.opt(
        "select id, person_id, craft, language, window_us, at_us, until_us, caused_by, reason, right_answers,
           wrong_answers, mistakes, ended_us, ended_by from pauses where id = $1",
        (id,),
    )
    .await
}

/// Pauses of one person, the newest first.
pub async fn list_pauses_of(tx: &mut Tx, person: PersonId) -> DbResult<Vec<Pause>> {
    tx.all(
        "select id, person_id, craft, language, window_us, at_us, until_us, caused_by, reason, right_answers,
           wrong_answers, mistakes, ended_us, ended_by from pauses where person_id = $1 order by id desc limit 20",
        (person,),
    )
    .await
}

/// Pauses of everybody, those in force first, then the newest.
pub async fn list_pauses(tx: &mut Tx) -> DbResult<Vec<Pause>> {
    tx.all(
        "select id, person_id, craft, language, window_us, at_us, until_us, caused_by, reason, right_answers,
           wrong_answers, mistakes, ended_us, ended_by from pauses
         order by case when ended_us = 0 then 0 else 1 end, id desc limit 200",
        (),
    )
    .await
}

/// False when the pause was appealed before.
pub async fn insert_appeal(tx: &mut Tx, pause: PauseId, text: &str, now_us: i64) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into appeals (pause_id, text, at_us, state, decided_by, note, decided_us)
             values ($1, $2, $3, 'waiting', null, '', 0) on conflict (pause_id) do nothing",
            (pause, text, now_us),
        )
        .await?;
    Ok(touched == 1)
}

pub async fn find_appeal(tx: &mut Tx, pause: PauseId) -> DbResult<Option<Appeal>> {
    tx.opt("select pause_id, text, at_us, state, note, decided_us from appeals where pause_id = $1", (pause,)).await
}

/// False when the appeal does not wait.
pub async fn decide_appeal(
    tx: &mut Tx,
    pause: PauseId,
    state: &str,
    note: &str,
    reviewer: PersonId,
    now_us: i64,
) -> DbResult<bool> {
    let touched = tx
        .exec(
            "update appeals set state = $2, note = $3, decided_by = $4, decided_us = $5
             where pause_id = $1 and state = 'waiting'",
            (pause, state, note, reviewer, now_us),
        )
        .await?;
    Ok(touched == 1)
}

/// Whether somebody vouched for gold whose answers led to a pause.
pub async fn vouched(tx: &mut Tx, pause: &Pause, person: PersonId) -> DbResult<bool> {
    let row: (i64,) = tx
        .one(
            "select count(*) from gold_results r join gold_stock s on s.item_id = r.item_id
             where r.person_id = $1 and r.language = $2 and r.at_us >= $3 and r.at_us <= $4 and r.correct = 0
               and r.said <> 'unsure' and s.made_by = $5",
            (pause.person_id, pause.language.as_str(), pause.window_us, pause.at_us, person),
        )
        .await?;
    Ok(row.0 > 0)
}

/// False when the item was looked at for this pause before.
pub async fn insert_reasked(tx: &mut Tx, pause: PauseId, item: ItemId, cost: &Cost) -> DbResult<bool> {
    let touched = tx
        .exec(
            "insert into reasked (pause_id, item_id, answers, cents, currency) values ($1, $2, $3, $4, $5)
             on conflict (pause_id, item_id) do nothing",
            (pause, item, cost.answers, cost.cents, cost.currency.as_str()),
        )
        .await?;
    Ok(touched == 1)
}

/// What each pause costs, one row a currency.
pub async fn list_costs(tx: &mut Tx) -> DbResult<Vec<(PauseId, String, i64, i64)>> {
    tx.all(
        "select pause_id, currency, cast(sum(answers) as bigint), cast(sum(cents) as bigint) from reasked
         group by pause_id, currency having sum(answers) > 0 order by pause_id, currency",
        (),
    )
    .await
}
