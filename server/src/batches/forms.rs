//! The fields of the project and batch forms, as typed.

use serde::Deserialize;
use wire::Kind;

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
        }
    }
}
