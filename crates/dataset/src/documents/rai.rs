//! What Croissant's extension for responsible AI asks for (Croissant RAI 1.0, `croissant_rai.ttl`).

use crate::documents::card::Card;
use crate::documents::markdown::line as words_of;
use crate::documents::withdrawal_policy::POLICY;
use crate::documents::words::{agreement, collection, details, label_noise, own_limits};
use serde_json::{Map, Value, json};

/// The properties of a release, by name with prefix. What nobody told is an empty text or list,
/// which the [gate](crate::documents::gate) finds.
pub(crate) fn properties(card: &Card) -> Map<String, Value> {
    let about = &card.about;
    let limits: Vec<String> = card.known_limits.iter().cloned().chain(own_limits(card)).collect();
    let period = card.collected.as_ref().map(|period| vec![period.first.clone(), period.last.clone()]);
    let properties = [
        ("rai:dataCollection", json!(words_of(&collection(card)))),
        ("rai:dataCollectionType", json!(["Direct Measurement", "User-Generated Content Data"])),
        ("rai:dataCollectionTimeframe", json!(period.unwrap_or_default())),
        ("rai:dataAnnotationProtocol", json!(protocol(card))),
        ("rai:dataAnnotationPlatform", json!([format!("Sayso {}", card.code_version)])),
        ("rai:dataAnnotationAnalysis", json!([agreement(card), label_noise(card)])),
        ("rai:annotationsPerItem", json!(per_item(card))),
        ("rai:annotatorDemographics", json!(about.annotator_demographics)),
        ("rai:personalSensitiveInformation", json!(sensitive(card))),
        ("rai:dataBiases", json!(about.biases)),
        ("rai:dataLimitations", json!(limits)),
        ("rai:dataReleaseMaintenancePlan", json!(maintenance(&about.maintenance))),
        ("rai:dataUseCases", json!(about.suitable_uses)),
    ];
    let told = properties.into_iter().map(|(name, value)| (name.to_owned(), value));
    // Optional: left out rather than empty.
    told.filter(|(name, value)| name != "rai:dataUseCases" || value != &json!([])).collect()
}

fn protocol(card: &Card) -> String {
    format!(
        "Annotators listened to a clip and said whether it holds its phrase (yes, no or unsure, and why). Their answers \
         were joined into one label by the method {}.",
        card.method
    )
}

/// Nothing, if nobody looks after the dataset: then the policy is an empty promise.
fn maintenance(plan: &str) -> String {
    if plan.trim().is_empty() { String::new() } else { format!("{} {}", plan.trim(), POLICY.join(" ")) }
}

fn per_item(card: &Card) -> String {
    let (answers, clips) = (card.counts.answers, card.counts.clips);
    if clips == 0 {
        return String::new();
    }
    format!("{:.2} answers per clip on average", answers as f64 / clips as f64)
}

fn sensitive(card: &Card) -> Vec<String> {
    vec![
        "Voice: a recording of a person's voice can identify them.".to_owned(),
        details(card),
        "Pseudonyms of speakers and annotators, made for this release only.".to_owned(),
    ]
}
