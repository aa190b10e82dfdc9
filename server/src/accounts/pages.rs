//! The pages of accounts.

use super::model::Account;
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

/// What is wrong with a field of a form, beside the field; empty when nothing is.
fn fault<'a>(problem: &'a Option<Problem>, field: &str) -> &'a str {
    let about = |code: &str| match code {
        "invalid_name" => "name",
        "invalid_email" | "email_taken" => "email",
        "weak_password" | "long_password" => "password",
        _ => "",
    };
    problem.as_ref().filter(|problem| about(problem.code) == field).map_or("", |problem| &problem.detail)
}

/// The end of an id, by which the audit log names people.
fn ending(id: &str) -> &str {
    id.rsplit('-').next().unwrap_or(id)
}
