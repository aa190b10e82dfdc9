//! The pages of exposure.

use super::model::{Limits, Own, Totals, Use};
use crate::platform::page::Layout;
use askama::Template;
use wire::Category;

/// What one may be given and was, and what one agrees to.
#[derive(Template)]
#[template(path = "exposure/show.html")]
pub struct ExposurePage {
    /// Frame.
    pub layout: Layout,
    /// One a limit.
    pub uses: Vec<Use>,
    /// Each category, and until when it was agreed to.
    pub categories: Vec<(Category, Option<i64>)>,
    /// What the person lowered.
    pub own: Own,
    /// The site's limits.
    pub limits: Limits,
    /// Why no distressing or sensitive material comes now, if a limit is the reason.
    pub why: Option<String>,
    /// Until when they are left in peace, if they are.
    pub calm_us: Option<i64>,
    /// Their time zone; empty before they chose one.
    pub zone: String,
    /// The one that follows, and from when.
    pub next_zone: Option<(String, i64)>,
    /// Names of time zones.
    pub zone_names: Vec<String>,
    /// Whether something was saved just now.
    pub saved: bool,
}

/// Where help is.
#[derive(Template)]
#[template(path = "exposure/help.html")]
pub struct HelpPage {
    /// Frame.
    pub layout: Layout,
    /// Until when the person is left in peace, if they are.
    pub calm_us: Option<i64>,
}

/// Totals over everybody, and the site's limits.
#[derive(Template)]
#[template(path = "exposure/totals.html")]
pub struct TotalsPage {
    /// Frame.
    pub layout: Layout,
    /// Totals.
    pub totals: Totals,
    /// The limits in force.
    pub limits: Limits,
}

/// Minutes, with seconds where there are few.
fn minutes(time_us: &i64) -> String {
    let seconds = time_us / 1_000_000;
    if seconds >= 600 || seconds % 60 == 0 {
        format!("{} min", seconds / 60)
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// A number for a form's field; empty when there is none.
fn typed(value: &Option<i64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A category as a heading.
fn title(category: &Category) -> String {
    let words = category.words();
    words.chars().next().map(|first| first.to_uppercase().chain(words.chars().skip(1)).collect()).unwrap_or_default()
}

/// A category as the database names it, as a title; what upset somebody is of none.
fn stored_title(category: &str) -> String {
    category.parse().map_or_else(|()| "Any of it".to_owned(), |category| title(&category))
}
