//! Label Studio: tasks as JSON, ready to import, with every answer as an annotation and the
//! consensus as a prediction.

use crate::error::DatasetError;
use crate::rows::{AnswerRow, ClipRow};
use serde_json::{Value, json};
use std::io::Write;
use std::iter::Peekable;

/// The path in the release of the tasks.
pub const TASKS_FILE: &str = "label_studio/tasks.json";

/// The path in the release of the labelling interface, to be set in the project before the import.
pub const CONFIG_FILE: &str = "label_studio/config.xml";

/// The labelling interface for which the tasks are made.
pub const CONFIG: &str = r#"<View>
  <Header value="$phrase"/>
  <Audio name="audio" value="$audio"/>
  <Choices name="choice" toName="audio" choice="single">
    <Choice value="yes"/>
    <Choice value="no"/>
    <Choice value="unsure"/>
  </Choices>
</View>
"#;

/// The tasks, written clip by clip.
///
/// Annotators are named by their pseudonym in the field `annotator`: in `completed_by` an import
/// wants accounts that exist.
pub struct TaskWriter<W: Write> {
    out: W,
    base_url: String,
    empty: bool,
}

impl<W: Write> TaskWriter<W> {
    /// Begins the file; `base_url` comes before each clip's path.
    pub fn new(out: W, base_url: &str) -> TaskWriter<W> {
        TaskWriter { out, base_url: base_url.to_owned(), empty: true }
    }

    /// Adds a clip with the answers on it.
    ///
    /// # Errors
    ///
    /// [`DatasetError::OutOfOrder`] names an answer's clip that is another one;
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn push<'a>(
        &mut self,
        clip: &ClipRow,
        answers: impl IntoIterator<Item = &'a AnswerRow>,
    ) -> Result<(), DatasetError> {
        let mut annotations = Vec::new();
        for answer in answers {
            if answer.clip_id != clip.clip_id {
                return Err(DatasetError::OutOfOrder { clip_id: answer.clip_id.clone() });
            }
            annotations.push(annotation(answer));
        }
        self.out.write_all(if self.empty { b"[\n" } else { b",\n" })?;
        self.empty = false;
        let task = crate::documents::json::sorted(task(clip, &self.base_url, annotations));
        Ok(serde_json::to_writer(&mut self.out, &task)?)
    }

    /// Ends the file, and gives back what it was written to.
    ///
    /// # Errors
    ///
    /// [`DatasetError::Io`] when the writer below fails.
    pub fn finish(mut self) -> Result<W, DatasetError> {
        self.out.write_all(if self.empty { b"[]\n" } else { b"\n]\n" })?;
        Ok(self.out)
    }
}

/// Writes one task per clip. Both are sorted by clip, as in their tables. Memory does not grow with
/// their number.
///
/// # Errors
///
/// [`DatasetError::OutOfOrder`] names an answer's clip that is not among `clips`;
/// [`DatasetError::Io`] when `out` fails.
pub fn write<'a>(
    out: impl Write,
    base_url: &str,
    clips: impl IntoIterator<Item = &'a ClipRow>,
    answers: impl IntoIterator<Item = &'a AnswerRow>,
) -> Result<(), DatasetError> {
    let mut answers = answers.into_iter().peekable();
    let mut tasks = TaskWriter::new(out, base_url);
    for clip in clips {
        tasks.push(clip, answers_on(clip, &mut answers)?)?;
    }
    if let Some(stray) = answers.next() {
        return Err(DatasetError::OutOfOrder { clip_id: stray.clip_id.clone() });
    }
    tasks.finish().map(drop)
}

/// The answers on `clip`, which are the next ones.
fn answers_on<'a, I: Iterator<Item = &'a AnswerRow>>(
    clip: &ClipRow,
    answers: &mut Peekable<I>,
) -> Result<Vec<&'a AnswerRow>, DatasetError> {
    let mut found = Vec::new();
    while let Some(answer) = answers.next_if(|answer| answer.clip_id <= clip.clip_id) {
        if answer.clip_id != clip.clip_id {
            return Err(DatasetError::OutOfOrder { clip_id: answer.clip_id.clone() });
        }
        found.push(answer);
    }
    Ok(found)
}

fn task(clip: &ClipRow, base_url: &str, annotations: Vec<Value>) -> Value {
    // The question is whether the phrase is heard; a released clip's label is the phrase itself.
    let choice = if clip.label == clip.phrase { "yes" } else { "no" };
    json!({
        "data": {
            "audio": format!("{base_url}{}", clip.file),
            "phrase": clip.phrase,
            "clip_id": clip.clip_id,
            "label": clip.label,
            "language": clip.language,
            "speaker": clip.speaker,
            "split": clip.split,
        },
        "meta": { "sha256": clip.sha256 },
        "allow_skip": false,
        "annotations": annotations,
        "predictions": [{
            "model_version": clip.method,
            "score": clip.probability,
            "result": [result(choice)],
        }],
    })
}

fn annotation(answer: &AnswerRow) -> Value {
    json!({
        "result": [result(&answer.label)],
        "was_cancelled": false,
        "ground_truth": false,
        "lead_time": answer.seconds,
        "annotator": answer.annotator,
        "reason": answer.reason,
        "weight": answer.weight,
        "counted": answer.counted,
    })
}

fn result(choice: &str) -> Value {
    json!({ "from_name": "choice", "to_name": "audio", "type": "choices", "value": { "choices": [choice] } })
}
