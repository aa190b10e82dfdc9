//! Which items a person gets next: prompts that coverage wants, gold, and work.

use super::{
    model::{Draw, Enrolment, Picked, Reach},
    rules, store,
};
use crate::platform::{db::Tx, problem::Problem, site::Site};
use crate::quotas;
use std::collections::VecDeque;

/// Takes places of as many items as are to be given out now, `count` of those that are `asked` for.
///
/// # Errors
/// When the database does not answer.
pub async fn pick(
    site: &Site,
    tx: &mut Tx,
    reach: &Reach,
    plan: Option<&quotas::Plan>,
    at: &mut Enrolment,
    gold_ppm: i64,
    (asked, count): (usize, usize),
) -> Result<Vec<Picked>, Problem> {
    match prompt(tx, reach, plan).await? {
        Prompt::Picked(picked) => Ok(vec![picked]),
        Prompt::None => Ok(Vec::new()),
        Prompt::Any => {
            // Where places are kept, each one that is taken may close the next: one at a time.
            let count = if plan.is_some_and(|plan| !plan.standings.is_empty()) { 1 } else { count };
            choose(site, tx, reach, at, gold_ppm, (asked, count)).await
        }
    }
}

/// What coverage lets a person record next.
enum Prompt {
    /// This one.
    Picked(Picked),
    /// Nothing of what they may record is open.
    None,
    /// Whatever comes next.
    Any,
}

/// A prompt to record, of the phrases that coverage puts first, or allows.
async fn prompt(tx: &mut Tx, reach: &Reach, plan: Option<&quotas::Plan>) -> Result<Prompt, Problem> {
    let (phrases, only) = match plan.map(|plan| &plan.choice) {
        Some(quotas::Choice::Nothing) => return Ok(Prompt::None),
        None | Some(quotas::Choice::Any) => return Ok(Prompt::Any),
        Some(quotas::Choice::First(phrases)) => (phrases, false),
        Some(quotas::Choice::Only(phrases)) => (phrases, true),
    };
    for phrase in phrases {
        if let Some(picked) = store::pick_phrase(tx, reach, phrase).await? {
            return Ok(Prompt::Picked(picked));
        }
    }
    if !only {
        return Ok(Prompt::Any);
    }
    for phrase in phrases {
        if let Some(picked) = store::pick_phrase_waiting(tx, reach, phrase).await? {
            return Ok(Prompt::Picked(picked));
        }
    }
    Ok(Prompt::None)
}

/// Picks gold and work in the order in which they are given out.
async fn choose(
    site: &Site,
    tx: &mut Tx,
    reach: &Reach,
    at: &mut Enrolment,
    gold_ppm: i64,
    (asked, count): (usize, usize),
) -> Result<Vec<Picked>, Problem> {
    let first = at.served - i64::try_from(asked).unwrap_or(1);
    let draws: Vec<Option<Draw>> = (0..i64::try_from(count).unwrap_or(1))
        .map(|n| {
            let message = format!("{}|{}|{}", reach.person, reach.batch, first + n);
            rules::gold(&site.secrets.mac("gold", message.as_bytes()), gold_ppm)
        })
        .collect();
    let count = i64::try_from(count).unwrap_or(1);
    let golden = i64::try_from(draws.iter().flatten().count()).unwrap_or(1);
    let (gold, mut work) = if gold_ppm > 0 {
        // Both are asked for, whatever was drawn: the time that it takes must not tell gold.
        let draw = draws.iter().flatten().next().copied().unwrap_or(Draw::NONE);
        tx.ask((store::pick_gold(reach, at, draw, golden), store::pick(reach, at, count - golden))).await?
    } else {
        (Vec::new(), tx.ask(store::pick(reach, at, count)).await?)
    };
    rules::advance(at, &work);
    let missing = count - i64::try_from(gold.len() + work.len()).unwrap_or(0);
    if missing > 0 && i64::try_from(gold.len()).unwrap_or(0) < golden {
        let more = tx.ask(store::pick(reach, at, missing)).await?;
        rules::advance(at, &more);
        work.extend(more);
    }
    let mut save = rules::is_saved(at, i64::try_from(asked).unwrap_or(1));
    if work.is_empty() && gold.is_empty() && at.rest_us <= site.now_us() {
        work = store::pick_waiting(tx, reach, count).await?;
        rules::wrap(at, &work);
        save = !work.is_empty();
    }
    if save && !(work.is_empty() && gold.is_empty()) {
        store::set_cursor(tx, reach.person, reach.batch, at).await?;
    }
    work.sort_by_key(|one| (one.rank, one.item_id));
    let (mut gold, mut work) = (VecDeque::from(gold), VecDeque::from(work));
    let mut next = |is_gold: bool| {
        let (wanted, other) = if is_gold { (&mut gold, &mut work) } else { (&mut work, &mut gold) };
        wanted.pop_front().or_else(|| other.pop_front())
    };
    Ok(draws.iter().map_while(|draw| next(draw.is_some())).collect())
}
