//! The fields of the forms that make projects and batches, as typed.

use super::{
    model::{NewBatch, NewProject, Project},
    rules,
};
use serde::Deserialize;
use wire::{Category, Kind};

/// The project form's fields, as typed.
#[derive(Clone, Debug, Deserialize)]
pub struct ProjectForm {
    /// Shown name.
    pub name: String,
    /// BCP 47 tag.
    pub language: String,
    /// SPDX identifier.
    pub licence: String,
    /// ISO 4217 code.
    pub currency: String,
    /// One wake word a line.
    pub phrases: String,
    /// What contributors agree to.
    pub consent_text: String,
    /// Sensitivity of its batches at the least.
    #[serde(default)]
    pub sensitivity: i64,
    /// What they are about, words of [`Category`] with commas between; may be empty.
    #[serde(default)]
    pub categories: String,
}

impl ProjectForm {
    /// What is asked for.
    pub fn asked(&self) -> NewProject {
        NewProject {
            name: self.name.clone(),
            language: self.language.clone(),
            licence: self.licence.clone(),
            currency: Some(self.currency.clone()),
            phrases: self.phrases.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect(),
            consent_text: self.consent_text.replace("\r\n", "\n"),
            policy: None,
            sensitivity: Some(self.sensitivity),
            categories: Category::of(rules::category_set(&self.categories).unwrap_or_default()),
        }
    }
}

impl Default for ProjectForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            language: "en".to_owned(),
            licence: "CC-BY-4.0".to_owned(),
            currency: "USD".to_owned(),
            phrases: String::new(),
            consent_text: String::new(),
            sensitivity: 0,
            categories: String::new(),
        }
    }
}

/// The batch form's fields, as typed.
#[derive(Clone, Debug, Deserialize)]
pub struct BatchForm {
    /// Shown name.
    pub name: String,
    /// `record` or `judge`.
    pub kind: Kind,
    /// Pay per task in minor units.
    pub pay_cents: i64,
    /// Answers each item gets.
    pub answers_wanted: i64,
    /// Answers an item may get while it is not sure enough.
    pub answers_max: i64,
    /// Probability at which an item is settled.
    pub threshold: f64,
    /// Share of gold in per cent.
    pub gold_percent: f64,
    /// Tasks one person may have; 0 is no limit.
    pub max_per_person: i64,
    /// How long a lease lasts.
    pub lease_s: i64,
    /// Sensitivity of items that say nothing else.
    pub sensitivity: i64,
    /// All that it may spend, minor units; empty is no limit.
    #[serde(default)]
    pub budget_cents: String,
    /// Says that whoever makes it has seen that it may pay less than the least hourly pay.
    #[serde(default)]
    pub despite_floor: bool,
    /// What they are about, words of [`Category`] with commas between; may be empty.
    #[serde(default)]
    pub categories: String,
}

impl BatchForm {
    /// A form for a batch of a project: as sensitive as that.
    pub fn of(project: &Project) -> Self {
        let categories: Vec<&str> = Category::of(project.categories).into_iter().map(Category::as_str).collect();
        Self { sensitivity: project.sensitivity, categories: categories.join(","), ..Self::default() }
    }

    /// What is asked for; what is no number is refused with the other fields.
    pub fn asked(&self) -> NewBatch {
        let judge = self.kind == Kind::Judge;
        let budget = Some(self.budget_cents.trim()).filter(|text| !text.is_empty());
        let categories = rules::category_set(&self.categories).unwrap_or_default();
        NewBatch {
            name: self.name.clone(),
            kind: self.kind,
            pay_cents: self.pay_cents,
            answers_wanted: self.answers_wanted,
            answers_max: judge.then_some(self.answers_max.max(self.answers_wanted)),
            threshold: Some(self.threshold),
            gold_rate: Some(if judge { self.gold_percent / 100.0 } else { 0.0 }),
            max_per_person: Some(self.max_per_person),
            lease_s: Some(self.lease_s),
            accept_after_s: None,
            sensitivity: Some(self.sensitivity),
            budget_cents: budget.map(|text| text.parse().unwrap_or(-1)),
            categories: Category::of(categories),
        }
    }
}

impl Default for BatchForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: Kind::Record,
            pay_cents: 10,
            answers_wanted: 2,
            answers_max: 5,
            threshold: 0.9,
            gold_percent: 10.0,
            max_per_person: 0,
            lease_s: 600,
            sensitivity: 0,
            budget_cents: String::new(),
            despite_floor: false,
            categories: String::new(),
        }
    }
}
