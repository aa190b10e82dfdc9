//! The gate: a release that leaves something unsaid does not leave.

use crate::anonymity::Told;
use crate::documents::card::Card;
use crate::documents::licence;
use crate::error::DatasetError;
use serde_json::Value;

/// What every description must say: key in JSON-LD, and what to do when it is missing. The first
/// ten are required by Croissant 1.1; `mlcroissant` lets most of them pass when they are missing.
pub const REQUIRED: [(&str, &str); 22] = [
    ("@context", "describe the release with the context of Croissant 1.1"),
    ("@type", "say that the release is a sc:Dataset"),
    ("conformsTo", "name the versions of Croissant and Croissant RAI"),
    ("name", "give the project a name"),
    ("description", "say in a sentence or two what the dataset is"),
    ("license", "choose a licence"),
    ("url", "say at which address the dataset is published"),
    ("creator", "say who publishes the dataset"),
    ("datePublished", "give the day of the release"),
    ("distribution", "build the release's files first"),
    ("rai:dataCollection", "say how the clips were collected"),
    ("rai:dataCollectionType", "say by which kind of collection the clips came"),
    (
        "rai:dataCollectionTimeframe",
        "say from when to when the clips were recorded; a release without clips has no such time",
    ),
    ("rai:dataAnnotationProtocol", "say how labels were made"),
    ("rai:dataAnnotationPlatform", "say with what labels were made"),
    ("rai:dataAnnotationAnalysis", "say how far annotators agree"),
    ("rai:annotationsPerItem", "say how many answers a clip has"),
    ("rai:annotatorDemographics", "say who the annotators are as a group, or that it is not known"),
    ("rai:personalSensitiveInformation", "say what the release tells about people"),
    ("rai:dataBiases", "say who is over- or underrepresented, or that it is not known"),
    ("rai:dataLimitations", "say what the data are not fit for"),
    ("rai:dataReleaseMaintenancePlan", "say who looks after the dataset, and for how long"),
];

/// Lets a release pass that says all it must, has a licence, rests on a consent, and tells about
/// nobody what too few share.
///
/// # Errors
///
/// [`DatasetError::Blank`] names the first field that is missing or blank,
/// [`DatasetError::TooRare`] the rarest combination of details.
pub fn check(card: &Card, description: &Value, told: &Told) -> Result<(), DatasetError> {
    if let Some((field, advice)) = blanks(description).into_iter().next() {
        return Err(DatasetError::Blank { field, advice });
    }
    licence::text(card)?;
    if card.consent_versions.iter().all(|version| version.trim().is_empty()) {
        let advice = "publish a consent text and have contributors agree to it; without a consent nothing may leave";
        return Err(DatasetError::Blank { field: "consent", advice });
    }
    let k = card.access.k();
    match told.too_rare(k).into_iter().min_by_key(|(_, people)| *people) {
        None => Ok(()),
        Some((person, people)) => Err(DatasetError::TooRare { what: person.to_string(), people, k }),
    }
}

/// The fields of [`REQUIRED`] that a description lacks, with what to do about each.
pub fn blanks(description: &Value) -> Vec<(&'static str, &'static str)> {
    REQUIRED.into_iter().filter(|(field, _)| description.get(*field).is_none_or(is_blank)).collect()
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.iter().all(is_blank),
        Value::Object(values) => values.values().all(is_blank),
    }
}
