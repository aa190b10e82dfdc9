//! A stage for tests: a project with a recording and a judging batch, open and filled.

use serde_json::{Value, json};
use std::time::Duration;

use super::{Person, TestApp};

/// A project that can be worked on.
pub struct Scene {
    pub project: String,
    pub record: String,
    pub judge: String,
}

/// A consent text that is long enough to be one.
pub const CONSENT: &str = "We, the testers, collect your voice to train wake-word models. Ask tests@example.org.";

impl Scene {
    /// Two open batches and these prompts, each wanted once.
    pub async fn set(admin: &Person, prompts: &[&str]) -> Self {
        Self::set_with(admin, prompts, json!({}), json!({})).await
    }

    /// The same with fields of the two batches changed.
    pub async fn set_with(admin: &Person, prompts: &[&str], record: Value, judge: Value) -> Self {
        let new = json!({ "name": "Wake words", "language": "en", "licence": "CC-BY-4.0",
            "phrases": ["Alexa", "Computer"], "consent_text": CONSENT });
        let project = id(&admin.post("/api/v1/projects", new).await.expect(201));
        let record = batch(
            admin,
            &project,
            json!({ "name": "Say", "kind": "record", "pay_cents": 10, "answers_wanted": 1 }),
            record,
        )
        .await;
        let judge = batch(
            admin,
            &project,
            json!({ "name": "Hear", "kind": "judge", "pay_cents": 3, "answers_wanted": 2 }),
            judge,
        )
        .await;
        if !prompts.is_empty() {
            let rows = format!("phrase\n{}\n", prompts.join("\n"));
            admin.post_file(&format!("/api/v1/batches/{record}/prompts"), "text/csv", rows).await.expect(201);
        }
        for batch in [&record, &judge] {
            admin.post(&format!("/api/v1/batches/{batch}/state"), json!({ "state": "open" })).await.expect(200);
        }
        Self { project, record, judge }
    }

    /// Somebody who has agreed to the project's text.
    pub async fn speaker(&self, app: &TestApp, name: &str) -> Person {
        let person = app.person(name).await;
        person.consents(&self.project).await;
        person
    }

    /// Takes the next prompt, records it and waits until it is measured.
    pub async fn recorded(&self, speaker: &Person, wav: &[u8]) -> Value {
        let task = speaker.next_task(&self.record).await.expect(200);
        let sent = speaker.records(&task, wav).await;
        settled(speaker, &id(&sent)).await
    }
}

async fn batch(admin: &Person, project: &str, mut new: Value, changes: Value) -> String {
    for (name, value) in changes.as_object().cloned().unwrap_or_default() {
        new[name] = value;
    }
    id(&admin.post(&format!("/api/v1/projects/{project}/batches"), new).await.expect(201))
}

/// The `id` of a reply.
pub fn id(reply: &Value) -> String {
    reply["id"].as_str().unwrap_or_else(|| panic!("no id in {reply}")).to_owned()
}

/// The recording once the server has measured it.
pub async fn settled(person: &Person, recording: &str) -> Value {
    let path = format!("/api/v1/recordings/{recording}");
    until(async || {
        let view = person.get(&path).await.expect(200);
        (view["state"] != "uploaded").then_some(view)
    })
    .await
}

/// Asks again until there is an answer, for at most a minute.
pub async fn until<T>(mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let tries = async {
        let mut every = tokio::time::interval(Duration::from_millis(50));
        loop {
            every.tick().await;
            if let Some(found) = ask().await {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), tries).await.expect("it happens within a minute")
}
