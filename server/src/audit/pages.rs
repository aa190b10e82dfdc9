//! The audit log's page.

use super::model::Entry;
use crate::platform::page::Layout;
use askama::Template;

/// The latest entries.
#[derive(Template)]
#[template(path = "audit/list.html")]
pub struct AuditPage {
    /// Frame.
    pub layout: Layout,
    /// Newest first.
    pub entries: Vec<Entry>,
}

/// The first digits of a hash: enough to compare by eye.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// The end of an id: the part that tells ids made at about the same time apart.
fn ending(id: &str) -> &str {
    id.rsplit('-').next().unwrap_or(id)
}

/// What was done, in words.
fn deed(action: &str) -> &str {
    match action {
        "account.first_admin" => "Set the site up",
        "account.role" => "Changed a role",
        "project.create" => "Made a project",
        "batch.create" => "Made a batch",
        "batch.open" => "Opened a batch",
        "batch.paused" => "Paused a batch",
        "batch.closed" => "Closed a batch",
        "batch.import_prompts" => "Imported prompts",
        "batch.import_gold" => "Imported gold",
        "batch.import_predictions" => "Imported a model's predictions",
        "batch.consensus" => "Changed how a batch settles",
        "verdict.decide" => "Decided a contested recording",
        "release.request" => "Asked for a release",
        "release.ready" => "Built a release",
        "case.raise" => "Raised a case",
        "case.decide" => "Decided a case",
        "dead_letter.retry" => "Tried a failed job again",
        "dead_letter.drop" => "Gave a failed job up",
        other => other,
    }
}

/// What kind of thing an action is about.
fn thing(action: &str) -> &str {
    match action.split('.').next().unwrap_or_default() {
        "account" => "person",
        "verdict" => "item",
        "dead_letter" => "job",
        other => other,
    }
}

/// Where to look at what was acted on, if it has a page.
fn page_of(action: &str, subject: &str) -> Option<String> {
    match action.split('.').next()? {
        "project" => Some(format!("/projects/{subject}")),
        "batch" => Some(format!("/batches/{subject}")),
        "release" => Some(format!("/releases/{subject}")),
        _ => None,
    }
}

/// The detail without the signs of JSON: `rows 12, version 1.0.0`.
fn facts(detail: &str) -> String {
    let known: serde_json::Map<String, serde_json::Value> = serde_json::from_str(detail).unwrap_or_default();
    let words = known.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| match value {
        serde_json::Value::String(text) => format!("{name} {text}"),
        other => format!("{name} {other}"),
    });
    words.collect::<Vec<_>>().join(", ").replace('_', " ")
}
