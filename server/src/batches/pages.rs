//! The forms that make projects and set their thresholds.

use super::model::ProjectForm;
use crate::platform::{page::Layout, problem::Problem};
use askama::Template;
use audio::Policy;
use std::collections::BTreeMap;

/// A new project.
#[derive(Template)]
#[template(path = "batches/new_project.html")]
pub struct NewProjectPage {
    /// Frame.
    pub layout: Layout,
    /// As typed before.
    pub form: ProjectForm,
    /// What was wrong.
    pub problem: Option<Problem>,
}

/// What a recording of a project must meet.
#[derive(Template)]
#[template(path = "batches/policy.html")]
pub struct PolicyPage {
    /// Frame.
    pub layout: Layout,
    /// The project's id.
    pub project: String,
    /// Its name.
    pub name: String,
    /// Every threshold by its name, as set or as typed before.
    pub values: BTreeMap<String, String>,
    /// What was wrong.
    pub problem: Option<Problem>,
}

impl PolicyPage {
    fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }
}

/// A consent text to start from; what stands in brackets is for the project to say.
const MODEL_CONSENT: &str = "\
Who collects. [Name of your organisation], [town and country], collects these recordings. You can reach us at [e-mail address].

What for. We build a dataset of short spoken phrases, so that devices learn to recognise them in many voices. [Say what else, such as a product or a study.]

What you give us. Recordings of your voice saying phrases that we show you, and technical details of each recording, such as its length, its loudness and the settings of your microphone. Please record alone, and say nothing private.

What happens to it. Other contributors listen to your recordings and say whether the phrase is right. Recordings that are accepted may be published in releases of the dataset under the licence [CC-BY-4.0], which lets anyone use them, also commercially. Your name and e-mail address are never published.

How long. We keep the recordings for [period, or: as long as the dataset is maintained].

Your choice. Taking part is voluntary. You must be at least [18] years old. You can withdraw at any time on this page, without a reason; releases made after that leave your recordings out. Copies that others have downloaded before cannot be called back.

Your rights. You can ask us at any time what we hold about you, and to correct or delete it. [If the law of your country asks for it: name the legal basis, the data protection officer and the authority for complaints.]";

/// What is wrong with a field of a form, beside the field; empty when nothing is.
fn fault<'a>(problem: &'a Option<Problem>, field: &str) -> &'a str {
    let about = |code: &str| match code {
        "invalid_name" | "name_taken" => "name",
        "invalid_sensitivity" => "sensitivity",
        "invalid_language" => "language",
        "invalid_licence" => "licence",
        "invalid_currency" => "currency",
        "invalid_phrase" => "phrases",
        "invalid_consent_text" => "consent_text",
        _ => "",
    };
    problem.as_ref().filter(|problem| about(problem.code) == field).map_or("", |problem| &problem.detail)
}
