//! The next tasks for a person: which batch, which items, and why there are none.

use super::{
    afford::{self, Reserved},
    choose::pick,
    lend,
    model::{Enrolment, Live, Reach, TaskRow},
    nothing::{self, Nothing},
    rules,
    shown::{self, Care},
    store,
};
use crate::batches::{self, Batch, BatchId};
use crate::consent;
use crate::exposure;
use crate::platform::{db::Tx, ids::PersonId, problem, problem::Problem, site::Site};
use crate::quotas;
use crate::trust;
use actix_web::http::StatusCode;
use wire::{Kind, NextTask, Task};

/// What trying one batch brought.
enum Outcome {
    Issued(Vec<Task>),
    Refused(Problem),
    Empty(Nothing),
    /// Somebody else was faster: ask again.
    Raced,
    /// The batch's budget pays for only so many: ask again for these.
    Fewer(u8),
}

impl Outcome {
    /// Whether a lease that ran out may be what is missing.
    fn may_be_freed(&self) -> bool {
        match self {
            Self::Empty(nothing) => !matches!(nothing, Nothing::Paused | Nothing::Draft | Nothing::Closed),
            Self::Refused(problem) => problem.code == quotas::FULL,
            Self::Issued(_) | Self::Raced | Self::Fewer(_) => false,
        }
    }
}

/// Leases the next task.
///
/// # Errors
/// As [`next_few`].
pub async fn next(site: &Site, person: PersonId, wish: &NextTask) -> Result<Task, Problem> {
    let one = NextTask { count: None, ..wish.clone() };
    next_few(site, person, &one).await?.into_iter().next().ok_or_else(Problem::not_found)
}

/// Leases as many tasks as are asked for and allowed, at least one.
///
/// # Errors
/// 404 `no_task` with the reason why; 403 `consent_required`, `exposure_limit`, `person_limit`,
/// `quota_full`, `qualification_required` or what the person's standing says; 409 `too_many_leases`; 422
/// `invalid_count`.
pub async fn next_few(site: &Site, person: PersonId, wish: &NextTask) -> Result<Vec<Task>, Problem> {
    let count = wish.count.unwrap_or(1);
    if !(1..=rules::COUNT_MAX).contains(&count) {
        return Err(Problem::invalid("invalid_count", "Ask for 1 to 5 tasks at a time."));
    }
    if wish.batch.is_some() {
        let batch = wished(site, wish).await?;
        return Pass::default().over(site, person, wish, &[batch]).await?.ended();
    }
    let (known, open) = match batches::open_lately(site) {
        Some(open) => (true, open),
        None => (false, batches::open_now(site).await?),
    };
    let pass = Pass::default().over(site, person, wish, &open).await?;
    if known && pass.tasks.is_none() {
        let now = batches::open_now(site).await?;
        if !now.iter().map(|batch| batch.id).eq(open.iter().map(|batch| batch.id)) {
            return Pass::default().over(site, person, wish, &now).await?.ended();
        }
    }
    pass.ended()
}

/// What came of trying batches one after the other.
#[derive(Default)]
struct Pass {
    tasks: Option<Vec<Task>>,
    /// The first refusal.
    refused: Option<Problem>,
    /// Why there was nothing, of the batch where that passes first.
    empty: Option<Nothing>,
}

impl Pass {
    async fn over(
        mut self,
        site: &Site,
        person: PersonId,
        wish: &NextTask,
        batches: &[Batch],
    ) -> Result<Self, Problem> {
        for batch in batches.iter().filter(|batch| wish.kind.is_none_or(|kind| kind == batch.kind())) {
            let mut outcome = issue(site, person, batch, wish).await?;
            if outcome.may_be_freed() && super::jobs::expire(site).await? > 0 {
                outcome = issue(site, person, batch, wish).await?;
            }
            match outcome {
                Outcome::Issued(tasks) => {
                    self.tasks = Some(tasks);
                    return Ok(self);
                }
                Outcome::Refused(problem) => self.refused = Some(self.refused.unwrap_or(problem)),
                Outcome::Empty(nothing) => self.empty = Some(nothing.or_sooner(self.empty)),
                Outcome::Raced | Outcome::Fewer(_) => {}
            }
        }
        Ok(self)
    }

    fn ended(self) -> Result<Vec<Task>, Problem> {
        let none = || self.refused.unwrap_or_else(|| self.empty.unwrap_or(Nothing::NoBatch).problem());
        self.tasks.ok_or_else(none)
    }
}

/// The batch that is asked for by name, as it was a moment ago.
async fn wished(site: &Site, wish: &NextTask) -> Result<Batch, Problem> {
    let id: Option<BatchId> = wish.batch.as_ref().and_then(|id| id.parse().ok());
    let id = id.ok_or_else(Problem::not_found)?;
    let lately = batches::open_lately(site);
    let batch = match lately.as_ref().and_then(|open| open.iter().find(|batch| batch.id == id)) {
        Some(batch) => batch.clone(),
        None => batches::batch(&mut site.db.glance().await?, id).await?.ok_or_else(Problem::not_found)?,
    };
    if wish.kind.is_some_and(|kind| kind != batch.kind()) {
        return Err(Problem::invalid(
            "wrong_kind",
            "This batch holds tasks of another kind. Ask without a kind, or for another batch.",
        ));
    }
    Ok(batch)
}

/// Tries one batch, again when two transactions were in each other's way, and whenever somebody else
/// was faster: each time they got a place, so this ends.
async fn issue(site: &Site, person: PersonId, batch: &Batch, wish: &NextTask) -> Result<Outcome, Problem> {
    let (mut wish, mut tries) = (wish.clone(), 0);
    loop {
        match try_issue(site, person, batch, &wish).await {
            Ok(Outcome::Raced) => {}
            Ok(Outcome::Fewer(count)) => wish.count = Some(count),
            Err(problem) if problem.again && tries < problem::TRIES => tries += 1,
            other => return other,
        }
    }
}

async fn try_issue(site: &Site, person: PersonId, batch: &Batch, wish: &NextTask) -> Result<Outcome, Problem> {
    let now_us = site.now_us();
    let wanted = usize::from(wish.count.unwrap_or(1));
    let mut tx = site.db.begin().await?;
    let Seen { batch, mut at, care, live, known } = look(&mut tx, person, batch, wish, now_us).await?;
    let batch = &batch;
    if let Some(nothing) = Nothing::in_state(batch.state()) {
        return Ok(Outcome::Empty(nothing));
    }
    let (live, taken) = lend::take_away(&mut tx, live, &care, now_us).await?;
    let held = |live: &&Live| wish.held.contains(&live.task.id.to_string());
    let here: Vec<&Live> =
        live.iter().filter(|live| live.task.batch_id == batch.id && !held(live)).take(wanted).collect();
    if !here.is_empty() {
        let tasks = same_again(&mut tx, &here, care.is_rest_due(now_us)).await?;
        if taken {
            store::uncount(&mut tx, person, batch.id, i64::from(wish.count.unwrap_or(1))).await?;
            tx.commit().await?;
        }
        // Otherwise not committed: the count of tasks given goes back with the transaction.
        return Ok(Outcome::Issued(tasks));
    }
    let first_end_us = live.iter().map(|live| live.task.expires_us).min();
    let elsewhere = live.iter().filter(|live| live.task.batch_id != batch.id && !held(live)).map(|live| &live.task);
    let Some(room) = make_room(&mut tx, live.len(), elsewhere, now_us).await? else {
        let full =
            Problem::conflict("too_many_leases", "You have three tasks open. Finish or skip one, then ask again.");
        return Ok(Outcome::Refused(Problem { available_us: first_end_us, ..full }));
    };
    // One distressing task at a time.
    let count = if care.allowance.level >= exposure::CEILING { 1 } else { wanted.min(room) };
    let served = at.served - i64::from(wish.count.unwrap_or(1));
    let cents = batch.pay_cents * i64::try_from(live.len() + count).unwrap_or(1);
    if let Some(problem) = refusal(&mut tx, person, batch, served).await?.or_else(|| care.day_over(cents, now_us)) {
        return Ok(Outcome::Refused(problem));
    }
    let standing = trust::standing(&mut tx, person, batch, known, now_us).await?;
    if let Some(refusal) = standing.refusal {
        return Ok(Outcome::Refused(told(refusal)));
    }
    let allowance = care.allowance;
    let level = rules::level(standing.level);
    let reach = Reach { batch: batch.id, person, sensitivity: allowance.level, closed: allowance.closed, level };
    let gold_ppm = if batch.kind() == Kind::Judge { standing.gold_ppm } else { 0 };
    let plan = match batch.kind() {
        Kind::Record => Some(quotas::plan(&mut tx, person, batch.id).await?),
        Kind::Judge => None,
    };
    let picked = pick(site, &mut tx, &reach, plan.as_ref(), &mut at, gold_ppm, (wanted, count)).await?;
    if picked.len() < wanted {
        store::uncount(&mut tx, person, batch.id, i64::try_from(wanted - picked.len()).unwrap_or(0)).await?;
    }
    if picked.is_empty() {
        return nothing_found(tx, &reach, at, plan, allowance, now_us).await;
    }
    let leases = lend::leases(batch, &at, &picked, &care, now_us);
    if !afford::take_places(&mut tx, plan.as_ref(), &reach, &leases, &picked).await? {
        return Ok(Outcome::Raced);
    }
    match afford::reserve(&mut tx, batch, &leases).await? {
        Reserved::All => {}
        Reserved::Only(count) if count > 0 => return Ok(Outcome::Fewer(u8::try_from(count).unwrap_or(1))),
        _ => return nothing::spent(&mut tx, batch.id).await.map(Outcome::Empty),
    }
    let kept = lend::keep(tx, person, batch, &leases, &picked, &care).await?;
    Ok(kept.map_or(Outcome::Raced, Outcome::Issued))
}

/// All that decides about the next tasks.
struct Seen {
    batch: Batch,
    at: Enrolment,
    care: exposure::Standing,
    live: Vec<Live>,
    known: trust::Known,
}

/// Counts the tasks that are asked for, and reads all that decides about them: the batch, too, which may
/// have changed since it was listed.
async fn look(tx: &mut Tx, person: PersonId, batch: &Batch, wish: &NextTask, now_us: i64) -> Result<Seen, Problem> {
    let (at, batch, found, live, known) = tx
        .ask((
            store::enrol(person, batch.id, i64::from(wish.count.unwrap_or(1))),
            batches::asked(batch.id),
            exposure::found(person),
            store::list_live(person, now_us),
            trust::known(person, batch),
        ))
        .await?;
    let batch = batch.ok_or_else(Problem::not_found)?;
    Ok(Seen { batch, at, care: exposure::standing_of(&found, now_us), live, known })
}

/// How many tasks more a person may have open, at least one: where there is no room, the one of
/// another batch that ends first is given back. `None` when there is none.
async fn make_room<'a>(
    tx: &mut Tx,
    live: usize,
    elsewhere: impl Iterator<Item = &'a TaskRow>,
    now_us: i64,
) -> Result<Option<usize>, Problem> {
    if live < rules::LEASES_MAX {
        return Ok(Some(rules::LEASES_MAX - live));
    }
    let Some(left) = elsewhere.min_by_key(|task| task.expires_us) else { return Ok(None) };
    lend::give_back(tx, left, now_us).await?;
    Ok(Some(1))
}

/// What a person's standing says, as the reply.
fn told(refusal: trust::Refusal) -> Problem {
    let problem = Problem::new(StatusCode::FORBIDDEN, refusal.code, refusal.detail).because(refusal.code);
    match refusal.available_us {
        Some(at_us) => problem.available_at(at_us),
        None => problem,
    }
}

/// The tasks that a person has open, once more.
async fn same_again(tx: &mut Tx, live: &[&Live], rest: bool) -> Result<Vec<Task>, Problem> {
    let mut tasks = Vec::new();
    for live in live {
        let care = Care { sensitivity: live.sensitivity, categories: live.categories, rest };
        tasks.push(shown::again(tx, &live.task, care).await?);
    }
    Ok(tasks)
}

/// Says why nothing was found, and keeps when the next search through all of the queue is due.
async fn nothing_found(
    mut tx: Tx,
    reach: &Reach,
    mut at: Enrolment,
    plan: Option<quotas::Plan>,
    allowance: exposure::Allowance,
    now_us: i64,
) -> Result<Outcome, Problem> {
    if let Some(plan) = plan.filter(|plan| plan.choice.is_limited())
        && store::has_open(&mut tx, reach.batch).await?
    {
        return Ok(Outcome::Refused(quotas::full(&plan)));
    }
    let why = nothing::why(&mut tx, reach, allowance).await?;
    at.rest_us = at.rest_us.max(rules::rest_us(at.served, now_us));
    if at.rest_us > now_us {
        store::set_cursor(&mut tx, reach.person, reach.batch, &at).await?;
        tx.commit().await?;
    }
    Ok(why.map_or_else(Outcome::Refused, Outcome::Empty))
}

/// Why the person may not work on the batch at all.
async fn refusal(tx: &mut Tx, person: PersonId, batch: &Batch, served: i64) -> Result<Option<Problem>, Problem> {
    if batch.max_per_person > 0 && served >= batch.max_per_person {
        return Ok(Some(
            Problem::new(
                StatusCode::FORBIDDEN,
                "person_limit",
                "You have had as many tasks of this batch as one person may have, and time brings no more. Thank you! Choose \
                 another batch.",
            )
            .because("person_limit"),
        ));
    }
    if batch.kind() == Kind::Record && !consent::may_record(tx, person, batch.project_id).await? {
        return Ok(Some(Problem::new(
            StatusCode::FORBIDDEN,
            "consent_required",
            format!("Read and agree to the consent of this project before you record: /consent/{}", batch.project_id),
        )));
    }
    Ok(None)
}
