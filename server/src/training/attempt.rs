//! One person's way through a training: begin, open the next question, answer it; pay and qualification follow.

use super::{
    grants,
    lesson::{self, Course, count},
    model::{Attempt, AttemptId, BeginBody, Lesson, Next, Part, Question, Stage, Step, StepId, StepReceipt},
    rules::{self, Candidate},
    store,
};
use crate::answers;
use crate::batches::{self, Batch, BatchId, BatchState};
use crate::exposure;
use crate::ledger;
use crate::platform::{
    clock::minute_from,
    db::Tx,
    ids::{PersonId, sha256_hex},
    problem::Problem,
    site::Site,
};
use crate::trust::{self, WayBack};
use wire::AnswerBody;

/// Begins an attempt; beginning it twice is beginning it once.
///
/// # Errors
/// 404 without the training; 409 `batch_state`, `training_terms` when the pay is not the one that
/// was shown, `training_open`, `training_wait`, `training_exhausted` or `training_done`.
pub async fn begin(
    site: &Site,
    person: PersonId,
    id: BatchId,
    number: i64,
    body: &BeginBody,
) -> Result<Lesson, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let course = lesson::course(&mut tx, id).await?;
    let attempts = store::list_attempts(&mut tx, person, id).await?;
    if !attempts.iter().any(|attempt| attempt.number == number) {
        let next = may_begin(&mut tx, &course, person, &attempts, number, now_us).await?;
        insert(&mut tx, site, &course, person, next, body, now_us).await?;
    }
    let lesson = lesson::lesson(&mut tx, site, person, id).await?;
    tx.commit().await?;
    Ok(lesson)
}

async fn may_begin(
    tx: &mut Tx,
    course: &Course,
    person: PersonId,
    attempts: &[Attempt],
    number: i64,
    now_us: i64,
) -> Result<Next, Problem> {
    if course.batch.state() != BatchState::Open {
        return Err(Problem::conflict(
            "batch_state",
            "This batch gives no work now, so there is nothing to train for. Choose another one.",
        ));
    }
    let paused = trust::is_paused(tx, person, &course.batch, now_us).await?;
    let granted = grants::is_granted(tx, person, course.batch.id, attempts).await?;
    match rules::stage(&course.training, attempts, granted, paused, now_us) {
        (_, Some(next)) if next.number == number => Ok(next),
        (Stage::Open, _) => Err(Problem::conflict("training_open", "You have begun already. Go on where you stopped.")),
        (Stage::Waiting, _) => {
            let at_us = attempts.last().map_or(now_us, |last| rules::again_us(&course.training, last));
            let detail = format!("You can try again at {}.", minute_from(at_us));
            Err(Problem::conflict("training_wait", detail).available_at(at_us))
        }
        (Stage::Exhausted, _) => {
            Err(Problem::conflict("training_exhausted", "You have no try left here. Choose another batch."))
        }
        (Stage::Passed, _) => {
            Err(Problem::conflict("training_done", "You have passed. There is nothing more to do here: go to work."))
        }
        (Stage::Offered, _) => {
            Err(Problem::conflict("training_terms", "This is not the attempt that comes next. Look again, then begin."))
        }
    }
}

async fn insert(
    tx: &mut Tx,
    site: &Site,
    course: &Course,
    person: PersonId,
    next: Next,
    body: &BeginBody,
    now_us: i64,
) -> Result<(), Problem> {
    let terms = lesson::terms(tx, course, person, next).await?;
    if terms.training_cents + terms.qualification_cents != body.pay_cents {
        return Err(Problem::conflict(
            "training_terms",
            "The training was changed while you looked at it, and its pay with it. Look again, then begin.",
        ));
    }
    let id = AttemptId::new();
    let attempt = Attempt {
        id,
        number: next.number,
        course: next.course,
        state: "open".to_owned(),
        pass_percent: course.training.pass_percent,
        items: count(terms.trains + terms.asks),
        training_cents: terms.training_cents,
        qualification_cents: terms.qualification_cents,
        started_us: now_us,
        finished_us: 0,
    };
    if !store::insert_attempt(tx, &attempt, person, course.batch.id).await? {
        // The same request, a moment earlier.
        return Ok(());
    }
    let met: Vec<_> = store::list_met(tx, person, course.batch.id).await?;
    let mut ordinal = 0;
    for (part, size) in [(Part::Training, terms.trains), (Part::Qualification, terms.asks)] {
        let candidates = rules::askable(&course.items, part, person).into_iter().map(|item| Candidate {
            id: item.id,
            yes: item.label == "yes",
            met: met.contains(&(item.id,)),
            draw: draw(site, id, &item.id.to_string()),
        });
        for item in rules::choose(candidates.collect(), size) {
            ordinal += 1;
            store::insert_step(tx, id, ordinal, part.as_str(), item).await?;
        }
    }
    if ordinal == 0 {
        pay(tx, course, person, &attempt, Part::Training, now_us).await?;
        finish(tx, course, person, &attempt, &[], now_us).await?;
    }
    Ok(())
}

/// A number that nobody outside can foresee, and that the site can repeat.
fn draw(site: &Site, attempt: AttemptId, item: &str) -> u64 {
    let mac = site.secrets.mac("training", format!("{attempt}|{item}").as_bytes());
    mac[..8].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Opens the next question; an open one is given again, so a reload wastes nothing.
///
/// # Errors
/// 404 without the training; 409 `training_not_open`; 403 `exposure_limit` with the time from
/// which a sensitive question may be heard, or `opt_in_required`.
pub async fn next(site: &Site, person: PersonId, id: BatchId) -> Result<Question, Problem> {
    let now_us = site.now_us();
    let mut tx = site.db.begin().await?;
    let attempt = store::lock_open(&mut tx, person, id).await?.ok_or_else(not_open)?;
    let mut steps = store::list_steps(&mut tx, attempt.id).await?;
    let step = steps.iter_mut().find(|step| step.label.is_none()).ok_or_else(not_open)?;
    if step.sensitivity > 0 {
        let course = lesson::course_of(&mut tx, id).await?;
        let categories = batches::categories(step.sensitivity, course.batch.categories);
        let key = step.id.to_string();
        exposure::attend(&mut tx, person, &key, (step.sensitivity, categories), now_us).await?;
    }
    if step.opened_us == 0 {
        store::open_step(&mut tx, step.id, now_us).await?;
        step.opened_us = now_us;
    }
    tx.commit().await?;
    lesson::at_hand(id, &steps).ok_or_else(not_open)
}

fn not_open() -> Problem {
    Problem::conflict("training_not_open", "There is no question for you now. Look at the training's page.")
}

/// Takes an answer; what follows from the last one of a part (pay) and of the attempt
/// (qualification) commits with it. Repeating it with the same body brings the same reply.
///
/// # Errors
/// 404 for a question that is not the person's; 409 `question_not_open`; 422 for an answer that is
/// not complete, or `idempotency_mismatch`.
pub async fn answer(
    site: &Site,
    person: PersonId,
    id: BatchId,
    step: StepId,
    body: &AnswerBody,
) -> Result<StepReceipt, Problem> {
    answers::check(body)?;
    let now_us = site.now_us();
    let body_sha256 = sha256_hex(serde_json::to_string(body).map_err(Problem::internal)?.as_bytes());
    let mut tx = site.db.begin().await?;
    let open = store::lock_open(&mut tx, person, id).await?;
    let attempt = store::find_attempt_of(&mut tx, person, id, step).await?.ok_or_else(Problem::not_found)?;
    let mut steps = store::list_steps(&mut tx, attempt).await?;
    let at = steps.iter().position(|known| known.id == step).ok_or_else(Problem::not_found)?;
    if let Some(before) = &steps[at].body_sha256 {
        let same = *before == body_sha256;
        return if same { Ok(receipt(id, &steps, at)) } else { Err(changed()) };
    }
    let open = open.filter(|open| open.id == attempt).ok_or_else(not_open)?;
    if !store::answer_step(&mut tx, step, body, &body_sha256, now_us).await? {
        return Err(Problem::conflict("question_not_open", "Open this question before you answer it."));
    }
    if steps[at].sensitivity > 0 {
        exposure::close(&mut tx, person, &step.to_string(), now_us).await?;
    }
    steps[at].label = Some(body.label.as_str().to_owned());
    let course = lesson::course_of(&mut tx, id).await?;
    let part = if steps[at].teaches() { Part::Training } else { Part::Qualification };
    if steps.iter().filter(|other| other.part == part.as_str()).all(|other| other.label.is_some()) {
        pay(&mut tx, &course, person, &open, part, now_us).await?;
    }
    if steps.iter().all(|step| step.label.is_some()) {
        finish(&mut tx, &course, person, &open, &steps, now_us).await?;
    }
    tx.commit().await?;
    Ok(receipt(id, &steps, at))
}

fn changed() -> Problem {
    Problem::invalid("idempotency_mismatch", "You have answered this question differently. The first answer counts.")
}

fn receipt(batch: BatchId, steps: &[Step], at: usize) -> StepReceipt {
    StepReceipt {
        question: steps[at].id.to_string(),
        label: steps[at].label.clone().unwrap_or_default(),
        feedback: lesson::feedback(batch, &steps[at]),
        finished: steps.iter().all(|step| step.label.is_some()),
    }
}

/// Pays a part of a person's first attempt, whatever its outcome. The cause names no attempt, so
/// it can be paid only once.
async fn pay(
    tx: &mut Tx,
    course: &Course,
    person: PersonId,
    attempt: &Attempt,
    part: Part,
    now_us: i64,
) -> Result<(), Problem> {
    let (cents, what) = match part {
        Part::Qualification => (attempt.qualification_cents, "Qualification"),
        _ if attempt.items == 0 => (attempt.training_cents, "Instructions"),
        _ => (attempt.training_cents, "Instructions and training"),
    };
    let cause = format!("training:{}:{person}:{}", course.batch.id, part.as_str());
    let pay = ledger::Pay {
        task: cause.clone(),
        person,
        project: course.project.id.to_string(),
        cents,
        currency: course.project.currency.clone(),
    };
    ledger::pend(tx, &pay, &format!("{what} for “{}”", course.batch.name), now_us).await?;
    ledger::accept(tx, &cause, now_us).await?;
    Ok(())
}

/// Ends an attempt; who passes may work.
async fn finish(
    tx: &mut Tx,
    course: &Course,
    person: PersonId,
    attempt: &Attempt,
    steps: &[Step],
    now_us: i64,
) -> Result<(), Problem> {
    let passed = rules::outcome(steps, attempt.pass_percent).passed;
    let state = if passed { "passed" } else { "failed" };
    if store::finish_attempt(tx, attempt.id, state, now_us).await? && passed {
        give_work(tx, person, &course.batch, now_us).await?;
    }
    Ok(())
}

/// What passing brings: the work of the batch, for the first time or again after a pause.
async fn give_work(tx: &mut Tx, person: PersonId, batch: &Batch, now_us: i64) -> Result<(), Problem> {
    trust::qualify(tx, person, batch.id, now_us).await?;
    Ok(trust::resume(tx, person, batch, WayBack::Training, now_us).await?)
}
