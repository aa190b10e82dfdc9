//! A simulated day: who asks and answers when, on the site's own clock, with its jobs and chores.

use super::crowd::{Actor, Character, Given};
use super::dice::Dice;
use super::stage::Stage;
use crate::answers;
use crate::batches::{self, Batch};
use crate::platform::{
    clock::SECOND_US,
    ids::PersonId,
    problem::Problem,
    site::Site,
    worker::{self, Schedule},
};
use crate::tasks::{self, TaskId};
use std::{cmp::Reverse, collections::BinaryHeap};
use wire::{AnswerBody, Label, NextTask, Reason, Task};

/// People begin within this time of each other; a ring begins together.
const ARRIVALS_US: i64 = 30 * SECOND_US;
/// How long somebody waits who is told that there is nothing.
const WAIT_US: i64 = 60 * SECOND_US;
/// The day ends when nobody has answered for this long: longer than a lease.
const QUIET_US: i64 = 1_800 * SECOND_US;
/// How often jobs are run.
const JOBS_US: i64 = SECOND_US;

/// Somebody at work, and what became of them.
pub struct Worker {
    /// Their account.
    pub id: PersonId,
    /// How they judge.
    pub actor: Actor,
    /// Answers to work.
    pub answers: u32,
    /// Of these, right ones.
    pub right: u32,
    /// Answers to gold.
    pub gold: u32,
    /// Of these, right ones.
    pub gold_right: u32,
    /// What they earned, minor units.
    pub cents: i64,
    /// The code with which they were refused work for good.
    pub stopped: Option<&'static str>,
    holds: Option<Held>,
}

/// A task at hand, with the answer that it will get.
struct Held {
    task: TaskId,
    given: Given,
    gold: bool,
    right: bool,
}

/// What a day brought.
pub struct Day {
    /// Everybody.
    pub workers: Vec<Worker>,
    /// From the first to the last answer.
    pub length_us: i64,
}

/// The next task of a batch; `None` when there is nothing for this person.
///
/// # Errors
/// Any other refusal.
pub async fn next(site: &Site, person: PersonId, batch: &Batch) -> Result<Option<Task>, Problem> {
    let wish = NextTask { batch: Some(batch.id.to_string()), ..NextTask::default() };
    match tasks::next(site, person, &wish).await {
        Ok(task) => Ok(Some(task)),
        Err(problem) if problem.code == "no_task" => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// The clip that a task is about, and whether it is gold: what only the simulation may know.
///
/// # Errors
/// When the site fails.
pub async fn behind(site: &Site, person: PersonId, task: &Task) -> Result<(TaskId, String, bool), Problem> {
    let id: TaskId = task.id.parse().map_err(Problem::internal)?;
    let mut tx = site.db.read().await?;
    let row = tasks::own(&mut tx, id, person).await?;
    let item = batches::item(&mut tx, row.item_id).await?.ok_or_else(Problem::not_found)?;
    Ok((id, item.clip_id.unwrap_or_default(), item.gold_label.is_some()))
}

/// An answer as a browser sends it.
pub fn body(given: Given) -> AnswerBody {
    AnswerBody {
        label: if given.yes { Label::Yes } else { Label::No },
        reason: (!given.yes).then_some(Reason::WrongWord),
        duration_ms: given.duration_ms,
    }
}

/// Lets everybody work until nothing more happens.
///
/// # Errors
/// When the site fails.
pub async fn day(
    site: &Site,
    schedule: &Schedule,
    stage: &Stage,
    actors: Vec<Actor>,
    dice: &mut Dice,
) -> Result<Day, Problem> {
    let begun_us = site.now_us();
    let ring = dice.bits();
    let together_us = begun_us + arrival_us(dice);
    let mut due = BinaryHeap::new();
    let mut workers = Vec::with_capacity(actors.len());
    for (n, (actor, id)) in actors.into_iter().zip(&stage.people).enumerate() {
        let alone_us = begun_us + arrival_us(dice);
        let colludes = actor.character == Character::Colluder;
        due.push(Reverse((if colludes { together_us } else { alone_us }, n)));
        let (id, holds, stopped) = (*id, None, None);
        workers.push(Worker { id, actor, answers: 0, right: 0, gold: 0, gold_right: 0, cents: 0, stopped, holds });
    }
    let mut last_us = together_us;
    let mut jobs_us = begun_us;
    while let Some(Reverse((at_us, n))) = due.pop() {
        if at_us > last_us.max(begun_us + ARRIVALS_US) + QUIET_US {
            break;
        }
        site.clock.advance_us(at_us - site.now_us());
        if at_us - jobs_us >= JOBS_US {
            run_jobs(site, schedule, jobs_us).await?;
            jobs_us = at_us;
        }
        if let Some(held) = workers[n].holds.take() {
            hand_in(site, &mut workers[n], &held).await?;
            last_us = at_us;
        }
        if let Some(again_us) = take_up(site, &mut workers[n], stage, ring).await? {
            due.push(Reverse((at_us + again_us, n)));
        }
    }
    // What the last answers lead to, and what the last conduct looks like.
    for _ in 0..5 {
        site.clock.advance_us(60 * SECOND_US);
        run_jobs(site, schedule, jobs_us).await?;
        jobs_us = site.now_us();
    }
    Ok(Day { workers, length_us: last_us - begun_us })
}

fn arrival_us(dice: &mut Dice) -> i64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "some minutes")]
    let after_us = (dice.roll() * ARRIVALS_US as f64) as i64;
    after_us
}

async fn run_jobs(site: &Site, schedule: &Schedule, since_us: i64) -> Result<(), Problem> {
    worker::drain(site, schedule).await?;
    worker::do_chores(site, schedule, since_us).await.map_err(Problem::internal)?;
    worker::drain(site, schedule).await?;
    Ok(())
}

async fn hand_in(site: &Site, worker: &mut Worker, held: &Held) -> Result<(), Problem> {
    let receipt = match answers::accept(site, worker.id, held.task, &body(held.given)).await {
        Ok(receipt) => receipt,
        // Slower than the lease: somebody else has it now.
        Err(problem) if problem.code == "lease_expired" => return Ok(()),
        Err(problem) => return Err(problem),
    };
    worker.cents += receipt.pay_cents;
    let (given, right) =
        if held.gold { (&mut worker.gold, &mut worker.gold_right) } else { (&mut worker.answers, &mut worker.right) };
    *given += 1;
    *right += u32::from(held.right);
    Ok(())
}

/// Asks for a task; gives how long it takes until this person does something again.
async fn take_up(site: &Site, worker: &mut Worker, stage: &Stage, ring: u64) -> Result<Option<i64>, Problem> {
    let task = match next(site, worker.id, &stage.judge).await {
        Ok(Some(task)) => task,
        Ok(None) => return Ok(Some(WAIT_US)),
        Err(problem) if problem.status.is_server_error() => return Err(problem),
        Err(problem) => {
            worker.stopped = Some(problem.code);
            return Ok(problem.available_us.map(|at_us| (at_us - site.now_us()).max(WAIT_US)));
        }
    };
    worker.stopped = None;
    let (task, clip, gold) = behind(site, worker.id, &task).await?;
    let question = stage.questions.get(&clip).ok_or_else(Problem::not_found)?;
    let given = worker.actor.judge(question, ring);
    if worker.actor.leaves_after.is_some_and(|after| worker.answers + worker.gold >= after) {
        return Ok(None);
    }
    worker.holds = Some(Held { task, given, gold, right: given.yes == question.truth });
    Ok(Some(given.duration_ms * 1_000))
}
