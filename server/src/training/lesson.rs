//! The training of a batch as one person sees it now.

use super::{
    grants,
    model::{Attempt, Example, Feedback, Lesson, Next, Outcome, Part, Question, Stage, Step, Training, TrainingItem},
    rules, store,
};
use crate::batches::{self, Batch, BatchId, BatchState, Project};
use crate::platform::{
    clock::rfc3339,
    db::{DbResult, Tx},
    ids::PersonId,
    problem::Problem,
    site::Site,
};
use crate::trust;
use crate::wages;

/// A training that people are offered, with its batch.
pub(super) struct Course {
    pub batch: Batch,
    pub project: Project,
    pub training: Training,
    pub items: Vec<TrainingItem>,
}

/// A batch's training, if it is complete.
///
/// # Errors
/// 404 without the batch or without a complete training.
pub(super) async fn course(tx: &mut Tx, id: BatchId) -> Result<Course, Problem> {
    let course = course_of(tx, id).await?;
    let draft = course.batch.state() == BatchState::Draft;
    if draft || rules::missing(course.batch.kind(), &course.training, &course.items).is_some() {
        return Err(Problem::not_found());
    }
    Ok(course)
}

/// A batch's training, complete or not: who has begun may finish.
///
/// # Errors
/// 404 without the batch or without a training.
pub(super) async fn course_of(tx: &mut Tx, id: BatchId) -> Result<Course, Problem> {
    let batch = batches::batch(tx, id).await?.ok_or_else(Problem::not_found)?;
    let project = batches::project(tx, batch.project_id).await?.ok_or_else(Problem::not_found)?;
    let training = store::find(tx, id).await?.ok_or_else(Problem::not_found)?;
    let items = store::list_items(tx, id).await?;
    Ok(Course { batch, project, training, items })
}

/// Whether people are offered a training in this batch.
///
/// # Errors
/// When the database does not answer.
pub async fn offers(tx: &mut Tx, batch: &Batch) -> DbResult<bool> {
    let Some(training) = store::find(tx, batch.id).await? else { return Ok(false) };
    let items = store::list_items(tx, batch.id).await?;
    Ok(rules::missing(batch.kind(), &training, &items).is_none())
}

/// What an attempt would ask and pay.
pub(super) struct Terms {
    /// Questions of the training.
    pub trains: usize,
    /// Questions of the qualification.
    pub asks: usize,
    /// Pay for instructions and training.
    pub training_cents: i64,
    /// Pay for the qualification.
    pub qualification_cents: i64,
    /// About how long all of it takes.
    pub takes_ms: i64,
}

/// What an hour of training pays, in minor units: the site's floor.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn floor(tx: &mut Tx, currency: &str) -> DbResult<i64> {
    Ok(wages::floor(tx, currency).await?.unwrap_or(rules::FLOOR_CENTS_PER_HOUR))
}

/// The terms of an attempt for a person; only the first is paid.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn terms(tx: &mut Tx, course: &Course, person: PersonId, next: Next) -> DbResult<Terms> {
    let askable = |part| rules::askable(&course.items, part, person).len();
    let trains = if next.teaches { askable(Part::Training).min(rules::TRAINING_MAX) } else { 0 };
    let questions = usize::try_from(course.training.questions).unwrap_or(usize::MAX);
    let asks = askable(Part::Qualification).min(questions);
    let measured: Vec<i64> = store::list_measured_ms(tx, course.batch.id).await?.into_iter().map(|(ms,)| ms).collect();
    let item_ms = rules::item_ms(course.training.item_s, &measured);
    let examples = course.items.iter().filter(|item| item.part() == Part::Example).count();
    let reading_ms = rules::reading_ms(&course.training.instructions, examples);
    let time_ms = |items: usize| item_ms.saturating_mul(count(items));
    let (training_ms, qualification_ms) = (reading_ms + time_ms(trains), time_ms(asks));
    let floor_cents_per_hour = floor(tx, &course.project.currency).await?;
    let pay = |ms| if next.number == 1 { wages::due_cents(ms, floor_cents_per_hour) } else { 0 };
    Ok(Terms {
        trains,
        asks,
        training_cents: pay(training_ms),
        qualification_cents: pay(qualification_ms),
        takes_ms: training_ms + qualification_ms,
    })
}

/// Everything that a person's training page shows.
///
/// # Errors
/// 404 without the batch or without a complete training.
pub async fn lesson(tx: &mut Tx, site: &Site, person: PersonId, id: BatchId) -> Result<Lesson, Problem> {
    let now_us = site.now_us();
    let attempts = store::list_attempts(tx, person, id).await?;
    let course = if attempts.is_empty() { course(tx, id).await? } else { course_of(tx, id).await? };
    let paused = trust::is_paused(tx, person, &course.batch, now_us).await?;
    let granted = grants::is_granted(tx, person, id, &attempts).await?;
    let (stage, next) = rules::stage(&course.training, &attempts, granted, paused, now_us);
    let last = attempts.last();
    let steps = match last {
        Some(attempt) => store::list_steps(tx, attempt.id).await?,
        None => Vec::new(),
    };
    let scope = scope(tx, &course, person, next, last, &steps).await?;
    Ok(Lesson {
        batch: id.to_string(),
        name: course.batch.name.clone(),
        kind: course.batch.kind(),
        language: course.project.language.clone(),
        instructions: course.training.instructions.clone(),
        examples: examples(id, &course.items),
        required: trust::qualification(tx, person, id).await?.required,
        paused,
        stage,
        next_number: next.map(|next| next.number),
        training_items: count(scope.trains),
        qualification_items: count(scope.asks),
        needed: rules::needed(count(scope.asks), scope.pass_percent),
        pay_cents: scope.pay_cents,
        currency: course.project.currency.clone(),
        takes_s: scope.takes_ms / 1_000,
        tries_left: rules::tries_left(&course.training, &attempts).max(i64::from(granted)),
        available_at: last
            .filter(|_| stage == Stage::Waiting)
            .map(|last| rfc3339(rules::again_us(&course.training, last))),
        feedback: last.and_then(|_| latest_feedback(id, &steps)),
        outcome: outcome(last, &steps),
        question: if stage == Stage::Open { at_hand(id, &steps) } else { None },
    })
}

/// What the attempt at hand, the next or the last one asks and pays.
struct Scope {
    trains: usize,
    asks: usize,
    pass_percent: i64,
    pay_cents: i64,
    takes_ms: i64,
}

async fn scope(
    tx: &mut Tx,
    course: &Course,
    person: PersonId,
    next: Option<Next>,
    last: Option<&Attempt>,
    steps: &[Step],
) -> DbResult<Scope> {
    match (next, last) {
        (None, Some(last)) => Ok(Scope {
            trains: steps.iter().filter(|step| step.teaches()).count(),
            asks: steps.iter().filter(|step| !step.teaches()).count(),
            pass_percent: last.pass_percent,
            pay_cents: last.training_cents + last.qualification_cents,
            takes_ms: 0,
        }),
        _ => {
            let next = next.unwrap_or(Next { number: 1, course: 1, teaches: true });
            let terms = terms(tx, course, person, next).await?;
            Ok(Scope {
                trains: terms.trains,
                asks: terms.asks,
                pass_percent: course.training.pass_percent,
                pay_cents: terms.training_cents + terms.qualification_cents,
                takes_ms: terms.takes_ms,
            })
        }
    }
}

/// A count as the API gives it.
pub(super) fn count(items: usize) -> i64 {
    i64::try_from(items).unwrap_or(i64::MAX)
}

fn examples(batch: BatchId, items: &[TrainingItem]) -> Vec<Example> {
    let heard = items.iter().filter(|item| item.part() == Part::Example);
    let example = |item: &TrainingItem| Example {
        audio_url: item_audio(batch, item),
        phrase: item.phrase.clone(),
        label: item.label.clone(),
        reason: item.reason.clone(),
        explanation: item.explanation.clone(),
    };
    heard.map(example).collect()
}

/// Where an item can be heard, by those who may.
pub(super) fn item_audio(batch: BatchId, item: &TrainingItem) -> String {
    format!("/api/v1/training/{batch}/items/{}/audio", item.id)
}

fn step_audio(batch: BatchId, step: &Step) -> String {
    format!("/api/v1/training/{batch}/steps/{}/audio", step.id)
}

/// The first question without an answer.
pub(super) fn at_hand(batch: BatchId, steps: &[Step]) -> Option<Question> {
    let step = steps.iter().find(|step| step.label.is_none())?;
    let same_part = || steps.iter().filter(|other| other.part == step.part);
    Some(Question {
        id: step.id.to_string(),
        part: if step.teaches() { Part::Training } else { Part::Qualification },
        number: count(same_part().filter(|other| other.ordinal <= step.ordinal).count()),
        of: count(same_part().count()),
        phrase: step.phrase.clone(),
        sensitivity: step.sensitivity,
        audio_url: (step.opened_us > 0).then(|| step_audio(batch, step)),
    })
}

/// What is said about the latest answer, if it was in the training and nothing was opened since.
fn latest_feedback(batch: BatchId, steps: &[Step]) -> Option<Feedback> {
    let opened = steps.iter().rfind(|step| step.opened_us > 0)?;
    feedback(batch, opened)
}

/// What is said about an answer; nothing in a qualification.
pub(super) fn feedback(batch: BatchId, step: &Step) -> Option<Feedback> {
    let label = step.label.clone().filter(|_| step.teaches())?;
    Some(Feedback {
        correct: step.is_right(),
        label,
        known: step.known.clone(),
        known_reason: step.known_reason.clone(),
        explanation: step.explanation.clone(),
        phrase: step.phrase.clone(),
        audio_url: step_audio(batch, step),
    })
}

fn outcome(attempt: Option<&Attempt>, steps: &[Step]) -> Option<Outcome> {
    let attempt = attempt.filter(|attempt| !attempt.is_open())?;
    Some(rules::outcome(steps, attempt.pass_percent))
}
