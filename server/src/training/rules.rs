//! What a training must be, what it pays, whom it asks what, and who passes. Pure decisions.

use super::model::{
    Attempt, ItemRow, KindResult, Next, Outcome, Part, Settings, Stage, Step, Training, TrainingItem, TrainingItemId,
};
use crate::platform::{clock::SECOND_US, ids::PersonId, problem::Problem};
use wire::Kind;

/// What an hour of training pays in a currency for which the site has no floor, in minor units
/// (Prolific recommends 12 USD or 9 GBP an hour).
pub const FLOOR_CENTS_PER_HOUR: i64 = 1_200;
/// Most questions of one training.
pub const TRAINING_MAX: usize = 10;
/// Fewest items of a training, and of a qualification.
const ITEMS_MIN: usize = 5;
/// Longest instructions, in characters: what is read before work should take minutes.
const INSTRUCTIONS_MAX: usize = 10_000;
/// Longest explanation of an item, in characters.
const EXPLANATION_MAX: usize = 500;
/// Finished attempts from which on their median time counts.
const MEASURED_MIN: usize = 10;
/// A measured time counts up to this many times the estimate: breaks are not work.
const MEASURED_FACTOR_MAX: i64 = 4;
/// Reading speed of slow careful readers, words a minute (adults read 200 to 250 in English).
const WORDS_PER_MIN: usize = 150;
/// Time to hear one example and to read the sentence about it.
const EXAMPLE_MS: i64 = 10_000;

fn within(value: i64, low: i64, high: i64, code: &'static str, detail: &str) -> Result<i64, Problem> {
    if (low..=high).contains(&value) { Ok(value) } else { Err(Problem::invalid(code, detail)) }
}

/// Checked settings.
pub fn training(new: &Settings) -> Result<Training, Problem> {
    let instructions = new.instructions.trim().replace("\r\n", "\n");
    if instructions.is_empty() || instructions.chars().count() > INSTRUCTIONS_MAX {
        return Err(Problem::invalid(
            "invalid_instructions",
            "Write instructions of 1 to 10,000 characters: what to do, and what to watch for.",
        ));
    }
    Ok(Training {
        instructions,
        questions: within(new.questions, 5, 50, "invalid_questions", "A qualification asks 5 to 50 questions.")?,
        pass_percent: within(new.pass_percent, 50, 100, "invalid_pass_mark", "The pass mark is 50 to 100 per cent.")?,
        tries: within(new.tries, 1, 10, "invalid_tries", "A qualification may be tried 1 to 10 times.")?,
        wait_s: within(
            new.wait_s,
            0,
            2_592_000,
            "invalid_wait",
            "Between two tries lie 0 to 43,200 minutes, 30 days.",
        )?,
        item_s: within(new.item_s, 3, 300, "invalid_time", "One item takes 3 to 300 seconds.")?,
    })
}

/// What a row of an import lacks, by field; the sound is looked up later.
pub fn row(row: &ItemRow) -> Result<(), (&'static str, String)> {
    let known = ["wrong_word", "cut_off", "noise", "several_voices", "silence"];
    match (row.label.as_str(), row.reason.as_deref()) {
        ("yes", None) => {}
        ("yes", Some(_)) => return Err(("reason", "A yes has no reason. Leave it empty, or write no.".to_owned())),
        ("no", Some(reason)) if known.contains(&reason) => {}
        ("no", _) => return Err(("reason", format!("A no has one of the reasons {}.", known.join(", ")))),
        _ => return Err(("label", "The known answer is yes or no.".to_owned())),
    }
    if row.explanation.is_empty() && row.part != Part::Qualification {
        return Err(("explanation", "Say in a sentence what is to be heard: people learn from it.".to_owned()));
    }
    if row.explanation.chars().count() > EXPLANATION_MAX {
        return Err(("explanation", "An explanation has at most 500 characters.".to_owned()));
    }
    if row.sensitivity.is_some_and(|level| !(0..=2).contains(&level)) {
        return Err(("sensitivity", "Sensitivity is 0, 1 or 2; level 3 is given to nobody here.".to_owned()));
    }
    Ok(())
}

/// What a training lacks before people can be offered it; `None` when it is complete.
pub fn missing(kind: Kind, training: &Training, items: &[TrainingItem]) -> Option<String> {
    if training.instructions.is_empty() {
        return Some("Write the instructions.".to_owned());
    }
    if kind == Kind::Record {
        return None;
    }
    let count = |part| items.iter().filter(|item| item.part() == part).count();
    let (trains, asks) = (count(Part::Training), count(Part::Qualification));
    let wanted = usize::try_from(training.questions).unwrap_or(ITEMS_MIN);
    if trains < ITEMS_MIN {
        return Some(format!("The training has {trains} of at least {ITEMS_MIN} items."));
    }
    (asks < wanted).then(|| format!("The qualification has {asks} of the {wanted} items that one try asks."))
}

/// About how long it takes to read the instructions and to hear the examples.
pub fn reading_ms(instructions: &str, examples: usize) -> i64 {
    let words = i64::try_from(instructions.split_whitespace().count()).unwrap_or(i64::MAX / 60_000);
    let examples = i64::try_from(examples).unwrap_or(0);
    words * 60_000 / i64::try_from(WORDS_PER_MIN).unwrap_or(1) + examples * EXAMPLE_MS
}

/// Time for one item: the estimate, or the median of what people took, if that is longer.
pub fn item_ms(estimate_s: i64, measured_ms: &[i64]) -> i64 {
    let estimate_ms = estimate_s * 1_000;
    if measured_ms.len() < MEASURED_MIN {
        return estimate_ms;
    }
    let mut sorted = measured_ms.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2].clamp(estimate_ms, MEASURED_FACTOR_MAX * estimate_ms)
}

/// Right answers that pass.
pub fn needed(asked: i64, pass_percent: i64) -> i64 {
    (asked * pass_percent + 99) / 100
}

/// Where a person stands after these attempts, oldest first, and what they may begin. `granted`:
/// an administrator allowed one more try after a failed one. `paused` is somebody whose work is
/// paused: training is the way back.
pub fn stage(
    training: &Training,
    attempts: &[Attempt],
    granted: bool,
    paused: bool,
    now_us: i64,
) -> (Stage, Option<Next>) {
    let Some(last) = attempts.last() else {
        return (Stage::Offered, Some(Next { number: 1, course: 1, teaches: true }));
    };
    let number = last.number + 1;
    match last.state.as_str() {
        "open" => (Stage::Open, None),
        "passed" if paused => (Stage::Offered, Some(Next { number, course: last.course + 1, teaches: true })),
        "passed" => (Stage::Passed, None),
        _ if granted => (Stage::Offered, Some(Next { number, course: last.course, teaches: false })),
        _ if tries_left(training, attempts) <= 0 => (Stage::Exhausted, None),
        _ if now_us < again_us(training, last) => (Stage::Waiting, None),
        _ => (Stage::Offered, Some(Next { number, course: last.course, teaches: false })),
    }
}

/// Tries that are left in the latest course.
pub fn tries_left(training: &Training, attempts: &[Attempt]) -> i64 {
    let course = attempts.last().map_or(1, |last| last.course);
    let used = attempts.iter().filter(|attempt| attempt.course == course && !attempt.is_open()).count();
    training.tries - i64::try_from(used).unwrap_or(i64::MAX)
}

/// When the qualification may be tried again after a failed attempt.
pub fn again_us(training: &Training, failed: &Attempt) -> i64 {
    failed.finished_us + training.wait_s * SECOND_US
}

/// An item that may be asked.
pub struct Candidate {
    /// The item.
    pub id: TrainingItemId,
    /// Its known answer is yes.
    pub yes: bool,
    /// The person has met it in an earlier attempt.
    pub met: bool,
    /// A number that nobody outside can foresee, another one in each attempt.
    pub draw: u64,
}

/// The items of a part that one attempt may ask a person about: never about their own voice.
pub fn askable(items: &[TrainingItem], part: Part, person: PersonId) -> Vec<&TrainingItem> {
    items.iter().filter(|item| item.part() == part && item.speaker_id != Some(person)).collect()
}

/// Chooses `count` items in a random order: new ones first, and yes and no as often as among all.
pub fn choose(candidates: Vec<Candidate>, count: usize) -> Vec<TrainingItemId> {
    let (mut yes, mut no): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| candidate.yes);
    let mut ranked = Vec::new();
    for group in [&mut yes, &mut no] {
        group.sort_by_key(|candidate| (candidate.met, candidate.draw));
        let size = group.len();
        // Each group is spread evenly over the ranks, so that any first `count` keep their shares.
        ranked.extend(group.drain(..).enumerate().map(|(at, candidate)| ((2 * at + 1) * 1_000_000 / size, candidate)));
    }
    ranked.sort_by_key(|(rank, candidate)| (*rank, candidate.draw));
    ranked.truncate(count);
    ranked.sort_by_key(|(_, candidate)| candidate.draw);
    ranked.into_iter().map(|(_, candidate)| candidate.id).collect()
}

/// How a qualification went: right answers against the pass mark, and which kinds were wrong.
pub fn outcome(steps: &[Step], pass_percent: i64) -> Outcome {
    let asked: Vec<&Step> = steps.iter().filter(|step| !step.teaches()).collect();
    let count = |steps: usize| i64::try_from(steps).unwrap_or(i64::MAX);
    let right = count(asked.iter().filter(|step| step.is_right()).count());
    let needed = needed(count(asked.len()), pass_percent);
    let mut wrong_kinds: Vec<KindResult> = Vec::new();
    for step in asked.iter().filter(|step| !step.is_right()) {
        let kind = kind_of(step);
        if wrong_kinds.iter().any(|known| known.kind == kind) {
            continue;
        }
        let of_kind = || asked.iter().filter(|other| kind_of(other) == kind);
        wrong_kinds.push(KindResult {
            kind: kind.to_owned(),
            asked: count(of_kind().count()),
            wrong: count(of_kind().filter(|other| !other.is_right()).count()),
        });
    }
    wrong_kinds.sort_by(|a, b| b.wrong.cmp(&a.wrong).then_with(|| a.kind.cmp(&b.kind)));
    Outcome { passed: right >= needed, right, asked: count(asked.len()), needed, wrong_kinds }
}

fn kind_of(step: &Step) -> &str {
    step.known_reason.as_deref().unwrap_or(&step.known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::model::{AttemptId, StepId};

    fn attempt(number: i64, course: i64, state: &str) -> Attempt {
        Attempt {
            id: AttemptId::new(),
            number,
            course,
            state: state.to_owned(),
            pass_percent: 80,
            items: 10,
            training_cents: 0,
            qualification_cents: 0,
            started_us: 0,
            finished_us: number * SECOND_US,
        }
    }

    #[test]
    fn reading_and_examples_take_time() {
        assert_eq!(reading_ms(&"word ".repeat(300), 2), 140_000);
    }

    #[test]
    fn time_is_measured_from_the_tenth_on_and_lowers_no_pay() {
        let slow = [40_000; 10];
        assert_eq!(item_ms(20, &slow[..9]), 20_000);
        assert_eq!(item_ms(20, &slow), 40_000);
        assert_eq!(item_ms(20, &[1_000; 10]), 20_000);
        assert_eq!(item_ms(20, &[3_600_000; 10]), 80_000);
    }

    #[test]
    fn a_failed_try_waits_and_tries_end_until_a_pause_begins_a_new_course() {
        let training = Training { tries: 2, wait_s: 60, ..Training::default() };
        let at =
            |attempts: &[Attempt], paused, now_s: i64| stage(&training, attempts, false, paused, now_s * SECOND_US);
        let next = |number, course, teaches| Some(Next { number, course, teaches });
        assert_eq!(at(&[], false, 0), (Stage::Offered, next(1, 1, true)));
        let failed = [attempt(1, 1, "failed"), attempt(2, 1, "failed")];
        assert_eq!(at(&failed[..1], false, 60), (Stage::Waiting, None));
        assert_eq!(at(&failed[..1], false, 61), (Stage::Offered, next(2, 1, false)));
        assert_eq!(at(&failed, false, 1_000), (Stage::Exhausted, None));
        assert_eq!(stage(&training, &failed, true, false, 0), (Stage::Offered, next(3, 1, false)));
        let passed = [attempt(1, 1, "failed"), attempt(2, 1, "passed"), attempt(3, 2, "failed")];
        assert_eq!(at(&passed[..2], false, 1_000), (Stage::Passed, None));
        assert_eq!(at(&passed[..2], true, 1_000), (Stage::Offered, next(3, 2, true)));
        assert_eq!(at(&passed, true, 1_000), (Stage::Offered, next(4, 2, false)));
    }

    #[test]
    fn a_choice_keeps_the_shares_of_yes_and_no_and_prefers_what_is_new() {
        let draw = |n: u64| n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let pool = |met: u64| {
            (0..20).map(move |n| Candidate {
                id: TrainingItemId(uuid::Uuid::from_u128(u128::from(n))),
                yes: n % 4 == 0,
                met: n < met,
                draw: draw(n),
            })
        };
        let number = |id: &TrainingItemId| u64::try_from(id.0.as_u128()).expect("small");
        let chosen = choose(pool(8).collect(), 8);
        assert_eq!(chosen.iter().filter(|id| number(id) % 4 == 0).count(), 2);
        assert!(chosen.iter().all(|id| number(id) >= 8), "{chosen:?}");
        let all = choose(pool(8).collect(), 50);
        let mut sorted = all.clone();
        sorted.sort();
        assert_ne!(all, sorted, "the order is not that of the import");
        assert_eq!(all.len(), 20);
    }

    #[test]
    fn the_pass_mark_counts_right_answers_and_names_the_kinds_that_were_wrong() {
        let step = |part: &str, known: &str, reason: Option<&str>, label: &str| Step {
            id: StepId::new(),
            ordinal: 0,
            part: part.to_owned(),
            item_id: TrainingItemId::new(),
            opened_us: 1,
            label: Some(label.to_owned()),
            body_sha256: None,
            phrase: String::new(),
            known: known.to_owned(),
            known_reason: reason.map(str::to_owned),
            explanation: String::new(),
            sensitivity: 0,
        };
        let steps = [
            step("training", "yes", None, "no"),
            step("qualification", "yes", None, "yes"),
            step("qualification", "no", Some("noise"), "yes"),
            step("qualification", "no", Some("noise"), "no"),
            step("qualification", "no", Some("cut_off"), "unsure"),
        ];
        let wrong = |kind: &str, asked, wrong| KindResult { kind: kind.to_owned(), asked, wrong };
        let found = outcome(&steps, 50);
        assert_eq!((found.passed, found.right, found.asked, found.needed), (true, 2, 4, 2));
        assert_eq!(found.wrong_kinds, [wrong("cut_off", 1, 1), wrong("noise", 2, 1)]);
        assert!(!outcome(&steps, 51).passed);
    }
}
