//! Prompts fetched ahead and kept in this browser, so that recording goes on without a network.

use crate::task::Task;
use crate::{dom, store};
use js_sys::{Date, JSON};
use wasm_bindgen::JsValue;

/// How many prompts a person may have open in a batch, as the server has it: the one that is
/// shown, two more, and those whose takes wait to be sent.
pub const MOST: usize = 3;

/// A prompt that this person has leased.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// Who may record it.
    person: String,
    /// When it came, ms since 1970 by this device's clock.
    came_ms: f64,
    /// When its lease ends, by the same clock; absent when that cannot be known.
    until_ms: Option<f64>,
    /// What is to be said.
    pub task: Task,
}

impl Prompt {
    /// A prompt that has just come.
    pub fn new(person: &str, task: Task) -> Prompt {
        let now_ms = Date::now();
        let until_ms = believable(Date::parse(&task.expires_at()), now_ms);
        Prompt { person: person.to_owned(), came_ms: now_ms, until_ms, task }
    }

    /// Its lease lasts until an RFC 3339 time.
    pub fn renew(&mut self, until: &str) {
        self.until_ms = believable(Date::parse(until), Date::now());
        self.task.renew(until);
    }

    /// The text that [`store`] keeps.
    fn write(&self) -> String {
        let object = dom::object(&[
            ("person", JsValue::from_str(&self.person)),
            ("came_ms", JsValue::from_f64(self.came_ms)),
            ("until_ms", self.until_ms.map_or(JsValue::NULL, JsValue::from_f64)),
            ("task", self.task.object().clone()),
        ]);
        JSON::stringify(&object).map(String::from).unwrap_or_default()
    }

    /// The prompt that such a text describes.
    fn read(text: &str) -> Option<Prompt> {
        let object = JSON::parse(text).ok()?;
        Some(Prompt {
            person: dom::text(&object, "person")?,
            came_ms: dom::property(&object, "came_ms").as_f64()?,
            until_ms: dom::property(&object, "until_ms").as_f64(),
            task: Task::of(dom::property(&object, "task"))?,
        })
    }

    /// Whether its lease is over.
    pub fn is_over(&self) -> bool {
        self.until_ms.is_some_and(|until_ms| until_ms <= Date::now())
    }
}

/// A lease that seems to be over when it comes says that this device's clock is wrong: then only
/// the server can know when it ends.
fn believable(until_ms: f64, now_ms: f64) -> Option<f64> {
    (until_ms > now_ms).then_some(until_ms)
}

/// Keeps a prompt. Without room there is one prompt less for later, nothing worse.
pub async fn keep(prompt: &Prompt) {
    store::keep_prompt(&prompt.task.id(), &prompt.write()).await.ok();
}

/// Forgets a prompt that was skipped, is over or belongs to the past.
pub async fn forget(task: &str) {
    store::forget_prompt(task).await.ok();
}

/// This person's prompts of a batch (of any, if it is empty), oldest first. What is over is
/// forgotten.
pub async fn list(person: &str, batch: &str) -> Vec<Prompt> {
    let texts = store::prompts().await.unwrap_or_default();
    let mut prompts: Vec<Prompt> = Vec::new();
    for prompt in texts.iter().filter_map(|text| Prompt::read(text)) {
        if prompt.is_over() {
            forget(&prompt.task.id()).await;
        } else if prompt.person == person && (batch.is_empty() || prompt.task.batch() == batch) {
            let place = prompts.partition_point(|earlier| earlier.came_ms <= prompt.came_ms);
            prompts.insert(place, prompt);
        }
    }
    prompts
}

#[cfg(test)]
mod tests {
    use super::believable;

    #[test]
    fn a_lease_that_ends_before_it_comes_is_not_believed() {
        assert_eq!(believable(2_000.0, 1_000.0), Some(2_000.0));
        assert_eq!(believable(1_000.0, 2_000.0), None);
        assert_eq!(believable(f64::NAN, 2_000.0), None);
    }
}
