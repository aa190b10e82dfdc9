//! The pages of accounts.

use super::model::{AGES, Account, GENDERS, LANGUAGES, Profile};
use crate::platform::{caller::Role, page::Layout, problem::Problem};
use askama::Template;

/// The front page.
#[derive(Template)]
#[template(path = "accounts/home.html")]
pub struct HomePage {
    /// Frame.
    pub layout: Layout,
}

/// Sign-up, also for the first administrator.
#[derive(Template)]
#[template(path = "accounts/signup.html")]
pub struct SignUpPage {
    /// Frame.
    pub layout: Layout,
    /// Setup token, or empty.
    pub token: String,
    /// As typed before.
    pub email: String,
    /// As typed before.
    pub name: String,
    /// What was wrong.
    pub problem: Option<Problem>,
}

/// Log-in.
#[derive(Template)]
#[template(path = "accounts/login.html")]
pub struct LoginPage {
    /// Frame.
    pub layout: Layout,
    /// Where to go afterwards.
    pub next: String,
    /// As typed before.
    pub email: String,
    /// What was wrong.
    pub problem: Option<Problem>,
}

/// Everybody and their roles.
#[derive(Template)]
#[template(path = "accounts/people.html")]
pub struct PeoplePage {
    /// Frame.
    pub layout: Layout,
    /// Everybody.
    pub people: Vec<Account>,
    /// Choices.
    pub roles: [Role; 4],
}

/// What the signed-in person says about themselves.
#[derive(Template)]
#[template(path = "accounts/profile.html")]
pub struct ProfilePage {
    /// Frame.
    pub layout: Layout,
    /// As stored, or as typed before.
    pub profile: Profile,
    /// Whether it was just stored.
    pub saved: bool,
    /// What was wrong.
    pub problem: Option<Problem>,
}

impl ProfilePage {
    /// The first language by its name, where the form knows it.
    fn language(&self) -> &str {
        let said = self.profile.first_language.as_deref().unwrap_or_default();
        LANGUAGES.iter().find(|(tag, _)| *tag == said).map_or(said, |(_, name)| name)
    }
}

/// Accents that the form offers; any other may be written.
const ACCENTS: [&str; 12] = [
    "Australian",
    "British",
    "Canadian",
    "Caribbean",
    "East African",
    "Indian or South Asian",
    "Irish",
    "New Zealand",
    "Scottish",
    "Southern African",
    "United States",
    "West African",
];

/// What is wrong with a field of a form, beside the field; empty when nothing is.
fn fault<'a>(problem: &'a Option<Problem>, field: &str) -> &'a str {
    let about = |code: &str| match code {
        "invalid_name" => "name",
        "invalid_email" | "email_taken" => "email",
        "weak_password" | "long_password" => "password",
        "invalid_accent" => "accent",
        "invalid_first_language" => "first_language",
        "invalid_region" => "region",
        "invalid_age" => "age",
        "invalid_gender" => "gender",
        _ => "",
    };
    problem.as_ref().filter(|problem| about(problem.code) == field).map_or("", |problem| &problem.detail)
}

/// The end of an id, by which the audit log names people.
fn ending(id: &str) -> &str {
    id.rsplit('-').next().unwrap_or(id)
}
