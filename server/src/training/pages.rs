//! The page of a training, and the page that makes one.

use super::model::{Lesson, Part, Question, Settings, Stage, TrainingView};
use crate::batches::Batch;
use crate::ledger::amount;
use crate::media::Clip;
use crate::platform::{clock::rfc3339, page::Layout, problem::Problem};
use askama::Template;
use wire::Kind;

/// A training for one person.
#[derive(Template)]
#[template(path = "training/learn.html")]
pub struct LearnPage {
    /// Frame.
    pub layout: Layout,
    /// Where they stand.
    pub lesson: Lesson,
}

impl LearnPage {
    /// What the page is about now; also its title, which screen readers say first.
    fn heading(&self) -> String {
        let place = |question: &Question| {
            let part = if question.part == Part::Training { "Training" } else { "Qualification" };
            format!("{part}: question {} of {}", question.number, question.of)
        };
        match (&self.lesson.feedback, &self.lesson.question, self.lesson.stage) {
            (Some(feedback), _, Stage::Open) if feedback.correct => "That is right".to_owned(),
            (Some(_), _, Stage::Open) => "Not quite".to_owned(),
            (None, Some(question), Stage::Open) => place(question),
            (_, _, Stage::Passed) if self.lesson.kind == Kind::Record => "You are ready to record".to_owned(),
            (_, _, Stage::Passed) => "You have passed".to_owned(),
            (_, _, Stage::Waiting | Stage::Exhausted) => "Not passed this time".to_owned(),
            _ if self.lesson.outcome.is_some() => "Try again".to_owned(),
            _ => format!("Before you start: {}", self.lesson.name),
        }
    }

    /// The page's state, for scripts and tests.
    fn state(&self) -> &'static str {
        match self.lesson.stage {
            Stage::Offered => "offered",
            Stage::Open if self.lesson.feedback.is_some() => "feedback",
            Stage::Open => "question",
            Stage::Waiting => "waiting",
            Stage::Exhausted => "exhausted",
            Stage::Passed => "passed",
        }
    }

    /// The instructions, paragraph by paragraph.
    fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.lesson.instructions.split("\n\n").map(str::trim).filter(|text| !text.is_empty())
    }

    /// The page with the work.
    fn work(&self) -> String {
        format!("/tasks/{}?batch={}", self.lesson.kind.as_str(), self.lesson.batch)
    }
}

/// The answers that a question offers besides yes and unsure.
const NOES: [(&str, &str); 5] = [
    ("wrong_word", "Another word"),
    ("cut_off", "Cut off"),
    ("noise", "Noise hides it"),
    ("several_voices", "Several voices"),
    ("silence", "Silence"),
];

/// A right answer in words.
fn known_words(label: &str, reason: &Option<String>) -> String {
    let known = NOES.iter().find(|(code, _)| Some(*code) == reason.as_deref());
    match known {
        Some((_, words)) => format!("No: {}", words.to_lowercase()),
        None => said_words(label).to_owned(),
    }
}

/// An answer in words.
fn said_words(label: &str) -> &'static str {
    match label {
        "yes" => "Yes",
        "unsure" => "Unsure",
        _ => "No",
    }
}

/// A kind of question in words.
fn kind_words(kind: &str) -> String {
    match NOES.iter().find(|(code, _)| *code == kind) {
        Some((_, words)) => format!("Sounds to refuse: {}", words.to_lowercase()),
        None => "Sounds to accept: the phrase, whole and clear".to_owned(),
    }
}

/// A time for people: minutes, and seconds below one.
fn about(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} seconds"),
        60..90 => "a minute".to_owned(),
        _ => format!("{} minutes", (seconds + 30) / 60),
    }
}

/// A moment to the minute.
fn minute(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}

/// What to expect of a sensitive sound.
fn warning(level: i64) -> &'static str {
    match level {
        1 => "may be mildly unpleasant: swearing, quarrel",
        _ => "may be distressing: screams, hate, crying",
    }
}

/// Making a training.
#[derive(Template)]
#[template(path = "training/make.html")]
pub struct MakePage {
    /// Frame.
    pub layout: Layout,
    /// The batch.
    pub batch: Batch,
    /// Its training as it is.
    pub view: TrainingView,
    /// Its settings, as set or as typed before.
    pub form: Settings,
    /// Items of each part.
    pub counts: [(Part, usize); 3],
    /// Recordings to choose from.
    pub clips: Vec<Clip>,
    /// What was wrong.
    pub problem: Option<Problem>,
}

/// Recordings that the page offers to listen to; all can be chosen.
const HEARD_MAX: usize = 50;

impl MakePage {
    /// The recordings with a player of their own.
    fn heard(&self) -> &[Clip] {
        self.clips.get(..HEARD_MAX).unwrap_or(&self.clips)
    }
}

/// A part in words.
fn part_words(part: &Part) -> &'static str {
    match part {
        Part::Example => "Example",
        Part::Training => "Training",
        Part::Qualification => "Qualification",
    }
}

/// A recording by what can be told of it.
fn clip_words(clip: &Clip) -> String {
    let id = clip.id.to_string();
    let ending = id.rsplit('-').next().unwrap_or_default().to_owned();
    format!("“{}”, {}, …{ending}", clip.phrase, minute(&rfc3339(clip.created_us)))
}

/// Milliseconds as seconds.
fn seconds(ms: i64) -> String {
    format!("{}.{} s", ms / 1_000, ms % 1_000 / 100)
}

/// What is wrong with a field of a form, beside the field; empty when nothing is.
fn fault<'a>(problem: &'a Option<Problem>, field: &str) -> &'a str {
    let about = |code: &str| match code {
        "invalid_instructions" => "instructions",
        "invalid_questions" => "questions",
        "invalid_pass_mark" => "pass_percent",
        "invalid_tries" => "tries",
        "invalid_wait" => "wait_min",
        "invalid_time" => "item_s",
        "training_incomplete" => "required",
        _ => "",
    };
    problem.as_ref().filter(|problem| about(problem.code) == field).map_or("", |problem| &problem.detail)
}
